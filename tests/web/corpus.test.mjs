// Every file of tests/bad, in both engines: it ends in a picture or an error that says what is wrong with the file, and
// what is refused natively is refused with the same words.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { ganlet, skipOf, variants } from './library.mjs';
import { changed, numbersOf } from './mutations.mjs';

const built = process.env.GANLET_PROGRAMS ?? new URL('../../build/desktop/bin', import.meta.url).pathname;
const program = join(built, 'ganlet_bad_files'); // writes the files, and says what comes of them natively
const notBuilt =
  !existsSync(program) && `${program} isn't built: cmake --preset desktop && cmake --build --preset desktop`;

const folder = mkdtempSync(join(tmpdir(), 'ganlet-corpus-'));
after(() => rmSync(folder, { recursive: true }));
const files = notBuilt ? [] : JSON.parse(execFileSync(program, [folder], { encoding: 'utf8' }));

const trapWords =
  /out of bounds|divide by zero|unreachable|memory access|out of memory|want of memory|memory allocation/i;

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

/** Pages import files of other frameworks, as the program does: tests/bad/NAME.program has what that says. */
function wantedOf({ file, isBad: _, ...native }) {
  const said = new URL(`../bad/${file.replace(/\.\w+$/, '')}.program`, import.meta.url);
  if (!existsSync(said)) return native;
  const [place, ...message] = readFileSync(said, 'utf8').trim().split(': ');
  return { ...native, place, message: message.join(': ') };
}

for (const variant of variants)
  test(`no file breaks ${variant}`, { skip: notBuilt || skipOf(variant) }, async (t) => {
    for (const one of files)
      await t.test(one.file, async () =>
        assert.deepEqual(await plainOutcomeOf(join(folder, one.file), variant), wantedOf(one)),
      );
  });

// What fuzzing has found (FUZZING.md): the set that is kept in git, or that of a folder.
const found = process.env.GANLET_CORPUS ?? join(folder, 'corpus');
if (!process.env.GANLET_CORPUS) {
  mkdirSync(found);
  execFileSync('tar', ['-xzf', new URL('../fuzz/corpus/onnx.tar.gz', import.meta.url).pathname, '-C', found]);
}
const inputs = readdirSync(found).map((name) => join(found, name));

for (const variant of variants)
  test(`no input of the fuzzer's breaks ${variant}`, { skip: skipOf(variant) }, async (t) => {
    for (const input of inputs) await plainOutcomeOf(input, variant);
    t.diagnostic(`${inputs.length} inputs`);
  });

const most = Number(process.env.GANLET_MUTATIONS ?? 500);
for (const variant of variants)
  test(`no changed input breaks ${variant}`, { skip: skipOf(variant) }, async (t) => {
    const seed = Number(process.env.GANLET_SEED ?? Date.now() % 2 ** 31);
    t.diagnostic(`${most} inputs, GANLET_SEED=${seed}`);
    const below = numbersOf(seed);
    const any = () => readFileSync(inputs[below(inputs.length)]);
    const codes = {};
    for (let i = 0; i < most; ++i) {
      const bytes = changed(any(), any(), below);
      writeFileSync(join(folder, 'changed.onnx'), bytes);
      const { code } = await plainOutcomeOf(join(folder, 'changed.onnx'), variant);
      codes[code || 'drawn'] = (codes[code || 'drawn'] ?? 0) + 1;
    }
    t.diagnostic(JSON.stringify(codes));
  });
