// What documents and pages tell people to paste: it names attributes, models, files and entries of the package that
// there are. Tests of the snippets themselves are in package_sites.test.mjs and landing.browser.mjs.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { library, libraryUrl } from './library.mjs';
import { root } from './program.mjs';

const { attributes, requestFields } = await import(`${libraryUrl}ganlet-image.js`);
const read = (path) => readFileSync(root + path, 'utf8');
const { models, translators } = JSON.parse(read('models/index.json'));
const ids = [...models, ...translators].map(({ id }) => id);
const names = [
  'README.md',
  'docs/embedding.md',
  'docs/serving.md',
  'wasm/package/README.md',
  'web/index.html',
  'web/strings.json',
];
const raw = names.map(read).join('\n').replaceAll('\\"', '"').replaceAll('&amp;', '&');
// Without what template languages put in: {{ "a" }}, {text} as an attribute, and values such as ${seed}
const texts = raw
  .replace(/\{\{.*?\}\}/g, '1')
  .replace(/ \{(\w+)\}/g, ' $1=x')
  .replace(/\$?\{\w+\}/g, 'x');
const found = (pattern, text = texts) => [...text.matchAll(pattern)];

/** Fails for names that `known` lacks, and if fewer than there are today were found: then the search is wrong. */
function assertKnown(given, known, atLeast) {
  assert.deepEqual(
    given.filter((name) => !known.includes(name)),
    [],
  );
  assert.ok(given.length >= atLeast, `${given.length} were found`);
}

test('attributes are those of the element', () => {
  const tags = found(/<ganlet-image((?:\s(?:[^>"]|"[^"]*")*)?)>/g).map(([, given]) => given);
  const given = tags.flatMap((tag) => tag.replace(/=("[^"]*"|\S+)/g, '').split(/\s+/)).filter(Boolean);
  assertKnown(
    given.map((name) => name.replace(/^:/, '')), // Vue's
    [...attributes, 'class'],
    60,
  );
  assertKnown(
    found(/data-ganlet-([\w-]+)/g).map(([, name]) => name),
    attributes,
    4,
  );
});

test('models are there', () => {
  const given = found(/(?:\bmodel|data-ganlet)="([a-z][\w-]*)"|api\/image\/([a-z][\w-]*)\.|embed-([a-z][\w-]*)\.html/g);
  assertKnown(
    given.map(([, ...groups]) => groups.find(Boolean)),
    ids,
    20,
  );
});

test('the fields of links are those that frames and pictures by URL take', () => {
  const fieldsOf = (links) => links.flatMap(([, query]) => [...new URLSearchParams(query).keys()]);
  assertKnown(fieldsOf(found(/embed[\w-]*\.html#([\w=&-]+)/g)), [...attributes, 'scheme', 'downloads'], 4);
  const fields = requestFields.split(' ').map((name) => name.replaceAll('-', '_'));
  assertKnown(fieldsOf(found(/api\/image\/[\w-]+\.\w+\?([\w=&-]+)/g)), [...fields, 'size', 'n'], 6);
});

test('files and entries of the package are there', () => {
  const files = found(
    /(?<![\w/.-])\.?\/?ganlet\/(?:[\d.]+-[\da-f]+\/)?((?:[\w-]+\/)*[\w.-]+\.(?:js|html|wasm|json)\b)/g,
    raw,
  );
  const paths = files.map(([, path]) => path).filter((path) => !/^(show|oembed)\//.test(path));
  const missing = paths.filter((path) => ![library, `${root}wasm/package/`].some((at) => existsSync(at + path)));
  assert.deepEqual(missing, []);
  assert.ok(paths.length > 15, `${paths.length} were found`);
  const entries = found(/(?:import|from) '(ganlet(?:\/[\w./-]+)?)'/g, raw).map(([, entry]) => entry);
  const { exports } = JSON.parse(read('wasm/package/package.json'));
  assertKnown(
    entries,
    Object.keys(exports).map((entry) => entry.replace('.', 'ganlet')),
    6,
  );
});
