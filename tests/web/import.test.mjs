// Files of Keras and TensorFlow.js through ganlet-import.wasm: they give what tests/import says that they compute, what
// is bad is refused with its words, and nothing that the fuzzer has found breaks it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { arrayOf, assertNear, filesOf, loadNetwork, made, modelsIn } from './foreign.mjs';
import { ganlet, library, serve } from './library.mjs';
import { changed, numbersOf } from './mutations.mjs';

const variant = 'simd128';
const networks = made('make_files.py', after);

const plainName = (path) => basename(path).replace(/\.\w+$/, '');
const inputsOf = (path) =>
  readdirSync(networks)
    .filter((name) => new RegExp(`^${plainName(path)}\\.\\d+\\.npy$`).test(name))
    .sort()
    .map((name) => arrayOf(join(networks, name)));

async function assertComputes(model, path) {
  const given = inputsOf(path).map((array, i) => [model.info.inputs[i].name, array]);
  const [output] = Object.values(await model.run(Object.fromEntries(given)));
  assertNear(output, arrayOf(join(networks, `${plainName(path)}.expected.npy`)), basename(path));
}

test('every network of tests/import is read as it is written natively', async (t) => {
  const paths = modelsIn(networks);
  assert.ok(paths.length >= 40);
  for (const path of paths)
    await t.test(basename(path), async () => {
      const model = await loadNetwork(filesOf(path));
      await assertComputes(model, path);
      model.dispose();
    });
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
  const bad = made('make_bad_files.py', (cleanup) => t.after(cleanup));
  const paths = modelsIn(bad);
  assert.ok(paths.length >= 50);
  for (const path of paths) {
    const message = readFileSync(`${path}.txt`, 'utf8');
    await t.test(basename(path), () => assert.rejects(ganlet.load(filesOf(path), { variant }), { message }));
  }
});

test('no input that the fuzzer has found, and no changed file, breaks it', async (t) => {
  const found = mkdtempSync(join(tmpdir(), 'ganlet-corpus-'));
  t.after(() => rmSync(found, { recursive: true }));
  execFileSync('tar', ['-xzf', new URL('../fuzz/corpus/import.tar.gz', import.meta.url).pathname, '-C', found]);
  const module = await WebAssembly.compile(readFileSync(`${library}ganlet-import.wasm`));
  const { answer } = await import(`${library}engine.js`);
  const outcomes = {};
  const attempt = async (file, what) => {
    const ask = (beside) => answer('import', { module, file, beside });
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
  for (const input of inputs) await attempt(new Uint8Array(input), 'an input');
  assert.ok(inputs.length >= 6);
  const seed = Number(process.env.GANLET_SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`GANLET_SEED=${seed}`);
  const below = numbersOf(seed);
  const models = modelsIn(networks).flatMap((path) =>
    filesOf(path).flatMap(({ name }) =>
      name.includes('.') && !name.endsWith('.bin') ? (path.endsWith(name) ? path : join(path, name)) : [],
    ),
  );
  const small = models.map((path) => readFileSync(path)).filter(({ length }) => length < 40000);
  assert.ok(small.length >= 10);
  const any = () => small[below(small.length)];
  for (let i = 0; i < 200; ++i) await attempt(changed(any(), any(), below), `a changed file (${i})`);
  t.diagnostic(JSON.stringify(outcomes));
});
