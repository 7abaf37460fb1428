// sw.js without a browser: its listeners are called as one calls them. Node has no codecs, so pictures are PNGs, and
// none are read; api.browser.mjs has the rest.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import vm from 'node:vm';

import { checkAll } from './api_cases.mjs';
import { fileOf, host } from './hosts.mjs';
import { library } from './library.mjs';
import { assertNearlyEqual } from './pictures.mjs';

const listeners = {};
let served;
let claimed = 0;
let looked = 0; // for a newer worker
let replaced = /^$/; // the host's files that are of another version
const kept = []; // what the worker was still at after its answers

before(async () => {
  served = await host({ answer: (path) => (replaced.test(path) ? ofAnotherVersion(path) : undefined) });
  const url = `${served.url}ganlet/sw.js`;
  start(url, url);
});

/** An engine with one more section, as WebAssembly may have them. */
function ofAnotherVersion(path) {
  const [status, headers, bytes] = fileOf(path.replace(/\.gz$/, ''));
  return [status, headers, Buffer.concat([bytes, Buffer.from([0, 2, 1, 120])])];
}

/** Runs the script as the worker at `location`. */
function start(url, location) {
  globalThis.self = {
    addEventListener: (type, listener) => {
      listeners[type] = listener;
    },
    location: new URL(location),
    skipWaiting: () => ++claimed,
    registration: { update: async () => ++looked },
    clients: { claim: async () => ++claimed },
  };
  globalThis.location = globalThis.self.location;
  vm.runInThisContext(readFileSync(`${library}sw.js`, 'utf8'), { filename: url });
}
after(() => served.close());

/** What the worker answers, if it is a page's request that one; undefined where it leaves a request alone. */
function answerTo(request, clientId = '') {
  const event = { request, clientId, waitUntil: (work) => kept.push(work) };
  event.stopImmediatePropagation = () => Object.assign(event, { stopped: true });
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

test('it takes over its pages at once, since the worker is its own, and later those that ask for it', async () => {
  listeners.install();
  for (const type of ['activate', 'message'])
    await new Promise((done) => listeners[type]({ waitUntil: (promise) => promise.then(done) }));
  assert.equal(claimed, 3);
});

test('it draws by the engine that it came with, and by none of another version', async (t) => {
  const url = `${served.url}ganlet/sw.js`;
  t.after(() => {
    replaced = /^$/;
    delete globalThis.caches;
    start(url, url);
  });
  replaced = /ganlet-[\w-]+\.wasm/;
  start(url, url);
  const picture = { method: 'GET', path: 'image/digits.png?seed=1' };
  const refused = await ask(picture);
  assert.equal(refused.status, 500);
  assert.match(JSON.parse(refused.bytes).error.message, /wasm.*it is of another version than .*sw\.js/);
  assert.equal(refused.headers['server-timing'], undefined, 'the script of the page may draw it');
  assert.ok(looked > 0, 'for the worker of that version');
  const kept = new Map();
  globalThis.caches = {
    keys: async () => ['newer', 'older'],
    open: async (name) => ({
      async match(asked) {
        const path = new URL(asked).pathname;
        const [, , bytes] = name === 'newer' ? ofAnotherVersion(path) : fileOf(path);
        kept.set(name, path);
        return new Response(bytes, { headers: { 'content-type': 'application/wasm' } });
      },
    }),
  };
  start(url, url);
  const { status, headers } = await ask(picture);
  assert.deepEqual([status, headers['server-timing']], [200, 'ganlet']);
  assert.deepEqual([...kept.keys()], ['newer', 'older']);
});

/** Caches as browsers have them, as far as the worker needs them: answers by address, in those of `given` names. */
function cachesOf(given) {
  const found = new Map(Object.entries(given).map(([name, files]) => [name, new Map(Object.entries(files))]));
  const addressOf = (request) => new URL(request.url ?? request).href;
  const plain = (address) => address.split('?')[0];
  const cacheOf = (files) => ({
    async match(request, { ignoreSearch } = {}) {
      const address = addressOf(request);
      const key = [...files.keys()].find((one) => (ignoreSearch ? plain(one) === plain(address) : one === address));
      return key && new Response(files.get(key));
    },
    put: async (request, answer) => files.set(addressOf(request), await answer.text()),
    delete: async (request) => files.delete(addressOf(request)),
    keys: async () => [...files.keys()].map((url) => ({ url })),
  });
  return {
    has: async (name) => found.has(name),
    async open(name) {
      if (!found.has(name)) found.set(name, new Map());
      return cacheOf(found.get(name));
    },
    async match(request, options) {
      for (const files of found.values()) {
        const answer = await cacheOf(files).match(request, options);
        if (answer) return answer;
      }
      return undefined;
    },
    found,
  };
}

/** Runs `use` where the network has these files, by address, and fails for all others. */
async function withNetwork(files, use) {
  const { fetch } = globalThis;
  globalThis.fetch = async ({ url }) => {
    if (!(url in files)) throw new TypeError('no network');
    return Object.defineProperty(new Response(files[url]), 'type', { value: 'basic' });
  };
  try {
    await use();
  } finally {
    globalThis.fetch = fetch;
    delete globalThis.caches;
  }
}

const textOf = async (url, page, mode) => {
  const answer = await answerTo({ url, method: 'GET', mode, destination: '', headers: new Headers() }, page);
  await Promise.all(kept.splice(0));
  return answer.text();
};

test('its own pages come from what has been kept where there is no network', async () => {
  const url = `${served.url}ganlet/api.html`;
  assert.equal(answerTo(new Request('http://127.0.0.1:1/ganlet/api.html')), undefined, 'of another site');
  await withNetwork({ [`${url}?new`]: 'new' }, async () => {
    globalThis.caches = cachesOf({ 'of the site': { [url]: 'kept' } });
    assert.equal(await textOf(url), 'kept');
    assert.equal(await textOf(`${url}?x=1`, '', 'navigate'), 'kept');
    await assert.rejects(textOf(`${url}?x=1`), /no network/);
    assert.equal(await textOf(`${url}?new`), 'new');
    globalThis.caches.open = globalThis.caches.has = async () => Promise.reject(new Error('forbidden'));
    await assert.rejects(textOf(url), /no network/);
  });
});

test('its pages never get files of two versions, whoever has kept the one before', async () => {
  const [first, second, weights] = ['embed.js', 'classic.js', 'a.onnx'].map((name) => `${served.url}ganlet/${name}`);
  const old = { [first]: 'old', [second]: 'old', [weights]: 'old' };
  for (const [round, name] of ['of the site', 'ganlet offline'].entries()) {
    const pageOf = (what) => `${what} ${round}`;
    await withNetwork({ [first]: 'new' }, async () => {
      globalThis.caches = cachesOf({ [name]: old });
      assert.equal(await textOf(second, pageOf('late')), 'old');
      assert.equal(await textOf(first, pageOf('late')), 'old', 'once one is as it was kept, all are');
      assert.equal(await textOf(weights, pageOf('early')), 'old', 'which the engine checks');
      assert.equal(await textOf(first, pageOf('early')), 'new');
      await assert.rejects(textOf(second, pageOf('early')), /no network/, 'new and old ones');
      const files = globalThis.caches.found.get('ganlet offline');
      assert.equal(files?.get(first), name === 'ganlet offline' ? 'new' : undefined, 'kept where the site keeps');
      assert.equal(globalThis.caches.found.get(name).has(second), name === 'of the site', 'forgotten');
    });
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
