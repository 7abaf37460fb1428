// The tables of models/README.md and of cards, made of figures of two judges.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { cardWith, cell, dataOf, tableOfAll, withSheet } from '../../tools/judge_models.mjs';

const root = new URL('../../', import.meta.url);

const figure = (mean) => ({ mean, deviation: 0.0123 });
const near = { generated: figure(0.2), unseen: figure(0.1), closest_hundredth: figure(0.004) };
const judge = (over) => ({
  frechet_distance: figure(over / 4),
  frechet_over_floor: figure(over),
  frechet_excess: figure(over / 4 - 0.25),
  kernel_distance: figure(0.001),
  precision: figure(0.9),
  recall: figure(0.8),
  density: figure(1),
  coverage: figure(0.7),
  nearest_training_picture: { features: near, pixels: near },
});
const real = { frechet_floor: figure(0.25), recall: figure(0.88), real_train: figure(0.995) };
const entry = {
  samples: 10000,
  training_pictures: 60000,
  unseen_pictures: 10000,
  gan_train_samples: 60000,
  seed: 7001,
  seeds: 3,
  real: { ...real, real_train_by_class: [figure(0.99), figure(0.98)], judge_2: real },
  measured: {
    ...judge(1.5),
    gan_train: figure(0.975),
    class_shares: [figure(0.5), figure(0.5)],
    judge_2: judge(2.5),
  },
};

test('figures have their deviations, and what there is no figure of is a dash', () => {
  assert.equal(cell(figure(1.6756)), '1.68 ± 0.012');
  assert.deepEqual(
    [0.5, undefined, null].map((value) => cell(value)),
    ['0.5', '–', '–'],
  );
});

test('a card gets its figures in place of those it had, and keeps the rest', () => {
  const card = '# A\n\n## How good it is\n\nold figures\n\n## How it was made\n\nBy hand.\n';
  const written = cardWith(card, entry, ['zero', 'one']);
  assert.ok(!written.includes('old figures') && written.endsWith('\n\n## How it was made\n\nBy hand.\n'), written);
  assert.match(written, /\| over the floor \| 1\.5 ± 0\.012 \| – \| 2\.5 ± 0\.012 \| – \|/);
  assert.match(written, /GAN-train\) \| 0\.975 ± 0\.012 \| 0\.995 ± 0\.012 \|/);
  assert.match(written, /\| one \| 0\.5 ± 0\.012 \| 0\.98 ± 0\.012 \|/);
  assert.equal(cardWith(written, entry, ['zero', 'one']), written);
  assert.throws(() => cardWith('# A\n', entry), /How good it is/);
});

test('each card shows its sheet of pictures between pictures, once', () => {
  const card = withSheet('# A\n\n![Pictures](preview.png)\n\nText.\n');
  assert.match(card, /\(preview\.png\)\n\n!\[.*\]\(interpolations\.png\)\n\nText/);
  assert.equal(withSheet(card), card);
  for (const { id } of JSON.parse(readFileSync(new URL('models/index.json', root), 'utf8')).models)
    assert.match(readFileSync(new URL(`models/${id}/README.md`, root), 'utf8'), /interpolations\.png/, id);
});

test('all versions are in the table of all models, before those after, and real pictures last', () => {
  const rows = tableOfAll({ 'digits 1': entry, 'digits 2': entry, 'nouns 2': entry }).split('\n');
  const first = rows.filter((row) => /^\| (\[|real)/.test(row)).map((row) => row.split('|')[1].trim());
  assert.deepEqual(first, [
    '[digits](digits)',
    '[digits](digits)',
    '[nouns](nouns)',
    'real pictures (mnist)',
    'real pictures (nouns)',
  ]);
  assert.equal(dataOf('digits-wgan'), 'mnist');
});

test('models/README.md is what models/judged.json makes', () => {
  const judged = JSON.parse(readFileSync(new URL('models/judged.json', root), 'utf8'));
  assert.equal(readFileSync(new URL('models/README.md', root), 'utf8'), tableOfAll(judged));
});
