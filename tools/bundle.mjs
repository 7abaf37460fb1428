// Puts modules into one script, and with --engine an engine, which else comes from beside the script.
//
//     node tools/bundle.mjs OUT.js [--engine FILE] [--model FOLDER | --describe MODELS | --more] MODULE.js ...
//     node tools/bundle.mjs WORKER.js --engines FOLDER MODULE.js ...
//
// Without a model the script is a classic one, for pages that can load no modules: those opened from a disk, and frames
// without an origin of their own. With --describe its last line has the model.json of each model in a folder, with the
// hashes of its weights: an integrity hash of the script is one of these models too. With a model it is a module that
// holds the model too and exports what ganlet.js does, for bundlers that leave files behind. With --more the script has
// modules for another one, which loads it when it needs them.
//
// Modules come in the order in which they need each other. Each becomes a function of its own, which runs when its
// exports are first asked for, by its file's name. `fetch` asks first for what the script holds: the engine, the model,
// and the files that a page has put into `globalThis[Symbol.for('ganlet')].files`, by their path below the script's
// folder, all compressed with gzip, in base64. A page without an origin, which hosts refuse a model's files, takes them
// from its inline.js, which is a script that puts them there.
//
// The second form is for a service worker: what its `fetch` can't get from the network, it takes from what workers have
// kept. Of engines it takes none but those that lay in the folder, whose hashes it holds: the host's may have been
// replaced since the worker came, and what was kept may be older.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

import { packed, packedModel } from './inline_model.mjs';

const string = { type: 'string' };
const { values: given, positionals } = parseArgs({
  options: { engine: string, engines: string, model: string, describe: string, more: { type: 'boolean' } },
  allowPositionals: true,
});
const [out, ...modules] = positionals;

