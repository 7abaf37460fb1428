// Offline: the site's service worker. The build puts the hash of assets.json, the one list of the site's files, in here
// (tools/assets.mjs), so that another version of the site is another worker. Each version has a cache of its own, which
// holds files only as its list has them. What has been kept comes from there, whether there is a network or not; a
// newer version is fetched beside it, and takes its place when a reader agrees, or once no page is open.
const version = '{{version}}';
const scope = new URL(self.registration.scope);
const prefix = `ganlet ${scope.pathname} `;
const cacheName = prefix + version;
const newerName = `${prefix}newer pages`;
const atOnce = 6; // requests of an installation, beside those of pages
const checkedByEngine = /\.(onnx|npy)$/; // against model.json, so that they needn't be held back here

const urlOf = (path) => scope.href + path;
const openCache = () => caches.open(cacheName);

/** The path of a file below the site's folder; undefined for the rest, and for pictures by URL, which sw.js draws. */
function pathOf(address) {
  const { origin, pathname } = new URL(address);
  if (origin !== scope.origin || !pathname.startsWith(scope.pathname)) return undefined;
  const path = pathname.slice(scope.pathname.length).replace(/(^|\/)$/, '$1index.html');
  return /^ganlet\/(api\/|mnist$)/.test(path) ? undefined : path;
}

async function sha256Of(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether bytes are those of a file in the list. A host may have unpacked what the build compressed. */
async function areOf({ sha256, unpacked }, bytes) {
  return [sha256, unpacked].includes(await sha256Of(bytes));
}

/** What has been kept of a path. A storage that can't be used has kept nothing. */
const keptOf = (path) =>
  openCache()
    .then((cache) => cache.match(urlOf(path)))
    .catch(() => undefined);

/** The list that the site has now, as text. */
async function currentList() {
  const answer = await fetch(urlOf('assets.json'), { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`assets.json: got HTTP ${answer.status}`);
  return answer.text();
}

const isOfThisVersion = async (list) => (await sha256Of(new TextEncoder().encode(list))) === version;

const filesOf = (list) => new Map(JSON.parse(list).files.map((file) => [file.path, file]));

async function readList() {
  const kept = await keptOf('assets.json');
  const text = kept ? await kept.text() : await currentList();
  if (!(await isOfThisVersion(text))) throw new Error('the site has another version');
  return { text, files: filesOf(text) };
}

let reading;
/** The list of this version: its text, and its files by path. */
function listed() {
  reading ??= readList();
  reading.catch(() => (reading = undefined)); // to be tried again
  return reading;
}

/** An answer of these bytes, as a page may get it any number of times. */
function answerOf(bytes, { headers: sent }) {
  const headers = new Headers(sent);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'vary']) headers.delete(name);
  return new Response(bytes, { headers });
}

