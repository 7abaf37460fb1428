// Pictures by URL without a server: the service worker answers what `ganlet serve` answers, and the element's script
// fills pictures where no worker is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import { checkAll, generated, openapi } from './api_cases.mjs';
import { boxes, browsers, canvasOf, drawn, openPost, until } from './element_page.mjs';
import { visit } from './hosts.mjs';
import { assertNearlyEqual, rgbaOf } from './pictures.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const javascript = { 'content-type': 'text/javascript' };
const html = (body) => [
  200,
  { 'content-type': 'text/html; charset=utf-8' },
  `<!doctype html><title>A page</title>${body}`,
];

/** Asks from the page; a long body is made there. */
async function ask(page, { method, path, headers, body }) {
  const long = body?.length > 2 ** 20;
  const given = { method, path, headers, length: long && body.length, body: long ? '' : body?.toString('base64') };
  const { bytes, ...answer } = await page.evaluate(async ({ method, path, headers, length, body }) => {
    const options = { method, headers };
    if (length) options.body = new Uint8Array(length).fill(49);
    else if (body !== undefined) options.body = Uint8Array.from(atob(body), (symbol) => symbol.charCodeAt(0));
    const response = await fetch(`api/${path}`, options);
    const came = new Uint8Array(await response.arrayBuffer());
    let text = '';
    for (let at = 0; at < came.length; at += 4096) text += String.fromCharCode(...came.subarray(at, at + 4096));
    return { status: response.status, headers: Object.fromEntries(response.headers), bytes: btoa(text) };
  }, given);
  return { ...answer, bytes: Buffer.from(bytes, 'base64') };
}

const works = () => document.querySelector('#state')?.textContent === 'The worker answers.';
const pictureUrl = 'ganlet/api/image/digits.png?seed=3&label=7&size=56';
const wanted = () => rgbaOf(generated('digits --seed 3 --label 7 --scale 2'));
const redOf = (rgba) => rgba.filter((_, i) => i % 4 === 0);

