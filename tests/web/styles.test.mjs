// Style mixing in JavaScript, against a tiny model whose pictures are computed here again.
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
  tinyGenerator,
  tinyMapping,
  tinyMixed,
  tinyStyle,
  tinySynthesis,
  tinyUnlabelled,
} from './onnx_file.mjs';

const mean = [0.25, -0.5, 0.125];

/** A folder of the model, without what `left` names and with other content for what `changed` does. */
async function openModel(t, { left = [], changed = {}, generator = tinyGenerator(), part } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-styles-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'm'));
  const files = {
    generator: ['generator.onnx', generator],
    along_000005: ['along.onnx', generator],
    mapping: ['mapping.onnx', tinyMapping()],
    synthesis: ['synthesis.onnx', tinySynthesis()],
    mean_style: ['mean_style.npy', npyFile(mean)],
  };
  const parts = {};
  for (const [name, [file, content]] of Object.entries(files)) {
    if (left.includes(name)) continue;
    parts[name] = { file, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    writeFileSync(join(folder, 'm', file), changed[name] ?? content);
  }
  writeFileSync(join(folder, 'm/model.json'), JSON.stringify({ id: 'tiny', parts }));
  const model = await ganlet.load(`${pathToFileURL(join(folder, 'm'))}/`, { part });
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
  assertNear(
    brightness(await model.mix({ seed: 3, truncation: 0.5, noise: 'off' })),
    tinyMixed([half, half, half, half], silence),
  );
});

test('truncation moves styles towards their mean, since mapping takes the length of a latent away', async (t) => {
  const model = await openModel(t, { generator: tinyUnlabelled() });
  const mix = (seed) => model.mix({ seed, truncation: 0.5 });
  assert.deepEqual((await model.generate({ seed: 3, truncation: 0.5 })).data, (await mix(3)).data);
  const latents = await Promise.all([3, 4].map((seed) => model.latent(seed)));
  const z = latents.flatMap((latent) => [...latent]);
  const noise = await model.latent(0);
  const [first] = await stylesOf(model, [3]);
  const half = first.map((value, k) => (value + mean[k]) / 2);
  assertNear(
    brightness(await model.generate({ z: latents[0], truncation: 0.5 })),
    tinyMixed([half, half, half, half], [...noise]),
  );
  assert.deepEqual(
    (await model.generate({ z, count: 2, truncation: 0.5 })).data,
    (await model.generate({ seed: 3, count: 2, truncation: 0.5 })).data,
  );
  assert.notDeepEqual(
    (await model.generate({ seed: 3 })).data,
    (await model.generate({ seed: 3, truncation: 0.5 })).data,
  );
});

test('a grid of truncated styles has the same rows as any other', async (t) => {
  const model = await openModel(t, { generator: tinyUnlabelled() });
  const last = 2n ** 64n - 1n;
  const grid = await model.generate({ seed: last, count: 3, columns: 2, truncation: 0.5 });
  assert.deepEqual([grid.width, grid.height], [2 * side, 2 * side]);
  const tile = (column, row) =>
    Array.from({ length: side }, (_, y) => [
      ...grid.data.subarray(4 * ((row * side + y) * 2 + column) * side, 4 * ((row * side + y) * 2 + column + 1) * side),
    ]).flat();
  assert.deepEqual(tile(0, 0), [...(await model.mix({ seed: last, truncation: 0.5 })).data]);
  assert.deepEqual(tile(1, 0), [...(await model.mix({ seed: 0, truncation: 0.5 })).data], 'seeds go on from 0');
  assert.deepEqual(tile(0, 1), [...(await model.mix({ seed: 1, truncation: 0.5 })).data]);
  assert.ok(
    tile(1, 1).every((value) => value === 0),
    'what is left over is transparent',
  );
  for (const request of [{ count: 5 }, { count: 2, columns: 4 }, { count: 4 }]) {
    const [whole, truncated] = await Promise.all(
      [1, 0.5].map((truncation) => model.generate({ ...request, truncation })),
    );
    assert.deepEqual([truncated.width, truncated.height], [whole.width, whole.height]);
  }
});

