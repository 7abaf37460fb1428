import {
  contentOf,
  download,
  engineBytes,
  isPlainName,
  moduleOf,
  mostFileBytes,
  resolve,
  sources,
} from './download.js';
import { GanletError } from './errors.js';

export { GanletError };

// The smallest modules that contain one instruction of each kind: `i8x16.splat`, and, as the function `f`,
// `i32x4.relaxed_dot_i8x16_i7x16_add_s` of ones and ones plus zero, which gives 4.
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1];
const splat = (value) => [0x41, value, 0xfd, 0x0f];
const simd = Uint8Array.of(...header, 0x7b, 3, 2, 1, 0, 10, 8, 1, 6, 0, ...splat(0), 0x0b);
const dot = [...splat(1), ...splat(1), ...splat(0), 0xfd, 0x93, 2, 0xfd, 0x1b, 0, 0x0b];
const relaxedSimd = Uint8Array.of(...header, 0x7f, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10, 22, 1, 20, 0, ...dot);

/** Node 20, where relaxed SIMD is experimental, gives 8: its baseline compiler ignores the addend. */
function dotsRightly() {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(relaxedSimd)).exports.f() === 4;
  } catch {
    return false; // no relaxed SIMD, no WebAssembly, or a page that forbids it
  }
}

const invalid = (place, detail) => new GanletError('invalid_argument', place, detail);

export function supportedVariant() {
  if (dotsRightly()) return 'relaxed-simd';
  return globalThis.WebAssembly?.validate(simd) ? 'simd128' : undefined;
}

/** Why no engine runs here; empty if one does. */
function obstacle() {
  if (!supportedVariant()) return 'this browser has no WebAssembly SIMD';
  try {
    new WebAssembly.Module(simd);
    return '';
  } catch {
    return "this page's Content-Security-Policy forbids WebAssembly: its script-src needs 'wasm-unsafe-eval'";
  }
}

// Pages without an origin of their own, such as in a sandboxed frame, can't start a worker.
const prefersWorker = () => globalThis.Worker && globalThis.document && globalThis.origin !== 'null';

const describeGpu = () => import('./engine.js').then(({ webgpu }) => webgpu('describe'));

export function capabilities() {
  const problem = obstacle();
  const runsIn = prefersWorker() && !workerProblem ? 'worker' : 'page';
  return { variant: problem ? undefined : supportedVariant(), runsIn, problem, webgpu: describeGpu };
}

