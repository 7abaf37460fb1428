// The page around the studio: starts the program, runs its frames when it asks for them, and describes in words what it
// shows.
import { download } from '../ganlet/download.js';
import { keepForOffline, offerUpdates } from '../offline.js';
import {
  copyPicture,
  Files,
  fetchFile,
  listenForFiles,
  makePage,
  readPicture,
  saveFile,
  store,
  stored,
} from './page_files.js';
import { cursorName, listenForInput } from './page_input.js';
import createProgram from './studio-program.js';

document.documentElement.dataset.started = 'yes'; // problems.js looks for it

const find = (id) => document.getElementById(id);
const canvas = find('studio');
const keys = find('keys');
let program = null,
  background = null,
  files = null;
let backgroundMemory = 0; // bytes
let scheduled = false;
let hasFailed = false;
let followFrame = () => {};

function tell(problem, withLink = false) {
  find('loading').hidden = true;
  const box = find('problem');
  box.textContent = problem;
  if (withLink) {
    const link = document.createElement('a');
    link.href = './';
    link.textContent = 'The plain page works without it.';
    box.append(' ', link);
  }
  box.hidden = false;
}

/** After a trap in one of the programs, whose text this is, nothing goes on. The address keeps what was shown. */
function tellOfTrap(text) {
  if (hasFailed) return;
  hasFailed = true;
  background?.terminate();
  canvas.inert = keys.inert = find('mirror').inert = true;
  tell(`The studio has failed, by a fault of its own (internal): ${text}.`, true);
  const again = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Start it again' });
  again.addEventListener('click', () => location.reload());
  find('problem').append(' ', again);
}

/** Told of what nothing has caught, this looks for traps, also those that a program makes on purpose. */
function watchTraps() {
  const look = (error) => error instanceof WebAssembly.RuntimeError && tellOfTrap(error.message);
  addEventListener('error', ({ error }) => look(error));
  addEventListener('unhandledrejection', ({ reason }) => look(reason));
}

/** What is wrong with the first of these files that can't be used; if all can, what `otherwise` says. */
async function faultIn(names, otherwise) {
  for (const name of names)
    try {
      await download(new URL(name, import.meta.url).href);
    } catch ({ message }) {
      return message;
    }
  return otherwise;
}

// --- frames: only when the program asks; browsers themselves pause them while the page is hidden ---
function frameNow() {
  if (hasFailed) return;
  if (program._studio_frame() === 1) schedule();
  followFrame();
}
function schedule() {
  if (scheduled || !program) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    frameNow();
  });
}

// --- the worker, which no frame waits for; it starts while the page's own program does ---
function startBackground() {
  background = new Worker(new URL('background.js', import.meta.url), { type: 'module' });
  background.addEventListener('message', ({ data: { message, memory, used } }) => {
    if (used) return void keepForOffline([used]);
    backgroundMemory = memory;
    const at = program._studio_message(message.length);
    program.HEAPU8.set(message, at);
    program._studio_received();
  });
  background.addEventListener('error', async (event) => {
    const [, trap] = /RuntimeError: (.*)/.exec(event.message) ?? [];
    if (trap) return tellOfTrap(trap);
    const names = ['background.js', 'program_files.js', 'studio-background.js', 'studio-background.wasm'];
    const why = await faultIn(names, event.message || 'its worker did not start');
    tell(`The studio can't go on: ${why}. Reloading the page may help.`, true);
  });
}

const host = {
  redraw: schedule,
  send: (message) => background.postMessage({ message }, [message.buffer]),
  backgroundMemory: () => backgroundMemory,
  fetch: (id, path) => void fetchFile(program, files, id, path),
  save: (name, bytes) =>
    void saveFile(name, bytes).catch((error) => host.say(`${name} can't be saved: ${error.message}`)),
  readPicture: (id, path) => void readPicture(program, files, id, path),
  makePage: (attributes) =>
    void makePage(Object.fromEntries(new URLSearchParams(attributes)), files).then(host.say, ({ message }) =>
      host.say(`The page can't be made: ${message}`),
    ),
  chooseFile: () => find('chooser').click(),
  canCopyPicture: () => Boolean(globalThis.ClipboardItem && globalThis.OffscreenCanvas && navigator.clipboard?.write),
  copyPicture: (pixels, width, height) =>
    void copyPicture(pixels, width, height).catch((error) => host.say(`The picture can't be copied: ${error.message}`)),
  copyText: (text) => void navigator.clipboard?.writeText(text).catch(() => {}),
  stored,
  store,
  address: () => `${location.origin}${location.pathname}`,
  prefers: (what) => matchMedia(what).matches,
  cursor: (kind) => {
    canvas.style.cursor = cursorName(kind);
  },
  say: (text) => {
    find('said').textContent = text;
    find('loading').hidden = true;
    document.documentElement.dataset.said = text;
  },
  setAddress: (fragment) => {
    history.replaceState(null, '', fragment ? `#${fragment}` : location.pathname + location.search);
    const settings = new URLSearchParams(fragment);
    if (document.activeElement !== find('mirror-text')) find('mirror-text').value = settings.get('text') ?? '2026';
    if (document.activeElement !== find('mirror-seed')) find('mirror-seed').value = settings.get('seed') ?? '12';
    document.documentElement.dataset.fragment = fragment;
  },
};

