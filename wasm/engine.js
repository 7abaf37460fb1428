import { GanletError } from './errors.js';

// The layout of ganlet_request in ganlet_c.h, for 32-bit pointers.
const requestBytes = 64;
const at = {
  seed: 0,
  count: 8,
  label: 16,
  columns: 24,
  text: 32,
  textBytes: 36,
  latents: 40,
  latentCount: 44,
  textLimit: 48,
  truncation: 52,
  hasLabel: 56,
  vary: 57,
};

const arrayTypes = { float32: Float32Array, int64: BigInt64Array, bool: Uint8Array };

/** What the module imports: nothing but a clock and an exit. Libraries that want to write find no file open. */
function imports(instance) {
  const badFile = 8;
  const view = () => new DataView(instance().exports.memory.buffer);
  const known = {
    clock_time_get(_clock, _precision, result) {
      view().setBigUint64(result, BigInt(Math.round(performance.now() * 1e6)), true);
      return 0;
    },
    emscripten_notify_memory_growth() {},
    proc_exit(code) {
      throw new WebAssembly.RuntimeError(`the engine ended itself (${code})`);
    },
  };
  return new Proxy({}, { get: () => new Proxy({}, { get: (_, name) => known[name] ?? (() => badFile) }) });
}

/** Lets what waits in the event queue run, such as a message that ends this work. */
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

/** What model.json says, as ganlet_load in ganlet_c.h takes it. */
const encoded = (description) =>
  new TextEncoder().encode(
    description
      .flat()
      .map((text) => `${text}\0`)
      .join(''),
  );

/** One model in one instance of the WebAssembly module. Asks for one thing after another; see ganlet.d.ts for what they mean. */
export class Engine {
  #exports;
  #model = 0;
  #info;
  #last = Promise.resolve();
  #broken = false;