/** Awaits `promise`, unless the signal comes first. */
function orAborted(promise, signal) {
  if (!signal) return promise;
  return new Promise((done, failed) => {
    const abort = () => failed(signal.reason);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    promise.then(done, failed).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Runs models in the page itself: calls engine.js in the same way as a worker. */
class PagePlace {
  runsIn = 'page';
  models = new Set();
  #engine;

  /** Importing takes browsers a while each time, too long for a small network. */
  async ask(call, given, signal) {
    this.#engine ??= await import('./engine.js');
    return this.#engine.answer(call, given, signal);
  }

  end() {}
}

const workerOptions = { type: 'module', name: 'ganlet engine' };

// Written so that bundlers recognize them, and include the files.
const workerScript = () => new URL('./engine.js', import.meta.url).href;
const engineFiles = {
  'relaxed-simd': () => new URL('./ganlet-relaxed-simd.wasm', import.meta.url).href,
  simd128: () => new URL('./ganlet-simd128.wasm', import.meta.url).href,
  any: () => new URL('./ganlet-any.wasm', import.meta.url).href,
  webgpu: () => new URL('./ganlet-webgpu.wasm.gz', import.meta.url).href,
};

/** Whether the build has put a compressed copy of these beside them, as many hosts compress no such files. */
const haveCopies = true;

/** The Trusted Types policy that all of ganlet shares, if there is one: a page doesn't allow a second. */
function policy() {
  const shared = (globalThis[Symbol.for('ganlet')] ??= {});
  const own = workerScript(); // bundlers give it another name
  const createScriptURL = (url) =>
    url === own || (/^http[^?#]+\/engine\.js$/.test(url) && new URL(url).origin === location.origin) ? url : undefined;
  return (shared.policy ??= globalThis.trustedTypes?.createPolicy('ganlet', { createScriptURL }));
}

/** Runs models in a worker. */
class WorkerPlace {
  runsIn = 'worker';
  models = new Set(); // their numbers: the worker ends with the last model
  over; // the error that has ended it
  #worker;
  #waiting = new Map();
  #calls = 0;

  /** Rejects if the worker can't run, which browsers report at once or as an event. */
  static start(script) {
    return new Promise((done, failed) => {
      const place = new WorkerPlace();
      const cannot = (why) =>
        failed(Object.assign(new GanletError('io', '', `can't start a worker: ${why}`), { noWorker: true }));
      try {
        place.#worker = new Worker(policy()?.createScriptURL(script) ?? script, workerOptions);
      } catch (error) {
        cannot(error.message);
        return;
      }
      place.#worker.onmessage = ({ data }) => (data.ready ? done(place) : place.#take(data));
      place.#worker.onerror = (event) => {
        event.preventDefault(); // the error reports it instead
        const why = event.message || `${script} can't be loaded, or the page's policy (CSP, COEP) forbids it`;
        cannot(why);
        place.end({ code: 'internal', place: '', detail: `the worker failed: ${why}`, ended: true });
      };
    });
  }

  #take({ id, value, error }) {
    const waits = this.#waiting.get(id);
    if (error) waits?.failed(error);
    else waits?.done(value);
  }

  async ask(call, given, signal) {
    if (this.over) throw this.over;
    const id = ++this.#calls;
    const abort = () => this.#worker.postMessage({ id, abort: true });
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise((done, failed) => {
        this.#waiting.set(id, { done, failed });
        this.#worker.postMessage({ id, call, given });
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#waiting.delete(id);
    }
  }

  end(reason) {
    this.over = reason;
    pageWorker = undefined;
    this.#worker.terminate();
    for (const { failed } of this.#waiting.values()) failed(reason);
  }
}

let pageWorker; // a promise: one worker for all models
let pagePlace;
let workerProblem = ''; // why there is no worker, if starting one has failed

/** Where a model runs. `wanted`: whether to use a worker with that script; undefined leaves the choice. */
async function placeFor(model, wanted, script) {
  let place = (pagePlace ??= new PagePlace());
  if (wanted ?? (prefersWorker() && !workerProblem)) {
    if (!globalThis.Worker) throw new GanletError('unsupported', '', 'there are no workers here');
    try {
      place = await (pageWorker ??= WorkerPlace.start(script));
      if (place.over) return placeFor(model, wanted, script);
    } catch (error) {
      pageWorker = undefined;
      if (wanted) throw error;
      if (!workerProblem) console.info(`ganlet draws in the page, which waits meanwhile: ${error.message}`);
      workerProblem = error.message;
    }
  }
  place.models.add(model);
  return place;
}

/**
 * A request as JSON, but for `left`, fields that go another way: integers beyond 2^53 and numbers that aren't finite
 * become strings, typed arrays become lists.
 */
function jsonOf(request, ...left) {
  return JSON.stringify(request, (name, value) => {
    if (left.includes(name)) return undefined;
    if (/number|bigint/.test(typeof value) && !Number.isFinite(value)) return String(value);
    return ArrayBuffer.isView(value) ? Array.from(value) : value;
  });
}

/** Node has no ImageData. */
function imageData({ width, height, data }) {
  return globalThis.ImageData ? new ImageData(data, width, height) : { width, height, data, colorSpace: 'srgb' };
}

/** Awaits `promise`; adds the URL of a file to its errors. */
async function within(promise, url, file = '') {
  try {
    return await promise;
  } catch ({ code, place, detail, ended }) {
    const inside = place.startsWith(file) ? place.slice(file.length).replace(/^: /, '') : place;
    throw Object.assign(new GanletError(code, inside ? `${url}: ${inside}` : url, detail), { ended });
  }
}

/** What to open; a file of another framework is converted to ONNX. */
async function openable(model, models, { ask, wasm, ...options }) {
  const found = await contentOf(model, models, options);
  if (found.onnx || found.json) return found;
  const { imported } = await import('./import.js');
  return imported(found, { ask, wasm, ...options });
}

/** The promise that `map` has for a key, made if it has none; one that fails is made again. */
function once(map, key, make) {
  const made = map.get(key) ?? make();
  map.set(key, made);
  made.catch(() => map.delete(key));
  return made;
}

let modelsMade = 0;

class Model {
  #name = ++modelsMade; // identifies the model where it runs
  #source;
  #facts;
  #place; // a promise: where it runs
  #opened; // a promise, as for the place; undefined at first, and after the instance has ended
  #content; // a promise: what it is opened from, while it loads
  #coming = new Map(); // downloads in progress, and while it loads all, as promises by file
  #given = new Map(); // files passed to the instance, as promises by file
  #folder;
  #files; // URLs or bytes by file name, for files outside the folder
  #urls;
  #bytes;
  #life = new AbortController();

  static async load(source, signal) {
    const model = new Model();
    model.#source = source;
    const ask = () => model.#ask('info', {}, signal);
    try {
      const facts = await ask().catch(async (error) => {
        if (error?.code !== 'unsupported' || !source.rare) throw error;
        Object.assign(source, source.rare);
        model.#opened = undefined;
        return ask().catch((other) => {
          throw ['io', 'not_found'].includes(other?.code) ? error : other;
        });
      });
      const { runsIn } = await model.#place;
      const { backend, guesses, part, variant } = source;
      if (facts.takesPictures && backend === 'webgpu')
        throw new GanletError('unsupported', 'backend', "pictures are made of pictures by 'xnn' alone");
      model.#facts = { ...facts, part, variant, backend, guesses, runsIn };
      model.#content = undefined;
      model.#coming.clear();
      return model;
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  get info() {
    return Object.freeze({ ...this.#facts, bytes: this.#bytes, urls: Object.freeze([...this.#urls]) });
  }

  /** Latents are many: as numbers they go past JSON. */
  async draw(request = {}) {
    const { signal, latents } = request ?? {};
    const apart = latents?.every?.((number) => typeof number === 'number');
    const given = {
      request: jsonOf(request, 'signal', apart && 'latents'),
      latents: Float32Array.from(apart ? latents : []),
    };
    return imageData(await this.#ask('draw', given, signal));
  }

  generate(request) {
    return this.draw(request);
  }

  run(inputs, { signal } = {}) {
    return this.#ask('run', { inputs }, signal);
  }

  async latent(seed, { signal } = {}) {
    return this.#ask('latent', { request: jsonOf({ seed: seed ?? '' }) }, signal);
  }

  encode(picture, { signal } = {}) {
    return this.#see('encode', picture, signal);
  }

  async apply(picture, { signal } = {}) {
    return imageData(await this.#see('apply', picture, signal));
  }

  /** Downloads or imports the file again: no copy is kept. */
  async onnx({ signal } = {}) {
    const { onnx } = await this.#asked(this.#source.content(this.#life.signal, this.#place), signal);
    if (!onnx) throw invalid(this.#facts.id, 'is a folder, whose files are ONNX already');
    return onnx;
  }

  dispose() {
    if (this.#life.signal.aborted) return;
    const reason = new GanletError('cancelled', '', 'the model has been disposed of');
    this.#life.abort(reason);
    const leave = (place) => {
      place.ask('dispose', { model: this.#name }).catch(() => {});
      place.models.delete(this.#name);
      if (!place.models.size) place.end(reason);
    };
    this.#place?.then(leave, () => {});
  }

  async #see(call, picture, signal) {
    signal?.throwIfAborted();
    const { pixelsOf } = await import('./pictures.js');
    return this.#ask(call, await pixelsOf(picture), signal);
  }

  /** A GPU that is lost, for reasons of the system's or without any, is opened anew. */
  async #ask(call, given, signal, losses = 0) {
    signal?.throwIfAborted();
    this.#life.signal.throwIfAborted();
    return this.#asked(this.#answer(call, given, signal), signal).catch((error) => {
      if (error?.code !== 'device_lost' || losses > 9) throw error;
      return this.#ask(call, given, signal, losses + 1);
    });
  }

  async #asked(promise, signal) {
    try {
      return await orAborted(orAborted(promise, signal), this.#life.signal);
    } catch (error) {
      const isPlain = error?.detail !== undefined && !(error instanceof GanletError); // as errors of engine.js are
      throw isPlain ? new GanletError(error.code, error.place, error.detail) : error;
    }
  }

  async #answer(call, given, signal) {
    this.#opened ??= this.#open();
    const opened = this.#opened;
    const place = await opened;
    const ask = () => place.ask(call, { model: this.#name, ...given }, signal);
    try {
      return await ask().catch(async (error) => {
        if (!error?.needs) throw error;
        await Promise.all(error.needs.map((part) => this.#give(place, part)));
        return ask();
      });
    } catch (error) {
      if (error?.ended && opened === this.#opened) this.#opened = undefined; // the next call opens the model again
      throw error;
    }
  }

  async #open() {
    const { content, moduleFrom, part, backend, wasm, worker, script } = this.#source;
    this.#given.clear();
    this.#urls = [];
    this.#bytes = 0;
    try {
      this.#place = placeFor(this.#name, worker, script);
      const found = this.#content ?? content(this.#life.signal, this.#place);
      if (!this.#facts) this.#content = found;
      const described = found.then((opens) => this.#fetchAhead(opens));
      const [place, engine, opens] = await Promise.all([this.#place, moduleFrom(wasm, this.#place), described]);
      this.#urls = [sources.get(wasm) ?? wasm, ...opens.urls];
      this.#bytes = opens.onnx?.length ?? 0;
      this.#source.guesses = opens.guesses;
      const given = { model: this.#name, module: engine, part, backend, ...opens, files: undefined };
      const opening = place.ask('open', given);
      await (opens.onnx && opens.url ? within(opening, opens.url) : opening);
      return place;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  /** While the engine loads, downloads what will probably be needed first; the engine decides and checks later. */
  #fetchAhead(opens) {
    this.#folder = opens.folder;
    this.#files = opens.files;
    try {
      const { parts } = JSON.parse(new TextDecoder().decode(opens.json));
      const names = parts[this.#source.part] ? [this.#source.part] : ['mapping', 'synthesis', 'noise'];
      for (const part of names.flatMap((name) => parts[name] ?? []))
        if (isPlainName(part.file) && part.bytes > 0) this.#download(part).catch(() => {}); // told when it is wanted
    } catch {
      // The engine reports what is wrong with it.
    }
    return opens;
  }

  async #download({ file, bytes }) {
    const own = this.#files?.[file];
    if (own?.buffer) return own;
    return once(this.#coming, file, () => {
      const { tally } = this.#source;
      tally.expect(bytes);
      const options = { signal: this.#life.signal, onBytes: tally.add, most: Math.min(bytes, mostFileBytes) };
      return download(this.#urlOf(file), options);
    });
  }

  #urlOf(file) {
    const own = this.#files?.[file];
    return new URL(own?.buffer ? file : (own ?? encodeURIComponent(file)), this.#folder).href;
  }

  /** Downloads a part and passes it to the engine, once. */
  #give(place, { part, ...described }) {
    const { file } = described;
    return once(this.#given, file, async () => {
      try {
        const bytes = await this.#download(described);
        await within(place.ask('give', { model: this.#name, part, bytes }), this.#urlOf(file), file);
        this.#urls.push(this.#urlOf(file));
        this.#bytes += bytes.length;
      } finally {
        if (this.#facts) this.#coming.delete(file);
      }
    });
  }
}

/** Adds up the progress of several downloads. */
function tallyFor(onProgress) {
  let [loaded, expected] = [0, 0];
  const report = () => onProgress?.({ loaded, total: Math.max(expected, loaded) });
  return {
    expect: (bytes) => report((expected += bytes)),
    add: (bytes) => report((loaded += bytes)),
  };
}

const engines = new Map(); // bytes for workers whose page may not compile, as promises by URL

async function engineUrl(wasmUrl, variant) {
  if (wasmUrl === undefined) return engineFiles[variant]();
  const url = await resolve(wasmUrl);
  return url.endsWith('/') ? url + engineFiles[variant]().split('/').pop() : url;
}

function chosenVariant(wanted, backend, problem) {
  if (problem) throw new GanletError('unsupported', '', problem);
  if (backend === 'webgpu') return backend;
  if (backend !== 'xnn') throw invalid('backend', `must be 'xnn' or 'webgpu', is '${backend}'`);
  const variant = wanted ?? supportedVariant();
  if (variant !== 'relaxed-simd' && variant !== 'simd128')
    throw invalid('variant', `must be 'relaxed-simd' or 'simd128', is '${variant}'`);
  return variant;
}

export async function load(
  model,
  {
    wasmUrl,
    workerUrl,
    models,
    part = 'generator',
    network,
    chain,
    signal,
    onProgress,
    worker,
    variant: wanted,
    backend = 'xnn',
  } = {},
) {
  signal?.throwIfAborted();
  const problem = obstacle();
  // The page's policy doesn't apply to the worker, which may be able to compile.
  const inWorker = problem && supportedVariant() && prefersWorker() && worker !== false;
  const variant = chosenVariant(wanted, backend, !inWorker && problem);
  const tally = tallyFor(onProgress);
  const wasm = await engineUrl(wasmUrl, variant);
  const script = workerUrl === undefined ? workerScript() : await resolve(workerUrl);
  const moduleFrom = async (url, place) => {
    const hasCopy = haveCopies && wasmUrl === undefined && /^http.*\/ganlet-(relaxed-simd|simd128)\.wasm$/.test(url);
    if (!inWorker) return moduleOf(url, tally.add, hasCopy);
    await (await place).ask('try', { module: { bytes: simd } });
    return { url, bytes: await once(engines, url, () => engineBytes(url, tally.add)) };
  };
  const content = (ended, place) => {
    const ask = async (program, given, url) => {
      const asked = (await place).ask('import', { module: await moduleFrom(program, place), network, chain, ...given });
      return url ? within(asked, url) : asked;
    };
    return openable(model, models, { signal: ended, onBytes: tally.add, ask, wasm: wasmUrl && wasm });
  };
  // What is rare is in a build of its own.
  const any = await engineUrl(wasmUrl, 'any');
  const rare = backend === 'xnn' && any !== wasm && { variant: 'any', wasm: any };
  const given = { content, moduleFrom, part, backend, variant, wasm, rare, worker: inWorker || worker, script, tally };
  return Model.load(given, signal).catch((error) => {
    throw inWorker && (error?.noWorker || error?.code === 'unsupported')
      ? new GanletError('unsupported', '', problem)
      : error;
  });
}
