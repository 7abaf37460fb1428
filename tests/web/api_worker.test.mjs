// sw.js without a browser: its listeners are called as one calls them. Node has no codecs, so pictures are PNGs, and
// none are read; api.browser.mjs has the rest.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import vm from 'node:vm';

import { checkAll } from './api_cases.mjs';
import { host } from './hosts.mjs';
import { library } from './library.mjs';
import { assertNearlyEqual } from './pictures.mjs';

const listeners = {};
let served;
let claimed = 0;

before(async () => {
  served = await host();
  const url = `${served.url}ganlet/sw.js`;
  start(url, url);
});

/** Runs the script as the worker at `location`. */
function start(url, location) {
  globalThis.self = {
    addEventListener: (type, listener) => {
      listeners[type] = listener;
    },
    location: new URL(location),
    skipWaiting: () => ++claimed,
    clients: { claim: async () => ++claimed },
  };
  globalThis.location = globalThis.self.location;
  vm.runInThisContext(readFileSync(`${library}sw.js`, 'utf8'), { filename: url });
}
after(() => served.close());

/** What the worker answers; undefined where it leaves a request alone. */
function answerTo(request) {
  const event = { request, stopped: false, stopImmediatePropagation: () => Object.assign(event, { stopped: true }) };
  event.respondWith = (answer) => Object.assign(event, { answer });
  listeners.fetch(event);
  if (event.stopped) assert.notEqual(event.answer, undefined);
  return event.answer;
}

async function ask({ method, path, headers, body }) {
  const response = await answerTo(new Request(new URL(`ganlet/api/${path}`, served.url), { method, headers, body }));
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), bytes };
}

test('the worker answers every request as the server does', async () => {
  const needsCodecs = ({ path, type }) => /vae-gan|mnist/.test(path) || /jpeg|webp/.test(type);
  const isTried = (one) => !needsCodecs(one) || one.status >= 403;
  await checkAll(ask, assertNearlyEqual, { isServed: false, isTried });
  assert.deepEqual(
    served.asked.filter((path) => /\/api\/|mnist$/.test(path)),
    [],
  );
});

test('where no JPEG can be written, a PNG comes and says so', async () => {
  const { headers, bytes } = await ask({ method: 'GET', path: 'image/digits.jpg?seed=1' });
  assert.equal(headers['content-type'], 'image/png');
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const wrong = await ask({ method: 'POST', path: 'mnist', headers: form, body: 'value=12345678901' });
  assert.equal(wrong.status, 400);
  assert.deepEqual(JSON.parse(wrong.bytes), { message: 'Request too long. Max 10 digits.' });
  const good = await ask({ method: 'POST', path: '../mnist', headers: form, body: 'value=2026' });
  assert.equal(JSON.parse(good.bytes).message, 'Image generated successfully');
});

test('it takes over its pages at once, since the worker is its own', async () => {
  listeners.install();
  await new Promise((done) => listeners.activate({ waitUntil: (promise) => promise.then(done) }));
  assert.equal(claimed, 2);
});

test('its own pages come from what has been kept where there is no network', async () => {
  const kept = new Response('kept');
  globalThis.caches = { match: async (_, { ignoreSearch }) => (ignoreSearch ? kept : undefined) };
  const page = await answerTo(new Request(`${served.url}ganlet/api.html`));
  assert.equal(page.status, 200);
  assert.equal(await answerTo(new Request('http://127.0.0.1:1/ganlet/api.html')), undefined, 'of another site');
  const { fetch } = globalThis;
  globalThis.fetch = () => Promise.reject(new TypeError('no network'));
  try {
    assert.equal(await answerTo(new Request(`${served.url}ganlet/api.html?x=1`)), kept);
    globalThis.caches.match = async () => Promise.reject(new Error('forbidden'));
    await assert.rejects(answerTo(new Request(`${served.url}ganlet/api.html`)), /no network/);
  } finally {
    globalThis.fetch = fetch;
    delete globalThis.caches;
  }
});

test('in a worker of the site, every other request is left alone', () => {
  start(`${served.url}ganlet/sw.js`, `${served.url}worker.js`);
  for (const path of [
    '',
    'api/image/digits.png',
    'ganlet/',
    'ganlet/api.html',
    'ganlet/models/index.json',
    'other/mnist',
  ])
    assert.equal(answerTo(new Request(served.url + path)), undefined, path);
  assert.equal(answerTo(new Request('https://other.example/ganlet/api/models')), undefined);
});
