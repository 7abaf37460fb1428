// Files of other frameworks for the tests: those that tests/import has Python write, and how numbers are compared.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { ganlet, libraryUrl } from './library.mjs';

/**
 * What a script of tests/import writes, given `names` of networks, in a folder that goes when the test does. PYTHON
 * names another Python.
 */
export function made(script, after, ...names) {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-foreign-'));
  after(() => rmSync(folder, { recursive: true }));
  const path = new URL(`../import/${script}`, import.meta.url).pathname;
  execFileSync(process.env.PYTHON ?? '/usr/bin/python3', ['-B', path, folder, ...names]);
  return folder;
}

/** The models in it: all but arrays and texts. */
export const modelsIn = (folder) =>
  readdirSync(folder)
    .filter((name) => !/\.(npy|txt)$/.test(name))
    .map((name) => join(folder, name));

/** A file, or all files of a folder, as pages have them. */
export function filesOf(path) {
  const paths = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
  return paths.map((one) => new File([readFileSync(one)], basename(one)));
}

/** An array of .npy (version 1) as `run` takes it. */
export function arrayOf(file) {
  const bytes = readFileSync(file);
  const length = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + length);
  const shape = [...header.matchAll(/\d+(?=[,)])/g)].map(Number);
  const Type = { '<f4': Float32Array, '<i8': BigInt64Array }[/'descr': '([^']*)'/.exec(header)[1]];
  return { data: new Type(new Uint8Array(bytes.subarray(10 + length)).buffer), shape };
}

/** |a - b| <= 1e-4 * max(1, max|b|) */
export function assertNear({ data, shape }, wanted, what) {
  assert.deepEqual(shape, wanted.shape, what);
  const most = wanted.data.reduce((so, value) => Math.max(so, Math.abs(value)), 1);
  let worst = 0;
  for (let i = 0; i < wanted.data.length; ++i) {
    const off = Math.abs(data[i] - wanted.data[i]);
    worst = Math.max(worst, off); // NaN stays
  }
  assert.ok(worst <= 1e-4 * most, `${what}: off by ${worst} of ${most}`);
}

/** The error's square is 40 dB below that of the range of values: what weights in int8 leave. */
export function assertSimilar({ data, shape }, wanted, what) {
  assert.deepEqual(shape, wanted.shape, what);
  const range = Math.max(...wanted.data) - Math.min(...wanted.data);
  const square = wanted.data.reduce((sum, value, i) => sum + (data[i] - value) ** 2, 0) / data.length;
  const decibels = 10 * Math.log10(range ** 2 / square);
  assert.ok(decibels >= 40, `${what}: ${decibels} dB`);
}

const { answer } = await import(`${libraryUrl}engine.js`);
const { imported } = await import(`${libraryUrl}import.js`);
const importers = new Map(); // promises of modules, by their addresses

/** The program at an address, compiled once. */
function importerAt(url) {
  if (!importers.has(url)) importers.set(url, WebAssembly.compile(readFileSync(new URL(url))));
  return importers.get(url);
}

/** Files as a model that runs whatever it is: alone, a file has to be a generator. */
export async function loadNetwork(files, options = {}) {
  const ask = async (url, given) => answer('import', { module: await importerAt(url), ...options, ...given });
  const { onnx } = await imported({ files, urls: [] }, { ask });
  const sha256 = createHash('sha256').update(onnx).digest('hex');
  const parts = { mapping: { file: 'network.onnx', bytes: onnx.length, sha256 } };
  const address = URL.createObjectURL(new Blob([onnx]));
  const brought = { description: { id: 'network', title: '', parts }, files: { 'network.onnx': address } };
  try {
    return await ganlet.load(brought, { variant: 'simd128', part: 'mapping' });
  } finally {
    URL.revokeObjectURL(address);
  }
}
