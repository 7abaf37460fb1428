// Runs models, each in its own WebAssembly instance. As a worker, it answers {id, call, given} with {id, value} or
// {id, error}, and stops the call named by {id, abort: true}; in the page, it is called through `answer`. An error has
// `code`, `place` and `detail`, and `ended` if it ended the instance. This file imports nothing, so that the worker
// starts at once.

const arrayTypes = { float32: Float32Array, int64: BigInt64Array, bool: Uint8Array };

const failure = (code, place, detail) => Object.assign(new Error(detail), { code, place, detail });
const ended = (error) => Object.assign(error, { ended: true });

/** Lets pending events run, such as a message that ends this work. */
function pause() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The functions that the module imports. Others are told of things, or try to write: no file is open, error 8. */
function imports(memory, gpu) {
  const known = {
    clock_time_get(_clock, _precision, result) {
      new DataView(memory().buffer).setBigUint64(result, BigInt(Math.round(performance.now() * 1e6)), true);
      return 0;
    },
    ganlet_out_of_memory(bytes) {
      throw ended(failure('limit_exceeded', '', `there is not enough memory for another ${bytes >>> 0} bytes`));
    },
    proc_exit(code) {
      throw new Error(`it exited with ${code}`);
    },
    ...gpu?.imports(memory),
  };
  return new Proxy({}, { get: () => new Proxy({}, { get: (_, name) => known[name] ?? (() => 8) }) });
}

const modules = new Map(); // compiled here, as promises by URL

/** A page that may not compile sends bytes and their URL instead: a worker has its own policy. */
function compiled({ url, bytes }) {
  if (!modules.has(url)) modules.set(url, WebAssembly.compile(bytes));
  return modules.get(url).catch(({ message }) => {
    modules.delete(url);
    throw failure('unsupported', '', message);
  });
}