// --- the canvas: as many pixels as the screen has there, at any zoom ---
function watchSize() {
  const resize = (width, height) => {
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    program._studio_resize(width, height, devicePixelRatio);
    frameNow();
  };
  const measure = (entry) => {
    const exact = entry?.devicePixelContentBoxSize?.[0];
    const box = canvas.getBoundingClientRect();
    const width = box.width * devicePixelRatio,
      height = box.height * devicePixelRatio;
    // When a browser emulates another screen, the exact size is still that of the real one.
    if (exact && Math.abs(exact.inlineSize - width) < 2) resize(exact.inlineSize, exact.blockSize);
    else resize(Math.round(width), Math.round(height));
  };
  const observer = new ResizeObserver(([entry]) => measure(entry));
  try {
    observer.observe(canvas, { box: 'device-pixel-content-box' });
  } catch {
    observer.observe(canvas);
  }
  const watchRatio = () =>
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      'change',
      () => {
        measure();
        watchRatio();
      },
      { once: true },
    );
  watchRatio();
  measure();
}

function watchContext() {
  canvas.addEventListener('webglcontextlost', (event) => {
    event.preventDefault(); // so that it can be restored
    program._studio_context(0);
    tell('The graphics were taken away by the system; the studio goes on as soon as they are back.');
  });
  canvas.addEventListener('webglcontextrestored', () => {
    find('problem').hidden = true;
    program._studio_context(1);
    frameNow();
  });
}

function watchMirror() {
  const command = (text) => program.ccall('studio_command', null, ['string'], [text]);
  for (const name of ['generate', 'save', 'undo'])
    find(`mirror-${name}`).addEventListener('click', () => command(name));
  for (const name of ['text', 'seed'])
    find(`mirror-${name}`).addEventListener('change', (event) =>
      command(`${name}=${encodeURIComponent(event.target.value)}`),
    );
  addEventListener('hashchange', () => command(location.hash || '#'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => program._studio_redraw());
}

/**
 * The position of a control in the page's units, by its label; null if it isn't on the screen. Scripts and tests press
 * it there.
 */
function placeOf(label) {
  const at = program.ccall('studio_place_of', 'number', ['string'], [label]);
  if (at === 0) return null;
  const ratio = canvas.clientWidth / canvas.width;
  const [left, top, right, bottom] = new Float32Array(program.HEAPU8.buffer, at, 4).map((side) => side * ratio);
  return { x: (left + right) / 2, y: (top + bottom) / 2, width: right - left, height: bottom - top };
}

async function start() {
  watchTraps();
  if (!document.createElement('canvas').getContext('webgl2')) {
    tell('The studio needs WebGL2, which this browser does not have or does not allow.', true);
    return;
  }
  try {
    startBackground();
    program = await createProgram({ host, noInitialRun: true });
    files = new Files(program, background);
    [canvas.width, canvas.height] = [
      Math.round(innerWidth * devicePixelRatio),
      Math.round(innerHeight * devicePixelRatio),
    ];
    const settings = [location.search, location.hash].filter((text) => text.length > 1);
    program.callMain(settings);
  } catch (error) {
    if (program && error instanceof WebAssembly.RuntimeError) throw error; // a trap
    tell(`The studio can't start: ${await faultIn(['studio-program.wasm'], error.message)}`, true);
    return;
  }
  watchSize();
  watchContext();
  watchMirror();
  listenForFiles(program, files, find('chooser'));
  followFrame = listenForInput(program, canvas, keys, frameNow);
  canvas.placeOf = placeOf;
  find('loading').hidden = true;
  canvas.focus({ preventScroll: true });
  performance.mark('interactive');
  void keepForOffline([], ['studio']);
  void offerUpdates();
}

await start();
