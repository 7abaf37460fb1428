// The studio as a visitor meets it: real mouse, wheel, touch and keys in Chromium; opened in Firefox too, with a window on an X server
// without a screen, since Firefox has no WebGL2 without a window.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

import { serve } from '../../tools/serve.mjs';
import { until } from './browsers.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const site = process.env.GANLET_SITE ?? join(root, 'build/web/site');
const screenshots = join(root, 'build/web/screenshots');
const found = (...paths) => paths.find((path) => existsSync(path));

const said = (page, text) => until(page, (wanted) => document.documentElement.dataset.said === wanted, text);
const fragmentIs = (page, text) => until(page, (wanted) => document.documentElement.dataset.fragment === wanted, text);
const fragment = (page) => page.evaluate(() => document.documentElement.dataset.fragment);

/** A digest of the canvas, or of a part of it in units of the page. */
const pixels = (page, part) => page.evaluate((box) => {
  const canvas = document.querySelector('#studio');
  const ratio = canvas.width / canvas.clientWidth;
  const [x, y, width, height] = (box ?? [0, 0, canvas.clientWidth, canvas.clientHeight]).map((value) => Math.round(value * ratio));
  const copy = new OffscreenCanvas(width, height).getContext('2d');
  copy.drawImage(canvas, x, y, width, height, 0, 0, width, height);
  let digest = 0;
  for (const byte of copy.getImageData(0, 0, width, height).data) digest = (Math.imul(digest, 31) + byte) | 0;
  return digest;
}, part);

/** Waits until no frame has been drawn for a while. */
const atRest = (page) => page.evaluate(async () => {
  for (let last = -1; last !== globalThis.framesAsked; ) {
    last = globalThis.framesAsked;
    await new Promise((done) => setTimeout(done, 400));
  }
});

const picture = [460, 80, 780, 640]; // where it is in a window of 1280 x 800

test('studio.wasm takes at most 450 KB with brotli', (t) => {
  const bytes = readFileSync(join(site, 'studio/studio-program.wasm'));
  const compressed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } }).length;
  t.diagnostic(`${bytes.length} bytes, ${compressed} with brotli`);
  assert.ok(compressed <= 450000, `${compressed} bytes`);
});

