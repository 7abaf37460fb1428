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

/** The path below `api/` of a URL, or `mnist`, an old name; undefined if the URL isn't one of ganlet's. */
function pathOf(address) {
  const [url] = address.split(/[?#]/);
  if (url === `${folder}mnist`) return 'mnist';
  return url.startsWith(`${folder}api/`) ? url.slice(folder.length + 4) : undefined;
}

/** Keeps an answer that may be kept, and no more than the newest. A storage that is full or forbidden keeps none. */
async function keep(request, answer) {
  const mayNot = /\b(no-store|private)\b/.test(answer.headers.get('cache-control'));
  if (answer.status !== 200 || answer.type !== 'basic' || mayNot) return;
  const cache = await caches.open(keptName);
  await cache.delete(request);
  await cache.put(request, answer);
  const all = await cache.keys();
  await Promise.all(all.slice(0, -mostKept).map((old) => cache.delete(old)));
}

/** From the network; without one, as it was kept (tools/bundle.mjs: this fetch asks the caches last). */
async function fromNetwork(event) {
  const answer = await fetch(event.request);
  if (keepsPages) event.waitUntil(keep(event.request, answer.clone()).catch(() => {}));
  return answer;
}

const isOfSite = ({ method, url }) => method === 'GET' && new URL(url).origin === self.location.origin;

self.addEventListener('fetch', (event) => {
  const path = pathOf(event.request.url);
  if (path === undefined) {
    if ((isAlone || keepsPages) && isOfSite(event.request)) event.respondWith(fromNetwork(event));
    return;
  }
  event.stopImmediatePropagation(); // a listener of the site's would answer once more
  event.respondWith(answerApi(event.request, folder, path));
});

if (isAlone) {
  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
}
