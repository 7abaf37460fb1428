// Pictures that move: the request for each moment. Between seeds, latents follow great circles, as in `ganlet walk`.

const secondsBetweenSeeds = 2.5;
const most = 2n ** 64n;

/**
 * The point at `share` of the way from a to b along the great circle; the length changes linearly (White 2016,
 * "Sampling generative networks").
 */
export function slerp(a, b, share) {
  const length = (v) => Math.hypot(...v);
  const [la, lb] = [length(a), length(b)];
  const cosine = a.reduce((sum, value, i) => sum + value * b[i], 0) / (la * lb);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  if (!(Math.sin(angle) > 1e-6)) return a.map((value, i) => value + share * (b[i] - value));
  const [wa, wb] = [
    Math.sin((1 - share) * angle) / Math.sin(angle) / la,
    Math.sin(share * angle) / Math.sin(angle) / lb,
  ];
  const now = la + share * (lb - la);
  return a.map((value, i) => now * (wa * value + wb * b[i]));
}

const eased = (share) => share * share * (3 - 2 * share);

/** How many latents a request has: a text in one hand has one. */
function latentCount({ text, vary, count }) {
  if (text !== undefined) return /^(0|false)$/.test(vary ?? 0) ? 1 : [...text].length;
  return Number(count ?? 1);
}

/** The latents for images `of` steps after the request's own, and those in between. */
class Keyframes {
  #model;
  #seed;
  #count;
  #known = new Map(); // promises by step

  constructor(model, request) {
    this.#model = model;
    this.#seed = BigInt(request.seed ?? 0);
    this.#count = latentCount(request);
  }

  #at(step) {
    if (!this.#known.has(step)) {
      const from = this.#seed + BigInt(step) * BigInt(this.#count);
      const seeds = Array.from({ length: this.#count }, (_, i) => (from + BigInt(i)) % most);
      this.#known.set(step, Promise.all(seeds.map((seed) => this.#model.latent(seed))));
      for (const old of this.#known.keys()) if (this.#known.size > 3 && old !== step) this.#known.delete(old);
    }
    return this.#known.get(step);
  }

  async between(step, share) {
    const [from, to] = await Promise.all([this.#at(step), this.#at(step + 1)]);
    const size = from[0].length;
    const all = new Float32Array(this.#count * size);
    from.forEach((latent, i) => {
      all.set(slerp(latent, to[i], share), i * size);
    });
    return all;
  }
}

/**
 * The requests for motion of one `kind` around a request; at time 0 it is that request itself. Undefined where nothing
 * would move.
 */
export function motionOf(kind, model, request) {
  const isSeeded = request.latents === undefined && request.seeds === undefined && /^\d*$/.test(request.seed ?? '');
  return kind === 'breathe' || (kind !== 'none' && isSeeded) ? new Motion(kind, model, request) : undefined;
}

class Motion {
  #request;
  #keys;

  constructor(kind, model, request) {
    this.kind = kind;
    this.#request = request;
    this.#keys = new Keyframes(model, request);
  }

  /** The request after that many seconds. */
  async at(seconds) {
    if (seconds === 0) return this.#request;
    const turns = seconds / secondsBetweenSeeds;
    if (this.kind === 'breathe') {
      const truncation = Number(this.#request.truncation ?? 1);
      return { ...this.#request, truncation: truncation * (0.8 + 0.2 * Math.cos(turns * Math.PI)) };
    }
    const { seed: _, ...rest } = this.#request;
    const back = Math.floor(turns) % 2 === 1;
    const share = turns % 1;
    if (this.kind === 'walk') return { ...rest, latents: await this.#keys.between(Math.floor(turns), share) };
    return { ...rest, latents: await this.#keys.between(0, eased(back ? 1 - share : share)) };
  }
}
