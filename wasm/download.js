import { GanletError } from './errors.js';

const inNode = Boolean(globalThis.process?.versions?.node);

/** A module that Node itself has; the comments keep bundlers from looking for it. */
const nodeModule = (name) => import(/* webpackIgnore: true */ /* @vite-ignore */ `node:${name}`);

/** The base of relative URLs: the page, or Node's working directory. */
async function base() {
  if (globalThis.document) return document.baseURI;
  if (globalThis.location) return location.href;
  const { pathToFileURL } = await nodeModule('url');
  return pathToFileURL(`${process.cwd()}/`).href;
}

export async function resolve(url) {
  try {
    return new URL(url, await base()).href;
  } catch {
    throw new GanletError('invalid_argument', '', `'${url}' is no URL`);
  }
}

/** Whether bytes begin as web pages do, which many servers send instead of a missing file. */
function isHtml(bytes) {
  const head = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().toLowerCase();
  return head.startsWith('<!doctype') || head.startsWith('<html');
}

const gotHtml = (url) => new GanletError('not_found', '', `got HTML, probably a 404, from ${url}`);

async function readFile(url, signal, most) {
  const { readFile: read, stat } = await nodeModule('fs/promises');
  try {
    const { size } = await stat(new URL(url));
    if (size > most) throw tooLarge(url, most);
    return new Uint8Array(await read(new URL(url), { signal }));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof GanletError) throw error;
    const missing = error.code === 'ENOENT';
    throw new GanletError(missing ? 'not_found' : 'io', url, missing ? 'there is no such file' : error.message);
  }
}

async function request(url, signal) {
  let response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const elsewhere = globalThis.location && new URL(url).origin !== location.origin;
    const hint = elsewhere ? '; does that site allow others to read it (CORS: Access-Control-Allow-Origin)?' : '';
    throw new GanletError('io', '', `can't reach ${url}: ${error.message}${hint}`);
  }
  if (contentType(response).startsWith('text/html')) throw gotHtml(url);
  if (!response.ok)
    throw new GanletError(response.status === 404 ? 'not_found' : 'io', '', `got HTTP ${response.status} from ${url}`);
  return response;
}

/** Limits::file_bytes */
export const mostFileBytes = 2 ** 26;

const contentType = (response) => response.headers.get('content-type') ?? '';

const tooLarge = (url, most) =>
  new GanletError('limit_exceeded', '', `${url} is larger than the ${most} bytes that it may have`);

/**
 * The bytes of a body, up to `most`. `onBytes` is called with the length of each piece that arrives, and the headers.
 */
