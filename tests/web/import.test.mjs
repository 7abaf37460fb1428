// Files of other frameworks through the programs of importers: they give what tests/import says that they compute, what
// is bad is refused with its words, and nothing that the fuzzer has found breaks them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { arrayOf, assertNear, assertSimilar, filesOf, loadNetwork, made, modelsIn } from './foreign.mjs';
import { ganlet, library, serve } from './library.mjs';
import { changed, numbersOf } from './mutations.mjs';
import { modelFile, node } from './onnx_file.mjs';

const variant = 'simd128';
const networks = made('make_files.py', after);
const lite = made('make_tflite.py', after);
const torch = made('make_torch.py', after, 'dcgan', 'cgan');
const weights = made('make_weights.py', after);

const plainName = (path) => basename(path).replace(/\.\w+$/, '');
const inputsOf = (path) =>
  readdirSync(dirname(path))
    .filter((name) => new RegExp(`^${plainName(path)}\\.\\d+\\.npy$`).test(name))
    .sort()
    .map((name) => arrayOf(join(dirname(path), name)));

/** Files whose weights are in int8, and which are computed with in it. */
const inInt8 = ['dcgan_i1.tflite', 'windows_of_all_kinds.tflite'];

async function assertComputes(model, path) {
  const given = inputsOf(path).map((array, i) => [model.info.inputs[i].name, array]);
  const [output] = Object.values(await model.run(Object.fromEntries(given)));
  const agrees = inInt8.includes(basename(path)) ? assertSimilar : assertNear;
  agrees(output, arrayOf(join(dirname(path), `${plainName(path)}.expected.npy`)), basename(path));
}

test('every network of tests/import is read as it is written natively', async (t) => {
  const chains = modelsIn(weights).filter((path) => basename(path).startsWith('chain_'));
  for (const [paths, least] of [
    [modelsIn(networks), 40],
    [modelsIn(lite), 18],
    [modelsIn(torch), 6], // of 2.6, taken apart, and in the container of 2.8
    [chains, 8],
  ]) {
    assert.ok(paths.length >= least);
    for (const path of paths)
      await t.test(basename(path), async () => {
        const model = await loadNetwork(filesOf(path), { chain: true });
        await assertComputes(model, path);
        model.dispose();
      });
  }
});

test('of tensors alone the network is guessed where that is asked for, and what was guessed is said', async () => {
  const tutorial = filesOf(join(weights, 'chain_tutorial.pth'));
  const refusal =
    'torch: this file has tensors (25) and not the network that they belong to (ganlet info lists them); in Python: ' +
    'net.load_state_dict(torch.load(FILE)); net.eval(); torch.onnx.export(net, torch.randn(1, 10, 1, 1), ' +
    "'generator.onnx')";
  await assert.rejects(ganlet.load(tutorial, { variant }), {
    code: 'unsupported',
    message: `${refusal}; or --chain ({ chain: true } in JavaScript), which guesses the network from its tensors`,
  });
  const model = await ganlet.load(tutorial, { variant, chain: true });
  assert.equal(
    model.info.guesses,
    'guessed: stride 1 in the first layer, stride 2 and padding (kernel - 2) / 2 in the others, ReLU in between, ' +
      'Tanh at the end',
  );
  const { latentSize, image, range, distribution } = model.info;
  assert.deepEqual([latentSize, image.width, range, distribution], [10, 64, [-1, 1], 'normal']);
  assert.ok(model.info.urls.some((url) => url.endsWith('ganlet-import-torch.wasm')));
  const drawn = await model.draw({ seed: 3 });
  const again = await ganlet.load(await model.onnx(), { variant, chain: true });
  assert.deepEqual((await again.draw({ seed: 3 })).data, drawn.data);
  assert.equal(again.info.guesses, undefined);
  for (const one of [model, again]) one.dispose();

  await assert.rejects(ganlet.load(filesOf(join(weights, 'strided.pth')), { variant, chain: true }), {
    message:
      'torch: this file has tensors (3) and not the network that they belong to (ganlet info lists them); in Python: ' +
      'net.load_state_dict(torch.load(FILE)); net.eval(); torch.onnx.export(net, torch.randn(1, Z), ' +
      "'generator.onnx'); the tensors are no chain of layers that can be told for certain: 'base' is neither a " +
      'weight nor a bias',
  });
  const checkpoint = filesOf(join(weights, 'chain_tutorial_checkpoint.pt'));
  await assert.rejects(ganlet.load(checkpoint, { variant, chain: true, network: 'netD' }), { code: 'not_found' });
  (await ganlet.load(checkpoint, { variant, chain: true, network: 'netG' })).dispose();
});

