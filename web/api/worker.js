// sw.js: a service worker that answers for pictures by URL, `api/` in ganlet's own folder, and leaves every other
// request alone. By itself its scope is that folder, whose pages without a network come from what the site's worker has
// kept. A site that wants such pictures on all its pages has a worker at its root, with one line (first, before
// listeners of its own):
//
//     importScripts('/ganlet/sw.js');
import { answerApi } from './answers.js';

const own = import.meta.url;
const folder = new URL('.', own).href;
const isAlone = self.location.href.split(/[?#]/)[0] === own.split(/[?#]/)[0]; // else another script's worker

/** The path below `api/` of a URL, or `mnist`, an old name; undefined if the URL isn't one of ganlet's. */
function pathOf(address) {
  const [url] = address.split(/[?#]/);
  if (url === `${folder}mnist`) return 'mnist';
  return url.startsWith(`${folder}api/`) ? url.slice(folder.length + 4) : undefined;
}

const isOfSite = ({ method, url }) => method === 'GET' && new URL(url).origin === self.location.origin;

self.addEventListener('fetch', (event) => {
  const path = pathOf(event.request.url);
  if (path === undefined) {
    // tools/bundle.mjs: without a network this fetch has what the site's worker has kept.
    if (isAlone && isOfSite(event.request)) event.respondWith(fetch(event.request));
    return;
  }
  event.stopImmediatePropagation(); // a listener of the site's would answer once more
  event.respondWith(answerApi(event.request, folder, path));
});

if (isAlone) {
  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
}
