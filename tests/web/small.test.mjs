// ganlet-small.js, for pages without WebAssembly, draws what the engine draws, within 2 of 255.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { bitsOf, ganlet, goldenLatent, library, libraryUrl } from './library.mjs';

const script = `${library}ganlet-small.js`;
const { models, open } = await import(`${libraryUrl}ganlet-small.js`);
const folder = (id) => new URL(`../../models/${id}/`, import.meta.url);

function openSmall(id) {
  const description = JSON.parse(readFileSync(new URL('model.json', folder(id)), 'utf8'));
  return open(description, readFileSync(new URL(description.parts.generator.file, folder(id))));
}

/** Requests of every kind that it understands, as attributes give them: as texts. */
function requestsFor({ labels }) {
  const plain = Array.from({ length: 12 }, (_, i) => ({ seed: String(97 * i + 5) }));
  const edges = ['0', '4294967295', '4294967296', '18446744073709551615'].map((seed) => ({ seed }));
  const shares = ['0', '0.3', '0.7'].map((truncation) => ({ seed: '11', truncation }));
  const grids = [{}, { count: '5' }, { count: '3', columns: '2', seed: '41' }];
  if (labels.length === 0) return [...plain, ...edges, ...shares, ...grids];
  const labelled = labels.map((_, label) => ({ label: String(label), seed: '8' }));
  const texts =
    labels[0] === '0'
      ? [
          { text: '0123456789', seed: '3' },
          { text: '77', columns: '1' },
        ]
      : [];
  return [...plain, ...edges, ...shares, ...grids, ...labelled, ...texts];
}

test('it takes at most 6,000 bytes with gzip', (t) => {
  const bytes = gzipSync(readFileSync(script), { level: 9 }).length;
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes <= 6000, `${bytes} bytes`);
});

test('seeds have the same latents, but for the last bit of a few', async () => {
  const ours = await openSmall('digits').latent(2026);
  const apart = bitsOf(ours).filter((bits, i) => bits !== goldenLatent[i]);
  assert.ok(apart.length <= 2, `${apart.length} differ`);
});

for (const id of models)
  test(`${id}: every picture is within 2 of 255 of the engine's`, async (t) => {
    const small = openSmall(id);
    const engine = await ganlet.load(folder(id), { variant: 'simd128' });
    const requests = requestsFor(small.info);
    assert.ok(requests.length >= 20);
    let worst = 0;
    for (const request of requests) {
      const [ours, theirs] = [await small.draw(request), await engine.draw(request)];
      assert.deepEqual([ours.width, ours.height], [theirs.width, theirs.height]);
      const most = ours.data.reduce((all, value, i) => Math.max(all, Math.abs(value - theirs.data[i])), 0);
      assert.ok(most <= 2, `${JSON.stringify(request)}: ${most}`);
      worst = Math.max(worst, most);
    }
    t.diagnostic(`${requests.length} requests, at most ${worst} apart`);
    engine.dispose();
  });

test('what it doesn’t know it refuses, by the field’s name; what is wrong as the engine does', async () => {
  const small = openSmall('digits');
  const engine = await ganlet.load(folder('digits'));
  const refusal = (model, request) => model.draw(request).then(assert.fail, ({ code, place }) => [code, place]);
  for (const name of ['jitter', 'vary', 'labels', 'seeds', 'latents', 'mix', 'noise', 'step'])
    assert.deepEqual(await refusal(small, { [name]: '1' }), ['unsupported', name]);
  const wrong = [
    { text: 'a' },
    { text: '' },
    { text: '123', text_limit: '2' },
    { seed: '-1' },
    { label: '10' },
    { count: '0' },
    { truncation: '2' },
  ];
  for (const request of wrong)
    assert.deepEqual(await refusal(small, request), await refusal(engine, request), JSON.stringify(request));
  engine.dispose();
});
