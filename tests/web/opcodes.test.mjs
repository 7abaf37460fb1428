// Which instructions each build holds: a browser that doesn't know one of them refuses the whole module, as iOS
// Safari did with relaxed SIMD.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { site } from './library.mjs';
import { bodiesOf, reader } from './wasm_file.mjs';

const firstRelaxed = 0x100; // of the opcodes after the prefix 0xfd (WebAssembly 3.0, 5.4.9)

/** How often each vector instruction occurs in a function's body (WebAssembly Core, 5.4). */
function countVectors(body, found) {
  const read = reader(body);
  const skip = (count) => {
    for (let i = 0; i < count; ++i) read.unsigned();
  };
  const memory = () => skip(2); // alignment and offset

  function vector() {
    const code = read.unsigned();
    found.set(code, (found.get(code) ?? 0) + 1);
    if (code <= 11 || (code >= 84 && code <= 93)) memory();
    if (code === 12 || code === 13) read.take(16);
    if ((code >= 84 && code <= 91) || (code >= 21 && code <= 34)) read.byte(); // a lane
  }

  function numeric() {
    const code = read.unsigned();
    if (code >= 8) skip([9, 11, 13, 15, 16, 17].includes(code) ? 1 : 2);
  }

  function instruction() {
    const code = read.byte();
    if (code === 0xfd) vector();
    else if (code === 0xfc) numeric();
    else if (code >= 0x28 && code <= 0x3e) memory();
    else if (code === 0x0e) skip(read.unsigned() + 1);
    else if (code === 0x1c) skip(read.unsigned());
    else if (code === 0x43) read.take(4);
    else if (code === 0x44) read.take(8);
    else if (code === 0x11) skip(2);
    else if ([0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2].includes(code)) skip(1);
    else if (code >= 0x20 && code <= 0x26) skip(1);
    else assert.ok(code <= 0x1b || (code >= 0x45 && code <= 0xc4) || code === 0xd1, `unknown instruction ${code}`);
  }

  for (let groups = read.unsigned(); groups > 0; --groups) {
    read.unsigned(); // variables
    read.byte(); // of a type
  }
  while (read.at < body.length) instruction();
  assert.equal(read.at, body.length, 'a function ends where its size says');
}

function vectorInstructions(bytes) {
  const found = new Map();
  for (const body of bodiesOf(bytes)) countVectors(body, found);
  return found;
}

const programs = readdirSync(site, { recursive: true }).filter((path) => /\.wasm(\.gz)?$/.test(path));
const isRelaxed = (path) => /relaxed-simd/.test(path);

function relaxedIn(path) {
  const bytes = readFileSync(site + path);
  const found = vectorInstructions(path.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  return [...found].filter(([code]) => code >= firstRelaxed);
}

test('no program of the site holds an instruction of relaxed SIMD, but for the builds named for it', () => {
  const others = programs.filter((path) => !isRelaxed(path));
  assert.ok(others.includes('ganlet/ganlet-simd128.wasm') && others.length >= 8, others.join(' '));
  for (const path of others) assert.deepEqual(relaxedIn(path), [], path);
});

test('the relaxed SIMD builds hold its dot product', () => {
  for (const path of programs.filter(isRelaxed))
    assert.ok(
      relaxedIn(path).some(([code]) => code === 0x113),
      `${path}: i32x4.relaxed_dot_i8x16_i7x16_add_s`,
    );
});