test('the lines of docs/bring-your-own.md for PyTorch write a file that draws', async (t) => {
  const text = readFileSync(new URL('../../docs/bring-your-own.md', import.meta.url), 'utf8');
  const [, code] = /\n## PyTorch\n.*?```python\n(.*?)```/s.exec(text);
  const layers = 'torch.nn.Linear(100, 48), torch.nn.Unflatten(1, (3, 4, 4)), torch.nn.Tanh()';
  const given = `import torch\ngenerator = torch.nn.Sequential(${layers})\n`;
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-snippet-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const python = process.env.PYTHON ?? '/usr/bin/python3';
  execFileSync(python, ['-B', '-c', given + code], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const model = await ganlet.load(filesOf(join(folder, 'generator.pt2')), { variant });
  const { latentSize, image, range } = model.info;
  assert.deepEqual([latentSize, image, range], [100, { width: 4, height: 4, channels: 3 }, [-1, 1]]);
  const { width, height } = await model.draw({ count: 5, columns: 5 });
  assert.deepEqual([width, height], [20, 4]);
  model.dispose();
});

const keras = join(networks, 'dcgan_keras3.keras');
const folder = join(networks, 'dcgan_tfjs');

test('a file is given as bytes, as a Blob, by its URL, and is told by its bytes, never by its name', async (t) => {
  const bytes = new Uint8Array(readFileSync(keras));
  const disguised = new File([bytes], 'picture.png');
  const { url, close } = await serve({ '/a.onnx': [200, {}, Buffer.from(bytes)] });
  t.after(close);
  for (const given of [bytes, bytes.buffer, new Blob([bytes]), [disguised], pathToFileURL(keras), `${url}a.onnx`]) {
    const model = await ganlet.load(given, { variant });
    await assertComputes(model, keras);
    model.dispose();
  }
});

test('of a URL the files beside it are fetched, and named in info', async (t) => {
  const answers = Object.fromEntries(
    readdirSync(folder).map((name) => [`/m/${name}`, [200, {}, readFileSync(join(folder, name))]]),
  );
  const { url, asked, close } = await serve(answers);
  t.after(close);
  for (const given of [`${url}m/`, `${url}m/model.json`]) {
    const model = await ganlet.load(given, { variant });
    await assertComputes(model, folder);
    assert.equal(model.info.id, 'm');
    assert.ok(
      model.info.urls.includes(`${url}m/group1-shard2of2.bin`) &&
        model.info.urls.some((one) => one.endsWith('ganlet-import.wasm')),
    );
    model.dispose();
  }
  assert.equal(asked['/m/group1-shard1of2.bin'], 2);
  delete answers['/m/group1-shard2of2.bin'];
  await assert.rejects(ganlet.load(`${url}m/`, { variant }), {
    code: 'not_found',
    message: `got HTTP 404 from ${url}m/group1-shard2of2.bin`,
  });
});

test('an ONNX file comes out, which is drawn the same', async () => {
  const model = await ganlet.load(filesOf(join(networks, 'latent_picture.h5')), { variant });
  const drawn = await model.draw({ seed: 3 });
  const onnx = await model.onnx();
  const again = await ganlet.load(onnx, { variant });
  assert.deepEqual((await again.draw({ seed: 3 })).data, drawn.data);
  assert.deepEqual(await again.onnx(), onnx);
  const own = await ganlet.load(pathToFileURL(`${library}models/digits/`), { variant });
  await assert.rejects(own.onnx(), {
    code: 'invalid_argument',
    message: 'digits: is a folder, whose files are ONNX already',
  });
  for (const one of [model, again, own]) one.dispose();
});

test('what is no model, or not all of one, is refused in a sentence', async () => {
  const [first] = filesOf(folder).filter(({ name }) => name === 'model.json');
  const shard = filesOf(folder).filter(({ name }) => name !== 'model.json');
  await assert.rejects(ganlet.load([first], { variant }), {
    code: 'not_found',
    message: 'group1-shard1of2.bin: this file of the model is missing: give all of them together',
  });
  await assert.rejects(ganlet.load(shard, { variant }), {
    code: 'unsupported',
    message: 'none of these files is a model that can be read',
  });
  await assert.rejects(ganlet.load([], { variant }), { code: 'unsupported' });
  await assert.rejects(ganlet.load([{}], { variant }), {
    code: 'invalid_argument',
    message: 'a model is a URL, bytes, a file, or a list of files',
  });
  await assert.rejects(ganlet.load(new TextEncoder().encode('hello'), { variant }), {
    message: 'model: not an ONNX file',
  });
});

test('bad files are refused with the words that they are refused with natively', async (t) => {
  for (const [script, least] of [
    ['make_bad_files.py', 50],
    ['make_bad_torch.py', 45],
    ['make_bad_tflite.py', 20],
  ]) {
    const paths = modelsIn(made(script, (cleanup) => t.after(cleanup)));
    assert.ok(paths.length >= least);
    for (const path of paths) {
      const message = readFileSync(`${path}.txt`, 'utf8');
      const chain = basename(path).startsWith('chain_');
      await t.test(basename(path), () => assert.rejects(ganlet.load(filesOf(path), { variant, chain }), { message }));
    }
  }
});

test('no input that the fuzzer has found, and no changed file, breaks it', async (t) => {
  const found = mkdtempSync(join(tmpdir(), 'ganlet-corpus-'));
  t.after(() => rmSync(found, { recursive: true }));
  execFileSync('tar', ['-xzf', new URL('../fuzz/corpus/import.tar.gz', import.meta.url).pathname, '-C', found]);
  const names = ['', '-lite', '-torch'].map((kind) => `ganlet-import${kind}.wasm`);
  const modules = await Promise.all(names.map((name) => WebAssembly.compile(readFileSync(library + name))));
  const { answer } = await import(`${library}engine.js`);
  const outcomes = {};
  const attempt = async (file, what, module) => {
    const ask = (beside) => answer('import', { module, file, beside, chain: true });
    let outcome = 'imported';
    try {
      const { needs = [], data } = await ask({});
      if (needs.length > 0) await ask(Object.fromEntries(needs.map((one) => [one, new Uint8Array(4096).fill(1)])));
      else if (!data) outcome = 'in no format';
    } catch ({ code, detail, ended }) {
      assert.ok(code && code !== 'internal' && !ended, `${what}: ${detail}`);
      assert.doesNotMatch(detail, /[\n\r]|out of bounds|unreachable/);
      outcome = code;
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  const inputs = readdirSync(found).map((name) => readFileSync(join(found, name)));
  for (const input of inputs) for (const module of modules) await attempt(new Uint8Array(input), 'an input', module);
  assert.ok(inputs.length >= 6);
  const seed = Number(process.env.GANLET_SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`GANLET_SEED=${seed}`);
  const below = numbersOf(seed);
  const models = [networks, lite, torch, weights]
    .flatMap(modelsIn)
    .flatMap((path) =>
      filesOf(path).flatMap(({ name }) =>
        name.includes('.') && !name.endsWith('.bin') ? (path.endsWith(name) ? path : join(path, name)) : [],
      ),
    );
  const small = models.map((path) => readFileSync(path)).filter(({ length }) => length < 40000);
  assert.ok(small.length >= 10);
  const any = () => small[below(small.length)];
  for (let i = 0; i < 200; ++i) {
    const file = changed(any(), any(), below);
    for (const module of modules) await attempt(file, `a changed file (${i})`, module);
  }
  t.diagnostic(JSON.stringify(outcomes));
});

test('ONNX with its weights in a second file, from its folder and given together', async (t) => {
  const numbers = Float32Array.from({ length: 64 }, (_, i) => ((i * 5) % 13) / 6 - 1);
  const onnx = modelFile({
    nodes: [node('MatMul', ['z', 'rows'], 'row'), node('Tanh', ['row'], 'image')],
    constants: { rows: [[4, 16], { location: 'two.onnx.data', offset: 8, length: 256 }] },
    inputs: { z: ['N', 4] },
    outputs: { image: ['N', 16] },
  });
  const data = Buffer.concat([Buffer.alloc(8), Buffer.from(numbers.buffer)]);
  const binary = (content) => [200, { 'content-type': 'application/octet-stream' }, Buffer.from(content)];
  const served = await serve({ '/m/two.onnx': binary(onnx), '/m/two.onnx.data': binary(data) });
  t.after(served.close);
  const together = [new File([data], 'two.onnx.data'), new File([onnx], 'two.onnx')];
  for (const given of [`${served.url}m/two.onnx`, together]) {
    const model = await ganlet.load(given, { variant });
    const { image } = await model.run({ z: { type: 'float32', shape: [1, 4], data: Float32Array.of(1, 0, 0, 2) } });
    image.data.forEach((value, i) => {
      assert.ok(Math.abs(value - Math.tanh(numbers[i] + 2 * numbers[48 + i])) < 1e-5, `number ${i}`);
    });
    assert.equal(model.info.name ?? model.info.id, 'two');
    model.dispose();
  }
  await assert.rejects(ganlet.load([together[1]], { variant }), {
    code: 'not_found',
    message: 'two.onnx.data: this file of the model is missing: give all of them together',
  });
  await assert.rejects(ganlet.load(onnx, { variant }), { code: 'not_found' });
});
