// WebGPU for ganlet-webgpu.wasm: what src/webgpu/device.cpp imports. Loaded only if a page asks for that backend.

async function adapterHere() {
  const { gpu } = globalThis.navigator ?? {};
  if (!gpu)
    throw new Error(
      globalThis.isSecureContext === false
        ? "WebGPU needs a page that came by https, or from the reader's own computer"
        : 'this browser has no WebGPU',
    );
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => undefined);
  if (!adapter) throw new Error('this browser gives WebGPU no GPU');
  return adapter;
}

function factsOf({ info = {}, isFallbackAdapter }) {
  const { vendor, architecture, device, description } = info;
  const name = description || [vendor, architecture, device].filter(Boolean).join(' ') || 'a GPU';
  return { name, isFallback: Boolean(info.isFallbackAdapter ?? isFallbackAdapter), problem: '' };
}

/** What WebGPU runs on, or why it doesn't. */
export async function describe() {
  try {
    return factsOf(await adapterHere());
  } catch ({ message }) {
    return { name: '', isFallback: false, problem: message };
  }
}

/**
 * Opens a device, or rejects with a sentence. `imports` of what it gives are for a WebAssembly instance, whose memory
 * they get.
 */
export async function open() {
  const adapter = await adapterHere();
  const facts = factsOf(adapter);
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const requiredLimits = { maxBufferSize, maxStorageBufferBindingSize };
  try {
    return new Gpu(await adapter.requestDevice({ requiredLimits }), facts);
  } catch (error) {
    throw new Error(`${facts.name} can't be used: ${error.message}`);
  }
}

const [pending, done, lost, refused, outOfMemory] = [0, 1, 2, 3, 4];
const scopes = ['validation', 'internal', 'out-of-memory'];
const mostSpare = 4; // buffers to read from that are kept for the next time

class Gpu {
  #device;
  #isLost = false;
  #problem = '';
  #buffers = new Map();
  #pipelines = [];
  #tickets = new Map();
  #spare = []; // buffers to read from
  #ids = 0;
  #encoder; // of the work that hasn't been submitted
  #pass;
  #reads = [];

  constructor(device, facts) {
    this.#device = device;
    this.facts = facts;
    device.lost.then(() => (this.#isLost = true));
    for (const scope of scopes) device.pushErrorScope(scope);
  }

  close() {
    this.#isLost = true;
    this.#device.destroy();
  }

  /** Waits until some work is done. Firefox tells so only each 100 ms, unless something is submitted meanwhile. */
  async settled() {
    const waiting = [...this.#tickets.values()].map(({ over }) => over);
    if (waiting.length === 0) return;
    const ticks = setInterval(() => this.#device.queue.submit([]), 4);
    await Promise.race(waiting).finally(() => clearInterval(ticks));
  }

  /** The functions that device.cpp imports, without their prefix. */
  imports(memory) {
    const words = (place, count) => new Uint32Array(memory().buffer, place, count);
    const text = (place, bytes) => new TextDecoder().decode(new Uint8Array(memory().buffer, place, bytes));
    const putText = (value, place, size) =>
      new TextEncoder().encodeInto(value, new Uint8Array(memory().buffer, place, size - 1));
    const functions = {
      describe: (facts, name, size) => {
        const { maxStorageBufferBindingSize, maxBufferSize } = this.#device.limits;
        const most = [maxStorageBufferBindingSize, maxBufferSize].map((bytes) => Math.min(bytes, 2 ** 31));
        words(facts, 3).set([Number(this.facts.isFallback), ...most]);
        putText(this.facts.name, name, size);
      },
      problem: (place, size) => putText(this.#problem, place, size),
      is_lost: () => Number(this.#isLost),
      allocate: (bytes) => this.#allocate(bytes),
      free: (id) => {
        this.#buffers.get(id).destroy();
        this.#buffers.delete(id);
      },
      write: (id, offset, place, bytes) =>
        this.#device.queue.writeBuffer(this.#buffers.get(id), offset, memory().buffer, place, bytes),
      copy: (from, to) => this.#copy(words(from, 3), words(to, 3)),
      compile: (...texts) => this.#compile(text(texts[0], texts[1]), text(texts[2], texts[3])),
      dispatch: (pipeline, ranges, count, columns, rows) =>
        this.#dispatch(this.#pipelines[pipeline], words(ranges, 3 * count), columns, rows),
      read: (from, to) => this.#read(words(from, 3), to),
      submit: () => this.#submit(),
      progress: (ticket) => this.#progress(ticket, memory),
      forget: (ticket) => this.#forget(ticket),
    };
    return Object.fromEntries(Object.entries(functions).map(([name, act]) => [`ganlet_gpu_${name}`, act]));
  }

  #allocate(size) {
    const { STORAGE, UNIFORM, COPY_SRC, COPY_DST } = GPUBufferUsage;
    const usage = STORAGE | UNIFORM | COPY_SRC | COPY_DST;
    this.#buffers.set(++this.#ids, this.#device.createBuffer({ size, usage }));
    return this.#ids;
  }

  #compile(label, code) {
    const module = this.#device.createShaderModule({ label, code });
    const pipeline = this.#device.createComputePipeline({
      label,
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
    });
    return this.#pipelines.push({ pipeline, layout: pipeline.getBindGroupLayout(0) }) - 1;
  }

  #encoding() {
    this.#pass?.end();
    this.#pass = undefined;
    return (this.#encoder ??= this.#device.createCommandEncoder());
  }

  #copy([from, fromOffset, bytes], [to, toOffset]) {
    this.#encoding().copyBufferToBuffer(this.#buffers.get(from), fromOffset, this.#buffers.get(to), toOffset, bytes);
    this.#flush(); // the work that needs it may be given up, and its buffers with it
  }

  #flush() {
    this.#device.queue.submit([this.#encoding().finish()]);
    this.#encoder = undefined;
  }

