// Measures the models of models/ by both judges of ganlet-evaluate, and writes what they say:
//
//     node tools/judge_models.mjs --data DIR [--evaluate PROGRAM] [ID...]
//     node tools/judge_models.mjs --report FILE...
//
// DIR has the folders mnist, fashion, nouns and creatures. Without ids all models are measured. With --report none is,
// and the figures are those that ganlet-evaluate wrote to the files, on another machine for instance. What is done
// stays in runs/judges, so that a call that was interrupted goes on. models/judged.json keeps all figures of each
// version of a model; models/README.md, the cards and index.json are written from it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The data that a model was trained on, by its id. */
export const dataOf = (id) => (id.startsWith('digits') ? 'mnist' : id);

const mean = (figure) => figure?.mean ?? figure;

/** "0.883", "1.68 ± 0.04"; a dash where there is no such figure. */
export function cell(figure, digits = 3) {
  const text = (value) => (Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(digits))));
  if (figure === undefined || figure === null) return '–';
  return figure.mean === undefined
    ? text(figure)
    : `${text(figure.mean)} ± ${text(Number(figure.deviation.toPrecision(2)))}`;
}

const table = (rows) => {
  const [head, ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [head, `|${rows[0].map(() => '---').join('|')}|`, ...body].join('\n');
};

const figures = [
  ['Fréchet distance to the test set', 'frechet_distance', 'frechet_floor'],
  ['over the floor', 'frechet_over_floor'],
  ['excess over the floor', 'frechet_excess'],
  ['kernel distance, unbiased', 'kernel_distance', 'kernel_distance'],
  ['precision', 'precision', 'precision'],
  ['recall', 'recall', 'recall'],
  ['density', 'density', 'density'],
  ['coverage', 'coverage', 'coverage'],
  ['class accuracy (GAN-test)', 'class_accuracy'],
  ['accuracy on real test pictures when trained on these (GAN-train)', 'gan_train', 'real_train'],
  ['reconstructions that keep their class', 'class_kept'],
];

/** A model's figures beside those of real pictures, by both judges. */
function tableOfModel({ measured, real }) {
  const rows = [['', 'judge 1', 'real pictures', 'judge 2', 'real pictures']];
  for (const [text, name, ofReal] of figures) {
    const sides = [measured, measured.judge_2].map((side) => side[name]);
    if (sides.every((side) => side === undefined)) continue;
    const beside = [real, real.judge_2].map((side) => (ofReal ? side[ofReal] : undefined));
    const digits = /accuracy|train|kept/.test(name) ? 4 : 3;
    rows.push(
      [text, sides[0], beside[0], sides[1], beside[1]].map((figure, i) => (i > 0 ? cell(figure, digits) : figure)),
    );
  }
  const few = measured.as_many_as_unseen;
  if (few)
    for (const name of ['recall', 'coverage'])
      rows.push([
        `${name} of as many pictures as real ones here`,
        cell(few[name]),
        cell(real[name]),
        cell(measured.judge_2.as_many_as_unseen[name]),
        cell(real.judge_2[name]),
      ]);
  for (const [text, kind] of [
    ["judge's features", 'features'],
    ['pixels', 'pixels'],
  ]) {
    const sides = [measured, measured.judge_2].map((side) => side.nearest_training_picture[kind]);
    rows.push([
      `nearest training picture, ${text}`,
      ...sides.flatMap((side) => [cell(side.generated), cell(side.unseen)]),
    ]);
    rows.push([
      `share nearer than all but 1 % of unseen real ones, ${text}`,
      ...sides.flatMap((side) => [cell(side.closest_hundredth), '0.01']),
    ]);
  }
  return table(rows);
}

/** What is known of each class. */
function tableOfClasses({ measured, real }, labels) {
  const columns = [
    ['share', measured.class_shares],
    ['GAN-test', measured.class_accuracy_by_class],
    ['GAN-train', measured.gan_train_by_class],
    ['real-train', measured.class_shares && real.real_train_by_class],
  ].filter(([, values]) => values);
  if (columns.length === 0) return '';
  const classes = columns[0][1].map((_, i) => labels?.[i] ?? String(i));
  const rows = classes.map((name, i) => [name, ...columns.map(([, values]) => cell(values[i]))]);
  return `\n\nBy class, as judge 1 sees it:\n\n${table([['class', ...columns.map(([name]) => name)], ...rows])}`;
}

function howMeasured(entry) {
  const plain = (number) => number.toLocaleString('en');
  const [samples, unseen, training, lesson] = [
    entry.samples,
    entry.unseen_pictures,
    entry.training_pictures,
    entry.gan_train_samples,
  ].map(plain);
  const taught = `
GAN-train learns from ${lesson} samples, as real-train does from the real training pictures.`;
  return `By \`node tools/judge_models.mjs\`: ${samples} samples of the int8 file, against ${unseen} unseen and
${training} training pictures; means and deviations over judges of ${entry.seeds} seeds, from ${entry.seed}.
Each judge has features of its own, on a scale where training pictures have a mean variance of 1
([judges.txt](../../tools/evaluate/judges.txt)).${entry.measured.gan_train ? taught : ''}`;
}

/** A card with `entry`'s figures in place of those that it has. */
export function cardWith(card, entry, labels) {
  const heading = '## How good it is\n';
  const from = card.indexOf(heading) + heading.length;
  const to = card.indexOf('\n## ', from);
  if (from < heading.length || to < 0) throw new Error('the card has no part "How good it is" with another behind it');
  const held = entry.held_back === false ? '\n\nThe pictures called unseen were trained on, too.' : '';
  const text = `${howMeasured(entry)}${held}\n\n${tableOfModel(entry)}${tableOfClasses(entry, labels)}\n`;
  return `${card.slice(0, from)}\n${text}${card.slice(to)}`;
}

/** A card with its sheet of pictures between pictures: drawn from seeds 1 to 9, as they came. */
export function withSheet(card) {
  const sheet = '\n![From seed to seed, 1 to 9, row by row](interpolations.png)\n';
  return card.includes(sheet) ? card : card.replace(/\]\(preview\.png\)\n/, (preview) => preview + sheet);
}

