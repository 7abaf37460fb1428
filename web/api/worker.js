// sw.js: a service worker that answers for pictures by URL, `api/` in ganlet's own folder, and leaves every other
// request alone. By itself its scope is that folder. A site that wants such pictures on all its pages has a worker at
// its root, with one line (first, before listeners of its own):
//
//     importScripts('/ganlet/sw.js');
import { answerApi } from './answers.js';

const own = import.meta.url;
const folder = new URL('.', own).href;

/** What a URL means below `api/`; nothing where it is none of ours. `mnist` beside it is an old name. */
function pathOf(address) {
  const [url] = address.split(/[?#]/);
  if (url === `${folder}mnist`) return 'mnist';
  return url.startsWith(`${folder}api/`) ? url.slice(folder.length + 4) : undefined;
}

self.addEventListener('fetch', (event) => {
  const path = pathOf(event.request.url);
  if (path === undefined) return;
  event.stopImmediatePropagation(); // a listener of the site's would answer once more
  event.respondWith(answerApi(event.request, folder, path));
});

// Another script's worker has a life of its own.
if (self.location.href.split(/[?#]/)[0] === own.split(/[?#]/)[0]) {
  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
}
