import { download, resolve } from './download.js';
import { GanletError } from './errors.js';

const kinds = { string: 'a text', number: 'a number', object: 'an object', array: 'a list' };
const kindOf = (value) => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

/** A place in model.json, which knows how to say where it is: `https://.../model.json: parts.generator.sha256`. */
class Field {
  constructor(value, url, path) {
    this.value = value;
    this.url = url;
    this.path = path;
  }

  fail(detail) {
    throw new GanletError('corrupt', this.path ? `${this.url}: ${this.path}` : this.url, detail);
  }

  /** The member `name`, which must be of a kind; undefined where it's optional and not there. */
  member(name, kind, { optional = false } = {}) {
    const value = Object.hasOwn(this.value, name) ? (this.value[name] ?? undefined) : undefined;
    const field = new Field(value, this.url, this.path ? `${this.path}.${name}` : name);
    if (value === undefined) return optional ? undefined : field.fail('is missing');
    if (kindOf(value) !== kind) field.fail(`must be ${kinds[kind]}`);
    return field;
  }

  optional(name, kind) {
    return this.member(name, kind, { optional: true });
  }
}

/** The pairs of ganlet_load that a model.json comes to. Numbers and names are checked there. */
function describe(root, part) {
  const pairs = [['id', root.member('id', 'string').value]];
  const add = (key, field) => field && pairs.push([key, field.value]);
  add('title', root.optional('title', 'string'));
  const latent = root.optional('latent', 'object');
  add('latent_size', latent?.optional('size', 'number'));
  add('distribution', latent?.optional('distribution', 'string'));
  const image = root.optional('image', 'object');
  for (const name of ['width', 'height', 'channels']) add(name, image?.optional(name, 'number'));
  const range = image?.optional('range', 'array');
  if (range) {
    if (range.value.length !== 2 || !range.value.every(Number.isFinite)) range.fail('must be two numbers, [low, high]');
    const [low, high] = new Uint32Array(Float32Array.from(range.value).buffer);
    pairs.push(['low', low], ['high', high]);
  }
  for (const label of root.optional('labels', 'array')?.value ?? []) pairs.push(['class', label]);
  const roles = root.optional('roles', 'object');
  for (const name of ['latent', 'label', 'image']) add(name, roles?.optional(name, 'string'));
  add('preparation', root.optional('preparation', 'string'));
  add('bytes', part.member('bytes', 'number'));
  add('sha256', part.member('sha256', 'string'));
  return pairs.map(([key, text]) => [key, String(text).replaceAll('\0', '')]);
}

/** A file of a model's folder: its address and what is said of it. */
function readPart(root, parts, name, folder) {
  const entry = parts.member(name, 'object');
  const file = entry.member('file', 'string');
  if (!isPlainName(file.value)) file.fail(`must be the name of a file in this folder, is '${file.value}'`);
  const url = new URL(encodeURIComponent(file.value), folder).href;
  return { url, bytes: entry.member('bytes', 'number').value, description: describe(root, entry) };
}

const nothingSaid = { id: '', title: '', description: '', license: '', trainingData: '', training: {}, metrics: {} };

function about(root) {
  const text = (name) => root.optional(name, 'string')?.value ?? '';
  return {
    id: text('id'),
    title: text('title'),
    description: text('description'),
    license: text('license'),
    trainingData: text('training_data'),
    training: root.optional('training', 'object')?.value ?? {},
    metrics: root.optional('metrics', 'object')?.value ?? {},
  };
}

/** A file name that can't lead out of its folder. */
const isPlainName = (name) => /^[^./\\:][^/\\:]*$/.test(name);

async function readFolder(folder, part, signal) {
  const url = new URL('model.json', folder).href;
  const bytes = await download(url, { signal });
  let document;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new GanletError('corrupt', url, `is not JSON: ${error.message}`);
  }
  const root = new Field(document, url, '');
  if (kindOf(document) !== 'object') root.fail('must be an object');
  const parts = root.member('parts', 'object');
  if (!Object.hasOwn(parts.value, part))
    throw new GanletError('not_found', folder, `has no part '${part}', only ${Object.keys(parts.value).join(', ')}`);
  const chosen = readPart(root, parts, part, folder);
  const optional = (name) => (Object.hasOwn(parts.value, name) ? readPart(root, parts, name, folder) : undefined);
  const [encoder, mapping, synthesis, meanStyle] = ['encoder', 'mapping', 'synthesis', 'mean_style'].map(optional);
  const styles = mapping && synthesis ? { mapping, synthesis, meanStyle } : undefined;
  return { ...chosen, encoder, styles, urls: [url, chosen.url], about: about(root) };
}

async function folderOf(model, models) {
  const text = String(model);
  const isId = !(model instanceof URL) && isPlainName(text);
  if (isId) return new URL(`${encodeURIComponent(text)}/`, await resolve(models ?? 'models/')).href;
  const url = await resolve(text.endsWith('model.json') ? text.slice(0, -'model.json'.length) || './' : text);
  return url.endsWith('/') ? url : `${url}/`;
}

/**
 * Where a model's ONNX file is and what is said of it: `url` or the bytes themselves as `onnx`; its expected `bytes`, the
 * `description` for the engine, the same of an `encoder` and of `styles`' networks where there are any, what it is `about`, and the `urls` that have been or will be fetched.
 */
export async function readModelJson(model, models, part, signal) {
  if (model instanceof Uint8Array) return { onnx: model, urls: [], description: [], about: nothingSaid };
  const isFile = /\.onnx$/i.test(new URL(model, 'http://x').pathname);
  if (!isFile) return readFolder(await folderOf(model, models), part, signal);
  const url = await resolve(model);
  const id = decodeURIComponent(
    url
      .split('/')
      .pop()
      .replace(/\.onnx.*$/i, ''),
  );
  return {
    url,
    urls: [url],
    description: [
      ['id', id],
      ['title', id],
    ],
    about: { ...nothingSaid, id, title: id },
  };
}