/** models/README.md, of all versions that were measured. */
export function tableOfAll(judged) {
  const rows = [
    [
      'model',
      'version',
      'over the floor, judge 1',
      'judge 2',
      'excess, judge 1',
      'judge 2',
      'kernel distance, judge 1',
      'precision',
      'recall',
      'density',
      'coverage',
      'GAN-train',
      'real-train',
    ],
  ];
  const realOf = new Map();
  for (const [name, { measured, real }] of Object.entries(judged)) {
    const [id, version] = name.split(' ');
    realOf.set(dataOf(id), real);
    rows.push([
      `[${id}](${id})`,
      version,
      cell(measured.frechet_over_floor),
      cell(measured.judge_2.frechet_over_floor),
      cell(measured.frechet_excess),
      cell(measured.judge_2.frechet_excess),
      cell(measured.kernel_distance),
      cell(measured.precision),
      cell(measured.recall),
      cell(measured.density),
      cell(measured.coverage),
      cell(measured.gan_train, 4),
      measured.gan_train ? cell(real.real_train, 4) : '–',
    ]);
  }
  for (const [data, real] of realOf)
    rows.push([
      `real pictures (${data})`,
      '',
      '1',
      '1',
      '0',
      '0',
      cell(real.kernel_distance),
      cell(real.precision),
      cell(real.recall),
      cell(real.density),
      cell(real.coverage),
      '–',
      cell(real.real_train, 4),
    ]);
  return `# Models

Each folder has a model with its card. Below, what the two judges of \`ganlet-evaluate\` say of every version that
was measured, and of real pictures by the same schedule. A distance is Fréchet's to the test set; the floor is that of
as many real training pictures, the excess what lies above it. Judge 1 is trained on the real pictures, judge 2 has
random features ([judges.txt](../tools/evaluate/judges.txt)); where none is named, it is judge 1. Where there are fewer
unseen pictures than samples, as of nouns and creatures, recall and coverage of real ones are of fewer: the cards
compare as many. The cards have the rest. Written by \`node tools/judge_models.mjs --data DIR\`; what was tried in
training is in [TRAINING.md](TRAINING.md).

${table(rows)}
`;
}

