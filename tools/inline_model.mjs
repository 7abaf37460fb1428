// Writes a model as a script, for pages that may fetch no files: those without an origin of their own, on hosts that
// send no CORS headers. It holds model.json and what a plain picture needs.
//
//     node tools/inline_model.mjs MODEL_FOLDER OUT.js
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** A file as gzip, in base64. */
export const packed = (file) => gzipSync(readFileSync(file), { level: 9 }).toString('base64');

/** What a plain picture of a model needs, packed, by its path below ganlet's folder. */
export function packedModel(folder) {
  const id = basename(folder);
  const { parts } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const drawing = parts.generator ? ['generator'] : ['mapping', 'synthesis', 'noise', 'mean_style'];
  const names = ['model.json', ...drawing.map((part) => parts[part].file)];
  return Object.fromEntries(names.map((name) => [`models/${id}/${name}`, packed(join(folder, name))]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, out] = process.argv.slice(2);
  mkdirSync(dirname(out), { recursive: true });
  const files = JSON.stringify(packedModel(folder));
  const page = "(globalThis[Symbol.for('ganlet')] ??= {})";
  writeFileSync(out, `((page) => Object.assign((page.files ??= {}), ${files}))${page};\n`);
}