/** A file from the network, as the list has it. */
async function fetchListed(file) {
  const { path } = file;
  const answer = await fetch(urlOf(path), { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`${path}: got HTTP ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  if (!(await areOf(file, bytes))) throw new Error(`${path} isn't as this version has it`);
  return answerOf(bytes, answer);
}

// A new version

/** What other versions have kept: [{ cache, files }], files by path. */
async function otherVersions() {
  const isOther = (name) => name.startsWith(prefix) && name !== cacheName && name !== newerName;
  const names = (await caches.keys()).filter(isOther);
  return Promise.all(
    names.map(async (name) => {
      const cache = await caches.open(name);
      const list = await cache.match(urlOf('assets.json'));
      return { cache, files: list ? filesOf(await list.text()) : new Map() };
    }),
  );
}

/** Takes what is still the same from other versions, and the rest of what they kept from the network. */
async function takeOver(cache, others, files) {
  const wanted = new Map([...files].filter(([, { variant }]) => !variant).map(([path]) => [path, undefined]));
  for (const { cache: other, files: theirs } of others)
    for (const { url } of await other.keys()) {
      const path = pathOf(url);
      const [now, then] = [files.get(path), theirs.get(path)];
      if (path === undefined || path === 'assets.json' || (then && !now)) continue; // it is gone
      if (now?.sha256 === then?.sha256) wanted.set(path, await other.match(url));
      else if (!wanted.has(path)) wanted.set(path, undefined);
    }
  const take = async ([path, same]) => {
    if (await cache.match(urlOf(path))) return;
    const answer = same ?? (await fetchListed(files.get(path)));
    await cache.put(urlOf(path), answer).catch(() => {}); // no room: the network will have it
  };
  const left = [...wanted];
  while (left.length > 0) await Promise.all(left.splice(0, atOnce).map(take));
}

/** Fails where the network does, or where the site is just being replaced: the version before then stays. */
async function install() {
  const { text, files } = await listed();
  let cache, others;
  try {
    cache = await openCache();
    await cache.put(urlOf('assets.json'), new Response(text));
    others = await otherVersions();
  } catch {
    return; // without a storage all comes from the network
  }
  await takeOver(cache, others, files);
}

async function forgetOthers() {
  const names = await caches.keys();
  const others = names.filter((name) => name === 'ganlet' || (name.startsWith(prefix) && name !== cacheName));
  await Promise.all(others.map((name) => caches.delete(name)));
}

// Pages of a newer version, which came from the network while this one was still in use: nothing kept is for them.

let newerPages;
function readNewerPages() {
  newerPages ??= caches
    .has(newerName)
    .then(async (isThere) => (isThere ? (await caches.open(newerName)).keys() : []))
    .then((keys) => new Set(keys.map(({ url }) => new URL(url).searchParams.get('page'))))
    .catch(() => new Set());
  return newerPages;
}

async function rememberNewerPage(id) {
  (await readNewerPages()).add(id);
  const cache = await caches.open(newerName).catch(() => undefined);
  await cache?.put(`${scope.href}?page=${id}`, new Response('')).catch(() => {});
}

// Answers

async function keepAnswer(file, answer) {
  const bytes = await answer.arrayBuffer();
  if (await areOf(file, bytes)) await (await openCache()).put(urlOf(file.path), answerOf(bytes, answer));
}

/** Whether the site still has this version, for all that can be found out. */
const isCurrent = () => currentList().then(isOfThisVersion, () => true);

/**
 * A listed file that hasn't been kept: from the network, if it is of this version. A page that begins after the site
 * was replaced is one of the newer version, and gets all from there.
 */
async function answerListed(event, file) {
  const isPage = event.request.mode === 'navigate';
  if (isPage && !(await isCurrent())) {
    await rememberNewerPage(event.resultingClientId);
    return fetch(event.request);
  }
  const answer = await fetch(event.request);
  if (answer.status !== 200) return answer;
  if (checkedByEngine.test(file.path)) {
    event.waitUntil(keepAnswer(file, answer.clone()).catch(() => {}));
    return answer;
  }
  const bytes = await answer.arrayBuffer();
  if (await areOf(file, bytes)) {
    event.waitUntil(keepAnswer(file, answerOf(bytes, answer)).catch(() => {}));
    return answerOf(bytes, answer);
  }
  if (isPage || (await isCurrent())) return answerOf(bytes, answer); // changed by hand on the host
  event.waitUntil(self.registration.update().catch(() => {}));
  return new Response('', { status: 409, statusText: 'The site has a newer version: reload the page' });
}

/** A file that the list doesn't have, such as a model that somebody has put beside the others. */
async function answerUnlisted(event, path) {
  let answer;
  try {
    answer = await fetch(event.request);
  } catch (error) {
    const kept = await keptOf(path);
    if (kept) return kept;
    throw error;
  }
  const renew = async (copy) => {
    if (await keptOf(path)) await (await openCache()).put(urlOf(path), copy);
    else await copy.body?.cancel();
  };
  if (answer.status === 200) event.waitUntil(renew(answer.clone()).catch(() => {}));
  return answer;
}

async function answer(event, path) {
  if (event.clientId && (await readNewerPages()).has(event.clientId)) return fetch(event.request);
  const file = (await listed().catch(() => undefined))?.files.get(path);
  if (!file) return answerUnlisted(event, path);
  return (await keptOf(path)) ?? answerListed(event, file);
}

// What pages ask for

const ofVariants = (files, variants) => [...files.values()].filter(({ variant }) => variants.includes(variant));

/** Keeps these addresses and variants; true if all of them have been kept. */
async function keep(addresses, variants) {
  const { files } = await listed();
  const cache = await openCache();
  const paths = new Set([...addresses.map(pathOf), ...ofVariants(files, variants).map(({ path }) => path)]);
  paths.delete(undefined);
  for (const path of paths) {
    if (await cache.match(urlOf(path))) continue;
    const file = files.get(path);
    const answer = await (file ? fetchListed(file) : fetch(urlOf(path)));
    if (answer.ok) await cache.put(urlOf(path), answer);
  }
  return true;
}

async function forget(variants) {
  const { files } = await listed();
  const cache = await openCache();
  await Promise.all(ofVariants(files, variants).map(({ path }) => cache.delete(urlOf(path))));
  return true;
}

/** The variants of which all is kept. */
async function keptVariants() {
  const { files } = await listed();
  const kept = new Set((await (await openCache()).keys()).map(({ url }) => pathOf(url)));
  const all = new Set([...files.values()].map(({ variant }) => variant).filter(Boolean));
  return [...all].filter((variant) => ofVariants(files, [variant]).every(({ path }) => kept.has(path)));
}

/** Every question is answered, also where the storage is full or forbidden. */
async function tell(event) {
  const { keep: addresses, variants = [], forget: unwanted, what, update } = event.data ?? {};
  const asker = event.ports[0] ?? event.source;
  if (update) self.skipWaiting();
  if (Array.isArray(addresses)) asker?.postMessage({ kept: await keep(addresses, variants).catch(() => false) });
  if (Array.isArray(unwanted)) asker?.postMessage({ forgotten: await forget(unwanted).catch(() => false) });
  if (what) asker?.postMessage({ variants: await keptVariants().catch(() => []) });
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(forgetOthers().catch(() => {})));
self.addEventListener('message', (event) => event.waitUntil(tell(event)));
self.addEventListener('fetch', (event) => {
  const path = event.request.method === 'GET' ? pathOf(event.request.url) : undefined;
  if (path !== undefined) event.respondWith(answer(event, path));
});
