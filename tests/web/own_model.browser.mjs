// A generator of the reader's own in Chromium: dropped on the page and on the studio's, or chosen, in one file or
// several, and saved as an ONNX file. Nothing of it is fetched before.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { until } from './browsers.mjs';
import { filesOf, made } from './foreign.mjs';
import { ganlet } from './library.mjs';
import { modelFile, node, tinyNegative } from './onnx_file.mjs';
import { atRest, Studio, said, screenshots } from './studio_page.mjs';

/** Drops files on the page, as a hand does it. */
async function drop(page, paths, type = '') {
  const files = paths.map((path) => [basename(path), readFileSync(path).toString('base64'), type]);
  await page.evaluate((contents) => {
    const dataTransfer = new DataTransfer();
    for (const [name, held, kind] of contents) {
      const bytes = Uint8Array.from(atob(held), (symbol) => symbol.charCodeAt(0));
      dataTransfer.items.add(new File([bytes], name, { type: kind }));
    }
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, files);
}

const problem = (page) => page.evaluate(() => document.querySelector('#problem').textContent);
const digestOf = (page) =>
  page.evaluate(() =>
    [
      ...document
        .querySelector('#picture')
        .getContext('2d')
        .getImageData(0, 0, 400, 40)
        .data.filter((_, i) => i % 4 === 0),
    ].reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 0),
  );

