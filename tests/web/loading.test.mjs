// Loading over HTTP and from files: model folders, progress, and all that servers send instead.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import { ganlet, library, serve } from './library.mjs';
import { side, tinyEncoder, tinyGenerator } from './onnx_file.mjs';

const { GanletError, load, supportedVariant } = ganlet;
const onnx = Buffer.from(tinyGenerator());
const wasm = readFileSync(`${library}ganlet-${supportedVariant()}.wasm`);
const importer = readFileSync(`${library}ganlet-import.wasm`);

const modelJson = (change = {}) => ({
  id: 'tiny',
  title: 'A tiny model',
  license: 'MIT',
  labels: ['zero', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  latent: { size: 64, distribution: 'normal' },
  image: { width: side, height: side, channels: 1, range: [-1, 1] },
  training: { steps: 9, along: [{ part: 'generator', step: 3 }] },
  metrics: { f32: { precision: 0.5 } },
  parts: {
    generator: { file: 'tiny.onnx', bytes: onnx.length, sha256: createHash('sha256').update(onnx).digest('hex') },
  },
  ...change,
});
const json = (content) => [
  200,
  { 'content-type': 'application/json' },
  typeof content === 'string' ? content : JSON.stringify(content),
];
const binary = (content) => [200, { 'content-type': 'application/octet-stream' }, content];
const page = [200, { 'content-type': 'text/html' }, '<!DOCTYPE html><title>Not found</title>'];
const unlabelledPage = [200, { 'content-type': 'application/octet-stream' }, '\n<!doctype HTML><p>Not found'];

/**
 * A server with a good model and engine, but for `answers`. `engine` gives each test a URL of its own, since modules
 * are kept by URL.
 */
async function serveModel(t, answers = {}) {
  const server = await serve({
    '/m/model.json': json(modelJson()),
    '/m/tiny.onnx': binary(onnx),
    '/engine.wasm': binary(wasm),
    '/ganlet-import.wasm': binary(importer), // which is asked about bytes that aren't ONNX
    ...answers,
  });
  t.after(server.close);
  const open = (model = 'm/', options = {}) =>
    load(server.url + model, { wasmUrl: `${server.url}engine.wasm`, ...options });
  return { ...server, open };
}

const rejectsWith = (promise, wanted) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof GanletError, `${error.stack}`);
    assert.deepEqual({ code: error.code, message: error.message }, wanted);
    return true;
  });

test('a folder with a model.json', async (t) => {
  const { url, open } = await serveModel(t);
  const reports = [];
  const model = await open('m/', { onProgress: (report) => reports.push(report) });
  t.after(() => model.dispose());
  assert.equal(model.info.title, 'A tiny model');
  assert.equal(model.info.labels[0], 'zero');
  assert.deepEqual(model.info.training, { steps: 9, along: [{ part: 'generator', step: 3 }] });
  assert.deepEqual(model.info.metrics, { f32: { precision: 0.5 } });
  assert.deepEqual(model.info.urls, [`${url}engine.wasm`, `${url}m/model.json`, `${url}m/tiny.onnx`]);
  for (const [i, { loaded, total }] of reports.entries()) {
    assert.ok(loaded <= total);
    assert.ok(i === 0 || loaded >= reports[i - 1].loaded);
  }
  assert.deepEqual(reports.at(-1), { loaded: wasm.length + onnx.length, total: wasm.length + onnx.length });
  await rejectsWith(model.draw({ text: '10' }), {
    code: 'invalid_argument',
    message: "text: this model has no class named '0'",
  });
  assert.equal((await model.draw({ text: '11' })).width, 2 * side);
});

const encoder = Buffer.from(tinyEncoder());
const partOf = (file, content) => ({
  file,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});
const withEncoder = (change = {}) =>
  json(modelJson({ parts: { ...modelJson().parts, encoder: { ...partOf('encoder.onnx', encoder), ...change } } }));

/** Grey in four steps, each pixel of the network `scale` pixels wide. */
function steps(scale) {
  const data = new Uint8ClampedArray(4 * (side * scale) ** 2).fill(255);
  for (let i = 0; i < data.length; i += 4) data.fill(85 * (Math.floor(i / 4 / scale) % 4), i, i + 3);
  return { width: side * scale, height: side * scale, data };
}

