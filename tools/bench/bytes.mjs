// What readers download, of the built site and of onnxruntime-web:
//
//     node tools/bench/bytes.mjs [--others] [BUILD]      (default: build/web)
//
// With --others npm fetches other libraries that draw in pages, and what a page loads of them is measured alike. All is
// in bytes with gzip -9, as hosts send them; the single file by `ganlet export-page` as it is, for it is a file.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: given, positionals } = parseArgs({ options: { others: { type: 'boolean' } }, allowPositionals: true });
const build = resolve(positionals[0] ?? `${root}build/web`);
const library = join(build, 'site/ganlet');
const gzipped = (...files) => files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
const ours = (...names) => gzipped(...names.map((name) => join(library, name)));

/** What a page loads of other libraries, by the packages that npm has of them. */
const others = {
  'jdenticon@3.3.0': ['dist/jdenticon.min.js'],
  'lite-youtube-embed@0.3.4': ['src/lite-yt-embed.js', 'src/lite-yt-embed.css'],
  '@google/model-viewer@4.4.0': ['dist/model-viewer.min.js'],
  '@lottiefiles/dotlottie-web@0.80.0': ['dist/index.js', 'dist/dotlottie-player.wasm'],
  '@rive-app/canvas@2.43.1': ['rive.js', 'rive.wasm'],
};

function theirsOf(name, files) {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-bytes-'));
  try {
    const packed = execFileSync('npm', ['pack', '--silent', name], { cwd: folder, encoding: 'utf8' }).trim();
    execFileSync('tar', ['xzf', packed], { cwd: folder });
    return gzipped(...files.map((file) => join(folder, 'package', file)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function singleFile() {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-bytes-'));
  try {
    const file = join(folder, 'digits.html');
    const flags = ['export-page', 'digits', '--text', '2026', '--library', library, '-o', file];
    execFileSync(process.env.GANLET_PROGRAM ?? `${root}build/desktop/bin/ganlet`, flags, { cwd: root, stdio: 'pipe' });
    return statSync(file).size;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const scripts = ['ganlet.js', 'download.js', 'errors.js', 'engine.js'];
const element = readdirSync(join(library, 'element')).map((name) => `element/${name}`);
const rest = element.filter((name) => !/without_wasm|missing/.test(name));
const engine = 'ganlet-relaxed-simd.wasm';
const digits = ['models/digits/model.json', 'models/digits/generator.onnx'];
const tarball = readdirSync(build).find((name) => /^ganlet-[\d.]+\.tgz$/.test(name));
const theirs = join(root, 'node_modules/onnxruntime-web/dist');
const rows = [
  ['the loader, ganlet-image.js', ours('ganlet-image.js')],
  ['the rest of the element, and the library', ours(...rest, ...scripts)],
  ['the engine', ours(engine)],
  ['digits', ours(...digits)],
  ['all that draws 2026 in a page', ours('ganlet-image.js', ...rest, ...scripts, engine, ...digits)],
  ['instead of the engine, without WebAssembly', ours('ganlet-small.js', 'element/without_wasm.js')],
  ['a page in one file, as it is', singleFile()],
  ['the npm package, as it is', tarball ? statSync(join(build, tarball)).size : NaN],
  ['onnxruntime-web alone', gzipped(join(theirs, 'ort.wasm.min.js'), join(theirs, 'ort-wasm-simd-threaded.wasm'))],
];
if (given.others) for (const [name, files] of Object.entries(others)) rows.push([name, theirsOf(name, files)]);
for (const [name, bytes] of rows) console.log(`${name.padEnd(45)}${bytes.toLocaleString('en').padStart(12)}`);