test('styles that can not be truncated are said', async (t) => {
  const model = await openModel(t, { generator: tinyUnlabelled() });
  await rejectsWith(model.generate({ truncation: -0.5 }), 'invalid_argument', 'truncation: must be 0 to 1, is -0.5');
  await rejectsWith(
    model.generate({ truncation: 0.5, label: 1 }),
    'invalid_argument',
    'label: this model has no classes',
  );
  await rejectsWith(
    model.generate({ truncation: 0.5, z: [1] }),
    'invalid_argument',
    `latents: are 1 numbers; 1 images of this model take 1 x ${latentSize}`,
  );
  await rejectsWith(
    model.generate({ truncation: 0.5, z: new Float32Array(latentSize).fill(NaN) }),
    'invalid_argument',
    'latents: must be finite numbers',
  );
  await assert.rejects(model.generate({ truncation: 0.5, count: 2 ** 30 }), (error) => error.code === 'limit_exceeded');
  await assert.rejects(model.generate({ truncation: 0.5, signal: AbortSignal.abort() }), { name: 'AbortError' });
  const labelled = await openModel(t);
  await rejectsWith(
    labelled.generate({ truncation: 0.5 }),
    'invalid_argument',
    "truncation: this model has classes, which its mapping network doesn't take",
  );
  const early = await openModel(t, { generator: tinyUnlabelled(), part: 'along_000005' });
  await rejectsWith(
    early.generate({ truncation: 0.5 }),
    'invalid_argument',
    "truncation: the part 'along_000005' has no mapping and synthesis networks, only 'generator' has",
  );
  const plain = await openModel(t, { generator: tinyUnlabelled(), left: ['mean_style'] });
  await rejectsWith(
    plain.generate({ truncation: 0.5 }),
    'invalid_argument',
    'truncation: this model has no mean style to truncate towards',
  );
});

test('what can not be mixed is said', async (t) => {
  const model = await openModel(t, { left: ['mean_style'] });
  await rejectsWith(
    model.mix({ with: 1, layers: [2, 4] }),
    'invalid_argument',
    'layers: must lie between 0 and 3, the first before the last; are 2-4',
  );
  await rejectsWith(
    model.mix({ with: 1 }),
    'invalid_argument',
    'layers: must lie between 0 and 3, the first before the last; are 0--1',
  );
  await rejectsWith(
    model.mix({ with: 1, layers: 2 }),
    'invalid_argument',
    'layers: must be two whole numbers, [first, last]',
  );
  await rejectsWith(model.mix({ truncation: 2 }), 'invalid_argument', 'truncation: must be between 0 and 1, is 2');
  await rejectsWith(
    model.mix({ truncation: 0.5 }),
    'invalid_argument',
    'truncation: this model has no mean style to truncate towards',
  );
  const plain = await openModel(t, { left: ['synthesis'] });
  assert.equal(plain.info.hasStyles, false);
  await rejectsWith(
    plain.mix(),
    'not_found',
    'tiny: this model is not style-based: it has no mapping and synthesis networks',
  );
});

test('networks other than promised are an error, and drawing goes on', async (t) => {
  const short = await openModel(t, { changed: { mapping: tinyMapping().slice(0, -1) } });
  await assert.rejects(
    short.mix(),
    (error) => error.code === 'corrupt' && /mapping\.onnx: has \d+ bytes, model\.json says \d+$/.test(error.message),
  );
  assert.equal((await short.generate({ label: 1 })).width, side);
  const odd = await openModel(t, { changed: { mean_style: Uint8Array.from('no numbers', (c) => c.charCodeAt(0)) } });
  await assert.rejects(
    odd.mix(),
    (error) =>
      error.code === 'corrupt' && error.message.endsWith('mean_style.npy: must be a .npy file of float32 numbers'),
  );
});
