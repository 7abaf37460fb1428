// In one Chromium:
//   node tools/bench/web_bench.mjs [DCGAN_FOLDER]
//     ganlet against onnxruntime-web on models/digits and on the DCGAN that ganlet-make-dcgan writes (default:
//     build/bench/dcgan)
//   node tools/bench/web_bench.mjs --first-picture OLD_SITE NEW_SITE
//     the time from navigation to the first picture, of two built sites visited in turn (first_picture.mjs)
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { serve } from '../serve.mjs';
import { benchFirstPicture } from './first_picture.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const visits = 20;

function fail(message) {
  console.error(message);
  process.exit(2);
}

/** A folder with all that the page web_bench.html asks for. */
function benchFolder(dcgan) {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-bench-'));
  for (const [name, target] of Object.entries({
    'index.html': 'tools/bench/web_bench.html',
    'web_bench.js': 'tools/bench/web_bench.js',
    'measure.js': 'tools/bench/measure.js',
    ganlet: 'build/web/site/ganlet',
    ort: 'node_modules/onnxruntime-web/dist',
    digits: 'models/digits',
  }))
    symlinkSync(join(root, target), join(folder, name));
  symlinkSync(dcgan, join(folder, 'dcgan'));
  return folder;
}

async function benchSpeed(browser, dcgan) {
  const folder = benchFolder(dcgan);
  // Isolated pages have finer clocks.
  const { server, url } = await serve(folder, {
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
  });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => window.bench);
    const rows = await page.evaluate(() => window.bench(['digits/', 'dcgan/'], [1, 64]));
    console.log(`Chromium ${browser.version()}; milliseconds an image, and onnxruntime-web's time over ours`);
    for (const { model, batch, milliseconds, differenceOfF32 } of rows) {
      const theirs = milliseconds['onnxruntime-web f32'];
      const cells = Object.entries(milliseconds).map(
        ([name, value]) => `${name} ${value.toFixed(3)} (${(theirs / value).toFixed(2)}x)`,
      );
      const difference = `largest difference in f32 ${differenceOfF32.toExponential(1)}`;
      console.log(`${model.padEnd(8)} batch ${String(batch).padEnd(3)} ${cells.join('  ')}  ${difference}`);
    }
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

const given = process.argv.slice(2);
const sites = given[0] === '--first-picture' ? given.slice(1).map((site) => resolve(site)) : null;
const dcgan = resolve(given[0] ?? join(root, 'build/bench/dcgan'));
if (sites && !(sites.length === 2 && sites.every((site) => existsSync(join(site, 'index.html')))))
  fail('usage: node tools/bench/web_bench.mjs --first-picture OLD_SITE NEW_SITE');
if (!sites && !existsSync(join(dcgan, 'generator.onnx')))
  fail(`${dcgan} has no generator.onnx: run build/desktop/bin/ganlet-make-dcgan ${dcgan}`);

const browser = await chromium.launch({
  executablePath: process.env.GANLET_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
});
try {
  const program = process.env.GANLET_PROGRAM ?? join(root, 'build/desktop/bin/ganlet');
  if (sites) await benchFirstPicture(browser, sites, { visits, program, root });
  else await benchSpeed(browser, dcgan);
} finally {
  await browser.close();
}
