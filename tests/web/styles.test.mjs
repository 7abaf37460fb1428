// Style-based models: mixing, truncation and noise of a tiny model whose pictures are computed here again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { ganlet } from './library.mjs';
import {
  latentSize,
  npyFile,
  side,
  styleLayers,
  tinyMapping,
  tinyMixed,
  tinyStyle,
  tinySynthesis,
} from './onnx_file.mjs';

const mean = [0.25, -0.5, 0.125];
const grain = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i)); // that its training had

/**
 * A folder of the model, without what `left` names. `replaced` has other content, `changed` other than model.json
 * promises.
 */
async function openModel(t, { left = [], replaced = {}, changed = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-styles-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'm'));
  const files = {
    mapping: ['mapping.onnx', tinyMapping()],
    synthesis: ['synthesis.onnx', tinySynthesis()],
    mean_style: ['mean_style.npy', npyFile(mean)],
    noise: ['noise.npy', npyFile(grain)],
  };
  const parts = {};
  for (const [name, [file, own]] of Object.entries(files)) {
    if (left.includes(name)) continue;
    const content = replaced[name] ?? own;
    parts[name] = { file, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    writeFileSync(join(folder, 'm', file), changed[name] ?? content);
  }
  writeFileSync(join(folder, 'm/model.json'), JSON.stringify({ id: 'tiny', parts }));
  const model = await ganlet.load(`${pathToFileURL(join(folder, 'm'))}/`);
  t.after(() => model.dispose());
  return model;
}

const brightness = ({ data }) => Array.from({ length: side * side }, (_, at) => data[4 * at]);
const stylesOf = async (model, seeds) =>
  Promise.all(seeds.map(async (seed) => tinyStyle([...(await model.latent(seed))])));
const silence = new Float32Array(side * side);

function assertNear(actual, expected) {
  actual.forEach((value, at) =>
    assert.ok(Math.abs(value - expected[at]) <= 1, `pixel ${at} is ${value}, not ${expected[at]}`),
  );
}

const rejectsWith = (promise, code, message) =>
  assert.rejects(promise, (error) => {
    assert.deepEqual([error.code, error.message], [code, message]);
    return true;
  });

test('a picture takes its styles from one seed or, layer by layer, from two', async (t) => {
  const model = await openModel(t);
  assert.equal(model.info.hasStyles, true);
  assert.equal(model.info.styleLayers, styleLayers);
  const [own, other] = await stylesOf(model, [7, 2n ** 40n]);
  const plain = await model.draw({ seed: 7, noise: 'off' });
  assert.deepEqual([plain.width, plain.height, plain.data[3]], [side, side, 255]);
  assertNear(brightness(plain), tinyMixed([own, own, own, own], silence));
  const mixed = await model.draw({ seed: 7, mix: { seed: 2n ** 40n, layers: [1, 2] }, noise: 'off' });
  assertNear(brightness(mixed), tinyMixed([own, other, other, own], silence));
  for (const same of [{ mix: `${2n ** 40n}:1-2` }, { with: 2n ** 40n, layers: [1, 2] }])
    assert.deepEqual((await model.draw({ seed: 7, noise: 'off', ...same })).data, mixed.data);
  assert.notDeepEqual(brightness(plain), brightness(mixed));
});

test("noise is the training's own, none, of a seed, or of each image's", async (t) => {
  const model = await openModel(t);
  const [own] = await stylesOf(model, [3]);
  const flat = [own, own, own, own];
  const drawn = async (noise, more = {}) => brightness(await model.draw({ seed: 3, noise, ...more }));
  assertNear(await drawn(undefined), tinyMixed(flat, [...grain]));
  assert.deepEqual(await drawn('fixed'), await drawn(undefined));
  assertNear(await drawn('off'), tinyMixed(flat, silence));
  assert.deepEqual(await drawn(5), await drawn('5'));
  assert.notDeepEqual(await drawn(5), await drawn(6));
  assert.deepEqual(await drawn('each'), await drawn(3), "each image has its seed's");
  const unlike = tinyMixed(flat, [...(await model.latent(3))]);
  const differing = (await drawn('each')).filter((value, at) => Math.abs(value - unlike[at]) > 1);
  assert.ok(differing.length > side, "a seed's noise is not its latent");
});

