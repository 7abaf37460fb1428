// How the reader's own file is read: what was found or guessed of its latent and its picture, to be changed, and saved
// as a model.json beside the network. Fetched with the first such file.
import { byId, say, showProblem, state } from './app.js';
import { saveAs } from './ganlet/element/save.js';

const network = 'generator.onnx';

/** What `load` takes of the files: they themselves, or with one of ganlet's model.json among them, what that says. */
export async function described(files) {
  const json = files.find(({ name, size }) => name === 'model.json' && size < 2 ** 22);
  try {
    const description = JSON.parse((await json?.text()) ?? 'null');
    if (!description?.parts) return files;
    const contents = files.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())]);
    return { description, files: Object.fromEntries(await Promise.all(contents)) };
  } catch {
    return files; // whoever reads them says what is wrong
  }
}

async function describe(onnx, name) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', onnx));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const id = name.replace(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'mine';
  const description = { id, title: name, parts: { generator: { file: network, bytes: onnx.length, sha256 } } };
  return { description, files: { [network]: onnx } };
}

const input = (name, value, options) =>
  Object.assign(document.createElement('input'), { name, value: value ?? '', ...options });

function field(words, control) {
  const label = document.createElement('label');
  label.append(`${words} `, control);
  return label;
}

/** The fields for a network of which `info` is known, or nothing where its picture has no size that can be guessed. */
function fieldsFor(info, description) {
  const { width, height, channels = 1 } = info?.image ?? {};
  const [low, high] = info?.range ?? [-1, 1];
  const number = { type: 'number', step: 'any', required: true };
  const size = { type: 'number', min: 1, max: 4096, required: true };
  const fields = [];
  const distribution = description?.latent?.distribution ?? info?.distribution;
  if (typeof distribution === 'string') {
    const latent = input('distribution', distribution, { required: true });
    latent.setAttribute('list', 'distributions');
    fields.push(field(say('reading-latent', { count: info.latentSize }), latent));
  }
  const isFlat =
    !info || info.outputs.some(({ shape }) => shape.length === 2 && shape[1] === width * height * channels);
  if (isFlat) {
    fields.push(field(say('reading-width'), input('width', width, size)));
    fields.push(field(say('reading-height'), input('height', height, size)));
    fields.push(field(say('reading-channels'), input('channels', channels, { ...size, max: 4 })));
  }
  fields.push(field(say('reading-low'), input('low', low, number)));
  fields.push(field(say('reading-high'), input('high', high, number)));
  return fields;
}

/** What the fields say, into the description; the latent's distribution only if that was changed. */
function apply(form, { description, files }, found) {
  const asked = Object.fromEntries(new FormData(form));
  const image = { ...description.image, range: [Number(asked.low), Number(asked.high)] };
  for (const side of ['width', 'height', 'channels']) if (asked[side]) image[side] = Number(asked[side]);
  const latent = { ...description.latent };
  if (asked.distribution && asked.distribution !== found) latent.distribution = asked.distribution;
  return { description: { ...description, ...(latent.distribution ? { latent } : {}), image }, files };
}

/** What a distribution may be, as examples. */
function examples() {
  const list = Object.assign(document.createElement('datalist'), { id: 'distributions' });
  const some = ['normal', 'uniform', 'sphere', 'one-hot of 10', 'one-hot of 10 + normal * 0.1'];
  list.append(...some.map((value) => new Option('', value)));
  return list;
}

/**
 * Shows the fields for what the page draws, or for a file that it couldn't draw since its picture has no size. `given`
 * is what was opened; `open` opens it in another way. After a refusal of what the fields said, they stay.
 */
export function showReading(given, open) {
  const form = byId('reading');
  const { model, isOwn, refused } = state;
  const asksSize = refused?.place === 'image' && given.length === 1;
  if (refused && !asksSize) return; // the page still draws what the fields are about
  const info = refused ? undefined : model.info;
  // On a page without encryption nothing can tell a file's digest.
  form.hidden = !crypto.subtle || (!refused && (!isOwn || info.takesPictures));
  if (form.hidden) return;

  const [draw, save] = [say('reading-draw'), say('reading-save')].map((textContent) =>
    Object.assign(document.createElement('button'), { textContent }),
  );
  form.replaceChildren(examples(), ...fieldsFor(info, given.description), draw, save);
  const found = form.elements.distribution?.value;
  const [file] = given.description ? [] : given;
  let source = given.description && given;
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      source ??= info
        ? await describe(await model.onnx(), info.id)
        : await describe(new Uint8Array(await file.arrayBuffer()), file.name.replace(/\.\w+$/, ''));
      const wanted = apply(form, source, found);
      const json = () => new Blob([`${JSON.stringify(wanted.description, null, 2)}\n`], { type: 'application/json' });
      if (event.submitter === save) saveAs(json(), 'model.json');
      else await open(wanted);
    } catch (error) {
      showProblem(error.message);
    }
  };
}
