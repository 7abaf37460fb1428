// The page up to its first picture: draws and shows what the address and the fields ask for, or reports a problem.
// Everything else is in controls.js, which is fetched afterwards.
import { load } from './ganlet/ganlet.js';

document.documentElement.dataset.started = 'yes'; // problems.js looks for it

export const byId = (id) => document.getElementById(id);
const firstModel = 'digits';
const mostDigits = 10;
export const handJitter = 0.15; // of links that the page makes: equal digits of one hand differ, as people write them
const narrow = 480; // CSS pixels; long numbers take two rows there

/** The page's state; only `show` and `change` modify it. */
export const state = {
  model: null,
  shown: null, // what the picture shows, as returned by `wanted`
  latent: null, // of the reader's own picture
  label: 0, // until the reader picks another
  jitter: handJitter,
  milliseconds: null, // the time that the picture took
  isOwn: false, // whether the model is the reader's own, for which there is no link
  source: null, // what the model was loaded from
  refused: null, // the error of the files that could not be opened last
};

let words;
/** A sentence in the page's language, by its name in strings.json: with numbers as they are written there. */
export function say(name, values = {}) {
  words ??= JSON.parse(byId('words').textContent);
  const { lang } = document.documentElement;
  const text = words[name].other ? words[name][new Intl.PluralRules(lang).select(values.count)] : words[name];
  const written = (value) => (typeof value === 'number' ? new Intl.NumberFormat(lang).format(value) : value);
  return (text ?? words[name].other).replace(/\{(\w+)\}/g, (_, value) => written(values[value]));
}

/** Called after each picture, with what it shows. */
export const afterPicture = [];

/** 'digits': writes numbers; 'classes': draws one of its classes; 'plain': takes no label. */
export function kindOf({ labels }) {
  if ([...'0123456789'].every((digit) => labels.includes(digit))) return 'digits';
  return labels.length > 0 ? 'classes' : 'plain';
}

/** The values of the controls. */
function wanted() {
  const label = Number(document.querySelector('#classes input:checked')?.value ?? state.label);
  const text = byId('text').value.trim();
  return { text, label, seed: byId('seed').value.trim(), jitter: state.jitter, columns: columnsFor(text) };
}

const columnsFor = (text) =>
  text.length > 6 && byId('plate').clientWidth < narrow ? Math.ceil(text.length / 2) : undefined;

/** The request for what the controls say, by what the model takes. */
export function requestFor(info, { text, label, seed, jitter, columns }) {
  const kind = kindOf(info);
  const of = state.latent ? { latents: state.latent } : { seed };
  if (kind === 'digits') return { text, textLimit: mostDigits, ...of, jitter, ...(columns ? { columns } : {}) };
  return { ...(kind === 'classes' ? { label } : {}), count: state.latent ? 1 : 8, columns: 4, ...of };
}

/** A text alternative to the picture. */
function describe(info, { text, label, seed }) {
  const kind = kindOf(info);
  if (kind === 'digits' && !state.latent) return say('handwritten', { text, seed });
  const what = kind === 'digits' ? text : `${info.title}${kind === 'classes' ? `: ${info.labels[label]}` : ''}`;
  return state.latent ? say('of-picture', { what }) : say('of-seed', { what, seed });
}

/** The settings of a link to the picture. */
function settingsOf(info, { text, label, seed, jitter }) {
  const kind = kindOf(info);
  return {
    ...(info.id === firstModel || state.isOwn ? {} : { model: info.id }),
    ...(kind === 'digits' ? { text } : kind === 'classes' ? { label } : {}),
    seed,
    ...(kind === 'digits' && jitter > 0 ? { jitter } : {}),
  };
}

function writeAddress(what) {
  const address = new URL(location.href);
  for (const name of ['model', 'text', 'label', 'seed', 'jitter']) address.searchParams.delete(name);
  for (const [name, value] of Object.entries(settingsOf(state.model.info, what))) address.searchParams.set(name, value);
  try {
    history.replaceState(null, '', address);
  } catch {
    // A page without an origin of its own, such as in a sandboxed frame, can't change its address.
  }
  document.documentElement.dataset.drawn = [...address.searchParams.values()].join(' ');
}

export function showProblem(message, place = '') {
  byId('problem').textContent = message;
  const field = place === 'seed' ? byId('seed') : byId('text');
  for (const input of [byId('text'), byId('seed')])
    input.setAttribute('aria-invalid', String(message !== '' && input === field));
}

/**
 * Sizes the picture: the largest whole number of device pixels per pixel of the network that fits the plate, so that it
 * is crisp on every screen.
 */
