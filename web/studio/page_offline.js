// Offline use: passes what the studio has loaded to the site's service worker, which keeps it. The plain page keeps its
// own files and none of these, so it never downloads the studio.

const own = [
  'studio.html',
  'studio/studio.css',
  'studio/studio.js',
  'studio/page_files.js',
  'studio/page_input.js',
  'studio/page_offline.js',
  'studio/program_files.js',
  'studio/page_webp.js',
  'studio/background.js',
  'studio/studio-background.js',
  'studio/studio-background.wasm',
  'studio/studio-program.js',
  'studio/studio-program.wasm',
  'ganlet/download.js',
  'ganlet/errors.js',
  'problems.js',
  'icon.svg',
];
const handed = new Set();
let unanswered = 0;

function answered() {
  unanswered = Math.max(0, unanswered - 1);
  if (unanswered === 0) document.documentElement.dataset.kept = 'yes';
}

/** Keeps the studio's own files, or files of models as they are fetched. */
export async function keepForOffline(files = own) {
  const keep = files.map((file) => new URL(file, document.baseURI).href).filter((url) => !handed.has(url));
  if (!('serviceWorker' in navigator) || keep.length === 0) return;
  for (const url of keep) handed.add(url);
  if (++unanswered === 1) delete document.documentElement.dataset.kept;
  try {
    await navigator.serviceWorker.register('service-worker.js');
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ keep });
  } catch {
    /* pages without a secure origin, and private windows, work online all the same */
  }
}

navigator.serviceWorker?.addEventListener('message', answered);
navigator.serviceWorker?.startMessages();
