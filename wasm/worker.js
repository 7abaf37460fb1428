// Runs one Engine, and networks beside it, in a worker. Messages: {id, call: 'load' | 'generate' | 'run' | ..., arguments}, answered by {id, value} or
// {id, error: {code, place, detail, message}}; {id, abort: true} ends what `id` began.
import { Engine } from './engine.js';

let engine;
const networks = new Map();
const underWay = new Map();

const calls = {
  async load(module, onnx, description) {
    engine = await Engine.load(module, onnx, description);
    return engine.info;
  },
  generate: (signal, request) => engine.generate(request, signal),
  run: (signal, inputs) => engine.run(inputs, signal),
  latent: (_signal, seed) => engine.latent(seed),
  loadEncoder: (_signal, onnx, description) => engine.loadEncoder(onnx, description),
  encode: (_signal, picture) => engine.encode(picture),
  normal: (_signal, seed, count) => engine.normal(seed, count),
  async loadNetwork(_signal, name, module, onnx, description) {
    networks.set(name, await Engine.load(module, onnx, description, 'network'));
    return networks.get(name).info;
  },
  runNetwork: (signal, name, inputs) => networks.get(name).run(inputs, signal),
};

/** Buffers that are handed over rather than copied. */
function buffersOf(value) {
  if (value === undefined) return [];
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (ArrayBuffer.isView(value.data)) return [value.data.buffer];
  return Object.values(value).flatMap((output) => (ArrayBuffer.isView(output?.data) ? [output.data.buffer] : []));
}

self.onmessage = async ({ data: { id, call, arguments: given, abort } }) => {
  if (abort) {
    underWay.get(id)?.abort();
    return;
  }
  const controller = new AbortController();
  underWay.set(id, controller);
  try {
    const value = await (call === 'load' ? calls.load(...given) : calls[call](controller.signal, ...given));
    self.postMessage({ id, value }, buffersOf(value));
  } catch (error) {
    const { code, place, detail, message } = error;
    self.postMessage({ id, error: { code, place, detail, message } });
  } finally {
    underWay.delete(id);
  }
};
