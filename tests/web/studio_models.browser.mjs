// Models of every kind in the studio's page: mixing styles, encoding, watching it learn; colour; what is fetched and
// when; offline.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';

import { until } from './browsers.mjs';
import { latentSize, modelFile, node, side, through, tinyEncoder, tinyGenerator, weights } from './onnx_file.mjs';
import {
  atRest,
  command,
  fragment,
  picture,
  pixels,
  placeOf,
  press,
  Studio,
  said,
  screenshots,
} from './studio_page.mjs';

const shapeOf = (channels) => [[4], BigInt64Array.of(-1n, BigInt(channels), BigInt(side), BigInt(side))];

/** Tanh of z times `strength` and a matrix, in grey or in as many colours. */
function generator(strength, channels = 1) {
  const copies = Array(channels).fill('spread');
  return modelFile({
    nodes: [
      node('MatMul', ['z', 'weights'], 'spread'),
      node('Concat', copies, 'all', { axis: 1 }),
      node('Mul', ['all', 'strengths'], 'strong'),
      node('Tanh', ['strong'], 'bounded'),
      node('Reshape', ['bounded', 'shape'], 'image'),
    ],
    constants: {
      weights: [[latentSize, side * side], weights],
      strengths: [
        [channels * side * side],
        Float32Array.from({ length: channels * side * side }, (_, i) => strength * (1 - Math.floor(i / (side * side)))),
      ],
      shape: shapeOf(channels),
    },
    inputs: { z: ['N', latentSize] },
    outputs: { image: ['N', channels, side, side] },
  });
}

const mapping = () =>
  modelFile({
    nodes: [node('Mul', ['z', 'one'], 'w')],
    constants: { one: [[1], Float32Array.of(1)] },
    inputs: { z: ['N', latentSize] },
    outputs: { w: ['N', latentSize] },
  });

/** The styles of two layers are added, the second for half; noise is added to the pixels. */
const synthesis = () =>
  modelFile({
    nodes: [
      node('Gather', ['w', 'zero'], 'w0', { axis: 1 }),
      node('Gather', ['w', 'one'], 'w1', { axis: 1 }),
      node('Mul', ['w1', 'half'], 'halves'),
      node('Add', ['w0', 'halves'], 'sum'),
      node('MatMul', ['sum', 'weights'], 'spread'),
      node('Add', ['spread', 'noise'], 'noisy'),
      node('Tanh', ['noisy'], 'bounded'),
      node('Reshape', ['bounded', 'shape'], 'image'),
    ],
    constants: {
      zero: [[], BigInt64Array.of(0n)],
      one: [[], BigInt64Array.of(1n)],
      half: [[1], Float32Array.of(0.5)],
      weights: [[latentSize, side * side], weights],
      shape: shapeOf(1),
    },
    inputs: { w: ['N', 2, latentSize], noise: ['N', side * side] },
    outputs: { image: ['N', 1, side, side] },
  });

/** A model's folder as its files by name. */
function folder(parts, more = {}) {
  const entries = Object.entries(parts).map(([name, content]) => [
    name,
    {
      file: `${name}.onnx`,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    },
  ]);
  const description = {
    id: 'tiny',
    title: 'Tiny',
    latent: { size: latentSize },
    parts: Object.fromEntries(entries),
    ...more,
  };
  const files = { 'model.json': Buffer.from(JSON.stringify(description)) };
  for (const [name, content] of Object.entries(parts)) files[`${name}.onnx`] = Buffer.from(content);
  return files;
}

const styled = () =>
  folder(
    { mapping: mapping(), synthesis: synthesis(), along_000005: generator(0.1) },
    {
      training: {
        steps: 20,
        losses: { generator: 0.5 },
        along: [{ part: 'along_000005', step: 5, losses: { generator: 2 } }],
      },
    },
  );
const encoding = () => folder({ generator: tinyGenerator(), encoder: tinyEncoder() }, { labels: [...'abcdefghij'] });
const colored = () => folder({ generator: generator(2, 3) });

