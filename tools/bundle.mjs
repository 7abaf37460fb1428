// Puts the modules of <ganlet-image> and the engine into one classic script, for pages that can load no modules: those
// opened from a disk, and frames without an origin of their own.
//
//     node tools/bundle.mjs OUT.js ENGINE.wasm MODULE.js ...
//
// Modules come in the order in which they need each other. Each becomes a function of its own; what it imports and
// exports is an object by its file's name. `fetch` asks first for what the script holds: the engine, and the files that
// a page has put into `globalThis[Symbol.for('ganlet')].files`, by their path below the script's folder, both
// compressed with gzip, in base64. What a page without an origin isn't given it takes from a model's inline.js, which
// is a script that puts the model's files there.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';

const [out, wasm, ...modules] = process.argv.slice(2);

/** A module's source as a function that gives what it exports. */
function wrapped(file) {
  const names = [];
  const source = readFileSync(file, 'utf8')
    .replace(/^import (\{[^}]*\}) from '[^']*\/([^/']+)';$/gm, "const $1 = bundled['$2'];")
    .replace(/^export \{ ([^}]*) \};$/gm, (_, list) => {
      names.push(...list.split(', '));
      return '';
    })
    .replace(/^export ((?:async )?(?:function|class|const) (\w+))/gm, (_, declaration, name) => {
      names.push(name);
      return declaration;
    })
    .replaceAll('import.meta.url', 'bundledUrl')
    .replace(/\bimport\(/g, 'bundledModule(');
  if (/^\s*(import|export)\b/m.test(source)) throw new Error(`${file}: an import or export that isn't understood`);
  return `bundled['${basename(file)}'] = (() => {\n${source}return { ${names.join(', ')} };\n})();\n`;
}

const engine = gzipSync(readFileSync(wasm), { level: 9 }).toString('base64');

writeFileSync(
  out,
  `(() => {
'use strict';
const bundledUrl = document.currentScript?.src || 'https://ganlet.invalid/ganlet-image.classic.js';
const folder = new URL('.', bundledUrl).href;
const bundled = {};
const bundledModule = async (url) => bundled[String(url).split('/').pop()];
const engine = '${engine}';
const inside = (path) => {
  if (/^ganlet-(simd128|relaxed-simd)\\.wasm$/.test(path)) return engine;
  return globalThis[Symbol.for('ganlet')]?.files?.[path];
};
const opened = (held, path) => {
  const bytes = Uint8Array.from(atob(held), (symbol) => symbol.charCodeAt(0));
  const body = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(body, { headers: { 'content-type': path.endsWith('.wasm') ? 'application/wasm' : '' } });
};
const scripts = new Map();
const loadScript = (src) => {
  const script = Object.assign(document.createElement('script'), { src });
  return new Promise((done, failed) => {
    Object.assign(script, { onload: done, onerror: failed });
    document.head.append(script);
  });
};
const fetch = async (url, options) => {
  const path = String(url).startsWith(folder) ? String(url).slice(folder.length) : '';
  const held = inside(path);
  if (held !== undefined) return opened(held, path);
  if (folder.endsWith('.invalid/') && path) return new Response('', { status: 404 });
  try {
    return await globalThis.fetch(url, options);
  } catch (error) {
    const [, model] = /^(models\\/[^/]+\\/)/.exec(path) ?? [];
    if (!model || globalThis.origin !== 'null') throw error;
    if (!scripts.has(model)) scripts.set(model, loadScript(folder + model + 'inline.js'));
    await scripts.get(model).catch(() => {});
    const brought = inside(path);
    if (brought === undefined) throw error;
    return opened(brought, path);
  }
};
${modules.map(wrapped).join('')}})();
`,
);
