// The studio's page in Chromium, as its tests drive it: what it says, what it shows, and visits that end with nothing
// gone wrong unseen.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { serve } from '../../tools/serve.mjs';
import { patience, until, watchFaults } from './browsers.mjs';
import { root } from './program.mjs';

export const site = process.env.GANLET_SITE ?? join(root, 'build/web/site');
export const screenshots = join(root, 'build/web/screenshots');
export const found = (...paths) => paths.find((path) => existsSync(path));

export const said = (page, text) => until(page, (wanted) => document.documentElement.dataset.said === wanted, text);
export const fragmentIs = (page, text) =>
  until(page, (wanted) => document.documentElement.dataset.fragment === wanted, text);
export const fragment = (page) => page.evaluate(() => document.documentElement.dataset.fragment);
export const command = (page, text) =>
  page.evaluate((settings) => {
    location.hash = settings;
  }, text);

/** Where a control of the studio is, by what stands on it: "Copy", or with the heading above it "Link > Copy". */
export async function placeOf(page, label) {
  await until(page, (wanted) => document.querySelector('#studio').placeOf?.(wanted) != null, label);
  return page.evaluate((wanted) => document.querySelector('#studio').placeOf(wanted), label);
}
export async function press(page, label) {
  const { x, y } = await placeOf(page, label);
  await page.mouse.click(x, y);
}
/** The rectangle around a control, for `pixels`. */
export async function boxOf(page, label) {
  const { x, y, width, height } = await placeOf(page, label);
  return [x - width / 2, y - height / 2, width, height];
}

/** A digest of the canvas, or of a part of it in units of the page. */
export const pixels = (page, part) =>
  page.evaluate((box) => {
    const canvas = document.querySelector('#studio');
    const ratio = canvas.width / canvas.clientWidth;
    const [x, y, width, height] = (box ?? [0, 0, canvas.clientWidth, canvas.clientHeight]).map((value) =>
      Math.round(value * ratio),
    );
    const copy = new OffscreenCanvas(width, height).getContext('2d');
    copy.drawImage(canvas, x, y, width, height, 0, 0, width, height);
    let digest = 0;
    for (const byte of copy.getImageData(0, 0, width, height).data) digest = (Math.imul(digest, 31) + byte) | 0;
    return digest;
  }, part);

/** Waits until no frame has been drawn for a while, and none is due: a busy machine may take long for one. */
export const atRest = (page) =>
  page.evaluate(async () => {
    for (let last = -1; last !== globalThis.framesAsked || globalThis.framesDue > 0; ) {
      last = globalThis.framesAsked;
      await new Promise((done) => setTimeout(done, 400));
    }
  });

/** In the page: keeps the memory of the program that it starts. */
function rememberMemory() {
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const start = WebAssembly[name];
    WebAssembly[name] = async (...what) => {
      const made = await start.apply(WebAssembly, what);
      const { exports } = made.instance ?? made;
      globalThis.programMemory = Object.values(exports).find((one) => one instanceof WebAssembly.Memory);
      return made;
    };
  }
}

/** Where the picture is in a window of 1280 x 800. */
export const picture = [460, 80, 780, 640];

/** Chromium and a site, for the tests of one file. */
export class Studio {
  static async open() {
    const studio = new Studio();
    studio.served = await serve(site);
    studio.browser = await chromium.launch({
      executablePath:
        process.env.GANLET_CHROMIUM ??
        found('/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'),
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
      timeout: patience,
    });
    return studio;
  }

  async close() {
    await this.browser?.close();
    this.served?.server.closeAllConnections();
    this.served?.server.close();
  }

  /** Opens the studio and checks afterwards that nothing went wrong unseen, and that nobody else was asked. */
  async visit(link, { routes = {}, watchMemory = false, ...options }, body) {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      colorScheme: 'dark',
      acceptDownloads: true,
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultNavigationTimeout(patience);
    const assertNoFaults = await watchFaults(page);
    const errors = [],
      strangers = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on(
      'request',
      (request) =>
        !/^(blob|data):/.test(request.url()) &&
        !request.url().startsWith(this.served.url) &&
        strangers.push(request.url()),
    );
    for (const [pattern, answer] of Object.entries(routes)) await page.route(pattern, answer);
    await page.addInitScript(() => {
      globalThis.framesAsked = globalThis.framesDue = 0;
      const ask = globalThis.requestAnimationFrame.bind(globalThis);
      globalThis.requestAnimationFrame = (call) => {
        ++globalThis.framesAsked;
        ++globalThis.framesDue;
        return ask((time) => {
          --globalThis.framesDue;
          call(time);
        });
      };
    });
    if (watchMemory) await page.addInitScript(rememberMemory);
    try {
      await page.goto(`${this.served.url}studio.html${link}`);
      await body(page, errors);
      assert.deepEqual(errors, []);
      assertNoFaults();
      assert.deepEqual(strangers, []);
      assert.deepEqual(await context.cookies(), []);
    } finally {
      await context.close();
    }
  }
}
