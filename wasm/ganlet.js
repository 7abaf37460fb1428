import { download, resolve } from './download.js';
import { Engine } from './engine.js';
import { GanletError } from './errors.js';
import { readModelJson } from './model.js';

export { GanletError };

// The smallest modules that hold an instruction of each kind: `i8x16.splat`, and `i32x4.relaxed_dot_i8x16_i7x16_add_s` of three splats.
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10];
const splat = [0x41, 0, 0xfd, 0x0f];
const simd = [...header, 8, 1, 6, 0, ...splat, 0x0b];
const relaxedSimd = [...header, 19, 1, 17, 0, ...splat, ...splat, ...splat, 0xfd, 0x93, 2, 0x0b];

export function supportedVariant() {
  if (!globalThis.WebAssembly) return undefined;
  if (WebAssembly.validate(new Uint8Array(relaxedSimd))) return 'relaxed-simd';
  return WebAssembly.validate(new Uint8Array(simd)) ? 'simd128' : undefined;
}

const invalid = (place, detail) => new GanletError('invalid_argument', place, detail);

function integer(value, name, low, high) {
  const good = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (!good || BigInt(value) < low || BigInt(value) > high)
    throw invalid(name, `must be a whole number from ${low} to ${high}, is ${value}`);
  return BigInt(value);
}

/** A request with its defaults, in the types that the engine takes. What only the model knows is checked there. */
function checkedRequest({ text, vary, textLimit, label, seed, z, count, columns, truncation }) {
  const most = 2n ** 31n - 1n;
  return {
    text: text === undefined ? undefined : String(text),
    vary: Boolean(vary),
    textLimit: Number(integer(textLimit ?? 10, 'textLimit', 1n, most)),
    label: label === undefined ? undefined : integer(label, 'label', -most, most),
    seed: integer(seed ?? 0, 'seed', 0n, 2n ** 64n - 1n),
    z: z === undefined ? undefined : Float32Array.from(z),
    count: integer(count ?? 1, 'count', 1n, most),
    columns: columns === undefined ? 0n : integer(columns, 'columns', 1n, most),
    truncation: Number(truncation ?? 1),
  };
}

/** The same of a picture of mixed styles. */
function checkedMix({ seed, with: other, layers = [0, -1], truncation, noise }) {
  const most = 2n ** 64n - 1n;
  if (!Array.isArray(layers) || layers.length !== 2 || !layers.every(Number.isInteger))
    throw invalid('layers', 'must be two whole numbers, [first, last]');
  const psi = Number(truncation ?? 1);
  if (!(psi >= 0 && psi <= 1)) throw invalid('truncation', `must be between 0 and 1, is ${psi}`);
  return {
    seed: integer(seed ?? 0, 'seed', 0n, most),
    with: other === undefined ? undefined : integer(other, 'with', 0n, most),
    layers,
    truncation: psi,
    noise: noise === 'off' ? undefined : integer(noise ?? 0, 'noise', 0n, most),
  };
}

/** Node has no ImageData. */
function imageData({ width, height, data }) {
  return globalThis.ImageData ? new ImageData(data, width, height) : { width, height, data, colorSpace: 'srgb' };
}

/** Runs an Engine where we are. */
class Here {
  #engine;
  #networks = new Map();

  async load(module, onnx, description) {
    this.#engine = await Engine.load(module, onnx, description);
    return this.#engine.info;
  }
  generate = async (request, signal) => this.#engine.generate(request, signal);
  run = async (inputs, signal) => this.#engine.run(inputs, signal);
  latent = async (seed) => this.#engine.latent(seed);
  loadEncoder = async (onnx, description) => this.#engine.loadEncoder(onnx, description);
  encode = async (picture) => this.#engine.encode(picture);
  normal = async (seed, count) => this.#engine.normal(seed, count);
  loadNetwork = async (name, module, onnx, description) => {
    this.#networks.set(name, await Engine.load(module, onnx, description, 'network'));
    return this.#networks.get(name).info;
  };
  runNetwork = async (name, inputs, signal) => this.#networks.get(name).run(inputs, signal);
  dispose = () => [this.#engine, ...this.#networks.values()].forEach((engine) => engine?.dispose());
}

/** Runs an Engine in a worker; the same functions as Here. */
class Elsewhere {
  #worker;
  #waiting = new Map();
  #calls = 0;

  constructor(url) {
    this.#worker = new Worker(url, { type: 'module', name: 'ganlet' });
    this.#worker.onmessage = ({ data: { id, value, error } }) => {
      const { done, failed } = this.#waiting.get(id) ?? {};
      if (error)
        failed?.(error.code ? new GanletError(error.code, error.place, error.detail) : new Error(error.message));
      else done?.(value);
    };
    this.#worker.onerror = (event) =>
      this.#end(new GanletError('io', '', `the worker ${url} failed: ${event.message ?? 'it could not be loaded'}`));
  }