test('a picture becomes its latent, whatever its size', async (t) => {
  const { open } = await serveModel(t, { '/m/model.json': withEncoder(), '/m/encoder.onnx': binary(encoder) });
  const model = await open();
  t.after(() => model.dispose());
  assert.equal(model.info.hasEncoder, true);
  for (const scale of [1, 3]) {
    const z = await model.encode(steps(scale));
    assert.equal(z.length, side * side);
    z.forEach((value, i) => assert.ok(Math.abs(value - ((2 * (i % 4)) / 3 - 1)) < 1e-5, `number ${i} is ${value}`));
  }
  assert.equal((await model.draw({ latents: await model.encode(steps(1)), label: 3 })).width, side);
  await rejectsWith(model.encode({ width: 3, height: 3, data: new Uint8ClampedArray(5) }), {
    code: 'invalid_argument',
    message: 'image: needs 4 bytes for each of 3 x 3 pixels, has 5',
  });
});

test('an encoder that is missing, late or other than promised', async (t) => {
  const plain = await (await serveModel(t)).open();
  t.after(() => plain.dispose());
  assert.equal(plain.info.hasEncoder, false);
  await rejectsWith(plain.encode(steps(1)), { code: 'not_found', message: 'tiny: this model has no encoder' });
  const answers = { '/m/model.json': withEncoder({ bytes: 5 }), '/m/encoder.onnx': binary(encoder) };
  const { url, open } = await serveModel(t, answers);
  const model = await open();
  t.after(() => model.dispose());
  await rejectsWith(model.encode(steps(1)), {
    code: 'limit_exceeded',
    message: `${url}m/encoder.onnx is larger than the 5 bytes that it may have`,
  });
  assert.equal((await model.draw({ label: 1 })).width, side, 'the model runs on');
});

test('a folder without its last slash, its model.json, an id, and a bare file', async (t) => {
  const { url, open } = await serveModel(t);
  for (const [model, options, title] of [
    [`${url}m`, {}, 'A tiny model'],
    [`${url}m/model.json`, {}, 'A tiny model'],
    ['m', { models: url }, 'A tiny model'],
    [new URL(`${url}m/`), {}, 'A tiny model'],
    [`${url}m/tiny.onnx`, {}, 'tiny'],
  ]) {
    const loaded = await load(model, { wasmUrl: `${url}engine.wasm`, ...options });
    assert.equal(loaded.info.title, title);
    loaded.dispose();
  }
  await open().then((model) => model.dispose());
});

test('files, by URL and by path', async (t) => {
  const folder = mkdtempSync(`${tmpdir()}/ganlet test `);
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(`${folder}/m`);
  writeFileSync(`${folder}/m/model.json`, JSON.stringify(modelJson()));
  writeFileSync(`${folder}/m/tiny.onnx`, onnx);
  for (const model of [`${folder}/m/`, `${folder}/m/tiny.onnx`, new URL(`file://${folder}/m/`)]) {
    const loaded = await load(model);
    assert.equal(loaded.info.bytes, onnx.length);
    loaded.dispose();
  }
  await assert.rejects(load(`${folder}/no/`), { code: 'not_found', detail: 'there is no such file' });
});

test('HTML in place of a file says so', async (t) => {
  for (const [path, wrong] of [
    ['m/model.json', page],
    ['m/tiny.onnx', page],
    ['m/tiny.onnx', unlabelledPage],
    ['engine.wasm', page],
    ['engine.wasm', unlabelledPage],
    ['m/tiny.onnx', [404, ...page.slice(1)]],
  ]) {
    const { url, open } = await serveModel(t, { [`/${path}`]: wrong });
    await rejectsWith(open(), { code: 'not_found', message: `got HTML, probably a 404, from ${url}${path}` });
  }
});

test('errors of a server or network say which URL', async (t) => {
  const { url, open } = await serveModel(t, {
    '/broken/model.json': [500, {}, ''],
    '/cut/model.json': json(modelJson()),
    '/cut/tiny.onnx': [
      200,
      { 'content-length': String(onnx.length) },
      (response) => response.write(onnx.subarray(0, 99), () => response.destroy()),
    ],
  });
  await rejectsWith(open('absent/'), { code: 'not_found', message: `got HTTP 404 from ${url}absent/model.json` });
  await rejectsWith(open('broken/'), { code: 'io', message: `got HTTP 500 from ${url}broken/model.json` });
  await assert.rejects(
    open('cut/'),
    (error) => error.code === 'io' && error.message.startsWith(`${url}cut/tiny.onnx broke off after 99 bytes: `),
  );
  await assert.rejects(
    load('http://127.0.0.1:1/m/'),
    (error) => error.code === 'io' && error.message.startsWith("can't reach http://127.0.0.1:1/m/model.json: "),
  );
});

