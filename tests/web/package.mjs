// What the tests of the npm package share: projects that have installed the packed tarball, and nothing else.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';

import { library, site } from './library.mjs';
import { root } from './program.mjs';

const { version } = JSON.parse(readFileSync(`${root}wasm/package/package.json`, 'utf8'));
export const tarball = join(site, '..', `ganlet-${version}.tgz`);
if (!existsSync(tarball)) throw new Error(`no ${tarball}: cmake --build build/web --target ganlet_package`);

/** Writes `files`, texts by path, below a folder. */
export function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Has a project use packages of this one. */
export function borrow(folder, names) {
  for (const name of names) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(`${root}node_modules/${name}`, link);
  }
}

/** Puts ganlet's folder of the built site there, without what pictures need only sometimes. */
export function putLibrary(folder) {
  cpSync(library, folder, { recursive: true, filter: (file) => !/(-f32|along-\d+)\.onnx$/.test(file) });
}

/** A new folder with the package in its node_modules, as npm unpacks it, and `files` besides. `t` removes it. */
export function project(t, files = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-package-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const installed = join(folder, 'node_modules/ganlet');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['xzf', tarball, '--strip-components=1', '-C', installed]);
  write(folder, { 'package.json': '{ "name": "a-project", "private": true, "type": "module" }', ...files });
  return folder;
}

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

/** Serves a folder as it is, under the policy that pages may have, until the test's end. */
export async function serveFolder(t, folder, headers = {}) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = join(folder, decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
    const isThere = existsSync(file) && statSync(file).isFile();
    const type = types[extname(file)] ?? 'application/octet-stream';
    response.writeHead(isThere ? 200 : 404, { 'content-type': isThere ? type : 'text/plain', ...headers });
    response.end(isThere ? readFileSync(file) : 'no such file');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${server.address().port}/`;
}