/** Calls webgpu.js, beside this script; bundlers leave it where it is. */
export async function webgpu(call) {
  try {
    const here = new URL('./webgpu.js', import.meta.url).href;
    return await (await import(/* webpackIgnore: true */ /* @vite-ignore */ here))[call]();
  } catch ({ message }) {
    throw failure('unsupported', 'webgpu', message);
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const textBytes = (text) => encoder.encode(`${text}\0`);

/** A program in its own WebAssembly instance. */
class Instance {
  #exports;
  gpu; // that it computes on, if it does
  over; // the error that has ended it

  async start(module) {
    const { exports } = await WebAssembly.instantiate(
      module instanceof WebAssembly.Module ? module : await compiled(module),
      imports(() => exports.memory, this.gpu),
    );
    this.#exports = exports;
    this.call((c) => c._initialize?.());
    return this;
  }

  /** Cancels work in progress. The garbage collector frees the memory. */
  dispose() {
    this.over ??= failure('cancelled', '', 'the model has been disposed of');
    this.gpu?.close();
  }

  /** Calls into the module. A trap, or running out of memory, leaves the instance unusable. */
  call(action) {
    if (this.over) throw this.over;
    try {
      return action(this.#exports);
    } catch (error) {
      if (error.code && !error.ended) throw error;
      this.over = error.ended ? error : ended(failure('internal', '', `the engine failed: ${error.message}`));
      throw this.over;
    }
  }

  /** Calls with addresses in the module's memory: of copies of arrays, or, for a number, of that many bytes. */
  with(parts, action) {
    return this.call((c) => {
      const places = [];
      try {
        for (const part of parts) {
          const place = c.ganlet_allocate(Math.max(1, part.length ?? part));
          if (place === 0)
            throw failure('limit_exceeded', '', `there is not enough memory for another ${part.length ?? part} bytes`);
          places.push(place);
          if (part.length) new Uint8Array(c.memory.buffer).set(part, place);
        }
        return action(c, ...places);
      } finally {
        if (!this.over) for (const place of places) c.ganlet_free(place);
      }
    });
  }

  copy(place, bytes) {
    return this.#exports.memory.buffer.slice(place, place + bytes);
  }

  text(place) {
    const memory = new Uint8Array(this.#exports.memory.buffer);
    return decoder.decode(memory.subarray(place, memory.indexOf(0, place)));
  }

  json(action) {
    return this.call((c) => JSON.parse(this.text(this.good(action(c)))));
  }

  /** Returns `result`, or throws the module's error if it is below `least`. */
  good(result, least = 1) {
    if (result >= least) return result;
    const { code, place, message } = JSON.parse(this.text(this.#exports.ganlet_error()));
    const error = failure(code, place, message);
    throw code === 'device_lost' ? ended(error) : error;
  }
}

/** Name, type, sizes and data of an array, as ganlet_set_input takes them. */
function arrayOf([name, tensor]) {
  const { data, shape } = tensor ?? {};
  const found = Object.entries(arrayTypes).find(([, type]) => data instanceof type);
  if (!found) throw failure('invalid_argument', name, 'needs data: a Float32Array, BigInt64Array or Uint8Array');
  if (!shape?.every?.(Number.isSafeInteger)) throw failure('invalid_argument', name, 'needs a shape of whole numbers');
  return [textBytes(name), textBytes(found[0]), bytesOf(BigInt64Array.from(shape, BigInt)), bytesOf(data)];
}

/** One model, used through wasm/ganlet_c.h. ganlet.d.ts describes the calls. */
class Engine extends Instance {
  #model = 0;
  #isWhole = false; // whether the network's files have all come
  #last = Promise.resolve();

  /** Either `json` is a model.json and `url` its address, or `onnx` is a bare file and `name` its id. */
  async open({ module, backend, json, url, part, onnx, name }) {
    if (backend === 'webgpu') this.gpu = await webgpu('open');
    await this.start(module);
    const [file, ...texts] = json ? [json, url, part] : [onnx, name];
    this.#model = this.with([file, ...texts.map(textBytes)], (c, place, ...rest) =>
      this.good((json ? c.ganlet_open : c.ganlet_open_file)(place, file.length, ...rest)),
    );
  }

  /** Passes in a file of the model. */
  give({ part, bytes }) {
    this.with([textBytes(part), bytes], (c, name, place) =>
      this.good(c.ganlet_give(this.#model, name, place, bytes.length), 0),
    );
  }

  /** The first call may take long: it measures the range of values of a network that has no bound. */
  async info(_, signal) {
    this.#require('info');
    return this.#later(() => this.json((c) => c.ganlet_info(this.#model)), signal);
  }

  /** `request` is JSON with the seed. */
  async latent({ request }) {
    this.#require('draw', request);
    const bytes = 4 * (await this.info()).latentSize;
    return this.with([textBytes(request), bytes], (c, json, out) => {
      this.good(c.ganlet_latent(this.#model, json, out), 0);
      return new Float32Array(this.copy(out, bytes));
    });
  }

  encode({ width, height, data }, signal) {
    return this.#inTurn(async () => {
      this.#require('encode');
      const bytes = 4 * this.call((c) => c.ganlet_encoded_size(this.#model));
      const once = [data]; // the picture, in the first call alone
      const encoded = (c, out, pixels) =>
        this.good(c.ganlet_encode(this.#model, pixels, width, height, out), 0) === 0 &&
        new Float32Array(this.copy(out, bytes));
      return this.#later(() => this.with([bytes, ...once.splice(0)], encoded), signal);
    });
  }

  /** What `step` gives; while it gives nothing, as when a GPU computes, it is called again. */
  async #later(step, signal) {
    for (;;) {
      signal?.throwIfAborted();
      const value = step();
      if (value) return value;
      await this.gpu?.settled();
      await pause();
    }
  }

  /** `request` is JSON, without those `latents` that are given beside it. */
  draw({ request, latents }, signal) {
    const begin = (c, json, place) => c.ganlet_drawing_begin(this.#model, json, place, latents.length);
    return this.#picture([textBytes(request), bytesOf(latents)], begin, signal, request);
  }

  /** Makes another picture of one. */
  apply({ width, height, data }, signal) {
    return this.#picture([data], (c, pixels) => c.ganlet_apply_begin(this.#model, pixels, width, height), signal);
  }

  /** The picture that `begin(exports, ...addresses)` begins, after all earlier calls. */
  #picture(parts, begin, signal, request) {
    return this.#inTurn(async () => {
      this.#require('draw', request);
      const drawing = this.with(parts, (c, ...places) => this.good(begin(c, ...places)));
      try {
        await this.#later(() => this.call((c) => this.good(c.ganlet_drawing_step(drawing), 0)) === 0, signal);
        return this.call((c) => {
          const [width, height] = [c.ganlet_drawing_width(drawing), c.ganlet_drawing_height(drawing)];
          const data = new Uint8ClampedArray(this.copy(c.ganlet_drawing_pixels(drawing), 4 * width * height));
          return { width, height, data };
        });
      } finally {
        if (!this.over) this.call((c) => c.ganlet_drawing_end(drawing));
      }
    });
  }

  run({ inputs }, signal) {
    return this.#inTurn(async () => {
      this.#isWhole ||= !this.#require('info'); // which takes as long as a small network
      const arrays = Object.entries(inputs ?? {}).map(arrayOf); // all, before the first is passed on
      for (const array of arrays)
        this.with(array, (c, ...places) =>
          this.good(c.ganlet_set_input(this.#model, ...places, array[2].length / 8, array[3].length), 0),
        );
      const outputs = await this.#later(() => this.json((c) => c.ganlet_run(this.#model)), signal);
      const named = ({ name, type, shape, address, bytes }) => [
        name,
        { shape, data: new arrayTypes[type](this.copy(address, bytes)) },
      ];
      return Object.fromEntries(outputs.map(named));
    });
  }

  /** Throws the list of files that a call lacks, as `needs`; ganlet.js then fetches them and repeats the call. */
  #require(purpose, request = '{}') {
    const needs = this.with([purpose, request].map(textBytes), (c, name, json) =>
      JSON.parse(this.text(this.good(c.ganlet_needs(this.#model, name, json)))),
    );
    if (needs.length) throw Object.assign(failure('not_found', '', 'files are missing'), { needs });
  }

  /** Runs `job` after all earlier ones. */
  #inTurn(job) {
    const turn = this.#last.then(job);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/**
 * Converts a file of another framework, through wasm/ganlet_import_c.h. The result has an ONNX file as `data`, and
 * what was guessed for it; or `needs`, the names of further files that `beside` lacks; or neither, if its format isn't
 * one of those imported.
 */
async function importFile({ module, file, beside, network = '', chain }) {
  const instance = await new Instance().start(module);
  const begun = instance.with([file], (c, place) => c.ganlet_import_begin(place, file.length));
  if (!begun) return {};
  const needs = instance.json((c) => c.ganlet_import_needs(begun)).filter((name) => !Object.hasOwn(beside, name));
  if (needs.length) return { needs };
  for (const [name, bytes] of Object.entries(beside))
    instance.with([textBytes(name), bytes], (c, text, place) => c.ganlet_import_give(begun, text, place, bytes.length));
  return instance.with([textBytes(network)], (c, name) => {
    const length = instance.good(c.ganlet_import_run(begun, name, chain));
    const data = new Uint8Array(instance.copy(c.ganlet_import_file(begun), length));
    return { data, guesses: instance.text(c.ganlet_import_guesses(begun)) };
  });
}

const engines = new Map(); // by the number that ganlet.js gave the model

/** Performs a call of ganlet.js. */
export async function answer(call, { model, ...given }, signal) {
  if (call === 'try') return void (await compiled(given.module));
  if (call === 'import') return importFile(given);
  if (call === 'open') engines.set(model, new Engine());
  const engine = engines.get(model);
  if (call === 'dispose') engines.delete(model);
  if (!engine) throw ended(failure('cancelled', '', 'this instance of the model has ended'));
  try {
    return await engine[call](given, signal);
  } catch (error) {
    if (error.ended || call === 'open') {
      if (engines.get(model) === engine) engines.delete(model);
      engine.dispose();
    }
    throw error;
  }
}

/** The buffers to transfer instead of copying. */
function buffersOf(value) {
  const views = [value, value?.data, ...Object.values(value ?? {}).map((output) => output?.data)];
  return views.filter((view) => ArrayBuffer.isView(view)).map(({ buffer }) => buffer);
}

/** Answers messages, in the worker that ganlet.js has started. */
function serve() {
  const underWay = new Map();
  self.onmessage = async ({ data: { id, call, given, abort } }) => {
    if (abort) return underWay.get(id)?.abort();
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      const value = await answer(call, given, controller.signal);
      self.postMessage({ id, value }, buffersOf(value));
    } catch ({ code = 'internal', place = '', message, detail = message, needs, ended }) {
      self.postMessage({ id, error: { code, place, detail, needs, ended } });
    } finally {
      underWay.delete(id);
    }
  };
  self.postMessage({ ready: true });
}

if (globalThis.WorkerGlobalScope && self.name === 'ganlet engine') serve();