test('bytes other than model.json promises', async (t) => {
  const flipped = Buffer.from(onnx);
  flipped[onnx.length - 1] ^= 1;
  const { url, open } = await serveModel(t, {
    '/short/model.json': json(modelJson()),
    '/short/tiny.onnx': binary(onnx.subarray(1)),
    '/flipped/model.json': json(modelJson()),
    '/flipped/tiny.onnx': binary(flipped),
  });
  await rejectsWith(open('short/'), {
    code: 'corrupt',
    message: `${url}short/tiny.onnx: has ${onnx.length - 1} bytes, model.json says ${onnx.length}`,
  });
  const digests = [flipped, onnx].map((file) => createHash('sha256').update(file).digest('hex'));
  await rejectsWith(open('flipped/'), {
    code: 'corrupt',
    message: `${url}flipped/tiny.onnx: has SHA-256 ${digests[0]}, model.json says ${digests[1]}`,
  });
});

test('a model.json with something else than it should have', async (t) => {
  const part = (change) => ({ parts: { generator: { ...modelJson().parts.generator, ...change } } });
  for (const [content, place, detail] of [
    [[], '', 'must be an object'],
    [modelJson({ id: 7 }), ': id', 'must be a string'],
    [modelJson({ parts: undefined }), ': parts', 'is missing'],
    [
      modelJson(part({ file: '../tiny.onnx' })),
      ': parts.generator.file',
      "must be the name of a file in this folder, is '../tiny.onnx'",
    ],
    [modelJson(part({ sha256: undefined })), ': parts.generator.sha256', 'is missing'],
    [modelJson({ image: { range: [1] } }), ': image.range', 'must be two numbers, [low, high]'],
    [modelJson({ labels: 'many' }), ': labels', 'must be a list'],
  ]) {
    const { url, open } = await serveModel(t, { '/m/model.json': json(content) });
    await rejectsWith(open(), { code: 'corrupt', message: `${url}m/model.json${place}: ${detail}` });
  }
  const { url, open } = await serveModel(t, { '/m/model.json': json('{"id": ') });
  await assert.rejects(
    open(),
    (error) => error.code === 'corrupt' && error.message.startsWith(`${url}m/model.json: isn't JSON`),
  );
  const wrong = await serveModel(t, { '/m/model.json': json(modelJson({ latent: { size: 63 } })) });
  await assert.rejects(
    wrong.open(),
    (error) => error.code === 'invalid_argument' && error.place.startsWith(`${wrong.url}m/tiny.onnx`),
  );
  const good = await serveModel(t);
  await rejectsWith(good.open('m/', { part: 'encoder' }), {
    code: 'not_found',
    message: "tiny: has no part 'encoder', only generator",
  });
});

test("an engine that isn't one", async (t) => {
  const { url, open } = await serveModel(t, { '/engine.wasm': binary(wasm.subarray(0, 1000)) });
  await assert.rejects(
    open(),
    (error) =>
      error.code === 'corrupt' && error.message.startsWith(`${url}engine.wasm: is not WebAssembly that runs here: `),
  );
});

test('a failed engine is asked for again', async (t) => {
  const { answers, open } = await serveModel(t, { '/engine.wasm': page });
  await assert.rejects(open(), { code: 'not_found' });
  await assert.rejects(open(), { code: 'not_found' });
  answers['/engine.wasm'] = binary(wasm);
  const model = await open();
  assert.equal((await model.draw({ label: 1 })).width, side);
  model.dispose();
});

test('two models at once, and one after another, share one download of the engine', async (t) => {
  const { asked, open } = await serveModel(t);
  const models = [...(await Promise.all([open(), open()])), await open()];
  for (const model of models) {
    assert.equal((await model.draw({ text: '12' })).width, 2 * side);
    model.dispose();
  }
  assert.equal(asked['/engine.wasm'], 1);
});

