// What pages ask of the site's service worker (service-worker.js): to keep files for when there is no network, and to
// let a newer version in.
const address = new URL('service-worker.js', import.meta.url).href;

/** Resolves once a worker runs, and rejects if it never will. */
function activated(worker) {
  return new Promise((done, failed) => {
    const look = () => {
      if (worker.state === 'activated') done(worker);
      if (worker.state === 'redundant') failed(new Error('the service worker could not be installed'));
    };
    worker.addEventListener('statechange', look);
    look();
  });
}

/** A worker that runs is taken as it is: in Firefox, to register waits until a look for a newer one has its answer. */
async function register() {
  if (origin === 'null') throw new Error('a page without an origin has no service worker'); // Firefox logs being asked
  const running = await navigator.serviceWorker.getRegistration(address);
  return running?.active?.scriptURL === address ? running : navigator.serviceWorker.register(address);
}

let registering;
/** Pages without an origin of their own, and private windows, have no service workers: it rejects. */
function registered() {
  registering ??= register();
  return registering;
}

/** The worker's answer to a message. */
async function ask(message) {
  const registration = await registered();
  const { active, waiting, installing } = registration;
  const worker = await activated(active ?? waiting ?? installing);
  const { port1: answers, port2: port } = new MessageChannel();
  const answer = new Promise((done) => {
    answers.onmessage = ({ data }) => done(data);
  });
  worker.postMessage(message, [port]);
  return answer.finally(() => answers.close());
}

const kept = new Set(); // addresses
let unanswered = 0;
let hasFailed = false;

/**
 * Keeps files, by their addresses, and whole variants of assets.json. Gives whether that has worked; once nothing more
 * is under way, the root element's `data-kept` says so of all.
 */
export async function keepForOffline(files, variants = []) {
  const { dataset } = document.documentElement;
  if (unanswered++ === 0) hasFailed = false;
  delete dataset.kept;
  const wanted = files.map((file) => new URL(file, document.baseURI).href).filter((url) => !kept.has(url));
  const answer = await ask({ keep: wanted, variants }).catch(() => ({ kept: false }));
  if (answer.kept) for (const url of wanted) kept.add(url);
  else hasFailed = true;
  if (--unanswered === 0) dataset.kept = hasFailed ? 'no' : 'yes';
  return answer.kept;
}

/** No longer keeps variants. */
export async function forget(variants) {
  kept.clear();
  return (await ask({ forget: variants }).catch(() => ({}))).forgotten === true;
}

/** The variants that are wholly kept. */
export const keptVariants = async () => (await ask({ what: true }).catch(() => ({}))).variants ?? [];

const look = `
.newer { position: fixed; inset: auto 1rem 1rem; z-index: 9; margin: 0 auto; inline-size: fit-content;
  max-inline-size: calc(100% - 2rem); display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center;
  padding: 0.6rem 1rem; border: 1px solid; border-radius: 0.8rem; background: var(--page); color: var(--ink);
  font: 1rem/1.4 system-ui, sans-serif }
.newer button { min-height: 2.5rem; padding: 0.3rem 0.9rem; font: inherit }`;

function offer(worker, { text, button }) {
  if (document.querySelector('.newer')) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(look);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const box = Object.assign(document.createElement('p'), { className: 'newer', role: 'status' });
  const use = Object.assign(document.createElement('button'), { type: 'button', textContent: button });
  use.addEventListener('click', () => worker.postMessage({ update: true }));
  box.append(text, use);
  document.body.append(box);
}

/**
 * Tells the reader when a newer version of the site is ready, and reloads the page when it has taken over, be it that
 * the reader wanted so here or in another window.
 */
export async function offerUpdates(words = { text: 'A newer version of this page is ready.', button: 'Use it' }) {
  const registration = await registered().catch(() => undefined);
  if (!registration) return;
  const { controller } = navigator.serviceWorker;
  const watch = (worker) => {
    const ready = () => worker.state === 'installed' && registration.active && offer(worker, words);
    worker?.addEventListener('statechange', ready);
    if (worker) ready();
  };
  watch(registration.waiting ?? registration.installing);
  registration.addEventListener('updatefound', () => watch(registration.installing));
  registration.update().catch(() => {}); // not every browser looks at each visit
  if (controller) navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
}
