// TensorFlow.js in Node, as the oracle of what it can read itself, and its models as files.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
export const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
export const layers = require('@tensorflow/tfjs-layers');
export const { loadGraphModel } = require('@tensorflow/tfjs-converter');
await tf.setBackend('cpu');

/** Artifacts as tf.io has them: model.json, and its weights in shards. */
export function filesOf({ weightSpecs, weightData, ...rest }, shards = 1) {
  const bytes = new Uint8Array(weightData);
  const size = Math.ceil(bytes.length / shards);
  const paths = Array.from({ length: shards }, (_, i) => `group1-shard${i + 1}of${shards}.bin`);
  const json = { ...rest, weightsManifest: [{ paths, weights: weightSpecs }] };
  return [
    new File([JSON.stringify(json)], 'model.json'),
    ...paths.map((path, i) => new File([bytes.slice(i * size, (i + 1) * size)], path)),
  ];
}

/** What tf.LayersModel.save gives. */
export async function artifactsOf(model) {
  let kept;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      kept = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return {
    modelTopology: kept.modelTopology,
    weightSpecs: kept.weightSpecs,
    weightData: tf.io.CompositeArrayBuffer?.join(kept.weightData) ?? kept.weightData,
  };
}

/** Standard normal numbers by Box and Muller, the same for a seed. */
export function normal(shape, seed) {
  const count = shape.reduce((product, size) => product * size, 1);
  let state = seed * 2654435761 + 1;
  const uniform = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
  const next = () => Math.sqrt(-2 * Math.log(uniform() || 0.5)) * Math.cos(2 * Math.PI * uniform());
  return Float32Array.from({ length: count }, next);
}

/** A frozen graph as the converter writes one. `weights` has [array, shape] by name. */
export class GraphWriter {
  nodes = [];
  weightSpecs = [];
  #data = [];
  #count = 0;
  #seed;

  constructor(seed) {
    this.#seed = seed;
  }

  input(name, shape, type = 'DT_FLOAT') {
    const dim = shape.map((size) => ({ size: String(size ?? -1) }));
    this.nodes.push({ name, op: 'Placeholder', attr: { dtype: { type }, shape: { shape: { dim } } } });
    return name;
  }

  #constant(data, shape, dtype) {
    const name = `const_${++this.#count}`;
    this.nodes.push({ name, op: 'Const', attr: { dtype: { type: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT' } } });
    this.weightSpecs.push({ name, shape, dtype });
    this.#data.push(new Uint8Array(data.buffer));
    return name;
  }

  integers(values, shape = [values.length]) {
    return this.#constant(Int32Array.from(values), shape, 'int32');
  }

  integer(value) {
    return this.integers([value], []);
  }

  number(value) {
    return this.#constant(Float32Array.of(value), [], 'float32');
  }

  weights(shape, change = (value) => value / Math.sqrt(shape.slice(0, -1).reduce((a, b) => a * b, 1))) {
    return this.#constant(normal(shape, ++this.#seed).map(change), shape, 'float32');
  }

  add(op, inputs, attributes = {}) {
    const name = `${op}_${++this.#count}`;
    const encoded = (text) => Buffer.from(text).toString('base64');
    const attributeOf = (value) => {
      if (typeof value === 'boolean') return { b: value };
      if (typeof value === 'number') return Number.isInteger(value) ? { i: String(value) } : { f: value };
      if (Array.isArray(value))
        return { list: typeof value[0] === 'string' ? { s: value.map(encoded) } : { i: value.map(String) } };
      return value.startsWith('DT_') ? { type: value } : { s: encoded(value) };
    };
    const attr = Object.fromEntries(
      Object.entries({ T: 'DT_FLOAT', ...attributes }).map(([key, value]) => [key, attributeOf(value)]),
    );
    this.nodes.push({ name, op, input: inputs, attr });
    return name;
  }

  artifacts(...outputs) {
    const named = outputs.map((name) => [name, { name: `${name}:0` }]);
    return {
      format: 'graph-model',
      modelTopology: { node: this.nodes, versions: { producer: 1 } },
      signature: { outputs: Object.fromEntries(named) },
      weightSpecs: this.weightSpecs,
      weightData: Uint8Array.from(this.#data.flatMap((bytes) => [...bytes])).buffer,
    };
  }
}