/** The member of a model's entry in index.json, on one line. */
function lineOf({ measured }) {
  const rounded = (figure) => Number(mean(figure).toPrecision(3));
  const values = Object.entries({
    frechet_over_floor: measured.frechet_over_floor,
    frechet_over_floor_2: measured.judge_2.frechet_over_floor,
    precision: measured.precision,
    recall: measured.recall,
  }).map(([name, figure]) => `"${name}": ${rounded(figure)}`);
  return `{ ${values.join(', ')} }`;
}

function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (error || status !== 0)
    throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? `ended with ${status}`}`);
}

/** Takes over what ganlet-evaluate reports of models in folders that are called by their ids. */
export function takeOver({ real, models, ...how }, versionOf, judged) {
  for (const { model, unseen_were_held_back: held, ...measured } of models) {
    const id = basename(model);
    const entry = { ...how, ...(held === undefined ? {} : { held_back: held }), measured, real };
    judged[`${id} ${versionOf(id)}`] = { index: lineOf(entry), ...entry };
  }
}

/** A report of all models of one data set, which share their judges. */
function measure(evaluate, data, ids) {
  const output = join(root, 'runs/judges/report.json');
  const models = ids.map((id) => `models/${id}`);
  run(evaluate, [...models, '--data', data, '--threads', '1', '--cache', 'runs/judges', '-o', output]);
  return output;
}

function write(judged, ids, describe) {
  const order = (name) => ids.indexOf(name.split(' ')[0]);
  const sorted = Object.fromEntries(
    Object.entries(judged).sort(([a], [b]) => order(a) - order(b) || a.localeCompare(b)),
  );
  writeFileSync(join(root, 'models/judged.json'), `${JSON.stringify(sorted, null, 1)}\n`);
  writeFileSync(join(root, 'models/README.md'), tableOfAll(sorted));
  for (const id of ids) {
    const { version, labels } = describe(id);
    const entry = sorted[`${id} ${version}`];
    const card = join(root, 'models', id, 'README.md');
    const text = withSheet(readFileSync(card, 'utf8'));
    writeFileSync(card, entry ? cardWith(text, entry, labels) : text);
  }
  run('cmake', ['-P', 'tools/cmake/index_models.cmake']);
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      evaluate: { type: 'string', default: 'build/desktop/bin/ganlet-evaluate' },
      report: { type: 'boolean', default: false },
    },
  });
  const ids = JSON.parse(readFileSync(join(root, 'models/index.json'), 'utf8')).models.map(({ id }) => id);
  const describe = (id) => JSON.parse(readFileSync(join(root, 'models', id, 'model.json'), 'utf8'));
  const file = join(root, 'models/judged.json');
  const judged = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const writeOf = (report) => {
    takeOver(JSON.parse(readFileSync(report, 'utf8')), (id) => describe(id).version, judged);
    write(judged, ids, describe);
  };
  if (values.report) return positionals.forEach(writeOf);
  if (!values.data) throw new Error('--data DIR is needed, or --report FILE');
  const wanted = positionals.length > 0 ? positionals : ids;
  const unknown = wanted.filter((id) => !ids.includes(id));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: not in models/index.json`);
  for (const data of new Set(wanted.map(dataOf))) {
    const group = wanted.filter((id) => dataOf(id) === data);
    writeOf(measure(values.evaluate, join(values.data, data), group));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
