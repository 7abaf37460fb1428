// Pictures made of pictures, as `ganlet apply` makes them natively.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deflateSync } from 'node:zlib';

import { ganlet, libraryUrl, skipOf, variants } from './library.mjs';
import { tinyEnlarger, tinyGenerator, tinyNegative } from './onnx_file.mjs';
import { rgbaOf } from './pictures.mjs';
import { program, root } from './program.mjs';

const { chunkOf } = await import(`${libraryUrl}element/save.js`);
const scratch = mkdtempSync(join(tmpdir(), 'ganlet-apply-'));
after(() => rmSync(scratch, { recursive: true }));

const picture = (width, height, opacity = () => 255) => ({
  width,
  height,
  data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => {
    const [x, y] = [(i >> 2) % width, Math.floor(i / 4 / width)];
    return [(x * 23) % 256, (y * 41) % 256, (x * y) % 256, opacity(x, y)][i % 4];
  }),
});

/** RGBA, 8 bits, without filters. */
function pngOf({ width, height, data }) {
  const header = new DataView(new ArrayBuffer(13));
  for (const [at, value] of [width, height].entries()) header.setUint32(4 * at, value);
  for (const [at, value] of [8, 6, 0, 0, 0].entries()) header.setUint8(8 + at, value);
  const rows = Array.from({ length: height }, (_, y) => [0, ...data.subarray(4 * y * width, 4 * (y + 1) * width)]);
  const chunks = [
    ['IHDR', new Uint8Array(header.buffer)],
    ['IDAT', deflateSync(Uint8Array.from(rows.flat()))],
    ['IEND', new Uint8Array()],
  ];
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  return Buffer.concat([Uint8Array.from(signature), ...chunks.map(([type, content]) => chunkOf(type, content))]);
}

/** What `ganlet apply` makes of a picture. */
function natively(onnx, given) {
  const [model, from, to] = ['model.onnx', 'from.png', 'to.png'].map((name) => join(scratch, name));
  writeFileSync(model, onnx);
  writeFileSync(from, pngOf(given));
  execFileSync(program, ['apply', model, from, '-o', to], { cwd: root, stdio: 'pipe' });
  const png = readFileSync(to);
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20), data: rgbaOf(png) };
}

async function opened(t, onnx, options = {}) {
  const model = await ganlet.load(onnx, options);
  t.after(() => model.dispose());
  return model;
}

const rejectsWith = (promise, wanted) =>
  assert.rejects(promise, ({ code, message }) => {
    assert.deepEqual({ code, message }, wanted);
    return true;
  });

for (const variant of variants)
  test(`${variant} makes the pictures that the native program makes`, { skip: skipOf(variant) }, async (t) => {
    const networks = [tinyNegative(), tinyEnlarger(16)];
    for (const onnx of networks) {
      const model = await opened(t, onnx, { variant });
      for (const given of [picture(1, 1), picture(37, 23), picture(70, 9, (x) => (x % 3) * 127)]) {
        const made = await model.apply(given);
        const wanted = natively(onnx, given);
        assert.deepEqual([made.width, made.height], [wanted.width, wanted.height]);
        const most = made.data.reduce((before, value, i) => Math.max(before, Math.abs(value - wanted.data[i])), 0);
        assert.ok(most <= 1, `differs by ${most}`);
        assert.equal(made.colorSpace, 'srgb');
      }
    }
  });

test('the shipped edges2digits makes what the native program makes of it', async (t) => {
  const folder = new URL('../../models/edges2digits/', import.meta.url);
  const model = await opened(t, folder);
  assert.equal(model.info.takesPictures, true);
  const circle = { width: 56, height: 56, data: new Uint8ClampedArray(4 * 56 * 56) };
  for (let at = 0; at < circle.data.length; at += 4) {
    const radius = Math.hypot(((at >> 2) % 56) - 27.5, (at >> 2) / 56 - 28);
    circle.data.set(Math.abs(radius - 16) < 1 || Math.abs(radius - 9) < 1 ? [255, 255, 255, 255] : [0, 0, 0, 255], at);
  }
  const made = await model.apply(circle);
  const wanted = natively(readFileSync(new URL('generator.onnx', folder)), circle);
  assert.deepEqual([made.width, made.height], [56, 56]);
  const most = made.data.reduce((before, value, i) => Math.max(before, Math.abs(value - wanted.data[i])), 0);
  assert.ok(most <= 16, `differs by ${most}`);
  assert.ok(made.data[4 * (28 * 56 + 28 + 12)] > 200 && made.data[4 * (28 * 56 + 28)] < 40, 'a ring, filled');
});

