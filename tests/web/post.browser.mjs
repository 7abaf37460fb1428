// A post on a plain static host, written by hand: three elements, a picture by URL and a frame.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { browsers, scriptless, until } from './browsers.mjs';
import { drawn } from './element_page.mjs';
import { fileOf, visit as visitIn } from './hosts.mjs';

const worker =
  "importScripts('ganlet/sw.js?offline');\n" +
  "self.addEventListener('install', () => self.skipWaiting());\n" +
  "self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));\n";
const poster = (id) => `<img src="ganlet/models/${id}/preview.png" width="112" height="112" alt="${id}">`;
const post = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A post</title>
<script type="module" src="ganlet/ganlet-image.js"></script>
<script src="start.js"></script>
<p>Happy <ganlet-image text="2026" seed="7" width="112" height="28">${poster('digits')}</ganlet-image></p>
<ganlet-image model="fashion" label="7" seed="3">${poster('fashion')}</ganlet-image>
<ganlet-image model="nouns" seed="5">${poster('nouns')}</ganlet-image>
<img id="by-url" src="ganlet/api/image/digits.png?text=31&seed=3&size=56" width="56" height="28" alt="31">
<iframe src="ganlet/embed.html#model=creatures&seed=3" title="A creature" width="128" height="128"></iframe>`;
const start = "navigator.serviceWorker?.register('sw.js').catch(() => {});";

/** The host's files below `base`, which changes to `lost` once there is no network. */
function blogAt(base) {
  const state = { lost: false };
  const own = { 'post.html': ['text/html', post], 'sw.js': ['text/javascript', worker] };
  own['start.js'] = ['text/javascript', start];
  const answer = (path) => {
    if (state.lost) return [200, {}, (response) => response.destroy()];
    const file = path.startsWith(base) ? path.slice(base.length) : undefined;
    if (path === '/favicon.ico') return [204, {}, ''];
    if (file === undefined) return [404, { 'content-type': 'text/plain' }, 'outside of the blog'];
    if (file === 'secret.png') return [200, { 'cache-control': 'No-Store' }, 'not to be kept'];
    if (file === 'items.json') return [200, { 'content-type': 'application/json' }, '[]'];
    return own[file] ? [200, { 'content-type': own[file][0] }, own[file][1]] : fileOf(`/${file}`);
  };
  return { state, answer, headers: () => ({}) };
}

async function assertWhole(page) {
  await drawn(page, 'ganlet-image[seed]');
  await until(page, () => {
    const byUrl = document.querySelector('#by-url');
    const element = byUrl.closest('ganlet-image');
    return byUrl.naturalWidth === 56 || Boolean(element?.shadowRoot.querySelector('.drawn'));
  });
  const [, frame] = page.frames();
  await drawn(frame);
}

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
        state.lost = true;
        await page.reload({ waitUntil: 'load' });
        await assertWhole(page);
        assert.equal(await page.evaluate(() => document.querySelector('#by-url').naturalWidth), 56);
        const kept = (path) => page.evaluate((file) => caches.match(file).then(Boolean), path);
        const found = [await kept('post.html'), await kept('secret.png'), await kept('items.json')];
        assert.deepEqual(found, [true, false, false]);
        await page.goto(`${page.url()}?from=feed`, { waitUntil: 'load' });
        await assertWhole(page);
      });
  });

  test(`a post without JavaScript shows its posters, in ${name}`, async (t) => {
    const browser = await scriptless[name]();
    t.after(() => browser.close());
    const { state: _, ...options } = blogAt('/');
    const { page, asked } = await visitIn(t, browser, options, 'post.html');
    const wanted = ['digits', 'fashion', 'nouns'].map((id) => `/ganlet/models/${id}/preview.png`);
    wanted.push('/ganlet/api/image/digits.png', '/ganlet/embed.html');
    for (let i = 0; i < 400 && !wanted.every((path) => asked.includes(path)); ++i)
      await new Promise((done) => setTimeout(done, 25));
    assert.deepEqual(
      wanted.filter((path) => !asked.includes(path)),
      [],
    );
    assert.deepEqual(
      asked.filter((path) => /wasm|onnx|ganlet\.js/.test(path)),
      [],
    );
    assert.ok((await page.screenshot()).length > 1000);
  });
}
