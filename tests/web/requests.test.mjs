// Every request of tests/requests.jsonl in Node, by both builds, and beside the native program.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { ganlet, library, site, skipOf } from './library.mjs';
import { assertNearlyEqual, rgbaOf } from './pictures.mjs';
import { program, root } from './program.mjs';
import { answersOf, isRounded, requests, wanted, writeAnswers } from './requests.mjs';

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

test('a picture never changes within a version of its model, and a wrong request is refused in the same words', {
  skip: process.env.GANLET_WRITE_GOLDEN && 'the answers are being written',
}, () => {
  assert.ok(requests.length >= 80 && requests.filter(({ error }) => error).length >= 20);
  requests.forEach((request, i) => {
    // After training a model again: a higher version in its model.json, then GANLET_WRITE_GOLDEN=1.
    assert.deepEqual(exact.answers[i], wanted[i], describe(request));
  });
});

test('relaxed SIMD gives the same: byte for byte, but where layers compute in float32', {
  skip: skipOf('relaxed-simd'),
}, async () => {
  const { answers, pictures } = await answersBy('relaxed-simd');
  requests.forEach((request, i) => {
    assert.equal(answers[i].version, exact.answers[i].version);
    if (isRounded(request)) assertNearlyEqual(pictures[i], exact.pictures[i], describe(request));
    else assert.deepEqual(answers[i], exact.answers[i], describe(request));
  });
});

test('relaxed SIMD gives a float32 network’s pictures, but for rounding', {
  skip: skipOf('relaxed-simd'),
}, async () => {
  const f32 = readFileSync(`${root}models/digits/generator-f32.onnx`);
  const drawn = [];
  for (const variant of ['simd128', 'relaxed-simd']) {
    const model = await ganlet.load(new Uint8Array(f32), { variant });
    drawn.push((await model.draw({ count: 64, seed: 3 })).data);
    model.dispose();
  }
  assertNearlyEqual(drawn[1], drawn[0], 'digits in float32');
});

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
    answers.forEach(({ key: i, error, code, place: at, prediction }) => {
      const wrong = exact.answers[i].error ?? {};
      const { place, message } = wrong;
      assert.equal(error, message && (place ? `${place}: ${message}` : message), describe(requests[i]));
      assert.deepEqual({ code, at }, { code: wrong.code, at: place }, describe(requests[i]));
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

test('a great circle is as in `ganlet walk`', { skip: !existsSync(program) && `no ${program}` }, async (t) => {
  const { slerp } = await import(pathToFileURL(`${library}element/motion.js`).href);
  const model = await ganlet.load('digits', { models, variant: 'simd128' });
  t.after(() => model.dispose());
  const [seeds, frames] = [[5, 2026], 16];
  const [from, to] = await Promise.all(seeds.map((seed) => model.latent(seed)));
  const latents = Array.from({ length: frames }, (_, i) => [...slerp(from, to, i / (frames - 1))]);
  const { data } = await model.draw({ latents: latents.flat(), count: frames, label: 7, columns: 4 });
  const folder = mkdtempSync(`${tmpdir()}/ganlet test `);
  t.after(() => rmSync(folder, { recursive: true }));
  const flags = ['--seeds', seeds.join(), '--frames', frames, '--label', 7, '--one-way', '-o', `${folder}/walk.png`];
  execFileSync(program, ['walk', `${root}models/digits`, ...flags], { stdio: 'ignore' });
  assertNearlyEqual(rgbaOf(readFileSync(`${folder}/walk.png`)), data, 'the frames of a walk');
  // Where vectors are nearly opposite, both go along the line at the same point.
  const [, native] = /sine <= (\S+)\)/.exec(readFileSync(`${root}src/generator/walk.cpp`, 'utf8'));
  for (const [factor, isLine] of [
    [0.9, true],
    [1.1, false],
  ]) {
    const angle = Math.PI - factor * Number(native);
    const halfway = slerp([1, 0], [Math.cos(angle), Math.sin(angle)], 0.5);
    assert.equal(Math.hypot(...halfway) < 0.5, isLine, `at ${factor} of ${native}`);
  }
});

test('arrays are taken by name, and refused in the same words as natively', async (t) => {
  const rows = readFileSync(new URL('../runs.jsonl', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const types = { float32: Float32Array, int64: BigInt64Array };
  for (const row of rows) {
    const { model: id, inputs, outputs, error } = JSON.parse(row);
    const model = await ganlet.load(id, { models, variant: 'simd128' });
    t.after(() => model.dispose());
    const arrayOf = ({ type, shape }) => ({ shape, data: new types[type](shape.reduce((all, side) => all * side, 1)) });
    const given = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, arrayOf(input)]));
    const answer = await model.run(given).then(
      (made) => ({ outputs: Object.fromEntries(Object.entries(made).map(([name, { shape }]) => [name, shape])) }),
      ({ code, place, detail: message }) => ({ error: { code, place, message } }),
    );
    assert.deepEqual(answer, outputs ? { outputs } : { error }, row);
  }
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