describe('a generator of the reader’s own', () => {
  const cleanups = [];
  let studio, networks, bad, torch, lite, weights;
  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    networks = made('make_files.py', (cleanup) => cleanups.push(cleanup));
    bad = made('make_bad_files.py', (cleanup) => cleanups.push(cleanup));
    torch = made('make_torch.py', (cleanup) => cleanups.push(cleanup), 'dcgan');
    lite = made('make_tflite.py', (cleanup) => cleanups.push(cleanup));
    weights = made('make_weights.py', (cleanup) => cleanups.push(cleanup));
    studio = await Studio.open();
  });
  after(async () => {
    await studio?.close();
    for (const cleanup of cleanups) cleanup();
  });

  const keras = () => [join(networks, 'latent_picture.h5')];
  const shards = () => readdirSync(join(networks, 'dcgan_tfjs')).map((name) => join(networks, 'dcgan_tfjs', name));

  test('is drawn on the page, and saved as the ONNX file that it became', async (t) => {
    const context = await studio.browser.newContext({ acceptDownloads: true });
    t.after(() => context.close());
    const page = await context.newPage();
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(studio.served.url);
    await until(page, () => !document.querySelector('#model-choice').hidden);
    assert.ok(!asked.some((url) => /import/.test(url)), 'the importer was fetched for nothing');
    assert.ok(await page.isHidden('#save-onnx'));

    const first = await digestOf(page);
    await drop(page, keras());
    await until(page, () => document.querySelector('#lead').textContent === 'latent_picture');
    await until(page, () => document.documentElement.dataset.drawn === '12');
    assert.notEqual(await digestOf(page), first);
    assert.ok(asked.some((url) => url.endsWith('/ganlet-import.wasm')));
    assert.equal(await page.evaluate(() => new URL(location.href).searchParams.get('model')), null);
    await page.screenshot({ path: join(screenshots, 'own-model.png') });

    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('#save-onnx')]);
    assert.equal(saved.suggestedFilename(), 'latent_picture.onnx');
    const model = await ganlet.load(readFileSync(await saved.path()), { variant: 'simd128' });
    const wanted = await ganlet.load(filesOf(keras()[0]), { variant: 'simd128' });
    assert.deepEqual((await model.draw()).data, (await wanted.draw()).data);
    for (const one of [model, wanted]) one.dispose();

    await page.setInputFiles('#own-files', shards());
    await until(page, () => document.querySelector('#picture').width === 4 * 16);
    await drop(page, [join(bad, 'several.h5')]);
    await until(page, () => document.querySelector('#problem').textContent !== '');
    assert.equal(await problem(page), readFileSync(join(bad, 'several.h5.txt'), 'utf8'));
    await page.selectOption('#model', 'fashion');
    await until(page, () => /^fashion/.test(document.documentElement.dataset.drawn));
    assert.ok(await page.isHidden('#save-onnx'));
    await page.selectOption('#model', ' ');
    await until(page, () => document.querySelector('#picture').width === 4 * 16);
    assert.equal(await problem(page), '');
  });

  test('of PyTorch and TensorFlow Lite is drawn on the page, and of weights alone with what is guessed', async (t) => {
    const context = await studio.browser.newContext();
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(studio.served.url);
    await until(page, () => !document.querySelector('#model-choice').hidden);
    const shows = (name, width) =>
      until(
        page,
        ([wanted, side]) =>
          document.querySelector('#lead').textContent === wanted &&
          document.querySelector('#picture').width === side &&
          document.querySelector('#picture').getAttribute('aria-label').startsWith(`${wanted}, `), // it is drawn
        [name, width],
      );
    const digests = [await digestOf(page)];
    for (const [file, name, side] of [
      [join(torch, 'dcgan.pt2'), 'dcgan', 16],
      [join(lite, 'dcgan_f4.tflite'), 'dcgan_f4', 16],
      [join(weights, 'chain_named.pth'), 'chain_named', 8],
    ]) {
      await drop(page, [file]);
      await shows(name, 4 * side);
      assert.equal(await problem(page), '');
      digests.push(await digestOf(page));
    }
    assert.equal(new Set(digests).size, 4);

    assert.match(await page.textContent('#guesses'), /guessed: stride 1 in the first layer, .*Tanh at the end/);
    assert.ok(await page.isHidden('#save-onnx'));
    await page.screenshot({ path: join(screenshots, 'own-model-guessed.png') });
    await page.click('#accept');
    assert.ok(await page.isHidden('#guesses'));
    assert.equal(await page.evaluate(() => document.activeElement.id), 'save-onnx');
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('#save-onnx')]);
    assert.equal(saved.suggestedFilename(), 'chain_named.onnx');
    await drop(page, [join(weights, 'strided.pth')]);
    await until(page, () => document.querySelector('#problem').textContent !== '');
    assert.match(await problem(page), /has tensors \(3\) and not the network .*torch\.onnx\.export\(/);

    await page.setInputFiles('#own-file', join(weights, 'chain_named.pth'));
    await until(page, () => /guessed: stride 1/.test(document.querySelector('#paste-state').textContent));
    assert.match(await page.inputValue('#code-tag'), /model="models\/chain_named\.onnx"/);
  });

  test('is read as the reader says, which is saved as model.json and read again', async (t) => {
    const context = await studio.browser.newContext({ acceptDownloads: true, viewport: { width: 360, height: 900 } });
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(studio.served.url);
    await until(page, () => !document.querySelector('#model-choice').hidden);
    assert.ok(await page.isHidden('#reading'));
    await drop(page, keras());
    await until(
      page,
      () => document.documentElement.dataset.drawn === '12' && !document.querySelector('#reading').hidden,
    );
    assert.equal(await page.inputValue('#reading [name=distribution]'), 'normal');
    assert.equal(await page.isVisible('#reading [name=width]'), false, 'the file says its size');
    const digests = [await digestOf(page)];
    const drawnSo = async (fields) => {
      for (const [name, value] of Object.entries(fields)) await page.fill(`#reading [name=${name}]`, value);
      await page.click('#reading button');
      const last = digests.at(-1);
      for (let tries = 0; tries < 100 && (await digestOf(page)) === last; ++tries)
        await new Promise((d) => setTimeout(d, 50));
      digests.push(await digestOf(page));
    };
    await drawnSo({ distribution: 'uniform' });
    await drawnSo({ low: '-3', high: '3' });
    assert.equal(new Set(digests).size, 3);
    await page.fill('#reading [name=distribution]', 'one-hot of');
    await page.click('#reading button');
    await until(page, () => /one-hot/.test(document.querySelector('#problem').textContent));
    assert.equal(await page.inputValue('#reading [name=distribution]'), 'one-hot of', 'what was refused can be mended');
    await page.fill('#reading [name=distribution]', 'uniform');
    await page.evaluate(() => document.querySelector('#picture').scrollIntoView());
    await page.screenshot({ path: join(screenshots, 'reading-360.png') });

    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('#reading button:last-child')]);
    assert.equal(saved.suggestedFilename(), 'model.json');
    const [network] = await Promise.all([page.waitForEvent('download'), page.click('#save-onnx')]);
    const [json, onnx] = ['model.json', 'generator.onnx'].map((name) => join(networks, name));
    await saved.saveAs(json);
    await network.saveAs(onnx);
    const { latent, image } = JSON.parse(readFileSync(json, 'utf8'));
    assert.deepEqual([latent, image], [{ distribution: 'uniform' }, { range: [-3, 3] }]);
    await page.reload();
    await until(page, () => document.querySelector('.cards a'));
    await drop(page, [onnx, json]);
    await until(
      page,
      () => document.documentElement.dataset.drawn === '12' && !document.querySelector('#reading').hidden,
    );
    assert.equal(await digestOf(page), digests[2]);
    assert.equal(await page.inputValue('#reading [name=distribution]'), 'uniform');
    await page.selectOption('#model', 'fashion');
    await until(page, () => /^fashion/.test(document.documentElement.dataset.drawn));
    assert.ok(await page.isHidden('#reading'));
  });

  test('whose pictures are flat is drawn once the reader gives their size', async (t) => {
    const context = await studio.browser.newContext();
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(studio.served.url);
    await until(page, () => !document.querySelector('#model-choice').hidden);
    const weights = Float32Array.from({ length: 4 * 6 }, (_, i) => Math.sin(i));
    const flat = modelFile({
      nodes: [node('MatMul', ['z', 'weights'], 'sum'), node('Tanh', ['sum'], 'y')],
      constants: { weights: [[4, 6], weights] },
      inputs: { z: ['N', 4] },
      outputs: { y: ['N', 6] },
    });
    writeFileSync(join(networks, 'flat.onnx'), flat);
    await drop(page, [join(networks, 'flat.onnx')]);
    await until(page, () => /is flat/.test(document.querySelector('#problem').textContent));
    for (const [name, value] of Object.entries({ width: '3', height: '2' }))
      await page.fill(`#reading [name=${name}]`, value);
    await page.click('#reading button');
    await until(page, () => document.querySelector('#picture').width === 4 * 3);
    assert.equal(await problem(page), '');
    assert.equal(await page.inputValue('#reading [name=height]'), '2');
  });

  test('that makes pictures of pictures has a pad, which takes pictures and the camera', async (t) => {
    const context = await studio.browser.newContext({ acceptDownloads: true, viewport: { width: 1100, height: 900 } });
    t.after(() => context.close());
    const page = await context.newPage();
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(studio.served.url);
    await until(page, () => !document.querySelector('#model-choice').hidden);
    assert.ok(!asked.some((url) => /translate|pictures\.js/.test(url)), 'the pad was fetched for nothing');
    writeFileSync(join(networks, 'negative.onnx'), tinyNegative());
    await drop(page, [join(networks, 'negative.onnx')]);
    await until(page, () => document.querySelector('#translate canvas[aria-label^="What negative"]')?.width === 256);
    assert.ok(await page.isHidden('#controls'));
    assert.ok(await page.isHidden('#plate'));

    /** Of the result: the number of pixels that aren't black, and a pixel's colour. */
    const result = (x = 0, y = 0) =>
      page.evaluate(
        (place) => {
          const canvas = document.querySelectorAll('#translate canvas')[1];
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const at = 4 * (place[1] * canvas.width + place[0]);
          return { lit: data.filter((byte, i) => i % 4 === 0 && byte > 0).length, colour: [...data.slice(at, at + 3)] };
        },
        [x, y],
      );
    const lit = async (more) => {
      for (let tries = 0; tries < 100 && (await result()).lit <= more; ++tries)
        await new Promise((done) => setTimeout(done, 20));
      return (await result()).lit;
    };
    assert.equal((await result()).lit, 0);
    const { x, y, width, height } = await (await page.$('#given')).boundingBox();
    await page.mouse.move(x + width / 4, y + height / 4);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + height / 4, { steps: 4 });
    const live = await lit(0);
    assert.ok(live > 0, 'the result is made while the stroke is drawn');
    await page.mouse.up();
    await page.screenshot({ path: join(screenshots, 'pad.png') });

    await page.focus('#given');
    for (const key of ['Space', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'Space', 'ArrowRight'])
      await page.keyboard.press(key);
    const keyed = await lit(live);
    assert.ok(keyed > live);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: join(screenshots, 'pad-dark.png') });
    await page.click('#translate button');
    for (let tries = 0; tries < 100 && (await result()).lit > 0; ++tries) await new Promise((d) => setTimeout(d, 20));
    assert.equal((await result()).lit, 0);

    await drop(page, [new URL('../../web/2026.png', import.meta.url).pathname], 'image/png');
    await until(page, () => document.querySelectorAll('#translate canvas')[1].width === 896);
    assert.deepEqual((await result(1, 1)).colour, [255, 255, 255]);
    await page.setInputFiles('#translate input', { name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('no') });
    await until(page, () => /no\.png is not a picture/.test(document.querySelector('#problem').textContent));
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('#translate p button:last-child')]);
    assert.equal(saved.suggestedFilename(), 'negative.png');

    await page.evaluate(() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
      const context = canvas.getContext('2d');
      setInterval(() => {
        context.fillStyle = '#ff0000';
        context.fillRect(0, 0, 64, 48);
      }, 20);
      navigator.mediaDevices.getUserMedia = async () => (globalThis.stream = canvas.captureStream());
    });
    await page.click('#translate button:nth-of-type(2)');
    await until(page, () => document.querySelectorAll('#translate canvas')[1].height === 48);
    const isCyan = ([red, green]) => red < 8 && green > 247; // the negative of the camera's red
    let [seen] = [(await result()).colour];
    for (let tries = 0; tries < 500 && !isCyan(seen); ++tries) {
      await new Promise((done) => setTimeout(done, 20));
      seen = (await result()).colour;
    }
    assert.ok(isCyan(seen), String(seen));
    await page.setViewportSize({ width: 360, height: 780 });
    await page.screenshot({ path: join(screenshots, 'pad-360.png') });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360));
    await page.selectOption('#model', 'digits');
    await until(page, () => document.querySelector('#translate').hidden);
    assert.ok(await page.isVisible('#plate'));
    assert.ok(
      await page.evaluate(() => globalThis.stream.getTracks().every(({ readyState }) => readyState === 'ended')),
    );
    assert.ok(asked.every((url) => url.startsWith(studio.served.url) || /^(blob|data):/.test(url)));
    await page.selectOption('#model', ' ');
    await until(page, () => !document.querySelector('#translate').hidden);

    await page.setViewportSize({ width: 1100, height: 900 });
    await page.selectOption('#model', 'edges2digits'); // one of ours, which fills an outline
    await until(page, () => document.querySelector('#translate canvas[aria-label^="What Digits"]')?.width === 28);
    const sheet = await (await page.$('#given')).boundingBox();
    const around = (turn, radius) => [
      sheet.x + sheet.width * (0.5 + radius * Math.cos(turn)),
      sheet.y + sheet.height * (0.5 + radius * Math.sin(turn)),
    ];
    for (const radius of [0.32, 0.18]) {
      await page.mouse.move(...around(0, radius));
      await page.mouse.down();
      for (let step = 1; step <= 24; ++step) await page.mouse.move(...around((step * Math.PI) / 12, radius));
      await page.mouse.up();
    }
    const lightAt = async (x, y) => (await result(x, y)).colour[0];
    const zero = async () => [await lightAt(14, 7), await lightAt(14, 14)]; // its stroke and its middle
    const isZero = ([stroke, middle]) => stroke >= 200 && middle < 40;
    let shown = await zero();
    for (let tries = 0; tries < 500 && !isZero(shown); ++tries) {
      await new Promise((done) => setTimeout(done, 20));
      shown = await zero();
    }
    assert.ok(isZero(shown), String(shown));
    await page.screenshot({ path: join(screenshots, 'pad-digits.png') });
  });

  test('is drawn in the studio', () =>
    studio.visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      await drop(page, keras());
      await until(page, () => /^latent_picture, .*seed 12$/.test(document.documentElement.dataset.said));
      await atRest(page);
      await page.screenshot({ path: join(screenshots, 'own-model-studio.png') });
      await drop(page, [join(bad, 'lambda.h5')]);
      await said(page, readFileSync(join(bad, 'lambda.h5.txt'), 'utf8'));
      await drop(page, shards());
      await until(page, () => /seed 12$/.test(document.documentElement.dataset.said));

      await drop(page, [join(lite, 'dcgan_f4.tflite')]);
      await until(page, () => /^dcgan_f4, /.test(document.documentElement.dataset.said));
      await drop(page, [join(torch, 'dcgan.pt2')]);
      await until(page, () => /^dcgan, /.test(document.documentElement.dataset.said));
      const asked = [];
      const answers = [false, true];
      page.on('dialog', async (dialog) => {
        asked.push(dialog.message());
        await (answers.shift() ? dialog.accept() : dialog.dismiss());
      });
      await drop(page, [join(weights, 'chain_named.pth')]);
      await until(page, () => /torch\.onnx\.export/.test(document.documentElement.dataset.said));
      await drop(page, [join(weights, 'chain_named.pth')]);
      await until(page, () => /^chain_named, /.test(document.documentElement.dataset.said));
      assert.equal(asked.length, 2);
      assert.match(asked[0], /^This file has weights and no network; guessed: stride 1 .*Draw it\?$/);
    }));
});
