// Writes models as scripts, for pages that may fetch no files: those without an origin of their own, on hosts that send
// no CORS headers. Each holds model.json and what a plain picture needs.
//
//     node tools/inline_model.mjs MODELS OUT
//
// writes OUT/MODEL/inline.js for each of the models that web/single_file.js names.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { inlineModels } from '../web/single_file.js';

/** A file as gzip, in base64. */
export const packed = (file, memLevel = 8) => gzipSync(readFileSync(file), { level: 9, memLevel }).toString('base64');

/** What a plain picture of a model needs, packed, by its path below ganlet's folder. */
export function packedModel(folder) {
  const id = basename(folder);
  const { parts } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const drawing = parts.generator ? ['generator'] : ['mapping', 'synthesis', 'noise', 'mean_style'];
  const names = ['model.json', ...drawing.map((part) => parts[part].file)];
  return Object.fromEntries(names.map((name) => [`models/${id}/${name}`, packed(join(folder, name))]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [models, out] = process.argv.slice(2);
  const page = "(globalThis[Symbol.for('ganlet')] ??= {})";
  for (const id of inlineModels) {
    const files = JSON.stringify(packedModel(join(models, id)));
    mkdirSync(join(out, id), { recursive: true });
    writeFileSync(join(out, id, 'inline.js'), `((page) => Object.assign((page.files ??= {}), ${files}))${page};\n`);
  }
}
