// Lists what a site consists of, after everything else of it has been built or changed:
//
//     node tools/assets.mjs SITE
//
// writes SITE/assets.json, with path, bytes and SHA-256 of each file (of a compressed one, also its content's), and the
// variant of those that not every reader needs; and SITE/service-worker.js, which holds the list's own SHA-256, so that
// browsers see a new version in it.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const own = ['assets.json', 'service-worker.js']; // which are written here, and which no list can describe
const worker = fileURLToPath(new URL('../web/service-worker.js', import.meta.url));
const sha256Of = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Who needs a file, by the first pattern that its path matches; nothing for what every reader does. */
const variants = [
  [/^ganlet\/ganlet-(relaxed-simd|simd128)\.wasm\.gz$/, (name) => name],
  [/^ganlet\/ganlet-(relaxed-simd|simd128)\.wasm$/, () => 'uncompressed'],
  [/^ganlet\/ganlet-import(?:-\w+)?\.wasm$|^ganlet\/import\.js$/, () => 'importer'],
  [/^ganlet\/ganlet-(any)\.wasm$/, (name) => name],
  [/^ganlet\/(ganlet-webgpu\.wasm\.gz|webgpu\.js)$/, () => 'webgpu'],
  [/^ganlet\/ganlet-small\.js$|\/without_wasm\.js$/, () => 'javascript'],
  [/^ganlet\/(ganlet-\w+\.classic\.js|embed[\w.-]*|p\w+\.html|THIRD-PARTY\.txt)$|\/inline\.js$/, () => 'classic'],
  [/^ganlet\/(sw\.js$|api\/)/, () => 'api'],
  [/^ganlet\/(package\.json|.*\.d\.ts)$/, () => 'library'],
  [/^icon-\d+\.png$/, () => 'installation'],
  [/-f32\.onnx$/, () => 'float32'],
  [/^ganlet\/models\/([^/]+)\/along-/, (id) => `training ${id}`],
  [/^ganlet\/models\/([^/]+)\//, (id) => `model ${id}`],
  [/^studio\/studio-background-any\./, () => 'studio-any'],
  [/^studio(\/|\.html$)/, () => 'studio'],
];

function variantOf(path) {
  for (const [pattern, name] of variants) {
    const found = pattern.exec(path);
    if (found) return name(found[1]);
  }
  return undefined;
}

function write(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

/** Writes the list of the files in a site's folder. */
export function listAssets(site) {
  const found = readdirSync(site, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = found.map((entry) => join(entry.parentPath, entry.name).slice(resolve(site).length + 1));
  const files = paths
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !own.includes(path))
    .sort()
    .map((path) => {
      const bytes = readFileSync(join(site, path));
      const unpacked = path.endsWith('.gz') ? sha256Of(gunzipSync(bytes)) : undefined;
      return { path, bytes: bytes.length, sha256: sha256Of(bytes), unpacked, variant: variantOf(path) };
    });
  const list = `{ "files": [\n${files.map((file) => `  ${JSON.stringify(file)}`).join(',\n')}\n] }\n`;
  write(join(site, 'assets.json'), list);
  write(join(site, 'service-worker.js'), readFileSync(worker, 'utf8').replace('{{version}}', sha256Of(list)));
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) listAssets(resolve(process.argv[2]));