  async load(module, onnx, description) {
    return this.#ask('load', [module, onnx, description]);
  }
  generate = (request, signal) => this.#ask('generate', [request], signal);
  run = (inputs, signal) => this.#ask('run', [inputs], signal);
  latent = (seed) => this.#ask('latent', [seed]);
  loadEncoder = (onnx, description) => this.#ask('loadEncoder', [onnx, description]);
  encode = (picture) => this.#ask('encode', [picture]);
  normal = (seed, count) => this.#ask('normal', [seed, count]);
  loadNetwork = (name, module, onnx, description) => this.#ask('loadNetwork', [name, module, onnx, description]);
  runNetwork = (name, inputs, signal) => this.#ask('runNetwork', [name, inputs], signal);
  dispose = () => this.#end(new GanletError('cancelled', '', 'the generator has been disposed of'));

  async #ask(call, given, signal) {
    signal?.throwIfAborted();
    if (!this.#worker) throw new GanletError('cancelled', '', 'the generator has been disposed of');
    const id = ++this.#calls;
    const answer = new Promise((done, failed) => this.#waiting.set(id, { done, failed }));
    const abort = () => {
      this.#waiting.get(id)?.failed(signal.reason);
      this.#worker?.postMessage({ id, abort: true });
    };
    signal?.addEventListener('abort', abort);
    try {
      this.#worker.postMessage({ id, call, arguments: given });
      return await answer;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#waiting.delete(id);
    }
  }

  #end(reason) {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { failed } of this.#waiting.values()) failed(reason);
    this.#waiting.clear();
  }
}

