// The engine with all operators: fetched once a file needs one of the rarer, and drawing what the others draw.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { ganlet, library, libraryUrl, serve } from './library.mjs';
import { latentSize, side, through, tinyGenerator, weights } from './onnx_file.mjs';

const engine = (name) => [200, { 'content-type': 'application/wasm' }, readFileSync(`${library}ganlet-${name}.wasm`)];
const engines = ['relaxed-simd', 'simd128', 'any'];

async function served(t) {
  const server = await serve(Object.fromEntries(engines.map((name) => [`/ganlet-${name}.wasm`, engine(name)])));
  t.after(server.close);
  return server;
}

test('is fetched for a rare operator alone, and draws with it', async (t) => {
  const { url, asked } = await served(t);
  const plain = await ganlet.load(tinyGenerator(), { wasmUrl: url });
  t.after(() => plain.dispose());
  assert.equal(plain.info.variant, ganlet.supportedVariant());
  assert.equal(asked['/ganlet-any.wasm'], undefined);

  for (let time = 0; time < 2; ++time) {
    const waves = await ganlet.load(through('Sin'), { wasmUrl: url });
    t.after(() => waves.dispose());
    assert.equal(waves.info.variant, 'any');
    const latents = Float32Array.from({ length: latentSize }, (_, i) => (i % 7) - 3);
    const { image } = await waves.run({ z: { type: 'float32', shape: [1, latentSize], data: latents } });
    image.data.forEach((value, pixel) => {
      const sum = latents.reduce((total, number, i) => total + number * weights[i * side * side + pixel], 0);
      assert.ok(Math.abs(value - Math.sin(sum)) < 1e-4, `pixel ${pixel} is ${value}, must be ${Math.sin(sum)}`);
    });
  }
  assert.equal(asked['/ganlet-any.wasm'], 1);
});

test('an operator that no engine has is named; so it is where there is no other engine', async (t) => {
  const { url, asked } = await served(t);
  const blurs = /1 of its 3 operators isn't supported: Blur \(1 node\)/;
  await assert.rejects(ganlet.load(through('Blur'), { wasmUrl: url }), blurs);
  const sines = /1 of its 3 operators isn't supported: Sin \(1 node\)/;
  await assert.rejects(ganlet.load(through('Sin'), { wasmUrl: `${url}ganlet-simd128.wasm` }), sines);
  const { url: bare, close } = await serve({ '/ganlet-simd128.wasm': engine('simd128') });
  t.after(close);
  await assert.rejects(ganlet.load(through('Sin'), { wasmUrl: bare, variant: 'simd128' }), sines);
  assert.equal(asked['/ganlet-any.wasm'], 1);
});

test('shipped models are the same to the byte', async (t) => {
  for (const [id, request] of [
    ['digits', { text: '2026', seed: 7 }],
    ['nouns', { count: 2, seed: 3 }],
  ]) {
    const pictures = [];
    for (const name of ['simd128', 'any']) {
      const model = await ganlet.load(`${libraryUrl}models/${id}/`, { wasmUrl: `${libraryUrl}ganlet-${name}.wasm` });
      t.after(() => model.dispose());
      pictures.push(Buffer.from((await model.draw(request)).data).toString('base64'));
    }
    assert.equal(pictures[0], pictures[1], id);
  }
});
