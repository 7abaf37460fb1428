// Hosts that serve the built site otherwise than they should.
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

import { policy } from '../../tools/serve.mjs';
import { site } from './library.mjs';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.webmanifest': 'application/manifest+json',
};

export const html = [200, { 'content-type': 'text/html' }, '<!doctype html><title>Not found</title>Not found'];
export const missing = [404, { 'content-type': 'text/plain' }, 'no such file'];

export function fileOf(path) {
  const file = join(site, path.endsWith('/') ? `${path}index.html` : path);
  try {
    if (statSync(file).isFile())
      return [200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }, readFileSync(file)];
  } catch {
    // as missing
  }
  return missing;
}

/**
 * A file whose connection breaks off in its midst. It is closed, not reset: a browser that hasn't read the headers yet
 * would lose them, and ask again by itself.
 */
export function cut(path) {
  const [status, headers, body] = fileOf(path);
  const half = (response) => response.write(body.subarray(0, body.length >> 1), () => response.socket.end());
  return [status, { ...headers, 'content-length': body.length }, half];
}

/**
 * Serves the site on a free port, but for what `answer(path, request)` gives: [status, headers, body], a promise of
 * that, or nothing. `headers(path)` are sent with every answer; without, the policy that the site promises to work
 * under.
 */
export async function host({ answer = () => undefined, headers = () => ({ 'content-security-policy': policy }) } = {}) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    asked.push(path);
    const [status, own, body] = (await answer(path, request)) ?? fileOf(path);
    response.writeHead(status, { 'cache-control': 'no-cache', ...headers(path), ...own });
    if (typeof body === 'function') body(response);
    else response.end(body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, asked, close };
}

/** Opens a page of a host in a browser, and closes both at the end of the test. */
export async function visit(t, browser, options = {}, path = '') {
  const served = await host(options);
  const page = await browser.newPage();
  t.after(async () => {
    await page.leave();
    await served.close();
  });
  await page.goto(served.url + path, { waitUntil: 'domcontentloaded' });
  return { page, ...served };
}
