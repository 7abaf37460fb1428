// The browsers that the page is tested in, behind the few calls that the tests need: Chromium through Playwright,
// Firefox through Puppeteer (WebDriver BiDi), each the one that the system has.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

const found = (...paths) => paths.find((path) => existsSync(path));

/** Milliseconds that anything may take on a busy machine, before it counts as never. */
export const patience = 120000;

/** What a page did: errors, console messages of level error, and the URLs that it asked for. */
function watch(page) {
  const seen = { errors: [], notes: [], urls: [] };
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('console', (message) => {
    (message.type() === 'error' ? seen.errors : seen.notes).push(message.text());
  });
  page.on('request', (request) => seen.urls.push(request.url()));
  return seen;
}

const faultMark = 'an error of the code internal: ';

/**
 * Has a page tell of errors of the code `internal`, wherever they end up: none may come up. Returns what `leave` has
 * to call; a test that makes some on purpose takes them out of `page.faults` first.
 */
export async function watchFaults(page) {
  page.faults = [];
  page.on('console', (message) => message.text().startsWith(faultMark) && page.faults.push(message.text()));
  const tellOfFaults = (mark) =>
    Object.defineProperty(Error.prototype, 'code', {
      configurable: true,
      set(value) {
        if (value === 'internal') console.warn(mark + this.message);
        Object.defineProperty(this, 'code', { value, enumerable: true, writable: true, configurable: true });
      },
    });
  await (page.addInitScript ?? page.evaluateOnNewDocument).call(page, tellOfFaults, faultMark);
  return () => assert.deepEqual(page.faults, []);
}

async function openChromium(more = [], javaScriptEnabled = true) {
  const browser = await chromium.launch({
    executablePath:
      process.env.GANLET_CHROMIUM ?? found('/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'),
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...more,
    ],
    timeout: patience,
  });
  return {
    name: 'Chromium',
    async newPage({ width = 1280, height = 800, dark = false } = {}) {
      const context = await browser.newContext({
        javaScriptEnabled,
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        acceptDownloads: true,
      });
      const page = await context.newPage();
      page.setDefaultNavigationTimeout(patience);
      const assertNoFaults = await watchFaults(page);
      return Object.assign(page, { seen: watch(page), leave: () => context.close().then(assertNoFaults) });
    },
    close: () => browser.close(),
  };
}

/**
 * A page's `command`, 'goto' or 'reload', for Firefox, which now and then doesn't answer one; asked once more, it does.
 * The page's own patience with navigating has to be longer.
 */
export function askAgain(page, command) {
  const go = page[command].bind(page);
  return async (...where) => {
    const late = Symbol('late');
    let timer;
    const attempt = go(...where);
    attempt.catch(() => {}); // told by the race, or of no interest any more
    const waited = new Promise((done) => (timer = setTimeout(done, 45000, late)));
    const answer = await Promise.race([attempt, waited]).finally(() => clearTimeout(timer));
    return answer === late ? go(...where) : answer;
  };
}

async function openFirefox({ preferences, environment } = {}) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.GANLET_FIREFOX ?? found('/usr/bin/firefox', '/usr/bin/firefox-esr'),
    extraPrefsFirefox: { 'dom.serviceWorkers.enabled': true, ...preferences },
    env: { ...process.env, ...environment },
    defaultViewport: null,
    timeout: patience,
  });
  return {
    name: 'Firefox',
    async newPage({ width = 1280, height = 800 } = {}) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      // Older Firefox has sizes but not the screen orientation that goes with them.
      await page.setViewport({ width, height }).catch((error) => {
        if (!error.message.includes('setScreenOrientationOverride')) throw error;
      });
      page.setDefaultNavigationTimeout(patience);
      const commands = { goto: askAgain(page, 'goto'), reload: askAgain(page, 'reload') };
      const assertNoFaults = await watchFaults(page);
      const leave = () => context.close().then(assertNoFaults);
      return Object.assign(page, { ...commands, seen: watch(page), leave });
    },
    close: () => browser.close(),
  };
}

export const browsers = { Chromium: openChromium, Firefox: openFirefox };

/** The same, where readers have switched JavaScript off. */
export const scriptless = {
  Chromium: () => openChromium([], false),
  Firefox: () => openFirefox({ preferences: { 'javascript.enabled': false } }),
};

const vulkan = found('/usr/lib/chromium/vk_swiftshader_icd.json');

/** The same with WebGPU on SwiftShader, which comes with Chromium; none where it isn't found. */
export const gpuBrowsers = {
  Chromium: () => openChromium(['--enable-unsafe-webgpu']),
  Firefox:
    vulkan &&
    (() =>
      openFirefox({
        preferences: { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true },
        environment: { VK_DRIVER_FILES: vulkan },
      })),
};

/**
 * The longest task of a page's thread while `use` runs, in Chromium: in milliseconds that it had the processor, which
 * others on a busy machine don't add to.
 */
export async function longestTask(page, use) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', '__metadata'] });
  await use();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const threadOf = ({ pid, tid }) => `${pid} ${tid}`;
  const isPage = ({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain';
  const threads = new Set(traceEvents.filter(isPage).map(threadOf));
  const tasks = traceEvents.filter((event) => event.name === 'RunTask' && threads.has(threadOf(event)));
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000; // those that were cut off have none
}

/** Waits until `question`, run in the page with `argument`, says yes. */
export async function until(page, question, argument, milliseconds = patience) {
  const end = Date.now() + milliseconds;
  while (!(await page.evaluate(question, argument).catch(() => false))) {
    if (Date.now() > end) {
      const says = await page.evaluate(() => document.body.innerText);
      throw new Error(`waited ${milliseconds} ms for ${question}; the page says: ${says}`);
    }
    await new Promise((done) => setTimeout(done, 25));
  }
}
