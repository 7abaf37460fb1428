// The page: reads the request from its field and its address, has it drawn, and shows what came or what went wrong.
import { load } from './ganlet/ganlet.js';

const byId = (id) => document.getElementById(id);
const field = byId('text'), seedField = byId('seed'), picture = byId('picture'), plate = byId('plate');
const buttons = [byId('again'), byId('copy'), byId('download')];
const mostDigits = 10;
const downloadScale = 8;

let generator = null;
let shown = null; // the request that the picture shows: { text, seed }
let drawing = false, drawAgain = false;

/** What stands in the way of drawing `text`; empty where nothing does. The command line has the same words. */
function problemWith(text) {
  if (!/^[0-9]*$/.test(text) || text === '') return 'Request invalid. Should only contain digits (0-9).';
  if (text.length > mostDigits) return `Request too long. Max ${mostDigits} digits.`;
  return '';
}

function seedWanted() {
  const seed = Number(seedField.value);
  return Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff ? seed : null;
}

function showProblem(message, of = field) {
  byId('problem').textContent = message;
  for (const input of [field, seedField]) input.setAttribute('aria-invalid', String(message !== '' && input === of));
}

/** The largest whole number of device pixels for a pixel of the network that fits the plate: crisp on every screen. */
function fitPicture() {
  const style = getComputedStyle(plate);
  const room = plate.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const dense = window.devicePixelRatio || 1;
  const scale = Math.max(1, Math.floor(Math.min((room * dense) / picture.width, (224 * dense) / picture.height))) / dense;
  picture.style.width = `${picture.width * scale}px`;
  picture.style.height = `${picture.height * scale}px`;
}

function show(image, text, seed, milliseconds) {
  picture.width = image.width;
  picture.height = image.height;
  picture.getContext('2d').putImageData(image, 0, 0);
  picture.setAttribute('aria-label', `${text}, handwritten with seed ${seed}`);
  plate.classList.remove('waiting');
  fitPicture();
  if (!shown) performance.mark('first picture');
  shown = { text, seed };
  byId('caption').textContent = `Drawn in ${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms by this page.`;
  for (const button of buttons) button.disabled = false;
  const address = new URL(location.href);
  address.searchParams.set('text', text);
  address.searchParams.set('seed', seed);
  history.replaceState(null, '', address);
  document.documentElement.dataset.drawn = `${text} ${seed}`;
}

/** Draws what the fields say now. While one picture is under way, only the latest request waits behind it. */
async function draw() {
  const text = field.value.trim(), seed = seedWanted();
  const problem = problemWith(text);
  if (problem || seed === null) {
    if (problem) showProblem(problem);
    else showProblem('The seed should be a whole number from 0 to 4294967295.', seedField);
    return;
  }
  showProblem('');
  if (!generator) return;
  if (drawing) {
    drawAgain = true;
    return;
  }
  drawing = true;
  try {
    const start = performance.now();
    const image = await generator.generate({ text, seed });
    show(image, text, seed, performance.now() - start);
  } catch (error) {
    showProblem(error.message);
  } finally {
    drawing = false;
  }
  if (drawAgain) {
    drawAgain = false;
    await draw();
  }
}

/** The picture as a PNG file, each pixel of the network `downloadScale` pixels wide. */
function pictureAsPng() {
  const large = document.createElement('canvas');
  large.width = picture.width * downloadScale;
  large.height = picture.height * downloadScale;
  const context = large.getContext('2d');
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, large.width, large.height);
  return new Promise((resolve, reject) => {
    large.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made a PNG.'))), 'image/png');
  });
}

async function copyPicture() {
  try {
    // Safari wants the promise itself, made while the click is still being handled.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': pictureAsPng() })]);
    byId('caption').textContent = 'Copied.';
  } catch {
    byId('caption').textContent = 'This browser did not let the page copy a picture. Download it instead.';
  }
}

async function downloadPicture() {
  const address = URL.createObjectURL(await pictureAsPng());
  const link = document.createElement('a');
  link.href = address;
  link.download = `${shown.text}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function newHandwriting() {
  seedField.value = crypto.getRandomValues(new Uint32Array(1))[0] % 1000000;
  return draw();
}

function readAddress() {
  const wanted = new URLSearchParams(location.search);
  if (wanted.has('text')) field.value = wanted.get('text');
  if (wanted.has('seed')) seedField.value = wanted.get('seed');
}

async function start() {
  plate.classList.add('waiting');
  for (const button of buttons) button.disabled = true;
  readAddress();
  field.addEventListener('input', draw);
  seedField.addEventListener('input', draw);
  byId('request').addEventListener('submit', (event) => {
    event.preventDefault();
    draw();
  });
  byId('again').addEventListener('click', newHandwriting);
  byId('copy').addEventListener('click', copyPicture);
  byId('download').addEventListener('click', downloadPicture);
  new ResizeObserver(fitPicture).observe(plate);
  const progress = byId('progress');
  try {
    generator = await load('models/digits/', {
      onProgress: ({ loaded, total }) => {
        if (total > 0) progress.value = loaded / total;
      },
    });
  } catch (error) {
    byId('caption').textContent = 'The network could not be loaded.';
    showProblem(error.message);
    return;
  } finally {
    progress.classList.add('done');
  }
  await draw();
  keepForOffline();
}

/** Lets the service worker keep what this page needs, and nothing that it doesn't: one build of the engine, one model. */
async function keepForOffline() {
  if (!('serviceWorker' in navigator)) return;
  const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
  const keep = ['./', 'ganlet/worker.js', ...loaded, ...generator.info.urls].map((file) => new URL(file, document.baseURI).href);
  try {
    await navigator.serviceWorker.register('service-worker.js');
    const registration = await navigator.serviceWorker.ready;
    navigator.serviceWorker.addEventListener('message', () => { document.documentElement.dataset.kept = 'yes'; });
    registration.active.postMessage({ keep });
  } catch {
    // Without a service worker (a file:// page, a private window) the page works online all the same.
  }
}

start();