/** A module's source as a function that gives what it exports; of a JSON file, its value. */
function wrapped(file) {
  if (file.endsWith('.json')) {
    const value = JSON.stringify(JSON.parse(readFileSync(file, 'utf8')));
    return `modules['${basename(file)}'] = () => (${value});\n`;
  }
  const names = [];
  const source = readFileSync(file, 'utf8')
    .replace(/^import (\{[^}]*\}) from '[^']*\/([^/']+)';$/gm, (_, list, from) => {
      return `const ${list.replaceAll(' as ', ': ')} = bundled('${from}');`;
    })
    .replace(/^import (\w+) from '[^']*\/([^/']+\.json)' with \{ type: 'json' \};$/gm, "const $1 = bundled('$2');")
    .replace(/^export \{ ([^}]*) \};$/gm, (_, list) => {
      names.push(...list.split(', '));
      return '';
    })
    .replace(/^export ((?:async )?(?:function|class|const) (\w+))/gm, (_, declaration, name) => {
      names.push(name);
      return declaration;
    })
    .replaceAll('import.meta.url', 'bundledUrl')
    .replace(" && globalThis.origin !== 'null'", '') // of ganlet.js: a blob's worker needs no origin
    .replace(/ (=>|[!=]?==?|&&|\|\||\?\??) /g, '$1') // pages in one file have a bound; no text has these
    .replace(/\bimport\((?!.*`node:)/g, 'bundledModule(');
  if (/^\s*(import|export)\b/m.test(source)) throw new Error(`${file}: an import or export that isn't understood`);
  return `modules['${basename(file)}'] = () => {\n${source}return { ${names.join(', ')} };\n};\n`;
}

// Where a page's policy forbids workers from blobs, ganlet draws in the page. A page allows one Trusted Types policy of
// a name: this one is for whatever ganlet loads. A pinned page takes no script without an integrity hash.
const common = `const folder = new URL('.', bundledUrl).href;
const page = (globalThis[Symbol.for('ganlet')] ??= {});
const modules = {};
const made = {};
const bundled = (name) => (made[name] ??= modules[name]());
const bundledModule = async (url) => {
  const name = String(url).split('/').pop();
  if (name === 'without_wasm.js' && !modules[name]) await loadMore();
  return bundled(name);
};
const engine = ${given.engine ? `'${packed(given.engine, 7)}'` : 'undefined'};
const inside = (path) => {
  if (/^ganlet-(simd128|relaxed-simd)\\.wasm(\\.gz)?$/.test(path)) return engine;
  return ownFiles[path] ?? page.files?.[path];
};
const opened = (held, path) => {
  const bytes = Uint8Array.from(atob(held), (symbol) => symbol.charCodeAt(0));
  const body = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(body, { headers: { 'content-type': path.includes('.wasm') ? 'application/wasm' : '' } });
};
const trusted = (url) => page.policy?.createScriptURL(url) ?? url;
let blob;
try {
  const isEngine = (url) => url.startsWith(location.origin + '/') && /^[^?#]+\\/engine\\.js$/.test(url);
  const isOwn = (url) => url === blob || url.startsWith(folder) || isEngine(url);
  const createScriptURL = (url) => (isOwn(url) ? url : undefined);
  if (globalThis.document) page.policy ??= globalThis.trustedTypes?.createPolicy('ganlet', { createScriptURL });
} catch {}
const Worker = class extends (globalThis.Worker ?? Object) {
  constructor(_, { name }) {
    const script = 'const bundledUrl = ' + JSON.stringify(bundledUrl) + ';(' + modules['engine.js'] + ')();';
    blob = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    super(trusted(blob), { name });
  }
};
const scripts = {};
const loadScript = (path) =>
  (scripts[path] ??= new Promise((onload, failed) => {
    const onerror = () => {
      delete scripts[path];
      failed();
    };
    const script = document.createElement('script');
    document.head.append(Object.assign(script, { onload, onerror, src: trusted(folder + path) }));
  }));
const loadMore = async () => {
  if (isPinned || folder.endsWith('.invalid/')) throw Error();
  await loadScript('ganlet-small.classic.js');
  page.more(modules, bundled);
};
const fetch = async (url, options) => {
  const path = String(url).startsWith(folder) ? String(url).slice(folder.length) : '';
  const held = inside(path);
  if (held !== undefined) return opened(held, path);
  if (folder.endsWith('.invalid/') && path) return new Response('', { status: 404 });
  const [, model] = /^(models\\/[^/]+\\/)/.exec(path) ?? [];
  const script = globalThis.origin === 'null' && model && model + 'inline.js';
  if (script) {
    await loadScript(script).catch(() => {});
    const brought = inside(path);
    if (brought !== undefined) return opened(brought, path);
  }
  try {
    return await globalThis.fetch(url, options);
  } catch (error) {
    throw script ? Error(error.message + '; without CORS it must be in ' + folder + script) : error;
  }
};
`;

const sha256Of = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The hashes that each engine in a folder may have, by name: a host may send a compressed one unpacked. */
function hashesOfEngines(folder) {
  const names = readdirSync(folder).filter((name) => /^ganlet-(?!import)[\w-]+\.wasm(\.gz)?$/.test(name));
  const hashesOf = (bytes, name) => [bytes, ...(name.endsWith('.gz') ? [gunzipSync(bytes)] : [])].map(sha256Of);
  return Object.fromEntries(names.sort().map((name) => [name, hashesOf(readFileSync(join(folder, name)), name)]));
}

const ofWorker = (engines) => `const folder = new URL('.', bundledUrl).href;
const modules = {};
const made = {};
const bundled = (name) => (made[name] ??= modules[name]());
const bundledModule = async (url) => bundled(String(url).split('/').pop());
const hashes = ${JSON.stringify(hashesOfEngines(engines))};
const isOfThisVersion = async (url, answer) => {
  const wanted = String(url).startsWith(folder) && hashes[String(url).slice(folder.length)];
  if (!wanted || !answer.ok) return true;
  const digest = await crypto.subtle.digest('SHA-256', await answer.clone().arrayBuffer());
  return wanted.includes(Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(''));
};
const keptOf = async (url) => {
  for (const name of await caches.keys()) {
    const kept = await (await caches.open(name)).match(url, { ignoreSearch: true });
    if (kept && (await isOfThisVersion(url, kept))) return kept;
  }
};
const fetch = async (url, options) => {
  let problem;
  try {
    const answer = await globalThis.fetch(url, options);
    if (await isOfThisVersion(url, answer)) return answer;
    problem = Error('it is of another version than ' + bundledUrl);
    self.registration?.update().catch(() => {});
  } catch (error) {
    problem = error;
  }
  const kept = await keptOf(url).catch(() => {});
  if (kept) return kept;
  throw problem;
};
`;

const wrappedModules = () => modules.map(wrapped).join('');
const forBundlers = /\/\* (webpackIgnore: true|@vite-ignore) \*\/ /g;

const nowhere = 'https://ganlet.invalid/ganlet-image.classic.js'; // no host is ever asked for it

const start = () => `${wrappedModules()}bundled('${basename(modules.at(-1))}');`;
const beginning = () => (given.engines ? ofWorker(given.engines) : common);

// A script that a worker has imported is named nowhere but in the trace of an error.
const classic = () => `((ownFiles) => {
'use strict';
const bundledUrl = globalThis.document
  ? document.currentScript?.src || '${nowhere}'
  : (/https?:\\/\\/[^\\s)]+?(?=:\\d+:\\d+)/.exec(new Error().stack)?.[0] ?? location.href);
const isPinned = Boolean(globalThis.document?.currentScript?.integrity);
${beginning()}${start().replaceAll(forBundlers, '')}
})(${JSON.stringify(given.describe ? descriptions(given.describe) : {})});
`;

/** The description of each model in a folder that draws, packed, by its path below ganlet's folder. */
function descriptions(folder) {
  const { models } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  const ids = models.map(({ id }) => id);
  const files = ids.sort().map((id) => [`models/${id}/model.json`, packed(join(folder, id, 'model.json'))]);
  return Object.fromEntries(files);
}

function asModule() {
  const files = packedModel(given.model);
  const id = basename(given.model);
  const description = JSON.parse(readFileSync(`${given.model}/model.json`, 'utf8'));
  const urls = Object.keys(files).map((path) => [path.split('/').pop(), new URL(path, nowhere).href]);
  const brought = { description, files: Object.fromEntries(urls.filter(([name]) => name !== 'model.json')) };
  return `const bundledUrl = '${nowhere}';
const ownFiles = ${JSON.stringify(files)};
const isPinned = true;
${common}${start()}
export const { GanletError, capabilities, load, supportedVariant } = bundled('ganlet.js');
export const ${id} = ${JSON.stringify(brought)};
`;
}

const more = () => `globalThis[Symbol.for('ganlet')].more = (modules, bundled) => {
'use strict';
${wrappedModules()}};
`;

const script = given.more ? more() : given.model ? asModule() : classic();
// Pages needn't download indentation, nor line ends that end nothing. `ganlet export-page` and web/single_file.js look
// for the last one, and for the engine, in whose place they may put another. Lines with // may be comments.
const lineEnds = /^(?!.*\/\/)(.*[;,({[])\n(?!\}\)\()/gm;
writeFileSync(out, script.replace(/^ +/gm, '').replace(lineEnds, '$1'));
