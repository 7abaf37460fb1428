// The page: reads the request from its field and its address, has it drawn, and shows what came or what went wrong.
import { load } from './ganlet/ganlet.js';

import { addressOf, describe, kindOf, problemWith, requestFor } from './kinds.js';
import { Mixing } from './mixing.js';
import { Pad } from './pad.js';

const byId = (id) => document.getElementById(id);
const field = byId('text'),
  seedField = byId('seed'),
  picture = byId('picture'),
  plate = byId('plate'),
  modelChoice = byId('model');
const buttons = [byId('again'), byId('copy'), byId('download')];
const firstModel = 'digits';
const mixing = new Mixing(byId('mixing'), keepForOffline);
const downloadScale = 8;
const words = {
  lead: byId('lead').textContent,
  explanation: byId('explanation').textContent,
  again: byId('again').textContent,
};

let generator = null;
let shown = null; // what the picture shows, as `wanted` gives it
let encoded = null; // the latent of the reader's own picture
let drawing = false,
  drawAgain = false;

function seedWanted() {
  const seed = Number(seedField.value);
  return Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff ? seed : null;
}

/** What the controls say. */
function wanted() {
  const label = Number(document.querySelector('#classes input:checked')?.value ?? 0);
  return { text: field.value.trim(), label, seed: seedWanted(), z: encoded };
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
  const rows = generator ? picture.height / generator.info.image.height : 1;
  const scale =
    Math.max(1, Math.floor(Math.min((room * dense) / picture.width, (224 * rows * dense) / picture.height))) / dense;
  picture.style.width = `${picture.width * scale}px`;
  picture.style.height = `${picture.height * scale}px`;
}

function show(image, what, milliseconds) {
  picture.width = image.width;
  picture.height = image.height;
  picture.getContext('2d').putImageData(image, 0, 0);
  picture.setAttribute('aria-label', describe(generator.info, what));
  plate.classList.remove('waiting');
  fitPicture();
  if (!shown) performance.mark('first picture');
  shown = what;
  byId('caption').textContent =
    `Drawn in ${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms by this page.`;
  for (const button of buttons) button.disabled = false;
  const address = new URL(location.href);
  for (const name of ['model', 'text', 'label', 'seed']) address.searchParams.delete(name);
  for (const [name, value] of Object.entries(addressOf(generator.info, what, firstModel)))
    address.searchParams.set(name, value);
  history.replaceState(null, '', address);
  mixing.show(generator, what.seed);
  document.documentElement.dataset.drawn = address.search ? [...address.searchParams.values()].join(' ') : '';
}

