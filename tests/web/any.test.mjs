// The engine with all operators: fetched once a file needs one of the rarer, and drawing what the others draw.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { ganlet, library, libraryUrl, serve } from './library.mjs';
import { latentSize, modelFile, node, side, through, tinyGenerator, weights } from './onnx_file.mjs';

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

test('measures the range of what has no bound', async (t) => {
  const { url, asked } = await served(t);
  const model = await ganlet.load(through('Exp'), { wasmUrl: url });
  t.after(() => model.dispose());
  assert.equal(asked['/ganlet-any.wasm'], 1);
  const { variant, range, measuredPictures } = model.info;
  assert.deepEqual([variant, measuredPictures], ['any', 64]);
  const [low, high] = range;
  assert.ok(low > 0.2 && low < 0.32 && high > 3.3 && high < 4.5, `${range}`); // exp(0.59 n) for normal n
  const seed = 100;
  const { data } = await model.draw({ seed });
  const { image } = await model.run({ z: { type: 'float32', shape: [1, latentSize], data: await model.latent(seed) } });
  image.data.forEach((value, pixel) => {
    const wanted = Math.min(255, Math.max(0, (255 * (value - low)) / (high - low)));
    assert.ok(Math.abs(data[4 * pixel] - wanted) <= 1, `pixel ${pixel} is ${data[4 * pixel]}, must be ${wanted}`);
  });
  const bounded = await ganlet.load(through('Tanh'), { wasmUrl: url });
  t.after(() => bounded.dispose());
  assert.deepEqual([bounded.info.range, 'measuredPictures' in bounded.info], [[-1, 1], false]);
});

test('no file is fetched twice', async (t) => {
  const content = Buffer.from(through('Sin'));
  const part = (file) => ({ file, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
  const typed = (type, body) => [200, { 'content-type': `application/${type}` }, body];
  const models = await serve({
    '/waves/model.json': typed('json', JSON.stringify({ id: 'waves', parts: { generator: part('waves.onnx') } })),
    '/waves/waves.onnx': typed('octet-stream', content),
    '/bare.onnx': typed('octet-stream', content),
  });
  t.after(models.close);
  const { url, asked } = await served(t);
  for (const name of ['waves/', 'bare.onnx']) {
    const reports = [];
    const onProgress = (report) => reports.push(report);
    const model = await ganlet.load(models.url + name, { wasmUrl: url, onProgress });
    t.after(() => model.dispose());
    assert.equal(model.info.variant, 'any');
    assert.equal(model.info.bytes, content.length);
    assert.equal((await model.draw()).width, side);
    assert.equal(reports.at(-1).loaded, reports.at(-1).total);
  }
  assert.deepEqual(models.asked, { '/waves/model.json': 1, '/waves/waves.onnx': 1, '/bare.onnx': 1 });
  assert.equal(asked['/ganlet-any.wasm'], 1);
});

test('reads what a folder says of its latent and of further inputs', async (t) => {
  const { url } = await served(t);
  const rows = Float32Array.from({ length: 64 }, (_, i) => ((i * 7) % 11) / 5 - 1);
  const content = Buffer.from(
    modelFile({
      nodes: [
        node('MatMul', ['z', 'rows'], 'row'),
        node('Mul', ['row', 'psi'], 'less'),
        node('Tanh', ['less'], 'image'),
      ],
      constants: { rows: [[4, 16], rows] },
      inputs: { z: ['N', 4], psi: [1] },
      outputs: { image: ['N', 16] },
    }),
  );
  const description = {
    id: 'hot',
    parts: {
      generator: {
        file: 'hot.onnx',
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      },
    },
    latent: { distribution: [{ distribution: 'one-hot of 4' }, { size: 1, distribution: '0.5' }] },
  };
  const models = await serve({
    '/hot/model.json': [200, { 'content-type': 'application/json' }, JSON.stringify(description)],
    '/hot/hot.onnx': [200, { 'content-type': 'application/octet-stream' }, content],
  });
  t.after(models.close);
  const model = await ganlet.load(`${models.url}hot/`, { wasmUrl: url });
  t.after(() => model.dispose());
  assert.equal(model.info.variant, 'any');
  assert.deepEqual([model.info.labels.length, model.info.latentSize], [4, 5]);
  for (let label = 0; label < 4; ++label) {
    const { data } = await model.draw({ label, seed: label });
    for (let pixel = 0; pixel < 16; ++pixel) {
      const value = Math.tanh(0.5 * rows[label * 16 + pixel]);
      assert.ok(Math.abs(data[4 * pixel] - 127.5 * (value + 1)) <= 1, `label ${label}, pixel ${pixel}`);
    }
  }
});
