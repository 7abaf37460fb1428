// A page for the frame of each model, which shows that model's preview where there is no JavaScript:
//
//     node tools/frames.mjs SITE/ganlet
//
// writes SITE/ganlet/embed-MODEL.html from SITE/ganlet/embed.html, which is the page of `digits`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { escaped } from '../web/single_file.js';

const library = resolve(process.argv[2]);
const page = readFileSync(join(library, 'embed.html'), 'utf8');
const { models } = JSON.parse(readFileSync(join(library, 'models/index.json'), 'utf8'));
const first = models.find(({ id }) => id === 'digits');
for (const { id, title } of models) {
  const written = page.replaceAll(first.title, () => escaped(title)).replaceAll(/(["/])digits(["/])/g, `$1${id}$2`);
  writeFileSync(join(library, `embed-${id}.html`), written);
}
