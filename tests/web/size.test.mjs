// What a reader has to download stays small.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { brotliCompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';

import { library } from './library.mjs';

const brotliBytes = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } })
    .length;
const gzipBytes = (file) => gzipSync(readFileSync(file), { level: 9 }).length;
const kilobyte = 1000;

/** Scripts beside the library that aren't the library's own. */
const others = [
  'ganlet-image.js',
  'ganlet-image.classic.js',
  'ganlet-small.js',
  'ganlet-small.classic.js',
  'embed.js',
  'embed-check.js',
  'api.js',
  'sw.js',
  'import.js',
  'webgpu.js',
  'pictures.js',
];
const scripts = readdirSync(library)
  .filter((name) => name.endsWith('.js') && !others.includes(name))
  .map((name) => library + name);

for (const variant of ['relaxed-simd', 'simd128'])
  test(`the ${variant} engine takes at most 160 KB with brotli`, (t) => {
    const bytes = readFileSync(`${library}ganlet-${variant}.wasm`);
    const compressed = brotliBytes(bytes);
    t.diagnostic(`${bytes.length} bytes, ${compressed} with brotli`);
    assert.ok(bytes.length > 50 * kilobyte, 'this is no engine');
    assert.ok(compressed <= 160 * kilobyte, `${compressed} bytes`);
  });

for (const [importer, frameworks] of [
  ['ganlet-import.wasm', 'Keras and TensorFlow.js'],
  ['ganlet-import-lite.wasm', 'TensorFlow Lite'],
  ['ganlet-import-torch.wasm', 'PyTorch'],
])
  test(`what is fetched for files of ${frameworks} takes at most 130 KB with brotli`, (t) => {
    const files = [importer, 'import.js'].map((name) => readFileSync(library + name));
    const compressed = brotliBytes(Buffer.concat(files));
    t.diagnostic(`${files[0].length} bytes, ${compressed} with brotli`);
    assert.ok(files[0].length > 50 * kilobyte, 'this is no importer');
    assert.ok(compressed <= 130 * kilobyte, `${compressed} bytes`);
  });

test('the engine with all operators takes at most 260 KB with brotli', (t) => {
  const [all, common] = ['any', 'simd128'].map((name) => brotliBytes(readFileSync(`${library}ganlet-${name}.wasm`)));
  t.diagnostic(`${all} bytes with brotli, ${all - common} more than the engine with the commoner ones`);
  assert.ok(all > common + 5 * kilobyte, 'it has no more operators');
  assert.ok(all <= 260 * kilobyte, `${all} bytes`);
});

test('what is fetched for GPUs takes at most 60 KB more with brotli than the engine with all operators', (t) => {
  const gpu = brotliBytes(gunzipSync(readFileSync(`${library}ganlet-webgpu.wasm.gz`)));
  const [script, engine] = ['webgpu.js', 'ganlet-any.wasm'].map((name) => brotliBytes(readFileSync(library + name)));
  t.diagnostic(`${gpu} bytes with brotli and ${script} of JavaScript: ${gpu + script - engine} more than the engine`);
  assert.ok(gpu > engine, 'this is no engine with WebGPU');
  assert.ok(gpu + script - engine <= 60 * kilobyte, `${gpu + script - engine} bytes more`);
});

test('what is fetched for the first picture that a model gets takes at most 1 KB with brotli', (t) => {
  const compressed = brotliBytes(readFileSync(`${library}pictures.js`));
  t.diagnostic(`${compressed} bytes with brotli`);
  assert.ok(compressed <= kilobyte, `${compressed} bytes`);
});

test('the JavaScript takes at most 9 KB with brotli', (t) => {
  const compressed = brotliBytes(Buffer.concat(scripts.map((name) => readFileSync(name))));
  t.diagnostic(`${compressed} bytes with brotli in ${scripts.length} files`);
  assert.ok(compressed <= 9 * kilobyte, `${compressed} bytes`);
});

test('what <ganlet-image> has a page load at once takes at most 6 KB with gzip', (t) => {
  const compressed = gzipBytes(`${library}ganlet-image.js`);
  t.diagnostic(`${compressed} bytes with gzip`);
  assert.ok(compressed <= 6 * kilobyte, `${compressed} bytes`);
});

test('engine, JavaScript and the digits take at most 480 KB with gzip', (t) => {
  const folder = new URL('../../models/digits/', import.meta.url).pathname;
  assert.ok(existsSync(`${folder}model.json`), 'models/digits is missing');
  const { file } = JSON.parse(readFileSync(`${folder}model.json`, 'utf8')).parts.generator;
  const files = [`${library}ganlet-relaxed-simd.wasm`, ...scripts, `${folder}model.json`, folder + file];
  const total = files.reduce((sum, name) => sum + gzipBytes(name), 0);
  t.diagnostic(`${total} bytes with gzip in ${files.length} files`);
  assert.ok(total <= 480 * kilobyte, `${total} bytes`);
});
