// One HTML file with the engine and a model inside, as `ganlet export-page` writes it, from the same template.
const library = new URL('ganlet/', import.meta.url);
const held = 'https://ganlet.invalid/'; // where such a page's script looks for what it holds (tools/bundle.mjs)

export const escaped = (text) =>
  text.replace(/[&<>"]/g, (symbol) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[symbol]);

/** A tag of these attributes; those without a value are left out. */
export function tagOf(attributes, inside = '') {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== '');
  const written = given.map(([name, value]) => ` ${name}="${escaped(String(value))}"`).join('');
  return `<ganlet-image${written}>${inside}</ganlet-image>`;
}

/**
 * Models that are on the site as scripts too (inline.js), which a frame without an origin reads on every host; all of
 * them would be more than a site may have.
 */
export const inlineModels = ['digits', 'fashion', 'nouns', 'creatures'];

/** A frame of a model below `library`, with these settings in its link. Without such a script it needs its origin. */
export function frameOf({ library, model, query, width, height, title }) {
  const sandbox = inlineModels.includes(model) ? ' sandbox="allow-scripts"' : '';
  const address = escaped(`${library}embed-${model}.html#${query}&width=${width}`);
  return (
    `<iframe${sandbox} src="${address}" width="${width}" height="${height}" title="${escaped(title)}" ` +
    `loading="lazy" style="border: 0; max-width: 100%; aspect-ratio: ${width}/${height}; height: auto"></iframe>`
  );
}

async function fetched(path) {
  const answer = await fetch(new URL(path, library));
  if (!answer.ok) throw new Error(`got HTTP ${answer.status} from ${answer.url}`);
  return answer;
}

/** Bytes as gzip has them, in base64. */
async function packed(content) {
  const body = new Blob([content]).stream().pipeThrough(new CompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(body).arrayBuffer());
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 0x8000)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(pieces.join(''));
}

/** What pictures of a shipped model need, by path: truncation and mixing have parts of their own. */
async function filesOfModel(id, part = 'generator') {
  const folder = `models/${id}/`;
  const json = await (await fetched(`${folder}model.json`)).text();
  const { parts, arrays = {} } = JSON.parse(json);
  const kind = part.replace('generator', ''); // such as _f32
  const names = parts[part] ? [part] : [`mapping${kind}`, `synthesis${kind}`, 'noise', 'mean_style'];
  const files = names.map((name) => (parts[name] ?? arrays[name])?.file).filter(Boolean);
  const contents = await Promise.all(files.map(async (file) => (await fetched(folder + file)).arrayBuffer()));
  return Object.fromEntries(
    [['model.json', json], ...files.map((file, i) => [file, contents[i]])].map(([file, content]) => [
      folder + file,
      content,
    ]),
  );
}

/** The engine that draws any model, for a person's own, which may need it; those of the site don't. */
const engineForAny = async () => packed(await (await fetched('ganlet-any.wasm')).arrayBuffer());

/**
 * The page as a Blob. `attributes` are the tag's; `own` is a person's own model, { name, bytes }, in place of the one
 * that they name: an ONNX file that draws.
 */
export async function singleFile(attributes, own) {
  const path = own && `models/${own.name.replace(/[^\w.-]/g, '_').replace(/(\.onnx)?$/i, '.onnx')}`;
  const [page, classic, licenses, files, engine] = await Promise.all([
    ...['page.html', 'ganlet-image.classic.js', 'THIRD-PARTY.txt'].map(async (file) => (await fetched(file)).text()),
    own ? { [path]: own.bytes } : filesOfModel(attributes.model, attributes['model-part']),
    own && engineForAny(),
  ]);
  const script = classic.replace(/(const engine = ')[^']*/, (all, before) => (engine ? before + engine : all));
  const inside = {};
  for (const [file, content] of Object.entries(files)) inside[file] = await packed(content);
  const model = own ? held + path : attributes.model;
  const values = {
    title: escaped(`ganlet: ${own?.name ?? attributes.model}`),
    element: tagOf({ ...attributes, model, loading: 'eager' }),
    files: JSON.stringify(inside),
    script: `${script.slice(0, script.lastIndexOf('\n})('))}\n})({});\n`, // without the site's models (bundle.mjs)
    licenses: licenses.split(/\n=+\n2: /)[0], // those of the engine
    'hide-settings': 'false',
  };
  const filled = page.replace(/\{\{([\w-]+)\}\}/g, (_, name) => values[name] ?? '');
  return new Blob([filled], { type: 'text/html' });
}
