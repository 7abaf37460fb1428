// Attention and RotaryEmbedding of opset 23, against onnxruntime-web: Debian's ONNX Runtime, which judges the other
// operators, doesn't know them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ort from 'onnxruntime-web';

import { ganlet } from './library.mjs';
import { modelFile, node } from './onnx_file.mjs';

ort.env.wasm.numThreads = 1;

const numbers = (count, seed) => Float32Array.from({ length: count }, (_, i) => ((i * 37 + seed * 53) % 101) / 50 - 1);
const shape = (...sizes) => [[sizes.length], BigInt64Array.from(sizes, BigInt)];

/** Both draw z (2,size) through nodes that end in `y`, of as many numbers. */
async function expectAgreement(t, size, nodes, constants = {}) {
  const file = modelFile({
    nodes: [...nodes, node('Reshape', ['y', 'picture'], 'image')],
    constants: { ...constants, picture: shape(2, 1, 1, size) },
    inputs: { z: [2, size] },
    outputs: { image: [2, 1, 1, size] },
    opset: 23,
  });
  const data = numbers(2 * size, 1);
  const session = await ort.InferenceSession.create(file);
  const theirs = (await session.run({ z: new ort.Tensor('float32', data, [2, size]) })).image.data;
  const model = await ganlet.load(file);
  t.after(() => model.dispose());
  const ours = (await model.run({ z: { type: 'float32', shape: [2, size], data } })).image.data;
  assert.equal(ours.length, theirs.length);
  ours.forEach((value, i) => {
    assert.ok(Math.abs(value - theirs[i]) < 1e-4, `number ${i} is ${value}, must be ${theirs[i]}`);
  });
}

/** Queries of 4 heads, and keys and values of as many: (2, 6, 4 x 4), or the same with the heads in front. */
const [length, heads, width] = [6, 4, 4];
const size = length * heads * width;
const flat = [node('Reshape', ['z', 'flat'], 'q'), node('Tanh', ['q'], 'k'), node('Sigmoid', ['q'], 'v')];
const flatShape = { flat: shape(2, length, heads * width) };
const headed = { flat: shape(2, heads, length, width) };
const counts = { q_num_heads: heads, kv_num_heads: heads };

test('attention, its heads behind or in front', async (t) => {
  await expectAgreement(t, size, [...flat, node('Attention', ['q', 'k', 'v'], 'y', counts)], flatShape);
  await expectAgreement(t, size, [...flat, node('Attention', ['q', 'k', 'v'], 'y')], headed);
});

test('attention that sees what came before, or what a mask allows', async (t) => {
  const causal = [...flat, node('Attention', ['q', 'k', 'v'], 'y', { ...counts, is_causal: 1 })];
  await expectAgreement(t, size, causal, flatShape);
  const mask = { mask: [[length, length], numbers(length * length, 3)] };
  const masked = [...flat, node('Attention', ['q', 'k', 'v', 'mask'], 'y')];
  await expectAgreement(t, size, masked, { ...headed, ...mask });
});

test('attention whose heads share keys and values', async (t) => {
  const shared = [
    node('Reshape', ['z', 'flat'], 'q'),
    node('Reshape', ['z', 'fewer'], 'more'),
    node('Tanh', ['more'], 'k'),
    node('Sigmoid', ['more'], 'v'),
    node('Attention', ['q', 'k', 'v'], 'y', { q_num_heads: heads, kv_num_heads: 2 }),
  ];
  await expectAgreement(t, size, shared, { ...flatShape, fewer: shape(2, 2 * length, 2 * width) });
});

test('rotary embeddings of halves or of neighbours, of all or the first numbers', async (t) => {
  const cache = (rows, seed) => [[2, length, rows], numbers(2 * length * rows, seed)];
  for (const interleaved of [0, 1])
    for (const dimension of [0, 2]) {
      const rows = (dimension || width) / 2;
      const attributes = { num_heads: heads, interleaved, rotary_embedding_dim: dimension };
      const nodes = [
        node('Reshape', ['z', 'flat'], 'q'),
        node('RotaryEmbedding', ['q', 'cosine', 'sine'], 'y', attributes),
      ];
      await expectAgreement(t, size, nodes, { ...flatShape, cosine: cache(rows, 5), sine: cache(rows, 7) });
    }
});

test('rotary embeddings at positions', async (t) => {
  const nodes = [
    node('Reshape', ['z', 'flat'], 'q'),
    node('RotaryEmbedding', ['q', 'cosine', 'sine', 'positions'], 'y'),
  ];
  const positions = BigInt64Array.from({ length: 2 * length }, (_, i) => BigInt((i * 5) % 9));
  await expectAgreement(t, size, nodes, {
    ...headed,
    cosine: [[9, width / 2], numbers((9 * width) / 2, 5)],
    sine: [[9, width / 2], numbers((9 * width) / 2, 7)],
    positions: [[2, length], positions],
  });
});
