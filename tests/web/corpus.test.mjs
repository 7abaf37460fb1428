// Every file of tests/bad, in both engines: it ends in a picture or an error that says what is wrong with the file, and
// what is refused natively is refused with the same words.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { ganlet, skipOf, variants } from './library.mjs';

const built = process.env.GANLET_PROGRAMS ?? new URL('../../build/desktop/bin', import.meta.url).pathname;
const program = join(built, 'ganlet_bad_files'); // writes the files, and says what comes of them natively
const notBuilt =
  !existsSync(program) && `${program} isn't built: cmake --preset desktop && cmake --build --preset desktop`;

const folder = mkdtempSync(join(tmpdir(), 'ganlet-corpus-'));
after(() => rmSync(folder, { recursive: true }));
const files = notBuilt ? [] : JSON.parse(execFileSync(program, [folder], { encoding: 'utf8' }));

const trapWords = /out of bounds|divide by zero|unreachable|memory access/i;

/** What opening and drawing a file comes to: {code, place, message}, all empty where there is a picture. */
async function outcomeOf(bytes, variant) {
  let model;
  try {
    model = await ganlet.load(bytes, { variant });
    const { width, height, data } = await model.draw();
    assert.equal(data.length, 4 * width * height);
    return { code: '', place: '', message: '' };
  } catch (error) {
    assert.ok(error instanceof ganlet.GanletError, `${error}`);
    return { code: error.code, place: error.place, message: error.detail };
  } finally {
    model?.dispose();
  }
}

test('the files are those of tests/bad, and the bad ones are refused natively', { skip: notBuilt }, () => {
  assert.ok(files.filter(({ isBad }) => isBad).length >= 170);
  assert.ok(files.filter(({ isBad }) => !isBad).length >= 7);
  for (const { file, isBad, code } of files) if (isBad) assert.notEqual(code, '', `${file} was drawn`);
});

/** The outcome, which is no fault of the engine's and said in one line. */
async function plainOutcomeOf(file, variant) {
  const outcome = await outcomeOf(new Uint8Array(readFileSync(file)), variant);
  assert.notEqual(outcome.code, 'internal', `${file}: ${outcome.message}`);
  assert.doesNotMatch(outcome.message, trapWords, file);
  assert.ok(!/[\n\r]/.test(outcome.message) && (outcome.code === '') === (outcome.message === ''), file);
  return outcome;
}

for (const variant of variants)
  test(`no file breaks ${variant}`, { skip: notBuilt || skipOf(variant) }, async (t) => {
    for (const { file, isBad: _, ...native } of files)
      await t.test(file, async () => assert.deepEqual(await plainOutcomeOf(join(folder, file), variant), native));
  });

// What fuzzing has found (FUZZING.md), where a folder of it is named.
const corpus = process.env.GANLET_CORPUS;
for (const variant of variants)
  test(`no input of the fuzzer's breaks ${variant}`, {
    skip: (!corpus && 'GANLET_CORPUS names no folder') || skipOf(variant),
  }, async (t) => {
    const names = readdirSync(corpus);
    for (const name of names) await plainOutcomeOf(join(corpus, name), variant);
    t.diagnostic(`${names.length} inputs`);
  });