test('a network of any size says so, and what it computes', async (t) => {
  const { info } = await opened(t, tinyNegative());
  assert.equal(info.takesPictures, true);
  assert.deepEqual(info.inputs, [{ name: 'image', type: 'float32', shape: [null, 3, null, null] }]);
  assert.deepEqual(info.outputs, [{ name: 'negative', type: 'float32', shape: [null, 3, null, null] }]);
  assert.equal(info.latentSize, undefined);
  const fixed = await opened(t, tinyEnlarger(16));
  assert.deepEqual(fixed.info.inputs[0].shape, [1, 1, 16, 16]);
  assert.equal(fixed.info.multiplyAdds, 16 * 16 * 9 * 4);
  const { large } = await fixed.run({ image: { shape: [1, 1, 16, 16], data: new Float32Array(256).fill(1) } });
  assert.deepEqual(large.shape, [1, 1, 32, 32]);
});

test('the picture is what counts: bytes of any kind, and none that were changed', async (t) => {
  const model = await opened(t, tinyNegative());
  const { width, height, data } = picture(5, 4);
  const before = data.slice();
  const made = await model.apply({ width, height, data: new Uint8Array(data.buffer) });
  assert.deepEqual(data, before);
  assert.deepEqual(
    made.data,
    before.map((value, i) => (i % 4 === 3 ? value : 255 - value)),
  );
});

test('a signal ends it between two tiles, and the next picture is made', async (t) => {
  const model = await opened(t, tinyEnlarger(16));
  const controller = new AbortController();
  const slow = model.apply(picture(600, 600), { signal: controller.signal });
  const next = model.apply(picture(20, 20));
  await new Promise((done) => setTimeout(done, 20));
  controller.abort(new Error('enough'));
  await assert.rejects(slow, /enough/);
  assert.equal((await next).width, 40);
  await assert.rejects(model.apply(picture(2, 2), { signal: AbortSignal.abort(new Error('early')) }), /early/);
});

test('what is no picture, and what makes none of one', async (t) => {
  const model = await opened(t, tinyNegative());
  const wanted = 'image: must be ImageData, a file, or an image, canvas, bitmap or video that has been loaded';
  for (const nothing of [undefined, null, 7, 'photo.png', {}, { width: 2, height: 2, data: [1, 2] }, new Blob(['x'])])
    await rejectsWith(model.apply(nothing), { code: 'invalid_argument', message: wanted });
  for (const [width, height, length] of [
    [2, 2, 15],
    [0, 0, 0],
    [-1, -4, 16],
    [0.5, 8, 16],
    [2 ** 31, 2 ** 31, 16],
    [Number.NaN, 1, 4],
  ])
    await rejectsWith(model.apply({ width, height, data: new Uint8Array(length) }), {
      code: 'invalid_argument',
      message: `image: needs 4 bytes for each of ${width} x ${height} pixels, has ${length}`,
    });
  await rejectsWith(model.draw({ seed: 3 }), {
    code: 'invalid_argument',
    message: 'makes pictures of pictures: use `ganlet apply` or apply()',
  });
  await rejectsWith(model.latent(3), {
    code: 'invalid_argument',
    message: 'makes pictures of pictures: use `ganlet apply` or apply()',
  });
  await rejectsWith(model.run({ image: { shape: [1, 3, 2, 2], data: new Float32Array(12) } }), {
    code: 'invalid_argument',
    message: 'image: leaves its height or width open: apply the network to a picture',
  });
  assert.equal((await model.apply(picture(3, 3))).width, 3);
  const draws = await opened(t, tinyGenerator());
  assert.equal(draws.info.takesPictures, false);
  await rejectsWith(draws.apply(picture(3, 3)), {
    code: 'invalid_argument',
    message: 'takes no pictures: it draws them',
  });
});

test('a result beyond 2^26 pixels is refused before anything is made', async (t) => {
  const model = await opened(t, tinyEnlarger(16));
  await rejectsWith(model.apply({ width: 2 ** 24 + 1, height: 1, data: new Uint8Array(2 ** 26 + 4) }), {
    code: 'limit_exceeded',
    message: 'picture: becomes 33554434 x 2 pixels; at most 2^26 are allowed',
  });
});

test('model.json says what the numbers mean', async (t) => {
  const onnx = tinyNegative();
  const sha256 = createHash('sha256').update(onnx).digest('hex');
  const description = {
    id: 'negative',
    title: 'Negatives',
    image: { range: [0, 0.5] },
    parts: { generator: { file: 'negative.onnx', bytes: onnx.length, sha256 } },
  };
  const file = join(scratch, 'negative.onnx');
  writeFileSync(file, onnx);
  const model = await opened(t, { description, files: { 'negative.onnx': new URL(`file://${file}`) } });
  assert.equal(model.info.title, 'Negatives');
  const grey = { width: 1, height: 1, data: Uint8Array.of(128, 128, 128, 255) };
  assert.equal((await model.apply(grey)).data[0], 255); // 1 - 0.25 of at most 0.5
});