describe('the studio in Chromium', () => {
  let browser, served;
  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    served = await serve(site);
    browser = await chromium.launch({
      executablePath: process.env.GANLET_CHROMIUM ?? found('/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'),
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
        '--enable-unsafe-swiftshader', '--use-gl=angle', '--use-angle=swiftshader'],
    });
  });
  after(async () => {
    await browser?.close();
    served?.server.closeAllConnections();
    served?.server.close();
  });

  /** Opens the studio and checks afterwards that nothing went wrong unseen, and that nobody else was asked. */
  async function visit(link, options, body) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark', acceptDownloads: true, ...options });
    const page = await context.newPage();
    const errors = [], strangers = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('request', (request) => !/^(blob|data):/.test(request.url()) && !request.url().startsWith(served.url) && strangers.push(request.url()));
    await page.addInitScript(() => {
      globalThis.framesAsked = 0;
      const ask = globalThis.requestAnimationFrame.bind(globalThis);
      globalThis.requestAnimationFrame = (call) => {
        ++globalThis.framesAsked;
        return ask(call);
      };
    });
    try {
      await page.goto(`${served.url}studio.html${link}`);
      await body(page, errors);
      assert.deepEqual(errors, []);
      assert.deepEqual(strangers, []);
    } finally {
      await context.close();
    }
  }

  test('draws what a link says, and is at rest then', async (t) => {
    await visit('#text=314&seed=5', {}, async (page) => {
      await said(page, '314, seed 5');
      t.diagnostic(`drawn ${Math.round(await page.evaluate(() => performance.now()))} ms after the page began`);
      await atRest(page);
      const asked = await page.evaluate(() => globalThis.framesAsked);
      await page.waitForTimeout(1500);
      assert.equal(await page.evaluate(() => globalThis.framesAsked), asked);
      await page.screenshot({ path: join(screenshots, 'studio-wide.png') });
    });
  });

  test('draws a typed number', async () => {
    let wanted;
    await visit('#text=314', {}, async (page) => {
      await said(page, '314, seed 11');
      await atRest(page);
      wanted = await pixels(page, picture);
    });
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 11');
      assert.notEqual(await pixels(page, picture), wanted);
      await page.mouse.click(250, 152);
      await page.keyboard.press('Control+a');
      await page.keyboard.type('314');
      await fragmentIs(page, 'text=314');
      await page.mouse.move(1270, 790);
      await atRest(page);
      assert.equal(await pixels(page, picture), wanted);
    });
  });

  test('dragging moves over the seeds, keys take it back', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 11');
      await atRest(page);
      const first = await pixels(page, picture);
      await page.mouse.move(900, 400);
      await page.mouse.down();
      await page.mouse.move(700, 330, { steps: 12 });
      await page.mouse.up();
      await said(page, '2026, seed 11, moved');
      assert.match(await fragment(page), /^at=\d+,\d+$/);
      assert.notEqual(await pixels(page, picture), first);
      await page.keyboard.press('Control+z');
      await said(page, '2026, seed 11');
      await atRest(page);
      assert.equal(await pixels(page, picture), first);
    });
  });

  test('the wheel zooms the picture, not the page', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 11');
      await atRest(page);
      const first = await pixels(page, picture);
      await page.mouse.move(850, 400);
      await page.mouse.wheel(0, -300);
      await atRest(page);
      assert.notEqual(await pixels(page, picture), first);
      await page.mouse.dblclick(850, 400);
      await atRest(page);
      assert.equal(await pixels(page, picture), first);
    });
  });

  test('a narrow screen works by touch', async () => {
    await visit('', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 3, colorScheme: 'light' }, async (page) => {
      await said(page, '2026, seed 11');
      await atRest(page);
      await page.screenshot({ path: join(screenshots, 'studio-360.png') });
      assert.equal(await page.evaluate(() => document.querySelector('#studio').width), 1080);
      await page.touchscreen.tap(54, 387);
      await until(page, () => /seed=/.test(document.documentElement.dataset.fragment));
    });
  });

  test('a lost context comes back with everything in it', async () => {
    await visit('#text=77', {}, async (page, errors) => {
      await said(page, '77, seed 11');
      await page.mouse.move(1270, 790);
      await atRest(page);
      const first = await pixels(page);
      await page.evaluate(async () => {
        const extension = document.querySelector('#studio').getContext('webgl2').getExtension('WEBGL_lose_context');
        extension.loseContext();
        await new Promise((done) => setTimeout(done, 300));
        globalThis.told = document.querySelector('#problem').textContent;
        extension.restoreContext();
        await new Promise((done) => setTimeout(done, 300));
      });
      assert.match(await page.evaluate(() => globalThis.told), /graphics were taken away/);
      await atRest(page);
      assert.equal(await pixels(page), first);
      errors.length = 0; // the browser's own complaints about objects of the context that was lost
    });
  });

  const paste = (page, text) => page.evaluate((what) => {
    const data = new DataTransfer();
    data.setData('text/plain', what);
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);

  test('takes pasted numbers and links', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 11');
      await paste(page, '8080');
      await said(page, '8080, seed 11');
      await paste(page, 'https://example.org/studio.html#text=9&seed=3&psi=50');
      await said(page, '9, seed 3');
      await page.mouse.click(250, 152);
      await page.keyboard.press('Control+a');
      await paste(page, '4711');
      await said(page, '4711, seed 3');
    });
  });

  test('is as sharp as the screen when the page is zoomed', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 11');
      const session = await page.context().newCDPSession(page);
      await session.send('Emulation.setDeviceMetricsOverride', { width: 640, height: 400, deviceScaleFactor: 2, mobile: false });
      await until(page, () => document.querySelector('#studio').width === 1280 && devicePixelRatio === 2);
      await atRest(page);
      await page.screenshot({ path: join(screenshots, 'studio-zoomed.png') });
    });
  });

  test('opens a model of one’s own, and says what is wrong with a file that is none', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 11');
      await page.setInputFiles('#chooser', join(root, 'models/digits/generator-f32.onnx'));
      await said(page, '2026, seed 11');
      await until(page, () => /model=/.test(document.documentElement.dataset.fragment));
      await page.setInputFiles('#chooser', join(root, 'README.md'));
      await until(page, () => /README.md/.test(document.documentElement.dataset.said) && /ONNX/.test(document.documentElement.dataset.said));
      await page.evaluate(() => document.querySelector('#mirror-generate').click());
      await until(page, () => /^2026, seed (?!11$)/.test(document.documentElement.dataset.said));
    });
  });

  test('native controls and words stand for the picture', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 11');
      assert.equal(await page.evaluate(() => document.querySelector('#said').getAttribute('aria-live')), 'polite');
      await page.focus('#mirror-seed');
      await page.fill('#mirror-seed', '5');
      await page.keyboard.press('Enter');
      await page.evaluate(() => document.querySelector('#mirror-seed').dispatchEvent(new Event('change')));
      await said(page, '2026, seed 5');
      const [download] = await Promise.all([page.waitForEvent('download'), page.evaluate(() => document.querySelector('#mirror-save').click())]);
      assert.equal(download.suggestedFilename(), 'picture.png');
    });
  });

  test('keeps favourites and the last state in the browser', async () => {
    await visit('#text=55', {}, async (page) => {
      await said(page, '55, seed 11');
      await atRest(page);
      await page.goto('about:blank');
      await page.goto(`${served.url}studio.html`);
      await said(page, '55, seed 11');
    });
  });

  test('an animation takes no more and more memory', async (t) => {
    await visit('#text=12&keys=1,2,3&ms=10', { viewport: { width: 360, height: 400 } }, async (page) => {
      await said(page, '12, seed 11');
      await page.focus('#studio');
      await page.keyboard.press('p');
      const heap = () => page.evaluate(() => performance.memory.usedJSHeapSize);
      await page.waitForTimeout(4000);
      const first = await heap(), frames = await page.evaluate(() => globalThis.framesAsked);
      await page.waitForTimeout(8000);
      const drawn = (await page.evaluate(() => globalThis.framesAsked)) - frames;
      t.diagnostic(`${drawn} frames in 8 s; heap ${first} to ${await heap()}`);
      assert.ok(drawn > 3);
      assert.ok((await heap()) < 1.5 * first);
    });
  });

  test('says so where there is no WebGL2, and links the plain page', async () => {
    const page = await browser.newPage();
    await page.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
    await page.goto(`${served.url}studio.html`);
    await until(page, () => !document.querySelector('#problem').hidden);
    assert.match(await page.evaluate(() => document.querySelector('#problem').textContent), /needs WebGL2/);
    assert.equal(await page.evaluate(() => document.querySelector('#problem a').getAttribute('href')), './');
    await page.close();
  });
});

describe('the studio in Firefox', () => {
  let browser, served, server;
  before(async () => {
    served = await serve(site);
    server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x1000x24'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const display = await new Promise((done) => server.stdio[3].once('data', (text) => done(String(text).trim())));
    browser = await puppeteer.launch({
      browser: 'firefox',
      headless: false,
      executablePath: process.env.GANLET_FIREFOX ?? found('/usr/bin/firefox', '/usr/bin/firefox-esr'),
      env: { ...process.env, DISPLAY: `:${display}` },
      extraPrefsFirefox: { 'webgl.force-enabled': true },
      defaultViewport: null,
    });
  });
  after(async () => {
    await browser?.close();
    server?.kill();
    served?.server.closeAllConnections();
    served?.server.close();
  });

  test('draws what a link says, and what is typed', async () => {
    const page = await browser.newPage();
    await page.goto(`${served.url}studio.html#text=314&seed=5`);
    await said(page, '314, seed 5');
    await page.focus('#mirror-text');
    await page.evaluate(() => {
      document.querySelector('#mirror-text').value = '27';
      document.querySelector('#mirror-text').dispatchEvent(new Event('change'));
    });
    await said(page, '27, seed 5');
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, 'studio-firefox.png') });
  });
});
