// How long a visitor with empty caches waits for the first picture: sites are visited in turn, so that whatever else
// the machine does meets all of them, over localhost and over a line of 50 ms and 10 Mbit/s. The picture counts when
// the network's pixels are on the canvas: each visit asks for a seed of its own, drawn at random, and what it gets is
// compared with the command line's picture.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

import { serve } from '../serve.mjs';
import { median } from './measure.js';
import { shape } from './shaped_line.mjs';

const text = '2026';
const line = { roundTrip: 50, bitsPerSecond: 10e6 };
const allowed = 16; // of 255: engines of different ages and kernels round differently, and no other picture is as near
const settling = 1000; // milliseconds in which a new window of the browser loads what belongs to itself

/** Rows of brightness, as the command line draws them. */
function expectedPicture(program, root, seed) {
  const request = ['--text', text, '--seed', String(seed), '--format', 'json', '-o', '-'];
  return JSON.parse(
    execFileSync(program, ['generate', 'digits', ...request], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

/** Runs in the page before its own scripts: notes when pixels come to the canvas for the first time. */
function watchCanvas() {
  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    putImageData.apply(this, given);
    if (this.canvas.id !== 'picture' || globalThis.firstPicture) return;
    globalThis.firstPicture = performance.now();
    console.debug('first picture');
  };
}

/** Runs in the page: rows of brightness of the canvas. */
function pixels() {
  const canvas = document.querySelector('#picture');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const row = (y) => Array.from({ length: canvas.width }, (_, x) => data[4 * (y * canvas.width + x)]);
  return Array.from({ length: canvas.height }, (_, y) => row(y));
}

/** Milliseconds from navigation to the first picture of one visit. */
async function visit(browser, url, seed, expected) {
  const context = await browser.newContext(); // with nothing in its cache
  try {
    const page = await context.newPage();
    await page.addInitScript(watchCanvas);
    await page.waitForTimeout(settling);
    // Nothing is asked of the page before: what asks would be compiled and run in it, in the midst of its start.
    const drawn = page.waitForEvent('console', (message) => message.text() === 'first picture');
    await page.goto(`${url}?text=${text}&seed=${seed}`, { waitUntil: 'commit' });
    await drawn;
    const [milliseconds, picture] = [await page.evaluate(() => globalThis.firstPicture), await page.evaluate(pixels)];
    assert.deepEqual([picture.length, picture[0].length], [expected.length, expected[0].length]);
    const largest = Math.max(...picture.map((row, y) => Math.max(...row.map((v, x) => Math.abs(v - expected[y][x])))));
    assert.ok(largest <= allowed, `${url}: seed ${seed} differs from the command line's picture by ${largest}`);
    return milliseconds;
  } finally {
    await context.close();
  }
}

/** Visits the addresses in turn; milliseconds of every visit, for each of them. */
async function visitInTurn(browser, addresses, { visits, program, root }) {
  const times = addresses.map(() => []);
  for (let turn = 0; turn < visits; ++turn) {
    const seed = randomInt(2 ** 32);
    const expected = expectedPicture(program, root, seed);
    for (const [i, address] of addresses.entries()) times[i].push(await visit(browser, address, seed, expected));
  }
  return times;
}

function report(name, sites, times) {
  console.log(`first picture, ${name}: median of ${times[0].length} visits with empty caches, in ms after navigation`);
  const before = median(times[0]);
  for (const [i, site] of sites.entries()) {
    const [low, middle, high] = [Math.min(...times[i]), median(times[i]), Math.max(...times[i])].map(Math.round);
    const share = i === 0 ? '' : `, ${((100 * median(times[i])) / before).toFixed(0)} % of the first site's`;
    console.log(`  ${site}: ${middle} (${low} to ${high})${share}`);
  }
}

/** Compares the folders `sites`; `program` is the command line's, run in `root`, where it finds the models. */
export async function benchFirstPicture(browser, sites, options) {
  const open = [];
  const serveAll = async (serveOne) => {
    const served = await Promise.all(sites.map(serveOne));
    open.push(...served);
    return served.map(({ url }) => url);
  };
  try {
    const plain = await serveAll((site) => serve(site));
    report('localhost', sites, await visitInTurn(browser, plain, options));
    const zipped = await serveAll((site) => serve(site, { gzip: true }));
    for (const [host, urls] of [
      ['a host that compresses', zipped],
      ["a host that doesn't", plain],
    ]) {
      const shaped = await serveAll((_, i) => shape(urls[i], line));
      await visitInTurn(browser, shaped, { ...options, visits: 1 }); // servers compress what they are first asked for
      const name = `${line.roundTrip} ms and ${line.bitsPerSecond / 1e6} Mbit/s, ${host}`;
      report(name, sites, await visitInTurn(browser, shaped, options));
    }
  } finally {
    for (const { server } of open) {
      server.closeAllConnections?.();
      server.close();
    }
  }
}
