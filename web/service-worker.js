// Offline: what the page has loaded is kept, and served when the network doesn't answer. The network comes first, so that a page is never
// made of files of two versions while there is a connection.
const cacheName = 'ganlet';
const scope = new URL(self.registration.scope);

/** The address under which an answer is kept: pages answer for every query string. */
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

async function answer(request) {
  const key = keyOf(request.url);
  const cache = await caches.open(cacheName);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && (await cache.match(key))) await cache.put(key, fresh.clone());
    return fresh;
  } catch (error) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => {
  if (Array.isArray(event.data?.keep))
    event.waitUntil(keep(event.data.keep).then(() => event.source?.postMessage({ kept: true })));
});
self.addEventListener('fetch', (event) => {
  if (event.request.method === 'GET' && keyOf(event.request.url)) event.respondWith(answer(event.request));
});
