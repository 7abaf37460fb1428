// sw.js: a service worker that answers for pictures by URL, `api/` in ganlet's own folder, and leaves every other
// request alone. By itself its scope is that folder, whose pages without a network come from what the site's worker has
// kept. A site that wants such pictures on all its pages has a worker at its root, with one line (first, before
// listeners of its own):
//
//     importScripts('/ganlet/sw.js');
//
// Imported as /ganlet/sw.js?offline, it also keeps what pages get from the site, for when there is no network.
import { answerApi } from './answers.js';

const own = import.meta.url;
const folder = new URL('.', own).href;
const isAlone = self.location.href.split(/[?#]/)[0] === own.split(/[?#]/)[0]; // else another script's worker

const keepsPages = own.endsWith('?offline');
const keptName = 'ganlet offline';
const mostKept = 300; // files
const mostKeptBytes = 2 ** 24; // of one

/** The path below `api/` of a URL, or `mnist`, an old name; undefined if the URL isn't one of ganlet's. */
function pathOf(address) {
  const [url] = address.split(/[?#]/);
  if (url === `${folder}mnist`) return 'mnist';
  return url.startsWith(`${folder}api/`) ? url.slice(folder.length + 4) : undefined;
}

/** What a reader needs of the site: its pages and what these show. What scripts ask for by themselves is left alone. */
function isShown({ url, destination, headers }) {
  const { origin, pathname } = new URL(url);
  if (origin !== self.location.origin || headers.has('authorization')) return false;
  if (/^(document|iframe|script|worker|style|image|font|manifest)$/.test(destination)) return true;
  return destination === '' && (url.startsWith(folder) || /(\.onnx|\.npy|\/model\.json)$/.test(pathname));
}

function mayBeKept({ status, type, headers }) {
  const isPrivate = /\b(no-store|private)\b/i.test(headers.get('cache-control'));
  return status === 200 && type === 'basic' && !isPrivate && !(headers.get('content-length') > mostKeptBytes);
}

/** What is kept: for the worker alone it is the site's worker that has decided to keep anything. */
async function cacheOf() {
  return !isAlone || (await caches.has(keptName)) ? caches.open(keptName) : undefined;
}

/** The worker alone also looks in what the site's worker has kept in another way, all of one version. */
async function keptOf(request) {
  const cache = (await cacheOf()) ?? caches;
  const search = (ignoreSearch) => cache.match(request, { ignoreSearch });
  return (await search(false)) ?? (request.mode === 'navigate' ? search(true) : undefined);
}

/** Keeps an answer, and no more than the newest. A storage that is full or forbidden keeps none. */
async function keep(request, answer) {
  const cache = await cacheOf();
  if (!cache) return;
  await cache.delete(request);
  await cache.put(request, answer);
  if (request.url === withLate && !(await cache.match(lateUrls.at(-1)))) await keepLate(cache);
  const all = await cache.keys();
  await Promise.all(all.slice(0, -mostKept).map((old) => cache.delete(old)));
}

const checkedByEngine = /\.(onnx|npy)$/; // against model.json

// What the element loads when it is first needed, which may be long after the rest; it is kept with the rest.
const withLate = `${folder}element/picture.js`;
const late = ['ask', 'between', 'by_url', 'canvas', 'live', 'missing', 'slider', 'without_wasm'];
const lateUrls = late.map((name) => `${folder}element/${name}.js`);

async function keepLate(cache) {
  for (const url of lateUrls) {
    const answer = await globalThis.fetch(url);
    if (mayBeKept(answer)) await cache.put(url, answer);
  }
}

// Which version of ganlet's files a page gets, by client: 'kept' or 'newer'. That is kept, too, as browsers end workers
// that have nothing to do. For no client it is 'newer' where the folder has been replaced, but a page needs what was
// kept of it: the next page forgets that.
const pagesName = 'ganlet offline pages';
const mostPages = 1000;
let reading;

async function readVersions() {
  const cache = await caches.open(pagesName);
  const versionOf = async (key) => [new URL(key.url).searchParams.get('page'), await (await cache.match(key)).text()];
  return new Map(await Promise.all((await cache.keys()).map(versionOf)));
}

function versionsOfPages() {
  reading ??= readVersions().catch(() => new Map());
  return reading;
}

/** Remembers a page's version; without one it is forgotten. */
async function setVersion(page, version) {
  const versions = await versionsOfPages();
  if (version) versions.set(page, version);
  else versions.delete(page);
  const urlOf = (client) => `${folder}api/?page=${client}`; // of no file
  const cache = await caches.open(pagesName).catch(() => undefined);
  await (version ? cache?.put(urlOf(page), new Response(version)) : cache?.delete(urlOf(page)))?.catch(() => {});
  if (versions.size > mostPages) await setVersion(versions.keys().next().value);
}

async function areSame(answers) {
  const buffers = await Promise.all(answers.map((answer) => answer.clone().arrayBuffer()));
  const [one, other] = buffers.map((buffer) => new Uint8Array(buffer));
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

async function forgetOwnFiles() {
  const cache = await cacheOf();
  const own = ((await cache?.keys()) ?? []).filter(({ url }) => url.startsWith(folder));
  await Promise.all(own.map((request) => cache.delete(request)));
}

/**
 * One of ganlet's own files, so that a page has all of them of one version: once one is as it was kept for want of a
 * network, the others are too. Once one has another content than was kept, the folder has been replaced, and what was
 * kept of it is forgotten; if the page has loaded the rest before, by the next page.
 */
async function ofOneVersion({ request, clientId, resultingClientId }, given, kept) {
  const page = resultingClientId || clientId;
  let [answer, isAnother] = [given, false];
  try {
    isAnother = kept && answer?.status === 200 && !(await areSame([answer, kept]));
  } catch {
    answer = undefined; // the connection broke off
  }
  const versions = await versionsOfPages();
  const isReplaced = answer && (isAnother || versions.get('') === 'newer');
  if (page && kept && !versions.has(page) && (!answer || isReplaced)) {
    const isLate = lateUrls.includes(request.url);
    await setVersion(page, answer && !isLate ? 'newer' : 'kept');
    if (isReplaced) await setVersion('', isLate ? 'newer' : undefined);
    if (isReplaced && !isLate) await forgetOwnFiles();
  }
  const version = versions.get(page);
  return version === 'kept' || (!answer && version !== 'newer') ? (kept ?? answer) : answer;
}

/** From the network, and kept; without a network as it was kept, a page also under another query. */
async function fromNetworkOrKept(event) {
  const { request } = event;
  let answer, problem;
  try {
    answer = await globalThis.fetch(request);
  } catch (error) {
    problem = error;
  }
  const isOwn = request.url.startsWith(folder) && !checkedByEngine.test(request.url);
  const kept = answer && !isOwn ? undefined : await keptOf(request).catch(() => undefined);
  const chosen = isOwn ? await ofOneVersion(event, answer, kept) : (answer ?? kept);
  if (!chosen) throw problem ?? new TypeError(`${request.url} broke off`);
  if (chosen === answer && mayBeKept(answer)) event.waitUntil(keep(request, answer.clone()).catch(() => {}));
  return chosen;
}

self.addEventListener('fetch', (event) => {
  const path = pathOf(event.request.url);
  if (path === undefined) {
    const { method } = event.request;
    const isServed = (keepsPages || isAlone) && method === 'GET' && isShown(event.request);
    if (isServed) event.respondWith(fromNetworkOrKept(event));
    return;
  }
  event.stopImmediatePropagation(); // a listener of the site's would answer once more
  event.respondWith(answerApi(event.request, folder, path));
});

if (isAlone) {
  const claim = (event) => event.waitUntil(self.clients.claim());
  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', claim);
  self.addEventListener('message', claim); // of api.html, the only one that sends any
}