/** A PNG file, one white pixel on black. */
function png(width, height) {
  const chunk = (name, content) => {
    const body = Buffer.concat([Buffer.from(name), content]),
      whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(content.length);
    body.copy(whole, 4);
    let crc = ~0;
    for (const byte of body) {
      crc ^= byte;
      for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    whole.writeUInt32BE(~crc >>> 0, body.length + 4);
    return whole;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // grey of eight bits
  const rows = Buffer.alloc((width + 1) * height);
  rows[(width + 1) * (height >> 1) + 1 + (width >> 1)] = 255;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('models of every kind in the studio', () => {
  let studio, scratch;
  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    scratch = mkdtempSync(join(tmpdir(), 'ganlet-studio-'));
    studio = await Studio.open();
  });
  after(async () => {
    await studio?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** A visit to a model of the site; `asked` lists which of its files were fetched, in their order. */
  function visitModel(files, link, options, body) {
    const asked = [];
    const answer = (route) => {
      const name = new URL(route.request().url()).pathname.split('/').pop();
      asked.push(name);
      return files[name]
        ? route.fulfill({ body: files[name], contentType: 'application/octet-stream' })
        : route.abort();
    };
    // A service worker would ask past these answers.
    return studio.visit(
      `#model=tiny${link}`,
      { serviceWorkers: 'block', routes: { '**/models/tiny/*': answer }, ...options },
      (page) => body(page, asked),
    );
  }
  /** Saves files where the browser can choose them. */
  const saved = (files) =>
    Object.entries(files).map(([name, content]) => {
      writeFileSync(join(scratch, name), content);
      return join(scratch, name);
    });

  test('a style-based model is its two networks, which mix styles without another file', () =>
    visitModel(styled(), '', {}, async (page, asked) => {
      await said(page, 'Tiny, 4 by 4 pictures, seed 12');
      await atRest(page);
      assert.deepEqual(asked, ['model.json', 'mapping.onnx', 'synthesis.onnx']);
      const plain = await pixels(page, picture);
      await command(page, '#model=tiny&grid=4x4&mix=111:0-0');
      await said(page, 'Tiny, 4 by 4 pictures, seed 12, with the style of seed 111');
      await atRest(page);
      const mixed = await pixels(page, picture);
      assert.notEqual(mixed, plain);
      await command(page, '#model=tiny&grid=4x4&mix=111:0-0&noise=each');
      await until(page, () => /noise/.test(document.documentElement.dataset.fragment));
      await atRest(page);
      assert.notEqual(await pixels(page, picture), mixed);
      await press(page, 'Styles');
      await page.mouse.move(1270, 790);
      await atRest(page);
      await page.screenshot({ path: join(screenshots, 'studio-styles.png') });
      assert.equal(asked.length, 3);
    }));

  test('generators kept on the way draw the same seeds', () =>
    visitModel(styled(), '&trained=5&grid=4x4', {}, async (page, asked) => {
      await said(page, 'Tiny, 4 by 4 pictures, seed 12, after 5 steps of training');
      await atRest(page);
      const early = await pixels(page, picture);
      assert.ok(asked.includes('along_000005.onnx'));
      await command(page, '#model=tiny&grid=4x4');
      await said(page, 'Tiny, 4 by 4 pictures, seed 12');
      await atRest(page);
      assert.notEqual(await pixels(page, picture), early);
    }));

  test('what is drawn on the pad is encoded and goes on from there', () =>
    visitModel(encoding(), '', {}, async (page, asked) => {
      await said(page, 'Tiny, 4 by 4 pictures, seed 12');
      await atRest(page);
      await press(page, 'Encode');
      await atRest(page);
      assert.ok(!asked.includes('encoder.onnx'));
      const { x, y } = await placeOf(page, 'Pad');
      await page.mouse.move(x - 40, y - 35);
      await page.mouse.down();
      await page.mouse.move(x + 40, y + 35, { steps: 8 });
      await page.mouse.up();
      await said(page, 'Tiny, 5 by 2 pictures, a latent set by hand');
      assert.match(await fragment(page), /&z=/);
      assert.equal(asked.filter((name) => name === 'encoder.onnx').length, 1);
      await atRest(page);
      await page.screenshot({ path: join(screenshots, 'studio-encode.png') });
      await page.keyboard.press('Control+z'); // a stroke is one step
      await said(page, 'Tiny, 4 by 4 pictures, seed 12');
    }));

  test('pictures and latents are opened from files, and what is neither is named', () =>
    visitModel(encoding(), '', {}, async (page) => {
      await said(page, 'Tiny, 4 by 4 pictures, seed 12');
      const [shown, latent, short, broken] = saved({
        'shown.png': png(12, 8),
        'latent.json': JSON.stringify(Array.from({ length: latentSize }, (_, i) => i / 64)),
        'short.json': '[1, 2]',
        'broken.png': 'no picture',
      });
      await page.setInputFiles('#chooser', shown);
      await said(page, 'Tiny, 5 by 2 pictures, a latent set by hand');
      await atRest(page);
      const encoded = await fragment(page);
      await page.setInputFiles('#chooser', latent);
      await until(page, (before) => document.documentElement.dataset.fragment !== before, encoded);
      await page.setInputFiles('#chooser', short);
      await said(page, "short.json: isn't a latent of this model: it must hold 64 numbers, has 2");
      await page.setInputFiles('#chooser', broken);
      await until(page, () => /broken.png isn’t a picture/.test(document.documentElement.dataset.said));
    }));

  test('a folder of one’s own with pictures in colour', () =>
    studio.visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      await page.setInputFiles('#chooser', saved(colored()));
      await said(page, 'Tiny, 4 by 4 pictures, seed 12');
      await atRest(page);
      const colors = await page.evaluate(
        ([x, y, width, height]) => {
          const copy = new OffscreenCanvas(width, height).getContext('2d');
          copy.drawImage(document.querySelector('#studio'), x, y, width, height, 0, 0, width, height);
          const { data } = copy.getImageData(0, 0, width, height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4)
            count += Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60;
          return count;
        },
        [540, 90, 600, 600],
      );
      assert.ok(colors > 50000, `${colors} coloured pixels`);
      await page.screenshot({ path: join(screenshots, 'studio-colour.png') });
    }));

  test('a network with a rarer operator is drawn by a program that is fetched for it', () => {
    const asked = [];
    const routes = {
      '**/studio-background-any.wasm.gz': (route) => {
        asked.push(route.request().url());
        return route.continue();
      },
    };
    return studio.visit('', { routes, serviceWorkers: 'block' }, async (page) => {
      await said(page, '2026, seed 12');
      await page.setInputFiles('#chooser', saved({ 'tanh.onnx': through('Tanh') }));
      await until(page, () => /tanh\.onnx/.test(document.documentElement.dataset.fragment));
      assert.deepEqual(asked, []);
      await atRest(page);
      const smooth = await pixels(page, picture);
      await page.setInputFiles('#chooser', saved({ 'sine.onnx': through('Sin') }));
      await until(page, () => /sine\.onnx/.test(document.documentElement.dataset.fragment));
      await atRest(page);
      const waves = await pixels(page, picture);
      assert.notEqual(waves, smooth);
      await page.evaluate(() => document.querySelector('#mirror-generate').click());
      await until(page, () => !/seed 12$/.test(document.documentElement.dataset.said));
      await atRest(page);
      assert.notEqual(await pixels(page, picture), waves);
      await page.screenshot({ path: join(screenshots, 'studio-rare.png') });
      await page.setInputFiles('#chooser', saved({ 'blur.onnx': through('Blur') }));
      await until(page, () => /isn't supported: Blur/.test(document.documentElement.dataset.said));
      assert.equal(asked.length, 1);
      await page.setInputFiles('#chooser', saved({ 'tanh.onnx': through('Tanh') }));
      await until(page, () => /tanh\.onnx/.test(document.documentElement.dataset.fragment));
    });
  });

  test('a rarer operator is named where the program for it can’t be had', () => {
    const routes = { '**/studio-background-any.wasm.gz': (route) => route.fulfill({ status: 404 }) };
    return studio.visit('', { routes, serviceWorkers: 'block' }, async (page, errors) => {
      await said(page, '2026, seed 12');
      await page.setInputFiles('#chooser', saved({ 'sine.onnx': through('Sin') }));
      await until(page, () => /isn't supported: Sin/.test(document.documentElement.dataset.said));
      await page.evaluate(() => document.querySelector('#mirror-generate').click());
      await until(page, () => /^2026, seed (?!12$)/.test(document.documentElement.dataset.said));
      assert.ok(errors.splice(0).every((error) => /404/.test(error)));
    });
  });

  test('works offline once it has been there, which the plain page never fetches it for', async () => {
    const context = await studio.browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const urls = [];
    page.on('request', (request) => urls.push(request.url()));
    await page.goto(studio.served.url);
    await until(page, () => document.documentElement.dataset.kept === 'yes');
    assert.equal(await page.evaluate(() => document.querySelector('a[href="studio.html"]') !== null), true);
    assert.deepEqual(
      urls.filter((url) => /studio(\/|\.html)/.test(url)),
      [],
    );
    await page.goto(`${studio.served.url}studio.html#text=42`);
    await said(page, '42, seed 12');
    await until(page, () => document.documentElement.dataset.kept === 'yes');
    await context.setOffline(true);
    await page.goto('about:blank');
    await page.goto(`${studio.served.url}studio.html#text=24`);
    await said(page, '24, seed 12');
    await context.close();
  });
});
