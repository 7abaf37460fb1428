// Adds to a built site what other sites need to show its pictures when somebody pastes a link to it
// (https://oembed.com, sections 2.3.4.4 and 4):
//
//     node tools/oembed.mjs SITE https://me.example/ganlet-site/
//
// writes SITE/ganlet/show/MODEL.html, a page with one picture, and SITE/ganlet/oembed/MODEL.json, which describes that
// page's frame; the landing pages get the description of `digits`. All addresses in them are below the given one, where
// the site will be: such a description can have no relative ones.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { escaped, frameOf, tagOf } from '../web/single_file.js';
import { listAssets } from './assets.mjs';
import { fileOf, languages } from './pages.mjs';

const side = 256; // pixels of a frame, and of the pictures in api/image

const sides = { width: side, height: side };

const frame = ({ id, title }, base) =>
  frameOf({ library: `${base}ganlet/`, model: id, query: 'seed=1', title, ...sides });

/** What a page's link leads to. */
function descriptionOf({ id, title }, base) {
  return {
    version: '1.0',
    type: 'rich',
    title,
    provider_name: 'ganlet',
    provider_url: base,
    html: frame({ id, title }, base),
    ...sides,
    thumbnail_url: `${base}ganlet/api/image/${id}.png`,
    thumbnail_width: side,
    thumbnail_height: side,
  };
}

function linkOf({ id, title }, base) {
  const type = 'application/json+oembed';
  return `<link rel="alternate" type="${type}" title="${escaped(title)}" href="${base}ganlet/oembed/${id}.json">`;
}

function codeOf(label, code) {
  const text = `<textarea rows="4" readonly spellcheck="false">${escaped(code)}</textarea>`;
  return `<p class="code"><label>${label}${text}</label></p>`;
}

function pageOf({ id, title }, base) {
  const shown = { model: id, seed: 1, ...sides };
  const poster = (folder) =>
    `<img src="${folder}api/image/${id}.png" width="${side}" height="${side}" alt="${escaped(title)}">`;
  const script = `<script type="module" src="${base}ganlet/ganlet-image.js"></script>`;
  const tag = tagOf(shown, poster(`${base}ganlet/`));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · ganlet</title>
<meta property="og:title" content="${escaped(title)}">
<meta property="og:image" content="${base}ganlet/api/image/${id}.png">
<link rel="icon" href="../../icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="../../style.css">
${linkOf({ id, title }, base)}
<script type="module" src="../ganlet-image.js"></script>
</head>
<body class="reading">
<header>
<h1>${escaped(title)}</h1>
<p>A small neural network draws this in your browser; nothing is sent anywhere. The arrow draws another one.</p>
</header>
<main>
${tagOf({ ...shown, controls: 1 }, poster('../'))}
<h2>Paste this</h2>
${codeOf('A tag, for pages of the same host', `${script}\n${tag}`)}
${codeOf('A frame, where scripts are stripped', frame({ id, title }, base))}
</main>
<footer><p><a href="../../">ganlet</a></p></footer>
</body>
</html>
`;
}

/** Adds pages and descriptions to a site's folder. */
export function addDescriptions(site, address) {
  const { origin, pathname } = new URL(address);
  const base = escaped(origin + pathname.replace(/\/?$/, '/'));
  const library = join(site, 'ganlet');
  const { models } = JSON.parse(readFileSync(join(library, 'models/index.json'), 'utf8'));
  for (const folder of ['show', 'oembed']) mkdirSync(join(library, folder), { recursive: true });
  for (const model of models) {
    if (!/^\w[\w.-]*$/.test(model.id)) throw new Error(`index.json: '${model.id}' is no id of a model`);
    writeFileSync(join(library, `show/${model.id}.html`), pageOf(model, base));
    writeFileSync(join(library, `oembed/${model.id}.json`), `${JSON.stringify(descriptionOf(model, base))}\n`);
  }
  const first = models.find(({ id }) => id === 'digits');
  for (const language of first ? Object.keys(languages) : []) {
    const file = join(site, fileOf(language));
    const page = readFileSync(file, 'utf8').replace(/<link[^>]*json\+oembed[^>]*>\n/, '');
    writeFileSync(
      file,
      page.replace('</head>', () => `${linkOf(first, base)}\n</head>`),
    );
  }
  listAssets(site);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [site, address] = process.argv.slice(2);
  if (!site || !/^https?:/.test(address ?? '')) {
    console.error('usage: node tools/oembed.mjs SITE https://ADDRESS/OF/THE/SITE/');
    process.exit(2);
  }
  addDescriptions(resolve(site), address);
}
