// node tools/bench/studio_bench.mjs: how long the studio takes to open, on the desktop (an X server without a screen)
// and in Chromium with empty caches, and how many frames it draws while the picture is dragged. Graphics are drawn by
// the CPU where there is no GPU.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { serve } from '../serve.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const visits = 10;
const dragSeconds = 5;

const sorted = (values) => [...values].sort((a, b) => a - b);
const at = (values, part) => sorted(values)[Math.min(values.length - 1, Math.floor(part * values.length))];
const summary = (values, digits = 0) =>
  `${at(values, 0.5).toFixed(digits)} (${at(values, 0).toFixed(digits)} to ${at(values, 1).toFixed(digits)})`;

async function desktop() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x1000x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const display = await new Promise((done) => server.stdio[3].once('data', (text) => done(String(text).trim())));
  const times = [];
  for (let visit = 0; visit < visits; ++visit) {
    const start = performance.now();
    // It ends once the picture has been on the screen for four frames.
    const { status } = spawnSync(join(root, 'build/desktop/bin/ganlet-studio'), ['digits', '--frames', '1'], {
      cwd: root,
      env: { ...process.env, DISPLAY: `:${display}` },
    });
    if (status !== 0) throw new Error(`ganlet-studio ended with ${status}`);
    times.push(performance.now() - start);
  }
  server.kill();
  console.log(`desktop: ${summary(times)} ms from start to end of a program that shows its picture`);
}

async function drag(page) {
  await page.evaluate(() => {
    globalThis.frames = [];
    globalThis.work = [];
    const ask = globalThis.requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (call) =>
      ask((time) => {
        const start = performance.now();
        call(time);
        globalThis.frames.push(time);
        globalThis.work.push(performance.now() - start);
      });
  });
  await page.mouse.move(700, 300);
  await page.mouse.down();
  const end = performance.now() + 1000 * dragSeconds;
  for (let i = 0; performance.now() < end; ++i) {
    await page.mouse.move(700 + 150 * Math.sin(i / 40), 300 + 100 * Math.cos(i / 25));
    await new Promise((done) => setTimeout(done, 4));
  }
  await page.mouse.up();
  const { frames, work } = await page.evaluate(() => ({ frames: globalThis.frames, work: globalThis.work }));
  const gaps = frames.slice(1).map((time, i) => time - frames[i]);
  const rate = (1000 * gaps.length) / (frames.at(-1) - frames[0]);
  console.log(
    `dragging: ${rate.toFixed(1)} frames/s, ${at(gaps, 0.5).toFixed(1)} ms between two at the median, ` +
      `${at(gaps, 0.95).toFixed(1)} at the 95th hundredth; ` +
      `the page's own work ${at(work, 0.5).toFixed(2)} ms a frame, ${at(work, 0.95).toFixed(2)} at the 95th`,
  );
}

async function web() {
  const served = await serve(join(root, 'build/web/site'));
  const browser = await chromium.launch({
    executablePath: process.env.GANLET_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--enable-unsafe-swiftshader',
      '--use-gl=angle',
      '--use-angle=swiftshader',
    ],
  });
  try {
    const interactive = [],
      said = [];
    for (let visit = 0; visit < visits; ++visit) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      await page.goto(`${served.url}studio.html#text=2026&seed=12`);
      const ready = await page.waitForFunction(() => document.documentElement.dataset.said && performance.now());
      said.push(await ready.jsonValue());
      interactive.push(await page.evaluate(() => performance.getEntriesByName('interactive')[0].startTime));
      if (visit === visits - 1) await drag(page);
      await context.close();
    }
    console.log(
      `Chromium ${browser.version()}: interactive ${summary(interactive)} ms after navigation, ` +
        `picture drawn and, 300 ms later, said in words ${summary(said)}; ${visits} visits with empty caches`,
    );
  } finally {
    await browser.close();
    served.server.closeAllConnections();
    served.server.close();
  }
}

await desktop();
await web();
