// What the tests of <ganlet-image> share: pages of a host that serves the built site beside them.
import { browsers, until } from './browsers.mjs';
import { host } from './hosts.mjs';

export { browsers, until };

/** The policy under which everything has to work. */
export const strictPolicy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
  "require-trusted-types-for 'script'; trusted-types ganlet";

export const tag = '<script type="module" src="ganlet/ganlet-image.js"></script>';
const html = (body) => [200, { 'content-type': 'text/html; charset=utf-8' }, body];
const ignored = new Set(['/favicon.ico']);

/**
 * Opens a page with `body` in a browser, served beside the site, and closes all at the end of the test. `answer` and
 * `headers` are the host's; `prepare` is called with the page before it is opened.
 */
export async function openPost(t, browser, body, { answer = () => undefined, headers, prepare, ...options } = {}) {
  const post = `<!doctype html><html lang="en"><head><title>A post</title>${tag}</head><body>${body}</body></html>`;
  const served = await host({
    answer: (path, request) => {
      if (path === '/post.html') return html(post);
      return ignored.has(path) ? [204, {}, ''] : answer(path, request);
    },
    headers: (path) => (typeof headers === 'function' ? headers(path) : (headers ?? {})),
  });
  const page = await browser.newPage(options);
  t.after(async () => {
    await page.leave();
    await served.close();
  });
  await prepare?.(page);
  await page.goto(`${served.url}post.html`, { waitUntil: 'domcontentloaded' });
  return { page, ...served };
}

/** Waits until all elements, or those that a selector finds, have drawn. */
export const drawn = (page, selector = 'ganlet-image') =>
  until(
    page,
    (which) => {
      const found = [...document.querySelectorAll(which)];
      return found.length > 0 && found.every((element) => element.shadowRoot?.querySelector('.drawn'));
    },
    selector,
  );

/** An element's canvas: its size, and rows of its first channel. */
export const canvasOf = (page, selector = 'ganlet-image') =>
  page.evaluate((which) => {
    const found = document.querySelector(which);
    const canvas = found.shadowRoot?.querySelector('canvas') ?? found;
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const row = (y) => Array.from({ length: width }, (_, x) => data[4 * (y * width + x)]);
    return { width, height, rows: Array.from({ length: height }, (_, y) => row(y)) };
  }, selector);

/** All pixels of an element, as RGBA. */
export const pixelsOf = async (page, selector) =>
  Uint8Array.from(
    await page.evaluate((which) => {
      const { width, height } = document.querySelector(which).shadowRoot.querySelector('canvas');
      const context = document.querySelector(which).shadowRoot.querySelector('canvas').getContext('2d');
      return [...context.getImageData(0, 0, width, height).data];
    }, selector),
  );

/** The sizes of all elements in the page, in whole pixels. */
export const boxes = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('ganlet-image')].map((element) => {
      const { width, height } = element.getBoundingClientRect();
      return [Math.round(width), Math.round(height)];
    }),
  );

/** Keeps what elements tell, as `told`: an array of [name, detail] in the page. */
export const listen = (page) =>
  page.evaluate(() => {
    globalThis.told = [];
    for (const name of ['ready', 'progress', 'change', 'error'])
      document.addEventListener(`ganlet-${name}`, ({ detail }) => globalThis.told.push([name, detail]));
  });

export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