  /** `words` are buffer, offset and bytes of the uniforms, and then of each binding. */
  #dispatch({ pipeline, layout }, words, columns, rows) {
    const entries = [];
    for (let at = 0; at < words.length; at += 3) {
      const resource = { buffer: this.#buffers.get(words[at]), offset: words[at + 1], size: words[at + 2] };
      entries.push({ binding: entries.length, resource });
    }
    this.#pass ??= this.#encoding().beginComputePass();
    this.#pass.setPipeline(pipeline);
    this.#pass.setBindGroup(0, this.#device.createBindGroup({ layout, entries }));
    this.#pass.dispatchWorkgroups(columns, rows);
  }

  #read([from, offset, bytes], to) {
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    const found = this.#spare.findIndex(({ size }) => size === bytes);
    const buffer =
      found < 0
        ? this.#device.createBuffer({ size: bytes, usage: MAP_READ | COPY_DST })
        : this.#spare.splice(found, 1)[0];
    this.#encoding().copyBufferToBuffer(this.#buffers.get(from), offset, buffer, 0, bytes);
    this.#reads.push({ buffer, to });
  }

  #submit() {
    this.#flush();
    const ticket = { state: pending, reads: this.#reads };
    this.#reads = [];
    const errors = scopes.map(() => this.#device.popErrorScope().catch(() => null));
    for (const scope of scopes) this.#device.pushErrorScope(scope);
    const { length } = ticket.reads;
    const work = length
      ? ticket.reads.map(({ buffer }) => buffer.mapAsync(1))
      : [this.#device.queue.onSubmittedWorkDone()];
    const took = Promise.all(work).then(
      () => done,
      () => lost, // unless an error tells more
    );
    ticket.over = Promise.all([took, ...errors]).then(([state, ...found]) => {
      const error = found.find(Boolean);
      this.#problem = error?.message ?? this.#problem;
      const fault = error instanceof GPUOutOfMemoryError ? outOfMemory : refused;
      ticket.state = error && !this.#isLost ? fault : state;
      if (ticket.isForgotten) this.#recycle(ticket);
    });
    this.#tickets.set(++this.#ids, ticket);
    return this.#ids;
  }

  #progress(id, memory) {
    const ticket = this.#tickets.get(id);
    if (ticket.state === pending) {
      if (this.#isLost) this.#forget(id);
      return this.#isLost ? lost : pending;
    }
    this.#tickets.delete(id);
    let { state } = ticket;
    try {
      if (state === done)
        for (const { buffer, to } of ticket.reads)
          new Uint8Array(memory().buffer, to, buffer.size).set(new Uint8Array(buffer.getMappedRange()));
    } catch {
      state = lost; // takes back what was there to be read
    }
    this.#recycle(ticket);
    return this.#isLost ? lost : state;
  }

  #forget(id) {
    const ticket = this.#tickets.get(id);
    this.#tickets.delete(id);
    ticket.isForgotten = true;
    if (ticket.state !== pending) this.#recycle(ticket);
  }

  #recycle({ state, reads }) {
    for (const { buffer } of reads) {
      buffer.unmap();
      if (state === done && this.#spare.length < mostSpare) this.#spare.push(buffer);
      else buffer.destroy();
    }
  }
}