test('truncation moves styles towards their mean, all or the coarsest', async (t) => {
  const model = await openModel(t);
  const [own] = await stylesOf(model, [3]);
  const half = own.map((value, k) => (value + mean[k]) / 2);
  const of = (request) => model.draw({ truncation: 0.5, noise: 'off', ...request }).then(brightness);
  assertNear(await of({ seed: 3 }), tinyMixed([half, half, half, half], silence));
  assertNear(await of({ seed: 3, cutoff: 1 }), tinyMixed([half, own, own, own], silence));
  assertNear(await of({ latents: await model.latent(3) }), tinyMixed([half, half, half, half], silence));
});

test('a grid of truncated styles has the same rows as any other', async (t) => {
  const model = await openModel(t);
  const last = 2n ** 64n - 1n;
  const grid = await model.draw({ seed: last, count: 3, columns: 2, truncation: 0.5 });
  assert.deepEqual([grid.width, grid.height], [2 * side, 2 * side]);
  const tile = (column, row) =>
    Array.from({ length: side }, (_, y) => [
      ...grid.data.subarray(4 * ((row * side + y) * 2 + column) * side, 4 * ((row * side + y) * 2 + column + 1) * side),
    ]).flat();
  const alone = async (seed) => [...(await model.draw({ seed, truncation: 0.5 })).data];
  assert.deepEqual(tile(0, 0), await alone(last));
  assert.deepEqual(tile(1, 0), await alone(0), 'seeds go on from 0');
  assert.deepEqual(tile(0, 1), await alone(1));
  assert.ok(
    tile(1, 1).every((value) => value === 0),
    'what is left over is transparent',
  );
});

test('what can not be mixed or truncated is said', async (t) => {
  const model = await openModel(t, { left: ['mean_style'] });
  const refused = (request, message, code = 'invalid_argument') => rejectsWith(model.draw(request), code, message);
  await refused({ mix: '1:2-4' }, 'mix: layers must lie between 0 and 3, the first before the last; are 2-4');
  await refused({ mix: '1' }, 'mix: must be a seed and layers, such as 7:0-3, is 1');
  await refused({ with: 1 }, 'layers: is missing: with and layers go together');
  await refused({ truncation: 2 }, 'truncation: must be 0 to 1, is 2');
  await refused({ truncation: 0.5 }, 'truncation: this model has no mean style to truncate towards');
  await refused({ label: 1 }, 'label: this model has no classes');
  await refused({ latents: [1] }, `latents: are 1 numbers; 1 images of this model take 1 x ${latentSize}`);
  await assert.rejects(model.draw({ count: 2 ** 30, truncation: 1 }), (error) => error.code !== 'internal');
  await assert.rejects(model.draw({ signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.equal((await model.draw()).width, side);
});

test('parts other than promised are an error, and the model draws on', async (t) => {
  await assert.rejects(
    openModel(t, { changed: { mapping: tinyMapping().slice(0, -1) } }),
    (error) => error.code === 'corrupt' && /mapping\.onnx: has \d+ bytes, model\.json says \d+$/.test(error.message),
  );
  for (const wrong of [npyFile([0.25]), npyFile([1, 2, 3]).slice(0, 9), Buffer.from('no numbers')]) {
    // The right length and hash of the wrong file: model.json promises it.
    const model = await openModel(t, { replaced: { mean_style: wrong } });
    await assert.rejects(model.draw({ truncation: 0.5 }), (error) => {
      assert.ok(['corrupt', 'invalid_argument'].includes(error.code), error.message);
      assert.match(error.message, /mean_style/);
      return true;
    });
    assert.equal((await model.draw()).width, side);
  }
});
