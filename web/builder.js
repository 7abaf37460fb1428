// "Paste this": what the reader chooses, as a picture, and as a tag, a frame, an address and one file for their pages.
import { byId, handJitter, kindOf, say } from './app.js';
import { droppedFiles } from './dropped.js';
import { load } from './ganlet/ganlet.js';
import { liveText, widthOf } from './ganlet/ganlet-image.js';
import { jsonAt } from './json.js';
import { escaped, frameOf, singleFile, tagOf } from './single_file.js';

const library = new URL('ganlet/', document.baseURI).href;
const form = byId('builder');
const fields = form.elements;
const preview = byId('preview').querySelector('ganlet-image');
const tell = (text) => {
  byId('paste-state').textContent = text;
};
const descriptions = new Map(); // promises of model.json, by id

let own; // the reader's own model: { id, name, bytes }
let drawn; // the request of the preview's picture
let shape = { kind: 'digits', sides: 28, channels: 1 }; // of the model that is chosen

/** model.json of a shipped model; each is asked for once. */
export function descriptionOf(id) {
  if (!descriptions.has(id)) {
    const description = jsonAt(`${library}models/${id}/model.json`);
    description.catch(() => descriptions.delete(id)); // to be asked for again
    descriptions.set(id, description);
  }
  return descriptions.get(id);
}

/** How a model's pictures may be coloured: handwriting as the text around it, pictures in colour as they are. */
function colours() {
  const kind = fields.colours.value;
  if (kind === 'text') return { ink: 'currentColor', paper: 'transparent' };
  if (kind === 'inverted') return { palette: 'inverted' };
  return kind === 'own' ? { ink: fields.ink.value, paper: fields.paper.value } : {};
}

/** The attributes of what is chosen, without those that say nothing. */
function attributes() {
  const motion = fields.motion.value;
  return {
    model: own ? `models/${own.name}` : fields.model.value,
    text: shape.kind === 'digits' ? fields.text.value.trim() : undefined,
    label: shape.kind === 'classes' ? fields.label.value : undefined,
    seed: fields.seed.value.trim(),
    jitter: shape.kind === 'digits' ? handJitter : undefined,
    ...colours(),
    motion: motion === 'none' ? undefined : motion,
    width: Number(fields.width.value),
  };
}

/** The name of a file of what is chosen. */
function nameOf(ending) {
  const { model, text } = attributes();
  return `${own ? own.name.replace(/\.onnx$/, '') : (text?.match(/^\d+$/)?.[0] ?? model)}.${ending}`;
}

/** Of a request and how it is looked at, what an address says. */
function queryOf({ model, width, ...asked }, without = []) {
  const given = Object.entries(asked).filter(([name, value]) => value !== undefined && !without.includes(name));
  return new URLSearchParams(given).toString();
}

function writeCodes() {
  const chosen = attributes();
  const { model, width } = chosen;
  const { text = '' } = chosen;
  const columns = widthOf(text.startsWith('live:') ? liveText(text) : text) || 1;
  const height = Math.round(width / columns);
  const title = say('of-seed', { what: chosen.text ?? model, seed: chosen.seed });
  const query = queryOf(chosen, ['ink', 'paper', 'palette', 'motion']);
  const address = `${library}api/image/${model}.png?${query}&size=${width}`;
  const imgOf = (src) => `<img src="${escaped(src)}" width="${width}" height="${height}" alt="${escaped(title)}"`;
  const script = `<script type="module" src="${library}ganlet-image.js"></script>`;
  byId('code-tag').value = `${script}\n${tagOf(chosen, `${imgOf(nameOf('png'))}>`)}`;
  byId('poster-name').textContent = nameOf('png');
  const scheme = chosen.ink === 'currentColor' ? '&scheme=light' : ''; // as most pages are
  const frame = { library, model, query: queryOf(chosen) + scheme, width, height, title };
  byId('code-frame').value = frameOf(frame);
  byId('code-link').value = `${imgOf(address)} style="object-fit: contain; max-width: 100%">`;
  for (const id of ['code-frame', 'code-link']) byId(id).closest('.code').hidden = Boolean(own);
}

/** Shows the fields that the model has a use for, then the picture and the codes of what is chosen. */
function update() {
  fields.text.parentElement.hidden = shape.kind !== 'digits';
  fields.label.parentElement.hidden = shape.kind !== 'classes';
  for (const name of ['ink', 'paper']) fields[name].parentElement.hidden = fields.colours.value !== 'own';
  const chosen = { ...attributes(), ...(own ? { model: own.id } : {}) };
  for (const name of ['text', 'label', 'jitter', 'ink', 'paper', 'palette', 'motion'])
    if (chosen[name] === undefined) preview.removeAttribute(name);
  for (const [name, value] of Object.entries(chosen)) if (value !== undefined) preview.setAttribute(name, value);
  writeCodes();
}

