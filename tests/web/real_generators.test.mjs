// Generators that people really have, in the folder that GANLET_GENERATORS names: each is drawn, or refused, by the
// program and by the library as these tables say. They are others', and not among the sources.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { filesOf } from './foreign.mjs';
import { ganlet } from './library.mjs';
import { assertNearlyEqual, rgbaOf } from './pictures.mjs';
import { program, root } from './program.mjs';

const folder = process.env.GANLET_GENERATORS ?? '';
const variant = 'simd128';
const count = 4;

/** What each draws: [latent's size, width, height, channels], and what else has to be said, for library and program. */
const drawn = [
  ['onnx/sprites-opset12.onnx', [16, 32, 32, 3]],
  ['onnx/sunrises-nhwc-opset17.onnx', [2, 32, 32, 3]],
  ['onnx/digits-vae-opset11.onnx', [16, 28, 28, 1]],
  ['onnx/digits-vae-opset14.onnx', [16, 28, 28, 1]],
  ['onnx/digits-dcgan-zeros-opset9.onnx', [100, 32, 32, 1]],
  ['onnx/clothes-batch128-opset9.onnx', [2, 28, 28, 1]],
  ['onnx/digits-canvas-bytes-opset14.onnx', [2, 28, 28, 4]],
  ['keras/digits-cgan-keras3.h5', [100, 28, 28, 1], { text: '2026' }],
  ['keras/clothes-dcgan-keras2.8.h5', [128, 28, 28, 1]],
  ['keras/digits-dcgan-1x1xZ-keras2.1.h5', [100, 28, 28, 1]],
  ['keras/digits.keras', [50, 28, 28, 1]],
  ['keras/digits-mlp-keras3.6.h5', [100, 28, 28, 1]],
  ['tfjs-layers-digits', [2, 28, 28, 1]],
  ['tfjs-layers-sunrises', [2, 32, 32, 3]],
  ['tfjs-graph-digits', [2, 28, 28, 1]],
  ['tflite/digits-mlp.tflite', [10, 28, 28, 1]],
  ['torch/levels-dcgan-old-pickle.pth', [32, 32, 32, 1], {}, { chain: true }],
];

