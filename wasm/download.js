import { GanletError } from './errors.js';

/** What a relative URL is relative to: the page, or Node's working directory. */
async function base() {
  if (globalThis.document) return document.baseURI;
  if (globalThis.location) return location.href;
  const { pathToFileURL } = await import('node:url');
  return pathToFileURL(`${process.cwd()}/`).href;
}

export async function resolve(url) {
  try {
    return new URL(url, await base()).href;
  } catch {
    throw new GanletError('invalid_argument', '', `'${url}' is no URL`);
  }
}

/** Whether bytes begin as web pages do, which is what many servers send where there is no such file. */
function isHtml(bytes) {
  const head = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().toLowerCase();
  return head.startsWith('<!doctype') || head.startsWith('<html');
}

const gotHtml = (url) => new GanletError('not_found', '', `got HTML, probably a 404, from ${url}`);

async function readFile(url, signal) {
  const { readFile: read } = await import('node:fs/promises');
  try {
    return new Uint8Array(await read(new URL(url), { signal }));
  } catch (error) {
    signal?.throwIfAborted();
    throw new GanletError(
      error.code === 'ENOENT' ? 'not_found' : 'io',
      url,
      error.code === 'ENOENT' ? 'there is no such file' : error.message,
    );
  }
}

async function request(url, signal) {
  let response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new GanletError('io', '', `can't reach ${url}: ${error.message}`);
  }
  if ((response.headers.get('content-type') ?? '').startsWith('text/html')) throw gotHtml(url);
  if (!response.ok)
    throw new GanletError(response.status === 404 ? 'not_found' : 'io', '', `got HTTP ${response.status} from ${url}`);
  return response;
}

async function readBody(response, url, signal, onBytes) {
  const pieces = [];
  let size = 0;
  try {
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      size += value.length;
      onBytes?.(value.length);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new GanletError('io', '', `${url} broke off after ${size} bytes: ${error.message}`);
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
 * The bytes behind a URL. A web page in place of what was asked for is an error that says so.
 * `onBytes` is called with the bytes that have come since the call before, after decompression.
 */
export async function download(url, { signal, onBytes } = {}) {
  signal?.throwIfAborted();
  let bytes;
  if (url.startsWith('file:') && globalThis.process?.versions?.node) {
    bytes = await readFile(url, signal);
    onBytes?.(bytes.length);
  } else {
    bytes = await readBody(await request(url, signal), url, signal, onBytes);
  }
  if (isHtml(bytes)) throw gotHtml(url);
  return bytes;
}
