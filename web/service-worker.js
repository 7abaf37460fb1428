// Offline use: keeps what the page has loaded, and serves it when the network doesn't answer. The network is always
// tried first, so that while there is a connection, a page never mixes files of two versions.
const cacheName = 'ganlet';
const scope = new URL(self.registration.scope);

/** The address under which a response is kept; query strings don't matter. */
function keyOf(address) {
  const url = new URL(address);
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return null;
  url.hash = '';
  url.search = '';
  return url.href;
}

async function keep(addresses) {
  const cache = await caches.open(cacheName);
  const keys = new Set(addresses.map(keyOf).filter(Boolean));
  await Promise.all(
    [...keys].map(async (key) => {
      const answer = await fetch(key).catch(() => null);
      if (answer?.ok) await cache.put(key, answer);
    }),
  );
}

/** Replaces a kept response by a newer one. */
async function renew(key, answer) {
  const cache = await caches.open(cacheName);
  if (await cache.match(key)) await cache.put(key, answer);
  else await answer.body?.cancel();
}

/** The network's response, at once: it is used even if it can't be kept for lack of space. */
async function answer(event) {
  const key = keyOf(event.request.url);
  try {
    const fresh = await fetch(event.request);
    if (fresh.ok) event.waitUntil(renew(key, fresh.clone()).catch(() => {}));
    return fresh;
  } catch (error) {
    const kept = await caches.open(cacheName).then((cache) => cache.match(key));
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => {
  if (!Array.isArray(event.data?.keep)) return;
  const asker = event.ports[0] ?? event.source;
  event.waitUntil(keep(event.data.keep).then(() => asker?.postMessage({ kept: true })));
});
self.addEventListener('fetch', (event) => {
  if (event.request.method === 'GET' && keyOf(event.request.url)) event.respondWith(answer(event));
});
