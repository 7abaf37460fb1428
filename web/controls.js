// What the page can do besides its first picture: another model, class or handwriting, the reader's own picture or
// generator, mixed styles, a copy or a file of the picture, and all of it offline.
import {
  afterPicture,
  byId,
  change,
  draw,
  drawAsAsked,
  kindOf,
  requestFor,
  say,
  showError,
  showProblem,
  state,
} from './app.js';
import { listenForFiles } from './files.js';
import { jsonAt } from './json.js';
import { Mixing } from './mixing.js';
import { keepForOffline, offerUpdates } from './offline.js';

const firstModel = 'digits';
const downloadScale = 8;
const modelChoice = byId('model');
const buttons = [byId('again'), byId('copy'), byId('download')];
const mixing = new Mixing(byId('mixing'), keepPage);
const words = {
  lead: byId('lead').textContent,
  explanation: byId('explanation').textContent,
  again: byId('again').textContent,
};

let fitted = null; // the model that the controls are for
let firstTime = null; // milliseconds of the page's first picture, until that has been said
let ownFiles = null; // the files of the reader's own model, which is `ownChoice` among the choices

const ownChoice = ' ';
let pad = null; // for models with an encoder, once there is one
let translate = null; // the module for models that make pictures of pictures, once there is one

const inWords = (milliseconds) => `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;

/** The picture as a PNG file, as it is seen, with each pixel of the network `downloadScale` pixels wide. */
async function pictureAsPng() {
  const [picture, { info }, request] = [byId('picture'), state.model, requestFor(state.model.info, state.shown)];
  const isInverted = getComputedStyle(picture).filter !== 'none';
  const { pngOf } = await import('./png.js');
  const png = await pngOf(picture, downloadScale, info, request, isInverted);
  if (!png) throw new Error(say('no-png'));
  return png;
}

async function copyPicture() {
  try {
    // Safari needs the promise itself, created while the click is still being handled.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': pictureAsPng() })]);
    byId('caption').textContent = say('copied');
  } catch {
    byId('caption').textContent = say('not-copied');
  }
}

async function downloadPicture() {
  const { info } = state.model;
  const name = kindOf(info) === 'digits' ? state.shown.text : `${info.id} ${state.shown.seed}`;
  const png = await pictureAsPng();
  const { saveAs } = await import('./png.js');
  saveAs(png, `${name}.png`);
}

function newSeed() {
  state.latent = null;
  byId('seed').value = crypto.getRandomValues(new Uint32Array(1))[0] % 1000000;
  return drawAsAsked();
}

/** Finds the reader's picture in the latent space and draws from there. */
async function encode(image) {
  const { model } = state;
  byId('caption').textContent = say('searching');
  try {
    const latent = await model.encode(image);
    if (model !== state.model) return;
    state.latent = latent;
  } catch (error) {
    if (model === state.model) await showError(error);
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
    showProblem(say('no-picture', { name: file.name }));
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

/** What was guessed of the reader's own model is said beside its picture until the reader finds it right. */
function showGuesses(guesses) {
  byId('guesses').hidden = !guesses;
  byId('guesses').firstElementChild.textContent = guesses ? say('guesses', { guesses }) : '';
  byId('save-onnx').hidden = !state.isOwn || Boolean(guesses);
}

function acceptGuesses() {
  showGuesses('');
  byId('save-onnx').focus();
}

/** Shows a pad, in place of picture and controls, for a model that makes pictures of pictures. */
async function fitTranslation() {
  const { takesPictures } = fitted.info;
  byId('plate').parentNode.hidden = byId('controls').hidden = takesPictures;
  if (takesPictures) translate ??= await import('./translate.js');
  await translate?.show();
}

async function makePad() {
  const { Pad } = await import('./pad.js');
  pad ??= new Pad(byId('pad'), encode);
}

/** Shows the controls that are useful for the model. */
async function fitControls() {
  if (!state.model || fitted === state.model) return;
  fitted = state.model;
  const { id, title, description, labels, latentSize, hasEncoder, trainingData, license, guesses } = fitted.info;
  const kind = kindOf({ labels });
  const isFirst = id === firstModel;
  byId('request').hidden = kind !== 'digits';
  byId('classes').hidden = kind !== 'classes';
  showClasses(kind === 'classes' ? labels : []);
  byId('encode').hidden = !hasEncoder;
  byId('numbers').textContent = latentSize;
  showGuesses(guesses);
  byId('lead').textContent = isFirst ? words.lead : title;
  byId('again').textContent = kind === 'digits' ? words.again : say('new-pictures');
  byId('explanation').textContent = isFirst
    ? words.explanation
    : [description, trainingData && say('trained-on', { data: trainingData }), license && say('licence', { license })]
        .filter(Boolean)
        .join(' ');
  await Promise.all([hasEncoder && makePad(), fitTranslation()]);
}

/** Draws with the controls of the model. What these lack is said afterwards: a picture takes back what was said. */
async function drawFitted() {
  const fitting = fitControls().then(
    () => null,
    (error) => error,
  );
  await draw();
  fitting.then((error) => error && showError(error));
}

/**
 * Updates the page for a picture that has been drawn. The first one took longer, since the engine had not run before:
 * both times are shown.
 */
function tellOf({ seed }, milliseconds) {
  const time = inWords(milliseconds);
  byId('caption').textContent =
    firstTime === null ? say('drawn', { time }) : say('drawn-first', { time, first: inWords(firstTime) });
  firstTime = null;
  for (const button of buttons) button.disabled = false;
  mixing.show(state.model, BigInt(seed));
}

/** The choice that the page shows. */
const choiceOf = () => (state.isOwn ? ownChoice : state.model?.info.id);

async function chooseModel() {
  const id = modelChoice.value;
  state.label = 0;
  const isOwn = id === ownChoice;
  if (await change(isOwn ? ownFiles : id)) {
    byId('reading').hidden = true;
    if (isOwn) (await reading()).showReading(ownFiles, openOwn);
    await drawFitted();
    keepPage();
  } else if (modelChoice.value === id) {
    modelChoice.value = choiceOf(); // after a failure, or if another model has been chosen since
  }
}

const reading = () => import('./reading.js');

async function openFiles(files) {
  if (state.model?.info.takesPictures && files.length === 1 && files[0].type.startsWith('image/')) {
    await translate?.take(files[0]);
    return;
  }
  await openOwn(await (await reading()).described(files));
}

/** Opens the reader's own files, or what `reading.js` made of them. */
async function openOwn(given) {
  const isOpen = await change(given);
  if (isOpen || state.refused) (await reading()).showReading(given, openOwn);
  if (!isOpen) return;
  ownFiles = given;
  const title = state.model.info.title || say('own-model');
  modelChoice.querySelector(`[value="${ownChoice}"]`)?.remove();
  modelChoice.append(new Option(title, ownChoice, false, true));
  modelChoice.value = ownChoice;
  await drawFitted();
}

/** Lists the models of index.json to choose from: those that draw, and those that make pictures of pictures. */
async function listModels() {
  const url = new URL('ganlet/models/index.json', document.baseURI).href;
  try {
    const { models, translators = [] } = await jsonAt(url);
    const chosen = state.model?.info.id ?? modelChoice.value;
    const choices = [...models, ...translators];
    modelChoice.replaceChildren(...choices.map(({ id, title }) => new Option(title, id, false, id === chosen)));
    byId('model-choice').hidden = choices.length < 2;
    return { models, translators };
  } catch (error) {
    if (byId('problem').textContent === '') showProblem(say('no-list', { why: error.message }));
    return { models: [], translators: [] };
  }
}

/** What this page needs is kept, and nothing that it doesn't: one build of the engine, one model. */
function keepPage() {
  if (!state.model || state.isOwn) return undefined;
  const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
  return keepForOffline(
    [
      './',
      'ganlet/engine.js',
      'ganlet/pictures.js',
      'png.js',
      'ganlet/element/save.js',
      ...loaded,
      ...state.model.info.urls,
    ],
    [`model ${state.model.info.id}`],
  );
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
  byId('download').addEventListener('click', () => downloadPicture().catch(showError));
  byId('classes').addEventListener('change', draw);
  modelChoice.addEventListener('change', chooseModel);
  byId('clear').addEventListener('click', () => pad?.clear());
  byId('file').addEventListener('change', encodeFile);
  listenForFiles((files) => openFiles(files).catch(showError));
  byId('accept').addEventListener('click', acceptGuesses);
}

export async function start() {
  firstTime = state.milliseconds;
  listen();
  afterPicture.push(tellOf);
  await drawFitted(); // once more, now that the engine has run: for the time that it takes from now on
  const listed = await listModels();
  const landing = await import('./landing.js');
  landing.start(listed);
  await keepPage();
  await offerUpdates({ text: say('newer'), button: say('use-newer') });
}
