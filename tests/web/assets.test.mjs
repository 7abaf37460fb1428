// What the built site consists of: assets.json lists it, and it is small enough for any host.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { site } from './library.mjs';

const mostBytes = 16 * 2 ** 20;
const { files } = JSON.parse(readFileSync(`${site}assets.json`, 'utf8'));
const present = readdirSync(site, { recursive: true })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => statSync(join(site, path)).isFile());
const sha256Of = (bytes) => createHash('sha256').update(bytes).digest('hex');

test('assets.json lists every file of the site, with its bytes and SHA-256', () => {
  const own = ['assets.json', 'service-worker.js'];
  assert.deepEqual([...files.map(({ path }) => path), ...own].sort(), present.sort());
  for (const { path, bytes, sha256 } of files) {
    const content = readFileSync(site + path);
    assert.deepEqual([content.length, sha256Of(content)], [bytes, sha256], path);
  }
});

test('the service worker has the hash of the list, so that another version is another worker', () => {
  const worker = readFileSync(`${site}service-worker.js`, 'utf8');
  assert.ok(worker.includes(`const version = '${sha256Of(readFileSync(`${site}assets.json`))}';`));
});

test('the site takes at most 16 MiB', (t) => {
  const total = present.reduce((sum, path) => sum + statSync(site + path).size, 0);
  t.diagnostic(`${total} bytes in ${present.length} files`);
  assert.ok(total <= mostBytes, `${total} bytes`);
});

test('of models it has what index.json lists, the float32 part of digits, and six steps of a training', () => {
  const below = (pattern) => present.filter((path) => pattern.test(path));
  assert.deepEqual(below(/-f32\.onnx$/), ['ganlet/models/digits/generator-f32.onnx']);
  assert.ok(below(/along-\d+\.onnx$/).length <= 6);
  assert.ok(below(/along-\d+\.onnx$/).every((path) => path.startsWith('ganlet/models/fashion/')));
  const { models, translators } = JSON.parse(readFileSync(`${site}ganlet/models/index.json`, 'utf8'));
  for (const { id, description } of [...models, ...translators]) {
    const text = readFileSync(`${site}ganlet/models/${id}/${description.file}`);
    assert.equal(sha256Of(text), description.sha256, id);
    const { parts, arrays = {} } = JSON.parse(text);
    for (const { file, sha256 } of [...Object.values(parts), ...Object.values(arrays)])
      assert.equal(sha256Of(readFileSync(`${site}ganlet/models/${id}/${file}`)), sha256, file);
  }
});
