import { download } from './download.js';
import { GanletError } from './errors.js';

const mostPixels = 2 ** 26; // Limits::tensor_elements of the engine
const invalid = (place, detail) => new GanletError('invalid_argument', place, detail);

/** The float32 numbers of a .npy file (numpy.lib.format, version 1) in C order. */
function numbersOf(bytes, url) {
  const headerEnd = 10 + (bytes[8] | (bytes[9] << 8));
  const header = new TextDecoder('latin1').decode(bytes.subarray(10, headerEnd));
  const good = bytes[0] === 0x93 && bytes[6] === 1 && header.includes("'<f4'") && (bytes.length - headerEnd) % 4 === 0;
  if (!good) throw new GanletError('corrupt', url, 'must be a .npy file of float32 numbers');
  return new Float32Array(bytes.slice(headerEnd).buffer);
}

/**
 * A style-based model in its two networks, as src/generator/style.h has it (Karras et al.: A Style-Based Generator Architecture for
 * Generative Adversarial Networks, 2019): `mapping` makes a style of a latent, `synthesis` takes a style for each layer, and noise.
 */
export class Styles {
  #runner;
  #names; // inputs and outputs of the two networks
  #mean; // style, to truncate towards; undefined where the model has none
  #range;

  /** @param source where the two networks and the mean style are, as readModelJson gives it */
  static async load(runner, module, source, range) {
    const styles = new Styles();
    styles.#runner = runner;
    styles.#range = range;
    const [mapping, synthesis] = await Promise.all(
      ['mapping', 'synthesis'].map(async (name) => {
        const { url, description } = source[name];
        try {
          return await runner.loadNetwork(name, module, await download(url, {}), description);
        } catch (error) {
          throw error instanceof GanletError && !error.place.startsWith(url) ? error.within(url) : error;
        }
      }),
    );
    if (source.meanStyle) styles.#mean = numbersOf(await download(source.meanStyle.url, {}), source.meanStyle.url);
    const of = ({ inputs }, rank) => inputs.find(({ shape }) => shape.length === rank);
    const [z, w, noise] = [of(mapping, 2), of(synthesis, 3), of(synthesis, 2)];
    if (!z || !w || !noise)
      throw new GanletError(
        'corrupt',
        source.synthesis.url,
        'must take w (N, layers, W) and noise (N, pixels), and the mapping network z (N, Z)',
      );
    styles.#names = {
      z: z.name,
      style: mapping.outputs[0].name,
      w: w.name,
      noise: noise.name,
      image: synthesis.outputs[0].name,
    };
    [, styles.layers, styles.size] = w.shape;
    styles.noiseSize = noise.shape[1];
    return styles;
  }

  async #styleOf(data) {
    const { [this.#names.style]: style } = await this.#runner.runNetwork('mapping', {
      [this.#names.z]: { data, shape: [1, data.length] },
    });
    return style.data;
  }

  /** RGBA of one picture; the request is checked as `checkedMix` of ganlet.js leaves it, but for what only the model knows. */
  async draw({ seed, z, with: other, layers: [first, last], truncation, noise }) {
    if (other !== undefined && !(first >= 0 && first <= last && last < this.layers))
      throw invalid(
        'layers',
        `must lie between 0 and ${this.layers - 1}, the first before the last; are ${first}-${last}`,
      );
    if (truncation < 1 && !this.#mean) throw invalid('truncation', 'this model has no mean style to truncate towards');
    const own = await this.#styleOf(z ?? (await this.#runner.latent(seed)));
    const others = other === undefined ? own : await this.#styleOf(await this.#runner.latent(other));
    const data = new Float32Array(this.layers * this.size);
    for (let layer = 0; layer < this.layers; ++layer)
      data.set(layer >= first && layer <= last ? others : own, layer * this.size);
    if (truncation < 1)
      data.forEach(
        (value, i) => (data[i] = this.#mean[i % this.size] + truncation * (value - this.#mean[i % this.size])),
      );
    const grain =
      noise === undefined ? new Float32Array(this.noiseSize) : await this.#runner.normal(noise, this.noiseSize);
    const outputs = await this.#runner.runNetwork('synthesis', {
      [this.#names.w]: { data, shape: [1, this.layers, this.size] },
      [this.#names.noise]: { data: grain, shape: [1, this.noiseSize] },
    });
    return this.#pictureOf(outputs[this.#names.image]);
  }

  /** RGBA of all images of a request, as `checkedRequest` of ganlet.js leaves it, in rows of `columns`. All have the noise of seed 0. */
  async drawAll(
    { seed, z, count: wanted, columns: across, truncation },
    { latentSize, image: { width, height } },
    signal,
  ) {
    const count = Number(wanted);
    if (count * width * height > mostPixels)
      throw new GanletError(
        'limit_exceeded',
        'count',
        `must be at most ${Math.floor(mostPixels / (width * height))} images of ${width} x ${height} at once, is ${count}`,
      );
    if (z && z.length !== count * latentSize)
      throw invalid('latents', `are ${z.length} numbers; ${count} images of this model take ${count} x ${latentSize}`);
    if (z && !z.every(Number.isFinite)) throw invalid('latents', 'must be finite numbers');
    const columns = Math.min(Number(across) || Math.ceil(Math.sqrt(count)), count);
    const all = { width: columns * width, height: Math.ceil(count / columns) * height };
    const data = new Uint8ClampedArray(4 * all.width * all.height);
    for (let i = 0; i < count; ++i) {
      signal?.throwIfAborted();
      const one = await this.draw({
        seed: BigInt.asUintN(64, seed + BigInt(i)),
        z: z?.slice(i * latentSize, (i + 1) * latentSize),
        layers: [0, -1],
        truncation,
        noise: 0n,
      });
      const corner = (Math.floor(i / columns) * height * columns + (i % columns)) * width;
      for (let y = 0; y < height; ++y)
        data.set(one.data.subarray(4 * y * width, 4 * (y + 1) * width), 4 * (corner + y * all.width));
    }
    return { ...all, data };
  }

  /** Of (1, C, H, W). */
  #pictureOf({ data, shape: [, channels, height, width] }) {
    const [low, high] = this.#range;
    const pixels = new Uint8ClampedArray(4 * width * height);
    const value = (channel, at) => ((data[channel * width * height + at] - low) / (high - low)) * 255;
    for (let at = 0; at < width * height; ++at)
      for (let channel = 0; channel < 4; ++channel)
        pixels[4 * at + channel] =
          channel < 3 ? value(channels === 1 ? 0 : channel, at) : channels === 4 ? value(3, at) : 255;
    return { width, height, data: pixels };
  }
}
