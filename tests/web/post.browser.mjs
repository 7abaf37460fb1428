// A post on a plain static host, written by hand: three elements, a picture by URL and a frame.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { browsers, scriptless, until } from './browsers.mjs';
import { drawn, pause } from './element_page.mjs';
import { fileOf, visit as visitIn } from './hosts.mjs';
import { rgbaOf } from './pictures.mjs';
import { program, root } from './program.mjs';

const worker =
  "importScripts('ganlet/sw.js?offline');\n" +
  "self.addEventListener('install', () => self.skipWaiting());\n" +
  "self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));\n";
const posters = mkdtempSync(join(tmpdir(), 'ganlet-post-'));
after(() => rmSync(posters, { recursive: true }));

/** A tag with its poster, as `ganlet poster` writes both. */
function tagOf(file, ...flags) {
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  return execFileSync(program, ['poster', ...flags, '-o', join(posters, file)], options);
}
const tags = {
  '2026.png': tagOf('2026.png', 'digits', '--text', '2026', '--seed', '7'),
  'shoe.png': tagOf('shoe.png', 'fashion', '--label', '7', '--seed', '3'),
  'noun.png': tagOf('noun.png', 'nouns', '--seed', '5'),
};
const post = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A post</title>
<style>body { margin: 0 } img, iframe { display: block; border: 0 }</style>
<script type="module" src="ganlet/ganlet-image.js"></script>
<script src="start.js"></script>
${Object.values(tags).join('')}
<img id="by-url" src="ganlet/api/image/digits.png?text=31&seed=3&size=56" width="56" height="28" alt="31">
<iframe sandbox="allow-scripts" src="ganlet/embed-fashion.html" title="Clothes" width="128" height="128"></iframe>
<iframe src="ganlet/embed-creatures.html#seed=3" title="A creature" width="128" height="128"></iframe>`;
const start = "navigator.serviceWorker?.register('sw.js').catch(() => {});";

/**
 * The host's files below `base`, of which those that `lost` matches aren't reached, those that `cut` does break
 * off, and those that `newer` does have been replaced.
 */
function blogAt(base) {
  const state = { lost: /^$/, cut: /^$/, newer: /^$/ };
  const own = { 'post.html': ['text/html', post], 'sw.js': ['text/javascript', worker] };
  own['start.js'] = ['text/javascript', start];
  for (const file of Object.keys(tags)) own[file] = ['image/png', readFileSync(join(posters, file))];
  const answer = (path) => {
    if (state.lost.test(path)) return [200, {}, (response) => response.destroy()];
    if (state.cut.test(path)) {
      const breakOff = (response) => setTimeout(() => response.destroy(), 50);
      return [200, { 'content-length': 9999 }, (response) => response.write('a') && breakOff(response)];
    }
    const file = path.startsWith(base) ? path.slice(base.length) : undefined;
    if (path === '/favicon.ico') return [204, {}, ''];
    if (file === undefined) return [404, { 'content-type': 'text/plain' }, 'outside of the blog'];
    if (file === 'secret.png') return [200, { 'cache-control': 'No-Store' }, 'not to be kept'];
    if (file === 'items.json') return [200, { 'content-type': 'application/json' }, '[]'];
    if (own[file]) return [200, { 'content-type': own[file][0] }, own[file][1]];
    const [status, headers, bytes] = fileOf(`/${file}`);
    const more = state.newer.test(path) ? `\n(globalThis.news ??= []).push('${file}');` : '';
    return [status, headers, more ? String(bytes) + more : bytes];
  };
  return { state, answer, headers: () => ({}) };
}

/** All is drawn; without a network but for the frame without an origin, which no worker serves. */
async function assertWhole(page, isOffline = false) {
  await drawn(page, 'ganlet-image[seed]');
  await until(page, () => {
    const byUrl = document.querySelector('#by-url');
    const element = byUrl.closest('ganlet-image');
    return byUrl.naturalWidth === 56 || Boolean(element?.shadowRoot.querySelector('.drawn'));
  });
  const [, sandboxed, frame] = page.frames();
  if (!isOffline) await drawn(sandboxed);
  await drawn(frame);
}

/** Whether the worker has kept what it keeps last: it does so after a file has been answered. */
const isKept = () => {
  const models = ['nouns', 'creatures'].map((model) => `ganlet/models/${model}/synthesis.onnx`);
  const files = ['ganlet/element/without_wasm.js', ...models];
  return Promise.all(files.map((file) => caches.match(file))).then((kept) => kept.every(Boolean));
};

for (const [name, open] of Object.entries(browsers)) {
  describe(`a post, in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());

    for (const base of ['/', '/my/blog/'])
      test(`at ${base}: on the first visit, and without a network`, async (t) => {
        const { state, ...options } = blogAt(base);
        const { page, asked } = await visitIn(t, browser, options, `${base.slice(1)}post.html`);
        await assertWhole(page);
        const outside = asked.filter((path) => !path.startsWith(base) && path !== '/favicon.ico');
        assert.deepEqual(outside, []);
        await until(page, () => navigator.serviceWorker.controller !== null);
        await page.reload({ waitUntil: 'load' }); // what this visit gets is kept
        await assertWhole(page);
        await page.evaluate(() => {
          const secret = new Promise((done) => Object.assign(new Image(), { onerror: done, src: 'secret.png' }));
          return Promise.all([secret, fetch('items.json')]).then(() => {});
        });
        await until(page, isKept);
        state.lost = /./;
        await page.reload({ waitUntil: 'load' });
        await assertWhole(page, true);
        assert.equal(await page.evaluate(() => document.querySelector('#by-url').naturalWidth), 56);
        const kept = (path) => page.evaluate((file) => caches.match(file).then(Boolean), path);
        const found = [await kept('post.html'), await kept('secret.png'), await kept('items.json')];
        assert.deepEqual(found, [true, false, false]);
        await page.goto(`${page.url()}?from=feed`, { waitUntil: 'load' });
        await assertWhole(page, true);
      });

    test('what a page first needs later is of its version, also without a network', async (t) => {
      const { state, ...options } = blogAt('/');
      const { page } = await visitIn(t, browser, options, 'post.html');
      await until(page, () => navigator.serviceWorker.controller !== null);
      await page.reload({ waitUntil: 'load' });
      await assertWhole(page);
      await until(page, () => caches.match('ganlet/element/without_wasm.js').then(Boolean)); // the last of them
      const slide = async () => {
        await page.evaluate(() => document.querySelector('ganlet-image').setAttribute('controls', 'slider'));
        await until(
          page,
          () => document.querySelector('ganlet-image').shadowRoot.querySelector('[type=range]') !== null,
        );
        return page.evaluate(() => globalThis.news ?? []);
      };
      state.newer = /slider\.js$/;
      assert.deepEqual(await slide(), [], 'the folder was replaced after the page had come');
      await page.reload({ waitUntil: 'load' });
      await assertWhole(page);
      assert.deepEqual(await slide(), ['ganlet/element/slider.js']);
      state.newer = /^$/;
      await page.reload({ waitUntil: 'load' });
      await assertWhole(page);
      await until(page, isKept);
      state.lost = /./;
      await page.reload({ waitUntil: 'load' });
      await assertWhole(page, true);
      await slide();
    });

    test('a page never gets files of two versions, also where a connection breaks off', async (t) => {
      const { state, ...options } = blogAt('/');
      const { page } = await visitIn(t, browser, options, 'post.html');
      await until(page, () => navigator.serviceWorker.controller !== null);
      await page.reload({ waitUntil: 'load' });
      await assertWhole(page);
      await until(page, () => caches.match('ganlet/element/controls.js').then(Boolean)); // the last one
      const news = (where) => where.evaluate(() => globalThis.news ?? []);
      state.newer = /picture\.js$/;
      state.lost = /ganlet-image\.js$/; // comes as kept, and so does the rest
      await page.reload({ waitUntil: 'load' });
      await assertWhole(page);
      assert.deepEqual(await news(page), []);
      state.lost = /^$/;
      state.cut = /picture\.js$|classic\.js$/; // of which a beginning comes
      await page.reload({ waitUntil: 'load' });
      await assertWhole(page, true);
      state.cut = /^$/;
      state.newer = /ganlet-image(\.classic)?\.js$|picture\.js$|embed\.js$/;
      state.lost = /picture\.js$|classic\.js$/; // the new loader has come
      await page.reload({ waitUntil: 'load' });
      await until(page, () => document.querySelector('ganlet-image').ready.catch(() => true));
      assert.deepEqual(await news(page), ['ganlet/ganlet-image.js']);
      const creature = page.frames()[2];
      const ends = () =>
        document.querySelector('.problem') !== null || document.querySelector('ganlet-image').ready.then(() => true);
      await until(creature, ends);
      const isEmpty = (frame) => frame.evaluate(() => document.querySelector('ganlet-image') === null);
      assert.deepEqual(await news(creature), (await isEmpty(creature)) ? ['ganlet/embed.js'] : []);
      const shown = () => document.querySelector('ganlet-image').shadowRoot.querySelector('.drawn') === null;
      assert.ok(await page.evaluate(shown), 'the poster');
      state.lost = /^$/;
      await page.reload({ waitUntil: 'load' });
      await assertWhole(page);
      assert.deepEqual(await news(page), ['ganlet/ganlet-image.js', 'ganlet/element/picture.js']);
      await page.goto(new URL('ganlet/api.html', page.url()).href, { waitUntil: 'load' });
      // Its worker has the frame from now on.
      await until(page, () => document.querySelector('#state')?.textContent === 'The worker answers.');
      state.newer = /^$/;
      await page.goto(new URL('../post.html', page.url()).href, { waitUntil: 'load' });
      await assertWhole(page);
      await until(page, () => caches.match('ganlet/ganlet-image.classic.js').then(Boolean));
      state.newer = /embed\.js$|classic\.js$/;
      state.lost = /classic\.js$/;
      await page.reload({ waitUntil: 'load' });
      await until(page.frames()[2], ends);
      const frameNews = await news(page.frames()[2]);
      assert.ok(frameNews.length === 0 || (await isEmpty(page.frames()[2])), `${frameNews} with the older ones`);
    });
  });

  test(`a post without JavaScript shows its posters, in ${name}`, async (t) => {
    const browser = await scriptless[name]();
    t.after(() => browser.close());
    const { state: _, ...options } = blogAt('/');
    const { page, url, asked } = await visitIn(t, browser, options, 'post.html');
    await page.goto(`${url}post.html`, { waitUntil: 'load' }); // all its pictures are there then
    const files = Object.keys(tags).map((file) => readFileSync(join(posters, file)));
    const wanted = ['/ganlet/models/fashion/preview.png', '/ganlet/models/creatures/preview.png'];
    for (let i = 0; i < 400 && !wanted.every((path) => asked.includes(path)); ++i) await pause(25);
    await pause(300); // to be painted
    const [width, height] = [448, 636];
    const screen = rgbaOf(Buffer.from(await page.screenshot({ clip: { x: 0, y: 0, width, height } })));
    const at = (x, y) => [...screen.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
    let top = 0;
    for (const file of files) {
      const [columns, rows, expected] = [file.readUInt32BE(16), file.readUInt32BE(20), rgbaOf(file)];
      let most = 0;
      for (let pixel = 0; pixel < columns * rows; ++pixel) {
        const shown = at(pixel % columns, top + Math.floor(pixel / columns));
        shown.forEach((value, channel) => (most = Math.max(most, Math.abs(value - expected[4 * pixel + channel]))));
      }
      assert.ok(most <= 2, `differs by ${most}`);
      top += rows;
    }
    for (const [columns, rows] of [
      [56, 28],
      [128, 128],
      [128, 128],
    ]) {
      const colours = new Set();
      for (let i = 0; i < columns * rows; ++i) colours.add(`${at(i % columns, top + Math.floor(i / columns))}`);
      assert.ok(colours.size > 16, `${colours.size} colours at ${top}`);
      top += rows;
    }
    assert.deepEqual(
      asked.filter((path) => /wasm|onnx|ganlet\.js/.test(path)),
      [],
    );
  });
}