  /**
   * @param {WebAssembly.Module} module
   * @param {Uint8Array} onnx
   * @param {[string, string | number][]} description what model.json says: keys and values of ganlet_load
   * @param {'generator' | 'network'} as a network that is no generator can only be run
   */
  static async load(module, onnx, description, as = 'generator') {
    const engine = new Engine();
    const instance = await WebAssembly.instantiate(
      module,
      imports(() => instance),
    );
    engine.#exports = instance.exports;
    engine.#call((c) => c._initialize?.());
    const pairs = encoded(description);
    engine.#with([onnx, pairs], (c, file, text) => {
      const read = as === 'network' ? c.ganlet_load_network : c.ganlet_load;
      engine.#model = read(file, onnx.length, text, pairs.length);
      if (engine.#model === 0) throw engine.#error();
    });
    engine.#info = engine.#call((c) => JSON.parse(engine.#text(c.ganlet_info(engine.#model))));
    return engine;
  }

  get info() {
    return this.#info;
  }

  /** Pages of the instance's memory, in bytes. */
  get memoryBytes() {
    return this.#exports.memory.buffer.byteLength;
  }

  latent(seed) {
    const bytes = 4 * this.#info.latentSize;
    return this.#with([bytes], (c, out) => {
      c.ganlet_latent(this.#model, seed, out);
      return new Float32Array(this.#copy(out, bytes));
    });
  }

  /** Standard normal numbers of a seed. */
  normal(seed, count) {
    return this.#with([4 * count], (c, out) => {
      c.ganlet_normal(seed, out, count);
      return new Float32Array(this.#copy(out, 4 * count));
    });
  }

  loadEncoder(onnx, description) {
    const pairs = encoded(description);
    this.#with([onnx, pairs], (c, file, text) =>
      this.#counted(c.ganlet_load_encoder(this.#model, file, onnx.length, text, pairs.length)),
    );
  }

  /** The latent of a picture, an object of `width`, `height` and `data` in RGBA. */
  encode({ width, height, data }) {
    const bytes = 4 * this.#call((c) => c.ganlet_encoded_size(this.#model));
    return this.#with([data, bytes], (c, pixels, out) => {
      this.#counted(c.ganlet_encode(this.#model, pixels, width, height, out));
      return new Float32Array(this.#copy(out, bytes));
    });
  }

  /** Draws as an object of `width`, `height` and `data`. The request is checked as `checkedRequest` of ganlet.js leaves it. */
  generate(request, signal) {
    return this.#inTurn(async () => {
      signal?.throwIfAborted();
      let left = this.#begin(request);
      try {
        while (left > 0) {
          left = this.#call((c) => this.#counted(c.ganlet_draw(this.#model)));
          if (left > 0) await pause();
          signal?.throwIfAborted();
        }
        return this.#call((c) => {
          const width = c.ganlet_picture_width(this.#model);
          const height = c.ganlet_picture_height(this.#model);
          return {
            width,
            height,
            data: new Uint8ClampedArray(this.#copy(c.ganlet_picture(this.#model), 4 * width * height)),
          };
        });
      } finally {
        if (this.#model !== 0 && !this.#broken) this.#call((c) => c.ganlet_end(this.#model));
      }
    });
  }

  run(inputs, signal) {
    return this.#inTurn(async () => {
      signal?.throwIfAborted();
      for (const name of Object.keys(inputs))
        if (!this.#info.inputs.some((input) => input.name === name))
          throw new GanletError(
            'not_found',
            name,
            `the network has no such input, only ${this.#info.inputs.map((input) => input.name).join(', ')}`,
          );
      this.#info.inputs.forEach((input, index) => this.#setInput(input, index, inputs[input.name]));
      return this.#call((c) => {
        const answer = c.ganlet_run(this.#model);
        if (answer === 0) throw this.#error();
        const outputs = JSON.parse(this.#text(answer));
        return Object.fromEntries(
          outputs.map(({ name, type, shape, address, bytes }) => [
            name,
            { shape, data: new arrayTypes[type](this.#copy(address, bytes)) },
          ]),
        );
      });
    });
  }

  /** Frees the model; what is under way ends as cancelled. */
  dispose() {
    if (this.#model !== 0 && !this.#broken) this.#exports.ganlet_dispose(this.#model);
    this.#model = 0;
  }

  #begin(request) {
    const text = request.text === undefined ? null : new TextEncoder().encode(request.text);
    const latents = request.z ? new Uint8Array(request.z.buffer, request.z.byteOffset, request.z.byteLength) : null;
    return this.#with([requestBytes, text ?? 0, latents ?? 0], (c, place, textPlace, latentsPlace) => {
      const memory = new DataView(c.memory.buffer, place, requestBytes);
      memory.setBigUint64(at.seed, request.seed, true);
      memory.setBigInt64(at.count, request.count, true);
      memory.setBigInt64(at.label, request.label ?? 0n, true);
      memory.setBigInt64(at.columns, request.columns, true);
      memory.setUint32(at.text, text ? textPlace : 0, true);
      memory.setUint32(at.textBytes, text?.length ?? 0, true);
      memory.setUint32(at.latents, latents ? latentsPlace : 0, true);
      memory.setUint32(at.latentCount, request.z?.length ?? 0, true);
      memory.setInt32(at.textLimit, request.textLimit, true);
      memory.setFloat32(at.truncation, request.truncation, true);
      memory.setUint8(at.hasLabel, request.label === undefined ? 0 : 1);
      memory.setUint8(at.vary, request.vary ? 1 : 0);
      return this.#counted(c.ganlet_begin(this.#model, place));
    });
  }

  #setInput({ name, type }, index, tensor) {
    if (tensor === undefined) throw new GanletError('invalid_argument', name, 'is missing');
    const { data, shape } = tensor;
    if (!(data instanceof arrayTypes[type]))
      throw new GanletError('invalid_argument', name, `is ${type}, so its data must be a ${arrayTypes[type].name}`);
    if (!shape?.every?.((size) => Number.isSafeInteger(size)))
      throw new GanletError('invalid_argument', name, 'needs a shape of whole numbers');
    const sizes = BigInt64Array.from(shape, BigInt);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#with([new Uint8Array(sizes.buffer), bytes], (c, sizesPlace, place) => {
      this.#counted(c.ganlet_set_input(this.#model, index, sizesPlace, sizes.length, place, bytes.length));
    });
  }

  /** Runs `job` when all that was asked for before is done. */
  #inTurn(job) {
    const turn = this.#last.then(job);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Calls into the module. A trap there, such as for want of memory, leaves it unusable. */
  #call(action) {
    if (this.#broken)
      throw new GanletError('limit_exceeded', '', 'the engine ran out of memory before: load the model again');
    if (this.#model === 0 && this.#info) throw new GanletError('cancelled', '', 'the generator has been disposed of');
    try {
      return action(this.#exports);
    } catch (error) {
      if (error instanceof GanletError) throw error;
      this.#broken = true;
      throw new GanletError('limit_exceeded', '', `the engine failed, probably for want of memory (${error.message})`);
    }
  }

  /** Calls with places in the module's memory: copies of arrays, or as many bytes as a number says. */
  #with(parts, action) {
    return this.#call((c) => {
      const places = [];
      try {
        for (const part of parts) {
          const place = c.ganlet_allocate(Math.max(1, part.length ?? part));
          if (place === 0) throw new GanletError('limit_exceeded', '', 'there is not enough memory');
          places.push(place);
          if (part.length) new Uint8Array(c.memory.buffer).set(part, place);
        }
        return action(c, ...places);
      } finally {
        if (!this.#broken) for (const place of places) c.ganlet_free(place);
      }
    });
  }

  #copy(place, bytes) {
    return this.#exports.memory.buffer.slice(place, place + bytes);
  }

  #text(place) {
    const memory = new Uint8Array(this.#exports.memory.buffer);
    return new TextDecoder().decode(memory.subarray(place, memory.indexOf(0, place)));
  }

  #counted(result) {
    if (result < 0) throw this.#error();
    return result;
  }

  #error() {
    const { code, place, message } = JSON.parse(this.#text(this.#exports.ganlet_error()));
    return new GanletError(code, place, message);
  }
}
