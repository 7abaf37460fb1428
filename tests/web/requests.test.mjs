// Every request of tests/requests.jsonl in Node, by both builds, and beside the native program.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';

import { ganlet, library, site, skipOf } from './library.mjs';
import { answersOf, requests, wanted, writeAnswers } from './requests.mjs';

const root = new URL('../..', import.meta.url).pathname;
const program = process.env.GANLET_PROGRAM ?? `${root}build/desktop/bin/ganlet`;
const models = pathToFileURL(`${site}ganlet/models/`).href;

const answersBy = async (variant) => {
  const pictures = [];
  const keep = ({ data }, i) => {
    pictures[i] = data;
  };
  const answers = await answersOf(ganlet.load, { models, variant }, requests, keep);
  return { answers, pictures };
};
const exact = await answersBy('simd128');
if (process.env.GANLET_WRITE_GOLDEN) writeAnswers(exact.answers);

const describe = ({ model, request }) => `${model} ${JSON.stringify(request).slice(0, 200)}`;

/**
 * The native program's float32 kernels may fuse a multiplication with an addition, by the processor. Where that tips an
 * activation into the next of its 128 steps, a few pixels differ visibly.
 */
function assertNearlyEqual(picture, other, what) {
  assert.equal(picture.length, other.length, what);
  const differences = picture.map((value, i) => Math.abs(value - other[i])).filter((difference) => difference > 0);
  const largest = Math.max(0, ...differences);
  assert.ok(largest <= 16, `${what}: differs by ${largest}`);
  assert.ok(
    differences.length <= picture.length / 200,
    `${what}: ${differences.length} of ${picture.length} bytes differ`,
  );
  return differences.length;
}

test('a picture never changes within a version of its model, and a wrong request is refused in the same words', {
  skip: process.env.GANLET_WRITE_GOLDEN && 'the answers are being written',
}, () => {
  assert.ok(requests.length >= 80 && requests.filter(({ error }) => error).length >= 20);
  requests.forEach((request, i) => {
    // After training a model anew: a higher version in its model.json, then GANLET_WRITE_GOLDEN=1.
    assert.deepEqual(exact.answers[i], wanted[i], describe(request));
  });
});

test('relaxed SIMD gives the same, byte for byte', { skip: skipOf('relaxed-simd') }, async () => {
  const { answers } = await answersBy('relaxed-simd');
  requests.forEach((request, i) => {
    assert.deepEqual(answers[i], exact.answers[i], describe(request));
  });
});

/** RGBA of a PNG that isn't interlaced, as the native program writes them: grey, RGB, RGBA or with a palette. */
function rgbaOf(png) {
  const [width, height, depth, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]];
  const chunks = { PLTE: [], IDAT: [] };
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    chunks[png.toString('latin1', at + 4, at + 8)]?.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const rows = inflateSync(Buffer.concat(chunks.IDAT));
  const palette = chunks.PLTE[0];
  const channels = { 2: 3, 6: 4 }[kind] ?? 1;
  const stride = Math.ceil((width * channels * depth) / 8);
  const bytes = Buffer.alloc(height * stride);
  for (let y = 0; y < height; ++y)
    for (let x = 0; x < stride; ++x) {
      const left = x >= channels ? bytes[y * stride + x - channels] : 0;
      const above = y > 0 ? bytes[(y - 1) * stride + x] : 0;
      const corner = x >= channels && y > 0 ? bytes[(y - 1) * stride + x - channels] : 0;
      const guess = left + above - corner;
      const [a, b, c] = [left, above, corner].map((one) => Math.abs(guess - one));
      const nearest = a <= b && a <= c ? left : b <= c ? above : corner; // Paeth's
      const predicted = [0, left, above, (left + above) >> 1, nearest][rows[y * (stride + 1)]];
      bytes[y * stride + x] = rows[y * (stride + 1) + 1 + x] + predicted;
    }
  const most = 2 ** depth - 1;
  const sample = (y, i) => (bytes[y * stride + ((i * depth) >> 3)] >> (8 - depth - ((i * depth) % 8))) & most;
  const colour = (y, x, channel) => {
    if (channel >= Math.max(channels, 3)) return 255;
    if (channels > 1) return sample(y, channels * x + channel);
    return kind === 3 ? palette[3 * sample(y, x) + channel] : (sample(y, x) * 255) / most;
  };
  return Uint8Array.from({ length: 4 * width * height }, (_, i) =>
    colour(Math.floor(i / 4 / width), (i >> 2) % width, i % 4),
  );
}

test('the native program answers alike', { skip: !existsSync(program) && `no ${program}` }, (t) => {
  let different = 0;
  for (const id of new Set(requests.map(({ model }) => model))) {
    const own = requests.map((request, i) => ({ ...request, i })).filter(({ model }) => model === id);
    const input = own.map(({ request, i }) => `${JSON.stringify({ key: i, ...request })}\n`).join('');
    const lines = execFileSync(program, ['batch', `${root}models/${id}`], { input, encoding: 'utf8' });
    const answers = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      answers.map(({ key }) => key),
      own.map(({ i }) => i),
    );
    answers.forEach(({ key: i, error, prediction }) => {
      const { place, message } = exact.answers[i].error ?? {};
      assert.equal(error, message && (place ? `${place}: ${message}` : message), describe(requests[i]));
      if (prediction)
        different += assertNearlyEqual(
          rgbaOf(Buffer.from(prediction, 'base64')),
          exact.pictures[i],
          describe(requests[i]),
        );
    });
  }
  t.diagnostic(`${different} bytes of all pictures differ from those of simd128`);
});

/** What the library chooses in a Node.js of its own, by V8's flags. */
const variantUnder = (...flags) =>
  execFileSync(
    process.execPath,
    [
      ...flags,
      '--input-type=module',
      '-e',
      `import(${JSON.stringify(`${library}ganlet.js`)}).then((ganlet) => console.log(ganlet.supportedVariant()))`,
    ],
    { encoding: 'utf8' },
  ).trim();

test('relaxed SIMD is not used where its dot product is wrong', { skip: !process.version.startsWith('v20.') }, () => {
  const experiment = '--experimental-wasm-relaxed-simd';
  assert.equal(variantUnder(), 'simd128');
  assert.equal(variantUnder(experiment, '--liftoff-only'), 'simd128');
  assert.equal(variantUnder(experiment, '--no-liftoff'), 'relaxed-simd');
});
