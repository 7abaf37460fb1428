// The models of a page: one engine per folder that contains one, and one copy of each model, shared by all elements;
// also the seeds of texts.

const engines = new Map(); // promises of ganlet.js, by its folder
const models = new Map(); // by folder, model, part and backend
const mostIdleMilliseconds = 5000; // how long a model is kept without users

/** Throws an error again; where a script can't be loaded, with the file at fault. */
const rethrow = (error) =>
  import('./missing.js').then(
    ({ named }) => named(error),
    () => Promise.reject(error),
  );

/** The engine beside this script, which bundlers include, or in the folder that the page's author named. */
function engineAt(base) {
  if (!engines.has(base)) {
    const there = () => import(/* webpackIgnore: true */ /* @vite-ignore */ new URL('ganlet.js', base).href);
    const engine = (base ? there() : import('../ganlet.js')).catch(rethrow);
    engines.set(base, engine);
    engine.catch(() => engines.delete(base)); // so that it is tried again
  }
  return engines.get(base);
}

/** Loads `digits`, or `digits@2`: that version of it, from its own folder if it isn't the newest. */
async function open({ own, base, model, part, backend }, onProgress) {
  const { capabilities, load: loadByEngine } = await engineAt(base);
  const load = (source, options) =>
    loadByEngine(source, options).catch(async (error) => {
      if (options.backend) {
        console.info(`ganlet draws on the processor: ${error.message}`);
        return load(source, { ...options, backend: undefined });
      }
      if (error.message !== capabilities().problem || part) return rethrow(error);
      const small = await import('./without_wasm.js').catch(() => {
        throw error;
      });
      return small.open(source, options, error);
    });
  const options = { models: new URL('models/', base || own), part: part || undefined, backend, onProgress };
  const isId = /^[^./\\:]+$/.test(model); // else it is a folder or a file of the page
  if (!isId) return load(new URL(model, document.baseURI), options);
  const [id, version] = model.split('@');
  const brought = globalThis[Symbol.for('ganlet')]?.models?.get(id);
  const newest = await load((!base && brought) || id, options);
  if (!version || newest.info.version === Number(version)) return newest;
  const found = `; the newest, ${newest.info.version}, is another`;
  newest.dispose();
  return load(model, options).catch((error) => {
    if (error.code === 'not_found')
      error.message = `version ${version} of '${id}' isn't here${found}: ${error.message}`;
    throw error;
  });
}

/**
 * The model that `wanted` (own, base, model, part, backend) names, until `release` is called. `onProgress` gets the
 * progress of its download. A model without users is kept for a few seconds. Without a usable GPU the processor draws.
 */
export function acquire(wanted, onProgress) {
  const key = JSON.stringify(wanted);
  const shared = models.get(key) ?? { users: 0, listeners: new Set() };
  models.set(key, shared);
  clearTimeout(shared.ending);
  ++shared.users;
  shared.listeners.add(onProgress);
  const tellAll = (progress) => {
    for (const tell of shared.listeners) tell(progress);
  };
  shared.promise ??= open(wanted, tellAll);
  const forget = () => {
    if (models.get(key) === shared) models.delete(key);
  };
  shared.promise.catch(forget); // so that it is tried again
  const end = () => {
    forget();
    shared.promise.then((model) => model.dispose()).catch(() => {});
  };
  const release = () => {
    shared.listeners.delete(onProgress);
    if (--shared.users === 0) shared.ending = setTimeout(end, mostIdleMilliseconds);
  };
  return { promise: shared.promise, release };
}

/** The seed for a text: its 64-bit FNV-1a hash, computed here and not sent anywhere. */
export function seedOf(text) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) % 2n ** 64n;
  return String(hash);
}