function fitTo({ labels = [], image }) {
  shape = { kind: kindOf({ labels }), sides: image.width, channels: image.channels ?? 1 };
  fields.label.replaceChildren(...labels.map((name, value) => new Option(name, value)));
  fields.colours.value = shape.channels > 1 ? 'plain' : fields.colours.value;
  if (shape.kind !== 'digits') fields.width.value = Math.min(Number(fields.width.value), 256);
  update();
}

/** Shows a shipped model in the builder. */
export async function choose(id) {
  fields.model.value = id;
  try {
    const description = await descriptionOf(id);
    if (fields.model.value !== id) return; // another one has been chosen since
    own = undefined;
    fitTo(description);
  } catch (error) {
    tell(error.message);
  }
}

/**
 * Opens the reader's own model, of any format that the library reads: <ganlet-image> and a page in one file get the
 * ONNX file that it becomes.
 */
async function open(files) {
  const model = await load(files, { chain: true });
  if (model.info.takesPictures) {
    model.dispose();
    tell(say('takes-pictures'));
    return;
  }
  const bytes = await model.onnx();
  const { guesses } = model.info;
  const name = `${model.info.id || 'model'}.onnx`;
  model.dispose();
  const id = `own-${Date.now()}`;
  const page = (globalThis[Symbol.for('ganlet')] ??= {});
  page.models ??= new Map();
  page.models.set(id, bytes);
  own = { id, name, bytes };
  preview.addEventListener('ganlet-change', ({ target }) => target.info && fitTo(target.info), { once: true });
  shape = { kind: 'plain', sides: 64, channels: 3 };
  fields.colours.value = 'plain';
  update();
  preview.parentNode.scrollIntoView({ block: 'nearest' }); // what it draws is to be seen
  tell(guesses ? say('guesses', { guesses }) : say('opened', { name }));
}

async function copy(button) {
  const code = button.closest('.code').querySelector('textarea');
  try {
    await navigator.clipboard.writeText(code.value);
    tell(say('copied'));
  } catch {
    code.select(); // to be copied by hand
  }
}

/** The preview's picture, for readers without JavaScript: the one that the tag draws, in its colours. */
async function posterOf() {
  const { pngOf } = await import('./png.js');
  await preview.draw();
  const canvas = preview.shadowRoot.querySelector('canvas'); // to be copied before it moves
  const scale = shape.sides > 64 ? 1 : Math.ceil(fields.width.value / canvas.width);
  return pngOf(canvas, scale, preview.info, drawn);
}

async function save(makeFile, name) {
  tell(say('making'));
  try {
    const file = await makeFile();
    const { saveAs } = await import('./png.js');
    saveAs(file, name);
    tell(say('made', { name, kilobytes: Math.ceil(file.size / 1000) }));
  } catch (error) {
    tell(error.message);
  }
}

function listenForFiles() {
  const box = byId('own');
  const opened = async (files) => {
    if (files.length > 0) await open(files).catch((error) => tell(error.message));
  };
  byId('own-file').addEventListener('change', ({ target }) => opened([...target.files]));
  box.addEventListener('dragover', (event) => {
    event.preventDefault();
    box.classList.add('over');
  });
  box.addEventListener('dragleave', () => box.classList.remove('over'));
  box.addEventListener('drop', async (event) => {
    event.preventDefault();
    box.classList.remove('over');
    await opened((await droppedFiles(event.dataTransfer)).map(([, file]) => file));
  });
}

/** Starts with the models of index.json. */
export function start(models) {
  if (models.length > 0)
    fields.model.replaceChildren(...models.map(({ id, title }) => new Option(title, id, false, id === 'digits')));
  form.addEventListener('input', ({ target }) => (target === fields.model ? choose(target.value) : update()));
  form.addEventListener('submit', (event) => event.preventDefault());
  for (const button of byId('codes').querySelectorAll('button')) button.addEventListener('click', () => copy(button));
  byId('one-file').addEventListener('click', () => save(() => singleFile(attributes(), own), nameOf('html')));
  byId('poster').addEventListener('click', () => save(posterOf, nameOf('png')));
  preview.addEventListener('ganlet-change', ({ detail }) => {
    drawn = detail.request;
  });
  preview.addEventListener('ganlet-error', ({ detail }) => tell(detail.message));
  listenForFiles();
  update();
}
