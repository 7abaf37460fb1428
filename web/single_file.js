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

/** The bytes of a file that is no web page. The library, which is there already, is not for those who want a frame. */
async function fetched(path) {
  const { download, mostFileBytes } = await import('./ganlet/download.js');
  return download(new URL(path, library).href, { most: mostFileBytes });
}

const textOf = async (path) => new TextDecoder().decode(await fetched(path));

/** page.html, which is a web page itself: one that has the places to fill in. */
async function pageTemplate() {
  const answer = await fetch(new URL('page.html', library));
  if (!answer.ok) throw new Error(`got HTTP ${answer.status} from ${answer.url}`);
  const page = await answer.text();
  if (!page.includes('{{script}}')) throw new Error(`got another page from ${answer.url}`);
  return page;
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
  const json = await textOf(`${folder}model.json`);
  const { parts, arrays = {} } = JSON.parse(json);
  const kind = part.replace('generator', ''); // such as _f32
  const names = parts[part] ? [part] : [`mapping${kind}`, `synthesis${kind}`, 'noise', 'mean_style'];
  const files = names.map((name) => (parts[name] ?? arrays[name])?.file).filter(Boolean);
  const contents = await Promise.all(files.map((file) => fetched(folder + file)));
  return Object.fromEntries(
    [['model.json', json], ...files.map((file, i) => [file, contents[i]])].map(([file, content]) => [
      folder + file,
      content,
    ]),
  );
}

/** The engine that draws any model, for a person's own, which may need it; those of the site don't. */
const engineForAny = async () => packed(await fetched('ganlet-any.wasm'));

/**
 * The page as a Blob. `attributes` are the tag's; `own` is a person's own model, { name, bytes }, in place of the one
 * that they name: an ONNX file that draws.
 */
export async function singleFile(attributes, own) {
  const path = own && `models/${own.name.replace(/[^\w.-]/g, '_').replace(/(\.onnx)?$/i, '.onnx')}`;
  const [page, classic, licenses, files, engine] = await Promise.all([
    pageTemplate(),
    ...['ganlet-image.classic.js', 'THIRD-PARTY.txt'].map(textOf),
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