test('an engine compiles while it arrives, or once it is there where the server has another name for it', async (t) => {
  for (const type of ['application/wasm', 'application/octet-stream', 'text/plain', undefined]) {
    const { url, open } = await serveModel(t, { '/engine.wasm': [200, type ? { 'content-type': type } : {}, wasm] });
    const reports = [];
    const model = await open('m/', { onProgress: (report) => reports.push(report) });
    assert.equal((await model.draw({ label: 1 })).width, side);
    assert.deepEqual(reports.at(-1), { loaded: wasm.length + onnx.length, total: wasm.length + onnx.length });
    model.dispose();
    for (const wrong of [unlabelledPage[2], wasm.subarray(0, 1000)]) {
      const broken = await serveModel(t, { '/engine.wasm': [200, type ? { 'content-type': type } : {}, wrong] });
      const isPage = wrong === unlabelledPage[2];
      await assert.rejects(
        broken.open(),
        isPage
          ? { code: 'not_found', message: `got HTML, probably a 404, from ${broken.url}engine.wasm` }
          : { code: 'corrupt', place: `${broken.url}engine.wasm` },
        `${type} from ${url}`,
      );
    }
  }
});

const compressions = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };

test('compressed answers: progress counts what they hold, and never goes beyond the whole', async (t) => {
  for (const [name, compress] of Object.entries(compressions)) {
    const packed = (type, content) => [200, { 'content-type': type, 'content-encoding': name }, compress(content)];
    const { open } = await serveModel(t, {
      '/engine.wasm': packed('application/wasm', wasm),
      '/m/tiny.onnx': packed('application/octet-stream', onnx),
      '/m/model.json': packed('application/json', JSON.stringify(modelJson())),
    });
    for (const model of ['m/', 'm/tiny.onnx']) {
      const reports = [];
      const loaded = await open(model, { onProgress: (report) => reports.push(report) });
      assert.equal((await loaded.draw({ label: 1 })).width, side);
      loaded.dispose();
      for (const { loaded: come, total } of reports) assert.ok(come <= total, `${name}: ${come} of ${total}`);
      assert.equal(reports.at(-1).loaded, reports.at(-1).total);
    }
  }
});

/** A body without an end; `sent` counts its bytes. */
function endless(sent) {
  return (response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(2 ** 20))) sent.bytes += 2 ** 20;
    };
    response.on('drain', more);
    more();
  };
}

test('files are not read beyond the size that they may have', async (t) => {
  const mebibyte = 2 ** 20;
  for (const [path, most] of [
    ['m/model.json', 4 * mebibyte],
    ['m/tiny.onnx', onnx.length],
    ['bare.onnx', 64 * mebibyte],
    ['engine.wasm', 16 * mebibyte],
  ]) {
    const sent = { bytes: 0 };
    const { url, open } = await serveModel(t, { [`/${path}`]: [200, {}, endless(sent)] });
    await rejectsWith(open(path.startsWith('bare') ? path : 'm/'), {
      code: 'limit_exceeded',
      message: `${url}${path} is larger than the ${most} bytes that it may have`,
    });
    assert.ok(sent.bytes < most + 16 * mebibyte, `${path}: ${sent.bytes} bytes were sent`);
  }
});

test('what a model.json promises is not read beyond the limit of a file', async (t) => {
  const most = 64 * 2 ** 20;
  const promised = { ...partOf('tiny.onnx', onnx), bytes: 1e12 };
  for (const part of ['generator', 'encoder']) {
    const sent = { bytes: 0 };
    const { url, open } = await serveModel(t, {
      '/m/model.json': json(
        modelJson({ parts: { ...modelJson().parts, [part]: { ...promised, file: 'large.onnx' } } }),
      ),
      '/m/large.onnx': [200, {}, endless(sent)],
    });
    const opened = part === 'generator' ? open() : open().then((model) => model.encode(steps(1)));
    await rejectsWith(opened, {
      code: 'limit_exceeded',
      message: `${url}m/large.onnx is larger than the ${most} bytes that it may have`,
    });
    assert.ok(sent.bytes < most + 16 * 2 ** 20, `${part}: ${sent.bytes} bytes were sent`);
  }
});

