// Writes ganlet-small.js: web/embed/small.js, with its tables from the C++ that they are known from.
//
//     node tools/small.mjs OUT.js
import { readFileSync, writeFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const rng = read('src/core/rng.cpp');
const xnn = read('src/xnn/winograd_transposed_convolution.cpp');

function one(text, pattern) {
  const found = pattern.exec(text);
  if (!found) throw new Error(`${pattern} isn't there any more`);
  return found[1];
}

const numbers = (list) => list.split(',').map(Number);
const normal = [...'abcdef'].map((name) => numbers(one(rng, new RegExp(`double ${name}\\[\\] = \\{([^}]*)\\}`))));
const philox = [
  /\{(0x\w+)\} \* counter\[0\]/,
  /\{(0x\w+)\} \* counter\[2\]/,
  /key\[0\] \+= (0x\w+)/,
  /key\[1\] \+= (0x\w+)/,
].map((pattern) => `${one(rng, pattern)}n`);
const latent = Number(one(read('src/generator/latent.h'), /\blatent = (\d+)/));

/** A row of the table of kinds: its sums of taps, by column. */
function kindOf([, isDifference, first, columns, weights]) {
  const taps = [...weights.matchAll(/\{(\d), (-?\d)\}/g)].map(([, at, sign]) => [Number(at), Number(sign)]);
  return {
    isDifference: isDifference === 'true',
    first: Number(first),
    taps: columns === '1' ? [taps] : taps.map((tap) => [tap]),
  };
}
const kinds = one(xnn, /kinds\{\{\n([\s\S]*?)\n\}\};/);
const rows = [...kinds.matchAll(/\{(true|false), (-?\d), (\d), (.*)\},?$/gm)].map(kindOf);
const sources = one(xnn, /sources\{\{\n([\s\S]*?)\n\}\};/)
  .split('\n')
  .map((line) => [...line.matchAll(/\{(\d), (\d), (\d)\}/g)].map((found) => found.slice(1).map(Number)));
if (rows.length !== 4 || sources.length !== 4 || sources.some((pair) => pair.length !== 2))
  throw new Error('the tables of Winograd are not as expected');

const tables = `const normal = ${JSON.stringify(normal)};
const philox = [${philox.join()}];
const streams = { latent: ${latent} };
const winograd = ${JSON.stringify({ kinds: rows, sources })};
`;
const script = read('web/embed/small.js').replace(/^import .* from '\.\/small_tables\.js';\n/m, () => tables);
const plain = `\n${script}`.replace(/\n *(\/\/|\/\*\*|\* |\*\/|\*\n)[^\n]*/g, '').replace(/\n{2,}/g, '\n');
writeFileSync(process.argv[2], plain.trimStart());
