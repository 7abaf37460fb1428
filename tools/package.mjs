// Lays out the npm package `ganlet`: the files of the built library, and what describes them to bundlers and editors.
//
//     node tools/package.mjs OUT_FOLDER BUILT_LIBRARY INLINE_MODULE
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const [out, library, inline] = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
const modelId = 'digits';

function put(from, to = basename(from)) {
  cpSync(from, join(out, to), { recursive: true });
}

/** A model as a module: what model.json says, and its files where bundlers find them. */
function putModel(id) {
  const folder = join(root, 'models', id);
  const json = readFileSync(join(folder, 'model.json'), 'utf8');
  const description = JSON.parse(json);
  const { file } = description.parts.generator;
  for (const name of ['model.json', 'README.md', file]) put(join(folder, name), `models/${id}/${name}`);
  const files = `'${file}': new URL('./${file}', import.meta.url)`;
  const script = `export default {\n  description: ${JSON.stringify(description)},\n  files: { ${files} },\n};\n`;
  writeFileSync(join(out, 'models', id, 'index.js'), script);
  put(join(root, 'wasm/package/model.d.ts'), `models/${id}/index.d.ts`);
}

/** The comments and names of an interface's members. */
function membersOf(source, name) {
  const [, body] = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(source);
  const member = /\/\*\* ([^\n]*) \*\/\n {2}(?:readonly )?'?([\w-]+)'?(\??: |\()([^\n]*)/g;
  return [...body.matchAll(member)].map(([, description, key, kind, type]) => ({ description, key, kind, type }));
}

/** custom-elements.json (schema 1.0.0), from the element's declarations. */
function manifestOf(declarations) {
  const typeOf = (text) => ({ text: text.replace(/;$/, '') });
  const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  const attributes = membersOf(declarations, 'GanletImageAttributes').map(({ key, description, type }) => ({
    name: key,
    description,
    type: typeOf(type.replace('Switch', 'boolean').replace('Whole', 'number | string')),
    fieldName: camel(key),
  }));
  const fields = attributes.map(({ name, description, type, fieldName }) => ({
    kind: 'field',
    name: fieldName,
    description,
    type,
    attribute: name,
    reflects: true,
  }));
  const own = membersOf(declarations, 'GanletImage').map(({ key, description, kind, type }) =>
    kind === '('
      ? { kind: 'method', name: key, description }
      : { kind: 'field', name: key, description, type: typeOf(type), readonly: true },
  );
  const events = membersOf(declarations, 'GanletImageEventMap').map(({ key, description, type }) => ({
    name: key,
    description,
    type: typeOf(type),
  }));
  const part = (name, description) => ({ name, description });
  const declaration = {
    kind: 'class',
    customElement: true,
    name: 'GanletImage',
    tagName: 'ganlet-image',
    description: "A generator's picture.",
    superclass: { name: 'HTMLElement', package: 'global:' },
    attributes,
    members: [...fields, ...own],
    events,
    slots: [part('', 'What stands there until the first picture, and where anything fails: an <img>, or text')],
    cssParts: [
      part('frame', 'What has the size of the picture'),
      part('picture', 'The canvas'),
      part('poster', 'The picture of the attribute poster'),
      part('controls', 'The buttons below'),
      part('slider', 'The slider before these'),
      part('button', 'One of these'),
      part('another', 'The one that draws another picture'),
      part('pause', 'The one that stops a picture that moves'),
      part('save', 'The one that saves'),
      part('press', 'The button over an interactive picture'),
      part('problem', 'What went wrong, where nothing else stands there'),
    ],
    cssProperties: [part('--ganlet-ink', 'As the attribute ink'), part('--ganlet-paper', 'As the attribute paper')],
  };
  const defines = { kind: 'custom-element-definition', name: 'ganlet-image', declaration: { name: 'GanletImage' } };
  const module = { kind: 'javascript-module', path: 'element.js', declarations: [declaration], exports: [defines] };
  return { schemaVersion: '1.0.0', modules: [module] };
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const own = ['errors.js', 'download.js', 'engine.js', 'ganlet.js', 'import.js', 'pictures.js', 'webgpu.js'];
const scripts = [...own, 'ganlet-image.js', 'ganlet-small.js', 'element'];
for (const name of [...scripts, 'ganlet.d.ts', 'capabilities.d.ts', 'pictures.d.ts']) put(join(library, name));
for (const build of ['relaxed-simd', 'simd128', 'any', 'import', 'import-lite', 'import-torch', 'webgpu']) {
  const name = `ganlet-${build}.wasm`;
  if (existsSync(join(library, name))) put(join(library, name));
  else writeFileSync(join(out, name), gunzipSync(readFileSync(join(library, `${name}.gz`))));
  chmodSync(join(out, name), 0o644); // linkers write programs
}
// Bundlers take the engines as they are.
const script = readFileSync(join(out, 'ganlet.js'), 'utf8');
const plain = script.replace('const haveCopies = true;', 'const haveCopies = false;').replace('.wasm.gz', '.wasm');
writeFileSync(join(out, 'ganlet.js'), plain);
const declarations = ['element', 'worker', 'inline', 'react', 'vue', 'svelte'].map((name) => `${name}.d.ts`);
for (const name of ['package.json', 'README.md', 'element.js', ...declarations]) put(join(root, 'wasm/package', name));
for (const name of ['LICENSE', 'THIRD-PARTY.txt', 'web/embed/ganlet-image.d.ts']) put(join(root, name));
put(inline, 'inline.js');
putModel(modelId);
const manifest = manifestOf(readFileSync(join(root, 'web/embed/ganlet-image.d.ts'), 'utf8'));
writeFileSync(join(out, 'custom-elements.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