/** A picture's pixels, wherever a page has them. */
function pixelsOf(picture) {
  const { width, height, data } = picture ?? {};
  if (data instanceof Uint8ClampedArray || data instanceof Uint8Array) {
    if (!(width > 0 && height > 0 && data.length === 4 * width * height))
      throw invalid('image', `needs 4 bytes for each of ${width} x ${height} pixels, has ${data.length}`);
    return { width, height, data };
  }
  const sides = [
    picture?.naturalWidth ?? picture?.videoWidth ?? width,
    picture?.naturalHeight ?? picture?.videoHeight ?? height,
  ];
  if (!globalThis.OffscreenCanvas || !sides.every((side) => side > 0))
    throw invalid('image', 'must be ImageData, or an image, canvas or bitmap that has been loaded');
  const context = new OffscreenCanvas(...sides).getContext('2d', { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  return pixelsOf(context.getImageData(0, 0, ...sides));
}

class Generator {
  #runner;
  #info;
  #encoder; // where its file is and what is said of it
  #encoderLoaded; // a promise, from the first picture on
  #module;
  #styles; // where the two networks are and what is said of them
  #stylesLoaded; // a promise, from the first mixed picture on

  constructor(runner, info, { module, encoder, styles }) {
    this.#runner = runner;
    this.#info = Object.freeze(info);
    this.#module = module;
    this.#encoder = encoder;
    this.#styles = styles;
  }

  get info() {
    return this.#info;
  }

  async generate(request = {}) {
    const checked = checkedRequest(request);
    if (this.#truncatesStyles(checked))
      return imageData(await (await this.#loadedStyles()).drawAll(checked, this.#info, request.signal));
    return imageData(await this.#runner.generate(checked, request.signal));
  }

  /** A mapping network takes a latent's length away, so styles are truncated instead. The engine refuses what they don't know: other psi, text, labels. */
  #truncatesStyles({ truncation, text, label }) {
    if (!this.#styles || !(truncation >= 0 && truncation < 1) || text !== undefined || label !== undefined)
      return false;
    if (this.#info.labels.length > 0)
      throw invalid('truncation', "this model has classes, which its mapping network doesn't take");
    if (!this.#info.part.startsWith('generator'))
      throw invalid(
        'truncation',
        `the part '${this.#info.part}' has no mapping and synthesis networks, only 'generator' has`,
      );
    return true;
  }

  async run(inputs, { signal } = {}) {
    return this.#runner.run(inputs, signal);
  }

  async latent(seed) {
    return this.#runner.latent(integer(seed, 'seed', 0n, 2n ** 64n - 1n));
  }

  async encode(picture) {
    if (!this.#encoder) throw new GanletError('not_found', this.#info.id, 'this model has no encoder');
    const pixels = pixelsOf(picture);
    this.#encoderLoaded ??= this.#loadEncoder();
    await this.#encoderLoaded;
    return this.#runner.encode(pixels);
  }

  async mix(request = {}) {
    const checked = checkedMix(request);
    const styles = await this.#loadedStyles();
    return imageData(await styles.draw(checked));
  }

  async styleLayers() {
    return (await this.#loadedStyles()).layers;
  }

  async #loadedStyles() {
    if (!this.#styles)
      throw new GanletError(
        'not_found',
        this.#info.id,
        'this model is not style-based: it has no mapping and synthesis networks',
      );
    this.#stylesLoaded ??= import('./styles.js').then(({ Styles }) =>
      Styles.load(this.#runner, this.#module, this.#styles, this.#info.range),
    );
    try {
      return await this.#stylesLoaded;
    } catch (error) {
      this.#stylesLoaded = undefined; // to be tried again
      throw error;
    }
  }

  async #loadEncoder() {
    const { url, description } = this.#encoder;
    try {
      await this.#runner.loadEncoder(await download(url, {}), description);
    } catch (error) {
      this.#encoderLoaded = undefined; // to be tried again
      throw error instanceof GanletError && !error.place.startsWith(url) ? error.within(url) : error;
    }
  }

  dispose() {
    this.#runner.dispose();
  }
}

/** Adds up what several downloads report. */
class Tally {
  #report;
  #loaded = 0;
  #expected = 0;

  constructor(onProgress) {
    this.#report = () => onProgress?.({ loaded: this.#loaded, total: Math.max(this.#expected, this.#loaded) });
  }
  expect(bytes) {
    this.#expected += bytes;
    this.#report();
  }
  add = (bytes) => {
    this.#loaded += bytes;
    this.#report();
  };
}

/** Compiled modules by URL, so that a page's second model needs no second engine. */
const modules = new Map();

async function compile(url, options) {
  const bytes = await download(url, options);
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new GanletError('corrupt', url, `is not WebAssembly that runs here: ${error.message}`);
  }
}

async function moduleOf(url, options) {
  if (!modules.has(url)) modules.set(url, await compile(url, options));
  return modules.get(url);
}

async function engineUrl(wasmUrl, variant) {
  const url = wasmUrl === undefined ? new URL('.', import.meta.url).href : await resolve(wasmUrl);
  return url.endsWith('/') ? new URL(`ganlet-${variant}.wasm`, url).href : url;
}

function chosenVariant(wanted) {
  const variant = wanted ?? supportedVariant();
  if (!variant) throw new GanletError('unsupported', '', 'this browser has no WebAssembly SIMD');
  if (variant !== 'relaxed-simd' && variant !== 'simd128')
    throw invalid('variant', `must be 'relaxed-simd' or 'simd128', is '${variant}'`);
  return variant;
}

function startRunner(worker) {
  const wanted = worker ?? Boolean(globalThis.Worker && globalThis.document);
  if (!wanted) return new Here();
  if (!globalThis.Worker) throw new GanletError('unsupported', '', 'there are no workers here');
  try {
    return new Elsewhere(new URL('./worker.js', import.meta.url));
  } catch (error) {
    if (worker) throw new GanletError('io', '', `can't start a worker: ${error.message}`);
    return new Here(); // ganlet.js comes from another site, whose workers a page may not start
  }
}

export async function load(
  model,
  { wasmUrl, models, part = 'generator', signal, onProgress, worker, variant: wanted } = {},
) {
  signal?.throwIfAborted();
  const variant = chosenVariant(wanted);
  const runner = startRunner(worker);
  const stop = () => runner.dispose();
  signal?.addEventListener('abort', stop);
  try {
    const tally = new Tally(onProgress);
    const wasm = await engineUrl(wasmUrl, variant);
    const module = moduleOf(wasm, { signal, onBytes: tally.add });
    module.catch(() => {}); // reported below, unless the model fails first
    const source = await readModelJson(model, models, part, signal);
    if (source.bytes) tally.expect(source.bytes);
    const onnx = source.onnx ?? (await download(source.url, { signal, onBytes: tally.add }));
    const compiled = await module;
    let facts;
    try {
      facts = await runner.load(compiled, onnx, source.description);
    } catch (error) {
      throw error instanceof GanletError && source.url ? error.within(source.url) : error;
    }
    signal?.throwIfAborted();
    const urls = [wasm, ...source.urls];
    const has = { hasEncoder: source.encoder !== undefined, hasStyles: source.styles !== undefined };
    const { encoder, styles } = source;
    return new Generator(
      runner,
      { ...source.about, ...facts, ...has, bytes: onnx.length, part, variant, urls },
      { module: compiled, encoder, styles },
    );
  } catch (error) {
    runner.dispose();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
