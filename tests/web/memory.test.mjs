// Loading, drawing and disposing leave nothing behind.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { ganlet, library } from './library.mjs';
import { tinyGenerator } from './onnx_file.mjs';

const onnx = tinyGenerator();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** Bytes that JavaScript holds, of which instances of WebAssembly are a part. */
async function heldBytes() {
  for (let i = 0; i < 4; ++i) {
    collectGarbage();
    await new Promise((done) => setTimeout(done, 10));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function loadAndDispose(times) {
  for (let i = 0; i < times; ++i) {
    const model = await ganlet.load(onnx);
    await model.generate({ text: '2026', seed: i });
    model.dispose();
  }
}

// Five times as many, since compiled code that comes and goes is as much as 2 % of the heap.
test('200 loads and disposals grow the heap by less than 1 %', async (t) => {
  await loadAndDispose(200); // caches settle
  const before = await heldBytes();
  await loadAndDispose(1000);
  const after = await heldBytes();
  t.diagnostic(`${before} bytes before, ${after} after`);
  assert.ok((after / before - 1) / 5 < 0.01, `1,000 loads: ${before} bytes became ${after}`);
});

// Memory comes in pages and starts with room to spare, so that a small leak takes many rounds to show.
test('2,000 models in one instance leave its memory as large as one did', async () => {
  const nothing = new Proxy({}, { get: () => () => 0 });
  const module = await WebAssembly.compile(readFileSync(`${library}ganlet-simd128.wasm`));
  const c = (await WebAssembly.instantiate(module, { wasi_snapshot_preview1: nothing, env: nothing })).exports;
  c._initialize?.();
  const name = c.ganlet_allocate(1);
  new Uint8Array(c.memory.buffer)[name] = 0; // an empty text
  const once = () => {
    const file = c.ganlet_allocate(onnx.length);
    new Uint8Array(c.memory.buffer).set(onnx, file);
    const model = c.ganlet_open_file(file, onnx.length, name);
    c.ganlet_free(file);
    assert.notEqual(model, 0);
    c.ganlet_close(model);
  };
  once();
  const size = c.memory.buffer.byteLength;
  for (let i = 0; i < 2000; ++i) once();
  assert.equal(c.memory.buffer.byteLength, size);
});