/** What each says that can't be drawn, and what to do. */
const refused = [
  [
    'keras/weights-only.h5',
    /has the weights of a model and not the model itself: .* save the whole with model\.save\('generator\.keras'\)$/,
  ],
  [
    'torch/digits-cwgan-state-dict.pth',
    /has tensors \(24\) and not the network .*load_state_dict\(.*\); net\.eval\(\); torch\.onnx\.export\((?!.*--chain)/,
  ],
  ['torch/levels-dcgan-old-pickle.pth', /has tensors \(16\) and not the network .*torch\.onnx\.export\(.*--chain/],
  ['torch/git-lfs-pointer.pth', /got a Git LFS pointer/],
];

/** Networks from pictures to pictures, and how much larger theirs are. */
const applied = [
  ['onnx/style-transfer-opset9.onnx', 1],
  ['onnx/super-resolution-opset11.onnx', 3],
];

const skip = !existsSync(folder) && 'GANLET_GENERATORS names no folder with them';
describe('real generators', { skip }, () => {
  let scratch;
  before(() => (scratch = mkdtempSync(join(tmpdir(), 'ganlet-real-'))));
  after(() => rmSync(scratch, { recursive: true }));
  const picture = join(root, 'models/nouns/preview.png');
  const run = (...words) => spawnSync(program, words, { cwd: root, encoding: 'utf8' });

  /** The program's picture, as RGBA. */
  function natively(path, request, { chain }) {
    const out = join(scratch, 'out.png');
    const flags = Object.entries(request).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const { status, stderr } = run('generate', path, ...flags, ...(chain ? ['--chain'] : []), '-o', out);
    assert.equal(status, 0, stderr);
    return rgbaOf(readFileSync(out));
  }

  const pictures = new Map();
  for (const [name, facts, more = {}, options = {}] of drawn)
    test(name, async () => {
      const request = { seed: 3, ...(more.text ? more : { count, columns: 2 }) };
      const model = await ganlet.load(filesOf(join(folder, name)), { variant, ...options });
      const { latentSize, image } = model.info;
      assert.deepEqual([latentSize, image.width, image.height, image.channels], facts);
      const { width, height, data } = await model.draw(request);
      const columns = more.text?.length ?? 2;
      assert.deepEqual([width, height], [columns * image.width, (more.text ? 1 : count / 2) * image.height]);
      assert.ok(new Set(data).size > 8, 'the picture is flat');
      const other = await model.draw({ ...request, seed: 4 });
      assert.notDeepEqual(other.data, data);
      assertNearlyEqual(data, natively(join(folder, name), request, options), name);
      pictures.set(name, data);
      model.dispose();
    });

  test('one network in two files is one picture', () => {
    const [eleven, fourteen] = [11, 14].map((opset) => pictures.get(`onnx/digits-vae-opset${opset}.onnx`));
    assert.deepEqual(eleven, fourteen);
    const [full, half] = ['onnx/sunrises-nhwc-opset17.onnx', 'tfjs-layers-sunrises'].map((name) => pictures.get(name));
    const largest = full.reduce((most, value, i) => Math.max(most, Math.abs(value - half[i])), 0);
    assert.ok(largest <= 2, `weights in float16 differ by ${largest} of 255`);
  });

  for (const [name, words] of refused)
    test(`${name} is refused`, async () => {
      await assert.rejects(ganlet.load(filesOf(join(folder, name)), { variant }), (error) => {
        assert.match(error.message, words);
        assert.notEqual(error.code, 'internal');
        return true;
      });
      const { status, stderr } = run('generate', join(folder, name), '-o', join(scratch, 'none.png'));
      assert.equal(status, 1);
      assert.match(stderr.trim(), words);
    });

  for (const name of ['torch/digits-cwgan-state-dict.pth', 'torch/levels-dcgan-old-pickle.pth'])
    test(`the tensors of ${name} are listed`, () => {
      const { status, stdout } = run('info', join(folder, name));
      assert.equal(status, 0);
      assert.match(stdout, /\.weight\S* .*float32/);
    });

  test('a label within the latent, as a model.json describes it, is drawn as asked for', () => {
    const lite = join(scratch, 'lite');
    mkdirSync(lite);
    const onnx = join(lite, 'generator.onnx');
    assert.equal(run('import', join(folder, 'tflite/digits-mlp.tflite'), '-o', onnx).status, 0);
    const bytes = readFileSync(onnx);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const parts = { generator: { file: 'generator.onnx', bytes: bytes.length, sha256 } };
    const latent = { distribution: 'one-hot of 10 + normal * 0.1' };
    writeFileSync(join(lite, 'model.json'), JSON.stringify({ id: 'lite', title: 'Lite', parts, latent }));
    const number = natively(lite, { text: '2026', seed: 3 }, {});
    const digit = (i) =>
      Array.from({ length: 28 * 28 }, (_, at) => number[4 * ((at - (at % 28)) * 4 + 28 * i + (at % 28))]);
    const difference = (i, k) => digit(i).reduce((sum, value, at) => sum + (value - digit(k)[at]) ** 2, 0);
    for (const [other, i] of [
      [0, 1],
      [0, 3],
      [2, 1],
      [2, 3],
      [1, 3],
    ])
      assert.ok(difference(0, 2) < difference(other, i), 'the twos are alike, and no other digit is like them');
  });

  for (const [name, scale] of applied)
    test(`${name} makes pictures of pictures`, async () => {
      const out = join(scratch, 'applied.png');
      const { status, stderr } = run('apply', join(folder, name), picture, '-o', out);
      assert.equal(status, 0, stderr);
      const [given, png] = [readFileSync(picture), readFileSync(out)];
      for (const at of [16, 20]) assert.equal(png.readUInt32BE(at), scale * given.readUInt32BE(at));
      const model = await ganlet.load(filesOf(join(folder, name)), { variant });
      const [width, height] = [given.readUInt32BE(16), given.readUInt32BE(20)];
      const made = await model.apply({ width, height, data: new Uint8ClampedArray(rgbaOf(given)) });
      assert.deepEqual([made.width, made.height], [scale * width, scale * height]);
      assertNearlyEqual(made.data, rgbaOf(png), name);
      model.dispose();
    });
});