for (const [name, openBrowser] of Object.entries(browsers)) {
  describe(`pictures by URL in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await openBrowser();
    });
    after(() => browser?.close());

    test('the worker answers every request as the server does', async (t) => {
      const { page, asked } = await visit(t, browser, {}, 'ganlet/api.html');
      await until(page, works);
      await checkAll((one) => ask(page, one), assertNearlyEqual, { isServed: false });
      assert.deepEqual(
        asked.filter((path) => /\/api\/(?!openapi)|mnist/.test(path)),
        [],
        'nothing of it reached the host',
      );
    });

    test('a page that was reloaded past its worker gets it back', async (t) => {
      if (name !== 'Chromium') return t.skip('nothing reloads a page past its worker there but a key of the reader');
      const { page } = await visit(t, browser, {}, 'ganlet/api.html');
      await until(page, works);
      const session = await page.context().newCDPSession(page);
      const loaded = page.waitForEvent('load');
      await session.send('Page.reload', { ignoreCache: true });
      await loaded;
      await until(page, works);
      assert.equal(await page.evaluate(() => fetch('api/models').then(({ status }) => status)), 200);
    });

    test('it says that the worker answers only once that one does, not one of the whole site', async (t) => {
      const pages = {
        '/own.html': html(`<script src="own.js"></script>`),
        '/own.js': [200, javascript, "navigator.serviceWorker.register('/own-worker.js');"],
        '/own-worker.js': [
          200,
          javascript,
          "addEventListener('activate', (event) => event.waitUntil(clients.claim()));",
        ],
      };
      const { page, url } = await visit(t, browser, { answer: (path) => pages[path] }, 'own.html');
      await until(page, () => navigator.serviceWorker.controller !== null);
      await (page.addInitScript ?? page.evaluateOnNewDocument).call(page, () => {
        new MutationObserver(() => {
          if (document.querySelector('#state')?.textContent === 'The worker answers.')
            globalThis.by ??= navigator.serviceWorker.controller?.scriptURL;
        }).observe(document, { subtree: true, childList: true, characterData: true });
      });
      await page.goto(`${url}ganlet/api.html`, { waitUntil: 'load' });
      await until(page, () => globalThis.by !== undefined);
      assert.equal(await page.evaluate(() => globalThis.by), `${url}ganlet/sw.js`);
      assert.equal(await page.evaluate(() => fetch('api/models').then(({ status }) => status)), 200);
    });

    test('the page tries each path, and axe finds nothing wrong', async (t) => {
      const answer = (path) => (path === '/axe.js' ? [200, javascript, axe] : undefined);
      const { page } = await visit(t, browser, { answer }, 'ganlet/api.html');
      await until(page, works);
      const ids = await page.evaluate(() => [...document.querySelectorAll('section')].map(({ id }) => id));
      const operations = Object.values(openapi.paths).flatMap((item) => Object.values(item));
      assert.deepEqual(
        ids,
        operations.map(({ operationId }) => `route-${operationId}`),
      );
      for (const id of ids) {
        await page.evaluate((section) => document.querySelector(`#${section} button`).click(), id);
        await until(page, (section) => document.querySelector(`#${section} .answer p`) !== null, id);
        const said = await page.evaluate((section) => document.querySelector(`#${section} .answer p`).textContent, id);
        assert.match(said, /^200 /, id);
      }
      const sides = await page.evaluate(() =>
        [...document.querySelectorAll('main form')].map((form) => form.getBoundingClientRect().width),
      );
      assert.equal(new Set(sides).size, 1, 'the forms are laid out alike');
      const violations = await page.evaluate(async () => {
        await new Promise((done) => {
          document.head.append(Object.assign(document.createElement('script'), { src: '/axe.js', onload: done }));
        });
        return (await globalThis.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
      });
      assert.deepEqual(violations, []);
    });

    test('a site’s own worker that imports it answers for pages anywhere, and for nothing else', async (t) => {
      const worker =
        "importScripts('/ganlet/sw.js');" +
        "self.addEventListener('install', () => self.skipWaiting());" +
        "self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));" +
        "self.addEventListener('fetch', (event) => {" +
        "  if (event.request.url.endsWith('/own')) event.respondWith(new Response('own'));" +
        "  if (event.request.url.includes('/ganlet/api/')) event.respondWith(new Response('twice'));" +
        '});';
      const pages = {
        '/blog/post.html': html(`<script src="start.js"></script><p id="state"></p><img src="/${pictureUrl}" alt="7">`),
        '/blog/start.js': [
          200,
          javascript,
          "navigator.serviceWorker.register('/sw.js');" +
            "navigator.serviceWorker.ready.then(() => { document.querySelector('#state').textContent = 'ready'; });",
        ],
        '/sw.js': [200, javascript, worker],
      };
      const { page, asked } = await visit(t, browser, { answer: (path) => pages[path] }, 'blog/post.html');
      await until(
        page,
        () => document.querySelector('#state')?.textContent === 'ready' && navigator.serviceWorker.controller !== null,
      );
      await page.reload({ waitUntil: 'load' });
      await until(page, () => document.querySelector('img').naturalWidth === 56);
      const texts = await page.evaluate(() => {
        const textOf = async (path) => (await fetch(path)).text();
        return Promise.all(['/own', '/api/image/digits.png', '/api/models', '/ganlet/embed.css'].map(textOf));
      });
      assert.equal(texts[0], 'own');
      assert.deepEqual(texts.slice(1, 3), ['no such file', 'no such file']);
      assert.match(texts[3], /\{/);
      const before = asked.filter((path) => path.startsWith('/ganlet/api/')).length;
      assert.equal(before, 1, 'the first visit alone');
    });

    test('on a first visit, and outside of its scope, the element’s script fills such pictures', async (t) => {
      const body =
        `<img class="seven" src="${pictureUrl}" alt="a seven">` +
        `<img src="${pictureUrl}&n=2" width="56" height="56" alt="">` +
        '<img src="ganlet/api/image/digits.png?seed=1&text=31&size=448" width="224" height="112" alt="31">' +
        '<img src="ganlet/api/image/digits.png?seed=1&text=2026" width="448" height="112" alt="2026">' +
        '<img src="ganlet/api/image/digits.png?seed=1&text=2026" height="28" alt="2026">' +
        '<img src="ganlet/api/image/digits.png?seed=1&text=2026&size=448" alt="2026">' +
        '<img src="ganlet/icon.png" alt="another"><img src="/elsewhere/api/image/digits.png" alt="not ours">';
      const { page } = await openPost(t, browser, body);
      await drawn(page);
      const { width, height, rows } = await canvasOf(page);
      assert.deepEqual([width, height], [28, 28]);
      const grey = redOf(rgbaOf(generated('digits --seed 3 --label 7')));
      assertNearlyEqual(Uint8Array.from(rows.flat()), grey, 'filled');
      const found = await page.evaluate(() => ({
        seed: document.querySelector('ganlet-image.seven').seed,
        left: [...document.querySelectorAll('img')].filter((img) => !img.closest('ganlet-image')).length,
      }));
      assert.deepEqual(found, { seed: '3', left: 2 });
      const sides = [56, 56].concat([224, 112], [448, 112], [112, 28], [448, 112]);
      assert.deepEqual((await boxes(page)).flat(), [56, 56, ...sides]);
    });

    test('what a worker has drawn is left as it is, and has the same pixels', async (t) => {
      const { page, url } = await visit(t, browser, {}, 'ganlet/api.html');
      await until(page, works);
      await page.goto(`${url}ganlet/embed.html`, { waitUntil: 'load' });
      const found = await page.evaluate(async (src) => {
        const img = Object.assign(new Image(), { src });
        document.body.append(img);
        await img.decode();
        await new Promise((done) => setTimeout(done, 300));
        const canvas = Object.assign(document.createElement('canvas'), { width: 56, height: 56 });
        const context = canvas.getContext('2d');
        context.drawImage(img, 0, 0);
        return { isLeft: !img.closest('ganlet-image'), data: [...context.getImageData(0, 0, 56, 56).data] };
      }, `/${pictureUrl}`);
      assertNearlyEqual(Uint8Array.from(found.data), wanted(), 'decoded');
      assert.ok(found.isLeft);
      await page.evaluate(() => {
        document.body.append(Object.assign(new Image(), { src: 'api/image/digits.png?label=77' }));
      });
      // What it can't draw, the script tries.
      await until(page, () => document.querySelector('img[src*="label=77"]').closest('ganlet-image') !== null);
    });
  });
}

test('each model has a real file behind its link', () => {
  const folder = new URL('../../models/', import.meta.url);
  const { models } = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'));
  const site = process.env.GANLET_SITE ?? new URL('../../build/web/site', import.meta.url).pathname;
  for (const { id } of models) {
    const png = readFileSync(`${site}/ganlet/api/image/${id}.png`);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [256, 256]);
  }
});