async function bodyOf(response, url, { signal, most, onBytes }) {
  const reader = response.body.getReader();
  const pieces = [];
  let size = 0;
  for (;;) {
    let piece;
    try {
      piece = await reader.read();
    } catch (error) {
      signal?.throwIfAborted();
      throw new GanletError('io', '', `${url} broke off after ${size} bytes: ${error.message}`);
    }
    if (piece.done) break;
    size += piece.value.length;
    if (size > most) {
      reader.cancel().catch(() => {});
      throw tooLarge(url, most);
    }
    pieces.push(piece.value);
    onBytes?.(piece.value.length, response.headers);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * The bytes at a URL, at most `most`. A web page in place of the file is an error that says so. `onBytes` is called
 * with the number of bytes, after decompression, that have arrived since the previous call, and with the response's
 * headers.
 */
export async function download(url, { signal, onBytes, most = Infinity } = {}) {
  signal?.throwIfAborted();
  let bytes;
  if (inNode && url.startsWith('file:')) {
    bytes = await readFile(url, signal, most);
    onBytes?.(bytes.length);
  } else {
    bytes = await bodyOf(await request(url, signal), url, { signal, most, onBytes });
  }
  if (isHtml(bytes)) throw gotHtml(url);
  return bytes;
}

const mostOfAnEngine = 2 ** 24;

/** What an engine holds that came compressed, with gzip (RFC 1952, section 2.3.1); others as they are. */
function unpacked(bytes) {
  const { body } = new Response(bytes);
  const isPacked = bytes[0] === 0x1f; // some hosts unpack such a file themselves
  const headers = { 'content-type': 'application/wasm' };
  return new Response(isPacked ? body.pipeThrough(new DecompressionStream('gzip')) : body, { headers });
}

const downloadEngine = (url, onBytes) => download(url, { onBytes, most: mostOfAnEngine });

export async function engineBytes(url, onBytes) {
  return bodyOf(unpacked(await downloadEngine(url, onBytes)), url, { most: mostOfAnEngine });
}

/**
 * The WebAssembly module at a URL, compiled while it arrives if it has the right type, or while it is unpacked. A copy
 * of the response is read as well, to report progress and to see what was sent instead of a module.
 */
async function downloadModule(url, onBytes) {
  let bytes = new Uint8Array();
  let compiled;
  if (url.endsWith('.gz') || (inNode && url.startsWith('file:'))) {
    compiled = WebAssembly.compileStreaming(unpacked(await downloadEngine(url, onBytes)));
  } else {
    const response = await request(url);
    const copy = response.clone();
    if (contentType(response).startsWith('application/wasm')) compiled = WebAssembly.compileStreaming?.(response);
    compiled?.catch(() => {}); // reported below, unless the copy tells more
    bytes = await bodyOf(copy, url, { most: mostOfAnEngine, onBytes });
  }
  if (isHtml(bytes)) throw gotHtml(url);
  try {
    return await (compiled ?? WebAssembly.compile(bytes));
  } catch (error) {
    throw new GanletError('corrupt', url, `is not WebAssembly that runs here: ${error.message}`);
  }
}

/** Modules by URL, as promises, so that models loaded at the same time share a download. */
const modules = new Map();

/** Where modules came from whose own URL wasn't asked for. */
export const sources = new Map();

/** From the compressed copy of an engine. */
async function fromCopy(url, onBytes) {
  const module = await downloadModule(`${url}.gz`, onBytes);
  sources.set(url, `${url}.gz`);
  return module;
}

/** The module at a URL; with `hasCopy`, from the compressed copy beside it, if that can be had and unpacked. */
export function moduleOf(url, onBytes, hasCopy) {
  if (!modules.has(url)) {
    const plain = () => downloadModule(url, onBytes);
    const module = hasCopy ? fromCopy(url, onBytes).catch(plain) : plain();
    modules.set(url, module);
    module.catch(() => modules.delete(url)); // so that it is tried again
  }
  return modules.get(url);
}

/** Whether a file name can't lead out of its folder. */
export const isPlainName = (name) => /^[^./\\:][^/\\:]*$/.test(name);

/** A model whose model.json a script has, and whose files are where the script says. */
async function describedContent({ description, files }) {
  const json = new TextEncoder().encode(JSON.stringify(description));
  return { json, url: `${description.id}/model.json`, folder: await base(), files, urls: [] };
}

/**
 * Whether bytes begin like an ONNX file: with its IR version, and unlike other formats that begin with an 8: those of
 * safetensors, and those that have a message of messages where ONNX has its maker's name. One whose weights are in
 * another file (the key "location") needs to be put together first.
 */
export const beginsAsOnnx = (bytes) =>
  /^8,[1-9]\d*,(?!18,(\d{3},)*\d+,10,|(\d+,){6}123)/.test(bytes.subarray(0, 9).join()) &&
  !new TextDecoder().decode(bytes.subarray(0, 2 ** 22)).includes('\blocation');

/** A network's file alone; as `foreign` if it may be one of another framework. */
function fileContent(bytes, name, urls = []) {
  const [url] = urls;
  return beginsAsOnnx(bytes) ? { onnx: bytes, name, url: name && url, urls } : { foreign: bytes, name, url, urls };
}

/**
 * What to open, in the form that engine.js takes: a network's file alone, or a model.json and its folder. `foreign` and
 * `files`, which may be of another framework, go to import.js first.
 */
export async function contentOf(model, models, options) {
  if (model instanceof Uint8Array) return fileContent(model, '');
  if (model?.description) return describedContent(model);
  if (typeof model === 'object' && !(model instanceof URL)) return { files: model, urls: [] };
  const text = String(model);
  let url = await resolve(text);
  const { protocol, pathname } = new URL(url);
  const [, name] = /([^/]*)\.(?!json$)[a-z]\w*$/i.exec(pathname) ?? [];
  if (name !== undefined || /blob|data/.test(protocol)) {
    const bytes = await download(url, { ...options, most: mostFileBytes });
    return fileContent(bytes, decodeURIComponent(name ?? ''), [url]);
  }
  const isId = isPlainName(text) && !(model instanceof URL);
  if (isId) url = new URL(encodeURIComponent(text), await resolve(models ?? 'models/')).href;
  if (!url.endsWith('.json')) url = `${url.replace(/\/$/, '')}/model.json`;
  const json = await download(url, { ...options, onBytes: undefined, most: 2 ** 22 });
  const folder = new URL('.', url).href;
  const isOther = new TextDecoder().decode(json).includes('"modelTopology"');
  return isOther
    ? { foreign: json, name: folder.split('/').at(-2), url, urls: [url] }
    : { json, url, folder, urls: [url] };
}
