// node tools/bench/compare.mjs OLD NEW: how much faster NEW runs networks than OLD. Both are checkouts with
// build/desktop and build/web. The program, and the library with either engine in Chromium, run the same files in
// turns, so that whatever else the machine does meets both; medians are compared. A cell in which NEW is more than 3 %
// slower is measured twice more, and counts if it is so each time.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { serve } from '../serve.mjs';
import { median } from './measure.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const [rounds, seconds, least] = [7, 0.3, 0.97];
const batches = [1, 16, 64];
const variants = ['relaxed-simd', 'simd128'];

const checkouts = process.argv.slice(2).map((path) => resolve(path));
const program = (checkout) => join(checkout, 'build/desktop/bin/ganlet');
if (checkouts.length !== 2 || !checkouts.every((checkout) => existsSync(program(checkout)))) {
  console.error('usage: node tools/bench/compare.mjs OLD NEW, two checkouts with build/desktop and build/web');
  process.exit(2);
}

/** The files that both run, by name: the newer checkout's, and the network that ganlet-make-dcgan writes. */
function filesIn(folder) {
  execFileSync(join(checkouts[1], 'build/desktop/bin/ganlet-make-dcgan'), [join(folder, 'dcgan')]);
  const files = { 'digits int8': join(root, 'models/digits/generator.onnx') };
  files['digits f32'] = join(root, 'models/digits/generator-f32.onnx');
  files['digits-dcgan int8'] = join(root, 'models/digits-dcgan/generator.onnx');
  files['dcgan int8'] = join(folder, 'dcgan/generator.onnx');
  files['dcgan f32'] = join(folder, 'dcgan/generator-f32.onnx');
  return files;
}

function measureNatively(checkout, file, batch) {
  const options = ['bench', file, '--batch', String(batch), '--seconds', String(seconds)];
  const said = execFileSync(program(checkout), options, { encoding: 'utf8' });
  return Number(/^([\d.]+) ms an image/m.exec(said)[1]);
}

/** A page of either checkout's library. */
async function openPage(browser, checkout, files, closing) {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-compare-'));
  const links = { ganlet: join(checkout, 'build/web/site/ganlet'), 'index.html': join(here, 'compare.html') };
  for (const script of ['compare_page.js', 'measure.js']) links[script] = join(here, script);
  for (const [name, file] of Object.entries(files)) links[`${name.replace(' ', '-')}.onnx`] = file;
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name));
  // Isolated pages have finer clocks.
  const { server, url } = await serve(folder, {
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
  });
  closing.push(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => window.measure);
  return page;
}

/** How many times as fast the second of two measurements is, of medians of alternating rounds. */
async function ratioOf(measure) {
  const times = [[], []];
  for (let round = 0; round < rounds; ++round)
    for (const which of round % 2 ? [1, 0] : [0, 1]) times[which].push(await measure(which));
  return { ratio: median(times[0]) / median(times[1]), times: times.map(median) };
}

let slower = 0;
async function cell(name, measure) {
  const seen = [await ratioOf(measure)];
  while (seen.at(-1).ratio < least && seen.length < 3) seen.push(await ratioOf(measure));
  const isSlower = seen.length === 3 && seen[2].ratio < least;
  slower += isSlower;
  const [before, now] = seen[0].times.map((time) => time.toFixed(4));
  const ratios = seen.map(({ ratio }) => ratio.toFixed(2)).join(', ');
  console.log(`${name.padEnd(44)} ${before} -> ${now} ms an image: ${ratios}x${isSlower ? '  SLOWER' : ''}`);
}

const folder = mkdtempSync(join(tmpdir(), 'ganlet-compare-'));
const closing = [() => rmSync(folder, { recursive: true })];
const browser = await chromium.launch({
  executablePath: process.env.GANLET_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
});
try {
  const files = filesIn(folder);
  for (const [name, file] of Object.entries(files))
    for (const batch of batches)
      await cell(`${name}, batch ${batch}, native`, (which) => measureNatively(checkouts[which], file, batch));
  const pages = [];
  for (const checkout of checkouts) pages.push(await openPage(browser, checkout, files, closing));
  for (const variant of variants)
    for (const name of Object.keys(files))
      for (const batch of batches) {
        const what = { variant, file: `${name.replace(' ', '-')}.onnx`, batch, seconds };
        await cell(`${name}, batch ${batch}, ${variant}`, (which) =>
          pages[which].evaluate((asked) => window.measure(asked), what),
        );
      }
  console.log(`${basename(checkouts[1])} against ${basename(checkouts[0])}: ${slower} cells are slower`);
} finally {
  await browser.close();
  for (const close of closing) close();
}
process.exit(slower > 0 ? 1 : 0);
