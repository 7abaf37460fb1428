// Style mixing in JavaScript, against a tiny model whose pictures are computed here again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { ganlet } from './library.mjs';
import { npyFile, side, styleLayers, tinyGenerator, tinyMapping, tinyMixed, tinyStyle, tinySynthesis } from './onnx_file.mjs';

const mean = [0.25, -0.5, 0.125];

/** A folder of the model, without what `left` names and with other content for what `changed` does. */
async function openModel(t, { left = [], changed = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-styles-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'm'));
  const files = { generator: ['generator.onnx', tinyGenerator()], mapping: ['mapping.onnx', tinyMapping()], synthesis: ['synthesis.onnx', tinySynthesis()],
    mean_style: ['mean_style.npy', npyFile(mean)] };
  const parts = {};
  for (const [name, [file, content]] of Object.entries(files)) {
    if (left.includes(name)) continue;
    parts[name] = { file, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    writeFileSync(join(folder, 'm', file), changed[name] ?? content);
  }
  writeFileSync(join(folder, 'm/model.json'), JSON.stringify({ id: 'tiny', parts }));
  const model = await ganlet.load(`${pathToFileURL(join(folder, 'm'))}/`);
  t.after(() => model.dispose());
  return model;
}

const brightness = ({ data }) => Array.from({ length: side * side }, (_, at) => data[4 * at]);
const stylesOf = async (model, seeds) => Promise.all(seeds.map(async (seed) => tinyStyle([...(await model.latent(seed))])));
const silence = new Float32Array(side * side);

function assertNear(actual, expected) {
  actual.forEach((value, at) => assert.ok(Math.abs(value - expected[at]) <= 1, `pixel ${at} is ${value}, not ${expected[at]}`));
}

const rejectsWith = (promise, code, message) => assert.rejects(promise, (error) => {
  assert.deepEqual([error.code, error.message], [code, message]);
  return true;
});

test('a picture takes its styles from one seed or, layer by layer, from two', async (t) => {
  const model = await openModel(t);
  assert.equal(model.info.hasStyles, true);
  assert.equal(await model.styleLayers(), styleLayers);
  const [own, other] = await stylesOf(model, [7, 2n ** 40n]);
  const plain = await model.mix({ seed: 7, noise: 'off' });
  assert.deepEqual([plain.width, plain.height, plain.data[3]], [side, side, 255]);
  assertNear(brightness(plain), tinyMixed([own, own, own, own], silence));
  const mixed = await model.mix({ seed: 7, with: 2n ** 40n, layers: [1, 2], noise: 'off' });
  assertNear(brightness(mixed), tinyMixed([own, other, other, own], silence));
  assert.notDeepEqual(brightness(plain), brightness(mixed));
});

test('noise has a seed, and styles can be truncated towards the mean', async (t) => {
  const model = await openModel(t);
  const [own] = await stylesOf(model, [3]);
  // The latent's first numbers are noise's of the same seed, since both are standard normal.
  const noise = [...(await model.latent(5))];
  assertNear(brightness(await model.mix({ seed: 3, noise: 5 })), tinyMixed([own, own, own, own], noise));
  assert.deepEqual(brightness(await model.mix({ seed: 3 })), brightness(await model.mix({ seed: 3, noise: 0 })));
  const half = own.map((value, k) => (value + mean[k]) / 2);
  assertNear(brightness(await model.mix({ seed: 3, truncation: 0.5, noise: 'off' })), tinyMixed([half, half, half, half], silence));
});

test('what can not be mixed is said', async (t) => {
  const model = await openModel(t, { left: ['mean_style'] });
  await rejectsWith(model.mix({ with: 1, layers: [2, 4] }), 'invalid_argument', 'layers: must lie between 0 and 3, the first before the last; are 2-4');
  await rejectsWith(model.mix({ with: 1 }), 'invalid_argument', 'layers: must lie between 0 and 3, the first before the last; are 0--1');
  await rejectsWith(model.mix({ with: 1, layers: 2 }), 'invalid_argument', 'layers: must be two whole numbers, [first, last]');
  await rejectsWith(model.mix({ truncation: 2 }), 'invalid_argument', 'truncation: must be between 0 and 1, is 2');
  await rejectsWith(model.mix({ truncation: 0.5 }), 'invalid_argument', 'truncation: this model has no mean style to truncate towards');
  const plain = await openModel(t, { left: ['synthesis'] });
  assert.equal(plain.info.hasStyles, false);
  await rejectsWith(plain.mix(), 'not_found', 'tiny: this model is not style-based: it has no mapping and synthesis networks');
});

test('networks other than promised are an error, and drawing goes on', async (t) => {
  const short = await openModel(t, { changed: { mapping: tinyMapping().slice(0, -1) } });
  await assert.rejects(short.mix(), (error) => error.code === 'corrupt' && /mapping\.onnx: has \d+ bytes, model\.json says \d+$/.test(error.message));
  assert.equal((await short.generate({ label: 1 })).width, side);
  const odd = await openModel(t, { changed: { mean_style: Uint8Array.from('no numbers', (c) => c.charCodeAt(0)) } });
  await assert.rejects(odd.mix(), (error) => error.code === 'corrupt' && error.message.endsWith('mean_style.npy: must be a .npy file of float32 numbers'));
});