/** Draws what the controls say now. While one picture is under way, only the latest request waits behind it. */
async function draw() {
  const what = wanted();
  const problem = !generator || kindOf(generator.info) === 'digits' ? problemWith(what.text) : '';
  if (problem || what.seed === null) {
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
    const image = await generator.generate(requestFor(generator.info, what));
    show(image, what, performance.now() - start);
  } catch (error) {
    if (error.code !== 'cancelled') showProblem(error.message);
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
    large.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made a PNG.'))),
      'image/png',
    );
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
  link.download = `${kindOf(generator.info) === 'digits' ? shown.text : `${generator.info.id} ${shown.seed}`}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function newSeed() {
  encoded = null;
  seedField.value = crypto.getRandomValues(new Uint32Array(1))[0] % 1000000;
  return draw();
}

/** Finds the reader's picture in the latent space and draws it from there. */
async function encode(image) {
  byId('caption').textContent = 'Looking for it in the latent space.';
  try {
    encoded = await generator.encode(image);
  } catch (error) {
    showProblem(error.message);
    return;
  }
  await draw();
}

async function encodeFile() {
  const [file] = byId('file').files;
  if (!file) return;
  try {
    await encode(await createImageBitmap(file));
  } catch {
    showProblem(`${file.name} is not a picture that this browser can read.`);
  }
}

function showClasses(labels) {
  const buttonsOf = labels.map((name, value) => {
    const input = Object.assign(document.createElement('input'), {
      type: 'radio',
      name: 'label',
      value,
      checked: value === 0,
    });
    const label = document.createElement('label');
    label.append(input, name);
    return label;
  });
  byId('classes').replaceChildren(byId('classes').firstElementChild, ...buttonsOf);
}

/** Shows the controls that a model has a use for. */
function fitControls({ title, description, labels, latentSize, hasEncoder, trainingData, license }) {
  const kind = kindOf({ labels });
  const isFirst = generator.info.id === firstModel;
  byId('request').hidden = kind !== 'digits';
  byId('classes').hidden = kind !== 'classes';
  if (kind === 'classes') showClasses(labels);
  byId('encode').hidden = !hasEncoder;
  byId('numbers').textContent = latentSize;
  byId('lead').textContent = isFirst ? words.lead : title;
  byId('again').textContent = kind === 'digits' ? words.again : 'New pictures';
  byId('explanation').textContent = isFirst
    ? words.explanation
    : [description, trainingData && `Trained on ${trainingData}.`, license && `Licence: ${license}.`]
        .filter(Boolean)
        .join(' ');
}

/** Loads a model; the one before stays until that has worked. */
async function change(id) {
  const progress = byId('progress');
  progress.value = 0;
  progress.classList.remove('done');
  try {
    const next = await load(`models/${id}/`, {
      onProgress: ({ loaded, total }) => {
        if (total > 0) progress.value = loaded / total;
      },
    });
    generator?.dispose();
    generator = next;
  } catch (error) {
    if (!generator) byId('caption').textContent = 'The network could not be loaded.';
    showProblem(error.message);
    return false;
  } finally {
    progress.classList.add('done');
  }
  encoded = null;
  fitControls(generator.info);
  return true;
}

async function chooseModel() {
  if (!(await change(modelChoice.value))) modelChoice.value = generator.info.id;
  await draw();
  keepForOffline();
}

/** Fills the list of models, which the first picture doesn't wait for. */
async function listModels() {
  try {
    const { models } = await (await fetch('models/index.json')).json();
    modelChoice.replaceChildren(
      ...models.map(({ id, title }) => new Option(title, id, false, id === generator.info.id)),
    );
    byId('model-choice').hidden = models.length < 2;
  } catch {
    // A site with one model needs no list.
  }
}

function readAddress() {
  const given = new URLSearchParams(location.search);
  if (given.has('text')) field.value = given.get('text');
  if (given.has('seed')) seedField.value = given.get('seed');
  const id = given.get('model') ?? firstModel;
  return { id: /^[a-z0-9-]+$/.test(id) ? id : firstModel, label: given.get('label') };
}

async function start() {
  plate.classList.add('waiting');
  for (const button of buttons) button.disabled = true;
  const { id, label } = readAddress();
  field.addEventListener('input', draw);
  seedField.addEventListener('input', () => {
    encoded = null;
    return draw();
  });
  byId('request').addEventListener('submit', (event) => {
    event.preventDefault();
    draw();
  });
  byId('again').addEventListener('click', newSeed);
  byId('copy').addEventListener('click', copyPicture);
  byId('download').addEventListener('click', downloadPicture);
  byId('classes').addEventListener('change', draw);
  modelChoice.addEventListener('change', chooseModel);
  const pad = new Pad(byId('pad'), encode);
  byId('clear').addEventListener('click', () => pad.clear());
  byId('file').addEventListener('change', encodeFile);
  new ResizeObserver(fitPicture).observe(plate);
  if (!(await change(id))) return;
  const chosen = document.querySelector(`#classes input[value="${Number(label)}"]`);
  if (chosen) chosen.checked = true;
  await draw();
  await listModels();
  keepForOffline();
}

/** Lets the service worker keep what this page needs, and nothing that it doesn't: one build of the engine, one model. */
async function keepForOffline() {
  if (!('serviceWorker' in navigator)) return;
  const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
  const keep = ['./', 'ganlet/worker.js', ...loaded, ...generator.info.urls].map(
    (file) => new URL(file, document.baseURI).href,
  );
  try {
    await navigator.serviceWorker.register('service-worker.js');
    const registration = await navigator.serviceWorker.ready;
    navigator.serviceWorker.addEventListener('message', () => {
      document.documentElement.dataset.kept = 'yes';
    });
    registration.active.postMessage({ keep });
  } catch {
    // Without a service worker (a file:// page, a private window) the page works online all the same.
  }
}

start();
