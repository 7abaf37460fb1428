// What the tests of the JavaScript library share.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterEach } from 'node:test';
import { pathToFileURL } from 'node:url';

const built = process.env.GANLET_SITE ?? new URL('../../build/web/site', import.meta.url).pathname;
if (!existsSync(`${built}/ganlet/ganlet.js`))
  throw new Error(`no site in ${built}: cmake --preset web && cmake --build --preset web`);

/** The built site, and the library in it, as folders. */
export const site = `${built}/`;
export const library = `${built}/ganlet/`;
export const libraryUrl = pathToFileURL(library).href;

export const ganlet = await import(`${libraryUrl}ganlet.js`);

const faults = []; // of ganlet itself

// Every error of the code `internal`, wherever it ends up, makes the test fail that it came up in.
Object.defineProperty(ganlet.GanletError.prototype, 'code', {
  set(value) {
    Object.defineProperty(this, 'code', { value, enumerable: true });
    if (value === 'internal') faults.push(this);
  },
});
afterEach(() => assert.deepEqual(faults.splice(0), []));

/** The errors of that code since the last look, for the one test that makes some. */
export const expectedFaults = () => faults.splice(0);

/** Seed 2026's first 64 numbers as the bits of float32, the same in native, Node and browsers. */
export const goldenLatent = readFileSync(new URL('../golden/latent_2026.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((bits) => parseInt(bits, 16));
export const bitsOf = (floats) => [...new Uint32Array(Float32Array.from(floats).buffer)];

export const variants = ['relaxed-simd', 'simd128'];
/**
 * Why a variant can't run here, or false; for a test's `skip`. Node 20 has relaxed SIMD behind
 * --experimental-wasm-relaxed-simd.
 */
export const skipOf = (variant) =>
  variant === 'relaxed-simd' && ganlet.supportedVariant() !== 'relaxed-simd' && 'this Node.js has no relaxed SIMD';

/**
 * Serves `answers`, an object of [status, headers, body] by path, on a free port, and counts what was asked for. The
 * test closes it: `await using server = ...` isn't in Node 20, so `t.after(server.close)`.
 */
export async function serve(answers) {
  const asked = {};
  const server = createServer((request, response) => {
    asked[request.url] = (asked[request.url] ?? 0) + 1;
    const [status, headers, body] = answers[request.url] ?? [404, { 'content-type': 'text/plain' }, 'no such file'];
    response.writeHead(status, headers);
    if (typeof body === 'function') body(response);
    else response.end(body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, answers, asked, close };
}
