// Every file of tests/bad and what fuzzing has found, in both engines: each ends in a picture or an error that says
// what is wrong with it, and what is refused natively of tests/bad is refused with the same words.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { ganlet, library, libraryUrl, skipOf, variants } from './library.mjs';
import { changed, numbersOf } from './mutations.mjs';

const { answer } = await import(`${libraryUrl}engine.js`);

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

/** The outcome is no fault of the engine's, and said in one line. */
function assertPlain({ code, message }, file) {
  assert.notEqual(code, 'internal', `${file}: ${message}`);
  assert.doesNotMatch(message, trapWords, file);
  assert.ok(!/[\n\r]/.test(message) && (code === '') === (message === ''), file);
}

async function plainOutcomeOf(file, variant) {
  const outcome = await outcomeOf(new Uint8Array(readFileSync(file)), variant);
  assertPlain(outcome, file);
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

/** The set of a harness that is kept in git (FUZZING.md), unpacked. */
function keptOf(harness) {
  const kept = join(folder, `corpus-${harness}`);
  mkdirSync(kept);
  execFileSync('tar', ['-xzf', new URL(`../fuzz/corpus/${harness}.tar.gz`, import.meta.url).pathname, '-C', kept]);
  return kept;
}

const filesOf = (kept) => readdirSync(kept).map((name) => join(kept, name));
const models = filesOf(keptOf('model'));
const inputs = filesOf(process.env.GANLET_CORPUS ?? keptOf('onnx'));

for (const variant of variants)
  test(`no input of the fuzzer's breaks ${variant}`, { skip: skipOf(variant) }, async (t) => {
    for (const input of inputs) await plainOutcomeOf(input, variant);
    t.diagnostic(`${inputs.length} inputs`);
  });

const mark = '\n====\n';

/** A request, a model.json and the model's parts in its order: see tests/fuzz/sections.h. */
function sectionsOf(bytes) {
  const end = bytes.indexOf(mark);
  return end < 0 ? [bytes] : [bytes.subarray(0, end), ...sectionsOf(bytes.subarray(end + mark.length))];
}

/** A model.json with the size and SHA-256 that its parts have here, which no fuzzer guesses, and the names of those. */
function describedBy(json, parts) {
  try {
    const description = JSON.parse(json);
    const named = Object.entries(description.parts);
    for (const [i, [, part]] of named.slice(0, parts.length).entries())
      Object.assign(part, { bytes: parts[i].length, sha256: createHash('sha256').update(parts[i]).digest('hex') });
    return { json: Buffer.from(JSON.stringify(description)), names: named.map(([name]) => name) };
  } catch {
    return { json, names: [] }; // to be refused
  }
}

const modules = {};
const moduleOf = (variant) =>
  (modules[variant] ??= new WebAssembly.Module(readFileSync(`${library}ganlet-${variant}.wasm`)));
const mostMilliseconds = 10_000; // for a call, on a machine that is busy with more
const grey = { width: 5, height: 3, data: new Uint8ClampedArray(60).fill(127) };

/** What a call of the engine comes to, as `outcomeOf` gives it; undefined if it takes longer than it may. */
async function outcomeOfCall(promise) {
  try {
    await promise;
    return { code: '', place: '', message: '' };
  } catch (error) {
    if (error.name === 'TimeoutError') return undefined;
    assert.equal(typeof error.code, 'string', error.stack); // an error of the engine's, not of the test's
    return { code: error.code, place: error.place, message: error.detail };
  }
}

/**
 * What drawing and encoding come to. They go past ganlet.js, so that the engine gets the text of request and model.json
 * as it is, whether it is JSON or not.
 */
async function modelOutcomesOf(bytes, variant, part) {
  const [request, description = Buffer.of(), ...parts] = sectionsOf(bytes);
  const { json, names } = describedBy(description, parts);
  const ask = (call, given) => answer(call, { model: 'fuzzed', ...given }, AbortSignal.timeout(mostMilliseconds));
  const give = ({ part: name }) => ask('give', { part: name, bytes: parts[names.indexOf(name)] ?? Buffer.of() });
  const asked = (call, given) =>
    ask(call, given).catch(async (error) => {
      if (!error.needs) throw error;
      for (const need of error.needs) await give(need);
      return ask(call, given);
    });
  const opened = await outcomeOfCall(ask('open', { module: moduleOf(variant), json, url: 'fuzzed/model.json', part }));
  if (opened?.code !== '') return [opened];
  const drawn = await outcomeOfCall(asked('draw', { request: request.toString(), latents: new Float32Array() }));
  const encoded = await outcomeOfCall(asked('encode', grey));
  await ask('dispose').catch(() => {}); // which an error may have done
  return [drawn, encoded];
}

for (const variant of variants)
  test(`no model of the fuzzer's breaks ${variant}`, { skip: skipOf(variant) }, async (t) => {
    const codes = {};
    for (const input of models) {
      const bytes = readFileSync(input);
      for (const part of ['generator', 'generator_f32'].filter((name, i) => i === 0 || bytes.includes(name))) {
        const outcomes = await modelOutcomesOf(bytes, variant, part);
        for (const outcome of outcomes) {
          assert.ok(outcome, `${input} takes too long`);
          assertPlain(outcome, input);
        }
        codes[outcomes[0].code || 'drawn'] = (codes[outcomes[0].code || 'drawn'] ?? 0) + 1;
      }
    }
    t.diagnostic(`${models.length} inputs: ${JSON.stringify(codes)}`);
    assert.ok(codes.drawn > 0);
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
