// A real file for each model's picture by URL: hosts that know no query, and readers without JavaScript, get it.
//
//     node tools/api_pictures.mjs SITE/ganlet
//
// writes SITE/ganlet/api/image/MODEL.png: sixteen pictures from seed 0 on, as the engine draws them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { pngOf, resized } from '../web/api/pixels.js';

const folder = resolve(process.argv[2]);
const { load } = await import(pathToFileURL(`${folder}/ganlet.js`));
const models = pathToFileURL(`${folder}/models/`).href;
const side = 256; // pixels
mkdirSync(`${folder}/api/image`, { recursive: true });
for (const { id } of JSON.parse(readFileSync(`${folder}/models/index.json`, 'utf8')).models) {
  const model = await load(id, { models, variant: 'simd128' });
  const picture = resized(await model.draw({ count: 16, columns: 4, seed: 0 }), side);
  writeFileSync(`${folder}/api/image/${id}.png`, new Uint8Array(await (await pngOf(picture)).arrayBuffer()));
  model.dispose();
}
