// sw.js: a service worker that answers requests for pictures by URL, below `api/` in ganlet's own folder, and ignores
// all other requests. By default its scope is that folder. A site that wants such pictures on all its pages needs a
// worker at its root, with this line before listeners of its own:
//
//     importScripts('/ganlet/sw.js');
import { answerApi } from './answers.js';

const own = import.meta.url;
const folder = new URL('.', own).href;

/** The path below `api/` of a URL, or `mnist`, an old name; undefined if the URL isn't one of ganlet's. */
function pathOf(address) {
  const [url] = address.split(/[?#]/);
  if (url === `${folder}mnist`) return 'mnist';
  return url.startsWith(`${folder}api/`) ? url.slice(folder.length + 4) : undefined;
}

self.addEventListener('fetch', (event) => {
  const path = pathOf(event.request.url);
  if (path === undefined) return;
  event.stopImmediatePropagation(); // otherwise a listener of the site would answer too
  event.respondWith(answerApi(event.request, folder, path));
});

// The worker of another script manages its own life cycle.
if (self.location.href.split(/[?#]/)[0] === own.split(/[?#]/)[0]) {
  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
}
