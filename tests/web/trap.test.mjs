// What a fault of the engine does, made on purpose: the only tests in which errors of the code `internal` may come up.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { expectedFaults, ganlet, library, serve } from './library.mjs';
import { side, tinyGenerator } from './onnx_file.mjs';
import { withBody, withMemory } from './wasm_file.mjs';

const { load } = ganlet;
const onnx = Buffer.from(tinyGenerator());
const wasm = readFileSync(`${library}ganlet-simd128.wasm`);
const unreachable = [0x00];

/**
 * A model from a server that counts what is asked for, run by a changed engine; the model is closed by the test's
 * end.
 */
async function openWith(t, engine) {
  const server = await serve({
    '/engine.wasm': [200, { 'content-type': 'application/wasm' }, engine],
    '/tiny.onnx': [200, { 'content-type': 'application/octet-stream' }, onnx],
  });
  t.after(server.close);
  const model = await load(`${server.url}tiny.onnx`, { wasmUrl: `${server.url}engine.wasm` });
  t.after(() => model.dispose());
  return { model, asked: server.asked };
}

test('a trap is `internal` and ends that instance only; the next call loads the model again', async (t) => {
  const { model, asked } = await openWith(t, withBody(wasm, 'ganlet_drawing_step', unreachable));
  const whole = await load(onnx);
  t.after(() => whole.dispose());
  for (let times = 1; times <= 2; ++times) {
    await assert.rejects(model.draw(), (error) => {
      assert.equal(error.code, 'internal');
      assert.match(error.message, /unreachable/);
      return true;
    });
    assert.equal((await model.latent(5)).length, 64, 'it has been loaded again');
    assert.equal(asked['/tiny.onnx'], 1 + times);
  }
  assert.equal(asked['/engine.wasm'], 1, 'compiled once');
  assert.equal((await whole.draw()).width, side, 'another model does not notice');
  assert.equal(expectedFaults().length, 2);
});

test('want of memory is `limit_exceeded` and says how much was asked for', async (t) => {
  const pages = 66; // of 64 KiB: what the engine starts with, and little more
  const { model } = await openWith(t, withMemory(wasm, pages));
  await assert.rejects(model.draw({ count: 40000 }), (error) => {
    assert.equal(error.code, 'limit_exceeded');
    assert.match(error.message, /memory.*\b10240000 bytes/);
    return true;
  });
  assert.equal((await model.draw({ count: 4 })).width, 2 * side, 'it has been loaded again');
});