function fitPicture() {
  const picture = byId('picture');
  const plate = byId('plate');
  const style = getComputedStyle(plate);
  const room = plate.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const dense = window.devicePixelRatio || 1;
  const rows = picture.height / (state.model?.info.image?.height ?? picture.height);
  const most = Math.min((room * dense) / picture.width, (224 * rows * dense) / picture.height);
  const scale = Math.max(1, Math.floor(most)) / dense;
  picture.style.width = `${picture.width * scale}px`;
  picture.style.height = `${picture.height * scale}px`;
}

function show(image, what, milliseconds) {
  const picture = byId('picture');
  picture.width = image.width;
  picture.height = image.height;
  picture.getContext('2d').putImageData(image, 0, 0);
  if (!state.shown) performance.mark('first picture');
  picture.setAttribute('aria-label', describe(state.model.info, what));
  byId('plate').classList.remove('waiting');
  const { info } = state.model;
  byId('plate').classList.toggle('bare', kindOf(info) !== 'digits');
  byId('plate').classList.toggle('ink', info.image?.channels === 1 && !state.isOwn); // white on black, all of ours
  fitPicture();
  state.shown = what;
  state.milliseconds = milliseconds;
  writeAddress(what);
  for (const tell of afterPicture) tell(what, milliseconds);
}

let drawing = false;
let drawAgain = false;

/** The plate has another size: so has the picture, and a long number perhaps other rows. */
function fitPlate() {
  fitPicture();
  if (state.shown && state.shown.columns !== columnsFor(state.shown.text)) draw();
}

/** Draws what the controls say now. While one picture is under way, only the latest request waits behind it. */
export async function draw() {
  const { model } = state;
  if (!model || model.info.takesPictures) return;
  drawAgain = drawing;
  if (drawing) return;
  drawing = true;
  const what = wanted();
  const start = performance.now();
  try {
    const image = await model.draw(requestFor(model.info, what));
    if (model === state.model) {
      showProblem('');
      show(image, what, performance.now() - start);
    }
  } catch (error) {
    if (error.code !== 'cancelled') showProblem(error.message, error.place);
  } finally {
    drawing = false;
  }
  if (drawAgain) await draw();
}

let loading = null; // aborts the current loading

/**
 * Loads a model, by its id or from files; the previous one stays until that has succeeded. Resolves to whether it did;
 * false if another model was chosen in the meantime.
 */
export async function change(which, parsed = Promise.resolve()) {
  loading?.abort();
  const mine = new AbortController();
  loading = mine;
  const bar = () => byId('progress') ?? document.createElement('progress'); // the element may not have been parsed yet
  bar().value = 0;
  bar().classList.remove('done');
  const onProgress = ({ loaded, total }) => {
    if (mine === loading && total > 0) bar().value = loaded / total;
  };
  try {
    const isOwn = typeof which !== 'string';
    const options = { signal: mine.signal, onProgress, chain: isOwn }; // what is guessed, the page says
    const next = await load(isOwn ? which : `ganlet/models/${which}/`, options);
    await parsed;
    if (mine !== loading) {
      next.dispose();
      return false;
    }
    state.model?.dispose();
    state.model = next;
    state.latent = null;
    state.isOwn = isOwn;
    state.source = which;
    state.refused = null;
    return true;
  } catch (error) {
    await parsed;
    if (mine !== loading) return false;
    state.refused = error;
    if (!state.model) byId('caption').textContent = say('not-loaded');
    showProblem(error.message);
    return false;
  } finally {
    if (mine === loading) bar().classList.add('done');
  }
}

/** Applies the settings of a link; a link without jitter means none. */
function readAddress(given) {
  for (const field of ['text', 'seed']) if (given.has(field)) byId(field).value = given.get(field);
  state.label = Number(given.get('label') ?? 0);
  if (['text', 'seed', 'jitter'].some((name) => given.has(name))) state.jitter = Number(given.get('jitter') ?? 0);
}

/** Draws what the reader has typed or picked, with the page's own jitter, even if the link they came by had none. */
export function drawAsAsked() {
  state.jitter ||= handJitter;
  return draw();
}

async function start() {
  const given = new URLSearchParams(location.search);
  const id = given.get('model') ?? firstModel;
  const parsed =
    document.readyState === 'loading' &&
    new Promise((done) => document.addEventListener('DOMContentLoaded', done, { once: true }));
  const loaded = change(/^[a-z0-9-]+$/.test(id) ? id : firstModel, parsed);
  await parsed;
  readAddress(given);
  byId('text').addEventListener('input', drawAsAsked);
  if (await loaded) await draw();
  // Not with `autofocus`, which makes browsers lay out the page before anything is requested.
  if (document.activeElement === document.body) byId('text').focus({ preventScroll: true });
  new ResizeObserver(fitPlate).observe(byId('plate'));
  const controls = await import('./controls.js');
  await controls.start();
}

/** Shows an error, of a script that can't be loaded with the file at fault. */
export async function showError(error) {
  await import('./ganlet/element/missing.js').then(({ named }) => named(error)).catch(() => {});
  showProblem(error.message);
}

start().catch(showError);