test('a model.json has the size that native programs take', async (t) => {
  const most = 2 ** 20;
  for (const more of [0, 1]) {
    const text = JSON.stringify(modelJson());
    const { url, open } = await serveModel(t, { '/m/model.json': json(text + ' '.repeat(most + more - text.length)) });
    if (more)
      await rejectsWith(open(), { code: 'limit_exceeded', message: `${url}m/model.json: has more than ${most} bytes` });
    else (await open()).dispose();
  }
});

test('the largest file has the size that native programs take', async () => {
  const [limits, script] = ['src/core/limits.h', 'wasm/download.js'].map((name) =>
    readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'),
  );
  const [, mebibytes] = /file_bytes = std::int64_t\{(\d+)\} << 20;/.exec(limits);
  const [, bits] = /mostFileBytes = 2 \*\* (\d+);/.exec(script);
  assert.equal(2 ** Number(bits), Number(mebibytes) * 2 ** 20);
});

test('calls without what they need are refused in words, and the model goes on', async (t) => {
  const model = await (await serveModel(t)).open();
  t.after(() => model.dispose());
  const invalid = (message) => ({ code: 'invalid_argument', message });
  const seeds = 'a whole number from 0 to 18446744073709551615';
  await rejectsWith(model.draw(null), invalid('request: must be an object'));
  await rejectsWith(model.draw(5), invalid('request: must be an object'));
  for (const nothing of [undefined, null, ''])
    await rejectsWith(model.latent(nothing), invalid(`seed: must be ${seeds}, is ''`));
  for (const nothing of [undefined, null, {}]) await rejectsWith(model.run(nothing), invalid('z: is missing'));
  const needed = 'z: needs data: a Float32Array, BigInt64Array or Uint8Array';
  for (const nothing of [undefined, null, {}, 5]) await rejectsWith(model.run({ z: nothing }), invalid(needed));
  assert.equal((await model.draw({ text: '12' })).width, 2 * side);
});

test('pointers of Git LFS, also in a conflict, and files cut short are named', async (t) => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'1'.repeat(64)}\nsize 295382\n`;
  const conflict = `<<<<<<< HEAD\n${pointer}=======\n${pointer}>>>>>>> main\n`;
  for (const [content, named] of [
    [pointer, /got a Git LFS pointer/],
    [conflict, /got a file with Git's conflict markers/],
  ]) {
    const { open } = await serveModel(t, { '/m/tiny.onnx': binary(content) });
    for (const model of ['m/', 'm/tiny.onnx'])
      await assert.rejects(open(model), (error) => error.code === 'corrupt' && named.test(error.message));
  }
  const { url, open } = await serveModel(t, { '/m/tiny.onnx': binary(onnx.subarray(0, 9000)) });
  await rejectsWith(open(), {
    code: 'corrupt',
    message: `${url}m/tiny.onnx: has 9000 bytes, model.json says ${onnx.length}`,
  });
  await assert.rejects(
    open('m/tiny.onnx'),
    (error) => error.code === 'corrupt' && /tiny\.onnx: model: truncated: .* needs \d+ bytes/.test(error.message),
  );
});

test('addresses without a file name: object and data URLs', async () => {
  const object = URL.createObjectURL(new Blob([onnx]));
  const data = `data:application/octet-stream;base64,${onnx.toString('base64')}`;
  for (const url of [object, data, new URL(object)]) {
    const model = await load(url);
    assert.equal((await model.draw({ label: 1 })).width, side);
    assert.equal(model.info.id, '');
    model.dispose();
  }
  URL.revokeObjectURL(object);
});

test('a signal ends loading', async (t) => {
  const { open } = await serveModel(t, {
    '/m/tiny.onnx': [200, {}, (response) => response.write(onnx.subarray(0, 99))],
  });
  const reason = new Error('enough');
  const controller = new AbortController();
  const loading = open('m/', {
    signal: controller.signal,
    onProgress: ({ loaded }) => loaded >= 99 && setTimeout(() => controller.abort(reason), 10),
  });
  await assert.rejects(loading, reason);
  await assert.rejects(open('m/', { signal: controller.signal }), reason);
});

test("what can't be had here is said", async () => {
  await rejectsWith(load(tinyGenerator(), { worker: true }), {
    code: 'unsupported',
    message: 'there are no workers here',
  });
  await rejectsWith(load(tinyGenerator(), { variant: 'simd256' }), {
    code: 'invalid_argument',
    message: "variant: must be 'relaxed-simd' or 'simd128', is 'simd256'",
  });
});
