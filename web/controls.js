// Everything that the page can do besides its first picture: other models, classes and handwritings, the reader's own
// picture, mixed styles, copying and saving the picture, and working offline.
import { afterPicture, byId, change, draw, drawAsAsked, kindOf, showProblem, state } from './app.js';
import { Mixing } from './mixing.js';
import { Pad } from './pad.js';

const firstModel = 'digits';
const downloadScale = 8;
const modelChoice = byId('model');
const buttons = [byId('again'), byId('copy'), byId('download')];
const mixing = new Mixing(byId('mixing'), keepForOffline);
const words = {
  lead: byId('lead').textContent,
  explanation: byId('explanation').textContent,
  again: byId('again').textContent,
};

let fitted = null; // the model that the controls have been fitted to
let firstTime = null; // the time of the page's first picture, until it has been shown
let questions = 0; // counts questions to the service worker

const inWords = (milliseconds) => `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;

/** The picture as a PNG file, each pixel of the network `downloadScale` pixels wide. */
function pictureAsPng() {
  const picture = byId('picture');
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
    // Safari needs the promise itself, created while the click is still being handled.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': pictureAsPng() })]);
    byId('caption').textContent = 'Copied.';
  } catch {
    byId('caption').textContent = 'This browser did not let the page copy a picture. Download it instead.';
  }
}

async function downloadPicture() {
  const { info } = state.model;
  const address = URL.createObjectURL(await pictureAsPng());
  const link = document.createElement('a');
  link.href = address;
  link.download = `${kindOf(info) === 'digits' ? state.shown.text : `${info.id} ${state.shown.seed}`}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function newSeed() {
  state.latent = null;
  byId('seed').value = crypto.getRandomValues(new Uint32Array(1))[0] % 1000000;
  return drawAsAsked();
}

/** Finds the reader's picture in the latent space and draws from there. */
async function encode(image) {
  const { model } = state;
  byId('caption').textContent = 'Looking for it in the latent space.';
  try {
    const latent = await model.encode(image);
    if (model !== state.model) return;
    state.latent = latent;
  } catch (error) {
    if (model === state.model) showProblem(error.message);
    return;
  }
  await draw();
}

async function encodeFile() {
  const [file] = byId('file').files;
  if (!file) return;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    showProblem(`${file.name} is not a picture that this browser can read.`);
    return;
  }
  await encode(bitmap);
}

function showClasses(labels) {
  const choices = labels.map((name, value) => {
    const checked = value === state.label;
    const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'label', value, checked });
    const label = document.createElement('label');
    label.append(input, name);
    return label;
  });
  byId('classes').replaceChildren(byId('classes').firstElementChild, ...choices);
}

/** Shows the controls that are useful for the model. */
function fitControls() {
  if (fitted === state.model) return;
  fitted = state.model;
  const { id, title, description, labels, latentSize, hasEncoder, trainingData, license } = fitted.info;
  const kind = kindOf({ labels });
  const isFirst = id === firstModel;
  byId('request').hidden = kind !== 'digits';
  byId('classes').hidden = kind !== 'classes';
  showClasses(kind === 'classes' ? labels : []);
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

/**
 * Updates the page for a picture that has been drawn. The first one took longer, since the engine had not run before:
 * both times are shown.
 */
function tellOf({ seed }, milliseconds) {
  const first = firstTime === null ? '' : `, ${inWords(firstTime)} the first time`;
  firstTime = null;
  byId('caption').textContent = `Drawn in ${inWords(milliseconds)} by this page${first}.`;
  for (const button of buttons) button.disabled = false;
  mixing.show(state.model, BigInt(seed));
}

async function chooseModel() {
  const id = modelChoice.value;
  state.label = 0;
  if (await change(id)) {
    fitControls();
    await draw();
    keepForOffline();
  } else if (modelChoice.value === id) {
    modelChoice.value = state.model?.info.id; // after a failure, or if another model has been chosen since
  }
}

async function listModels() {
  const url = new URL('ganlet/models/index.json', document.baseURI).href;
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`got HTTP ${answer.status}`);
    const { models } = await answer.json();
    const chosen = state.model?.info.id ?? modelChoice.value;
    modelChoice.replaceChildren(...models.map(({ id, title }) => new Option(title, id, false, id === chosen)));
    byId('model-choice').hidden = models.length < 2;
  } catch (error) {
    if (byId('problem').textContent === '')
      showProblem(`The list of models could not be read: ${error.message}, ${url}`);
  }
}

/** Asks the service worker to keep exactly what this page needs: one build of the engine and one model. */
async function keepForOffline() {
  if (!state.model) return;
  const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
  const keep = ['./', 'ganlet/engine.js', ...loaded, ...state.model.info.urls].map(
    (file) => new URL(file, document.baseURI).href,
  );
  try {
    await navigator.serviceWorker.register('service-worker.js');
    const { active } = await navigator.serviceWorker.ready;
    const { port1: answer, port2: port } = new MessageChannel();
    const question = ++questions;
    answer.onmessage = () => {
      answer.close();
      if (question !== questions) return; // it was about a model that is no longer shown
      document.documentElement.dataset.kept = 'yes';
    };
    delete document.documentElement.dataset.kept;
    active.postMessage({ keep }, [port]);
  } catch {
    // Without service workers (in a sandboxed frame or a private window), the page still works online.
  }
}

function listen() {
  byId('seed').addEventListener('input', () => {
    state.latent = null;
    return drawAsAsked();
  });
  byId('request').addEventListener('submit', (event) => {
    event.preventDefault();
    drawAsAsked();
  });
  byId('again').addEventListener('click', newSeed);
  byId('copy').addEventListener('click', copyPicture);
  byId('download').addEventListener('click', downloadPicture);
  byId('classes').addEventListener('change', draw);
  modelChoice.addEventListener('change', chooseModel);
  const pad = new Pad(byId('pad'), encode);
  byId('clear').addEventListener('click', () => pad.clear());
  byId('file').addEventListener('change', encodeFile);
}

export async function start() {
  firstTime = state.milliseconds;
  listen();
  afterPicture.push(tellOf);
  if (state.model) fitControls();
  await draw(); // again, now that the engine has run, to measure its usual time
  await listModels();
  await keepForOffline();
}
