// node tools/bench/web_bench.mjs [DCGAN_FOLDER]: in one Chromium, ganlet against onnxruntime-web on models/digits and on the DCGAN that
// ganlet-make-dcgan writes (default: build/bench/dcgan), and the time from navigation to the first picture of the page.
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { serve } from '../serve.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const site = join(root, 'build/web/site');
const dcgan = resolve(process.argv[2] ?? join(root, 'build/bench/dcgan'));
const visits = 20;

if (!existsSync(join(dcgan, 'generator.onnx'))) {
  console.error(`${dcgan} has no generator.onnx: run build/desktop/bin/ganlet-make-dcgan ${dcgan}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'ganlet-bench-'));
for (const [name, target] of Object.entries({
  'index.html': 'tools/bench/web_bench.html',
  'web_bench.js': 'tools/bench/web_bench.js',
  ganlet: 'build/web/site/ganlet',
  ort: 'node_modules/onnxruntime-web/dist',
  digits: 'models/digits',
}))
  symlinkSync(join(root, target), join(folder, name));
symlinkSync(dcgan, join(folder, 'dcgan'));

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
// Isolated pages have finer clocks.
const table = await serve(folder, {
  headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
});
const shown = await serve(site);
try {
  const page = await browser.newPage();
  await page.goto(table.url);
  await page.waitForFunction(() => window.bench);
  const rows = await page.evaluate(() => window.bench(['digits/', 'dcgan/'], [1, 64]));
  console.log(`Chromium ${browser.version()}; milliseconds an image, and onnxruntime-web's time over ours`);
  for (const { model, batch, milliseconds, differenceOfF32 } of rows) {
    const theirs = milliseconds['onnxruntime-web f32'];
    const cells = Object.entries(milliseconds).map(
      ([name, value]) => `${name} ${value.toFixed(3)} (${(theirs / value).toFixed(2)}x)`,
    );
    console.log(
      `${model.padEnd(8)} batch ${String(batch).padEnd(3)} ${cells.join('  ')}  largest difference in f32 ${differenceOfF32.toExponential(1)}`,
    );
  }

  const times = [];
  for (let visit = 0; visit < visits; ++visit) {
    const context = await browser.newContext(); // with nothing in its cache
    const visitor = await context.newPage();
    await visitor.goto(`${shown.url}?text=2026&seed=11`);
    await visitor.waitForFunction(() => document.documentElement.dataset.drawn);
    times.push(await visitor.evaluate(() => performance.getEntriesByName('first picture')[0].startTime));
    await context.close();
  }
  times.sort((a, b) => a - b);
  console.log(
    `first picture ${Math.round(times[visits / 2])} ms after navigation (median of ${visits} visits with empty caches; ${Math.round(times[0])} to ${Math.round(times.at(-1))})`,
  );
} finally {
  await browser.close();
  for (const { server } of [table, shown]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
}
