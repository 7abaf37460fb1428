// Writes a model as a script, for pages that may fetch no files: those without an origin of their own, on hosts that
// send no CORS headers. It holds model.json and what a plain picture needs.
//
//     node tools/inline_model.mjs MODEL_FOLDER OUT.js
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const [folder, out] = process.argv.slice(2);
const id = basename(folder);
const { parts } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
const drawing = parts.generator ? ['generator'] : ['mapping', 'synthesis', 'noise', 'mean_style'];
const names = ['model.json', ...drawing.map((part) => parts[part].file)];
const packed = (name) => gzipSync(readFileSync(join(folder, name)), { level: 9 }).toString('base64');
const files = Object.fromEntries(names.map((name) => [`models/${id}/${name}`, packed(name)]));
mkdirSync(dirname(out), { recursive: true });
writeFileSync(
  out,
  `((page) => Object.assign((page.files ??= {}), ${JSON.stringify(files)}))` +
    `(globalThis[Symbol.for('ganlet')] ??= {});\n`,
);
