// What many <ganlet-image> cost a page, in Chromium:
//
//     node tools/bench/elements.mjs [SITE] [COUNT]      (default: build/web/site, 50)
//
// prints the tasks of more than 50 ms on the page's thread, of the page without elements and of the one with them, in
// turn; when the last picture came; and the bytes of JavaScript's heap after one element and after all.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { serve } from '../serve.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [site = `${root}build/web/site`, count = '50'] = process.argv.slice(2);
const rounds = 5;
const script = '<script type="module" src="/ganlet/ganlet-image.js"></script>';
const element = (_, i) => `<ganlet-image text="${2000 + i}" seed="${i}" width="112" loading="eager"></ganlet-image>`;
const pageOf = (elements) =>
  `<!doctype html><title>A page</title>${script}${Array.from({ length: elements }, element).join('')}`;

async function visit(browser, url, elements) {
  const page = await browser.newPage();
  try {
    await page.addInitScript(() => {
      globalThis.tasks = [];
      new PerformanceObserver((list) =>
        globalThis.tasks.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({ type: 'longtask', buffered: true });
    });
    await page.route('**/post.html', (route) => route.fulfill({ contentType: 'text/html', body: pageOf(elements) }));
    await page.goto(`${url}post.html`);
    await page.waitForFunction(() =>
      [...document.querySelectorAll('ganlet-image')].every((one) => one.shadowRoot?.querySelector('.drawn')),
    );
    const ended = await page.evaluate(() => performance.now());
    await page.waitForTimeout(500);
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return { ended, bytes: usedSize, tasks: await page.evaluate(() => globalThis.tasks) };
  } finally {
    await page.close();
  }
}

const { server, url } = await serve(resolve(site), { headers: {} });
const browser = await chromium.launch({
  executablePath: process.env.GANLET_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
});
try {
  for (let round = 0; round < rounds; ++round)
    for (const elements of [0, 1, Number(count)]) {
      const { ended, bytes, tasks } = await visit(browser, url, elements);
      const long = tasks.map((milliseconds) => Math.round(milliseconds)).join(', ') || 'none';
      const kilobytes = Math.round(bytes / 1000);
      console.log(
        `${elements} elements: all drawn after ${Math.round(ended)} ms, ${kilobytes} KB; long tasks: ${long}`,
      );
    }
} finally {
  await browser.close();
  server.close();
}
