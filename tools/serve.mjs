// A small static server for trying the site: node tools/serve.mjs DIRECTORY [--port N] [--base /sub/path/]. Only for
// this machine; it sends the strictest policy that the site works under.
import { createReadStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.webmanifest': 'application/manifest+json',
  '.onnx': 'application/octet-stream',
  '.md': 'text/markdown; charset=utf-8',
};
export const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** The file that a path names inside `root`, index.html for folders; null where there is none. */
async function fileAt(root, path) {
  const file = normalize(join(root, decodeURIComponent(path)));
  if (file !== root && !file.startsWith(root + sep)) return null;
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) return fileAt(root, join(path, 'index.html'));
  return found?.isFile() ? { file, size: found.size, modified: found.mtime } : null;
}

// What hosts compress: text and WebAssembly.
const compressible = new Set(['.html', '.js', '.mjs', '.css', '.json', '.wasm', '.svg', '.webmanifest', '.md']);

/**
 * Serves `directory` under `base` (starts and ends with "/"); `headers` are sent with every answer; `gzip` compresses
 * as most hosts do. Port 0 takes any free one.
 */
export function serve(
  directory,
  { port = 0, base = '/', headers = { 'Content-Security-Policy': policy }, gzip = false } = {},
) {
  const root = resolve(directory);
  const zipped = new Map(); // by tag, as hosts keep it
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const found = pathname.startsWith(base) ? await fileAt(root, pathname.slice(base.length)).catch(() => null) : null;
    if (!found) {
      response
        .writeHead(404, { 'Content-Type': 'text/html; charset=utf-8', ...headers })
        .end('<!doctype html><title>Not found</title>Not found');
      return;
    }
    const tag = `"${found.size.toString(16)}-${found.modified.getTime().toString(16)}"`;
    const common = { ETag: tag, 'Cache-Control': 'no-cache', ...headers };
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304, common).end();
      return;
    }
    const kind = extname(found.file);
    const type = { 'Content-Type': types[kind] ?? 'application/octet-stream', ...common };
    if (gzip && compressible.has(kind)) {
      const key = found.file + tag;
      if (!zipped.has(key)) zipped.set(key, gzipSync(readFileSync(found.file)));
      response.writeHead(200, { ...type, 'Content-Encoding': 'gzip', 'Content-Length': zipped.get(key).length });
      response.end(zipped.get(key));
      return;
    }
    response.writeHead(200, { ...type, 'Content-Length': found.size });
    // A file may go away between being looked at and being read.
    createReadStream(found.file)
      .on('error', () => response.destroy())
      .pipe(response);
  });
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => done({ server, url: `http://127.0.0.1:${server.address().port}${base}` }));
  });
}

function readArguments(list) {
  const options = { port: 8000, base: '/' };
  let directory = null;
  for (let i = 0; i < list.length; ++i) {
    if (list[i] === '--port') options.port = Number(list[++i]);
    else if (list[i] === '--base') options.base = list[++i];
    else directory = list[i];
  }
  const good = directory && Number.isInteger(options.port) && /^\/(.*\/)?$/.test(options.base ?? '');
  return good ? { directory, options } : null;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const wanted = readArguments(process.argv.slice(2));
  if (!wanted) {
    console.error('usage: node tools/serve.mjs DIRECTORY [--port N] [--base /sub/path/]');
    process.exit(2);
  }
  const { url } = await serve(wanted.directory, wanted.options);
  console.log(`serving ${wanted.directory} at ${url}`);
}
