// <ganlet-image> on hosts of every kind: without headers, with wrong types, with and without compression, in a
// sub-path, behind an application's fallback, slow, and breaking off.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';

import { browsers, canvasOf, drawn, openPost, pause, tag, until } from './element_page.mjs';
import { cut, fileOf, html, missing } from './hosts.mjs';

const year = '<ganlet-image text="2026" seed="12"></ganlet-image>';
const isData = (path) => /\.(wasm|gz|onnx|json)$/.test(path);

/** A file with other headers. */
const withHeaders = (path, headers) => {
  const [status, , body] = fileOf(path);
  return [status, headers, body];
};

for (const [name, open] of Object.entries(browsers)) {
  describe(`<ganlet-image> on hosts, in ${name}`, () => {
    let browser;
    let expected;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());

    /** What every host's page has to show. */
    async function assertDrawn(page) {
      await drawn(page);
      const canvas = await canvasOf(page);
      expected ??= canvas;
      assert.deepEqual(canvas, expected);
      assert.equal(await page.evaluate(() => document.querySelector('ganlet-image').info.backend), 'xnn');
    }

    const types = {
      none: {},
      'text/plain': { 'content-type': 'text/plain' },
      'application/octet-stream, not to be guessed': {
        'content-type': 'application/octet-stream',
        'x-content-type-options': 'nosniff',
      },
    };
    for (const [type, headers] of Object.entries(types))
      test(`engine and models of the type: ${type}`, async (t) => {
        const { page } = await openPost(t, browser, year, {
          answer: (path) => (isData(path) ? withHeaders(path, headers) : undefined),
        });
        await assertDrawn(page);
      });

    test('all files compressed, as many hosts send them', async (t) => {
      const { page } = await openPost(t, browser, year, {
        answer: (path) => {
          const [status, headers, body] = fileOf(path);
          if (status !== 200) return undefined;
          return [200, { ...headers, 'content-encoding': 'gzip' }, gzipSync(body)];
        },
      });
      await assertDrawn(page);
    });

    const isCopy = (path) => path.endsWith('.wasm.gz');
    const copies = {
      'is sent as it is': [undefined, true],
      'is unpacked by the host': [(path) => [200, { 'content-encoding': 'gzip' }, fileOf(path)[2]], true],
      'was unpacked on the host': [(path) => [200, {}, gunzipSync(fileOf(path)[2])], true],
      'is missing': [() => missing, false],
      'unpacks to too much': [() => [200, {}, gzipSync(Buffer.alloc(2 ** 24 + 1))], false],
      'is cut off': [(path) => [200, {}, fileOf(path)[2].subarray(0, 1000)], false],
    };
    for (const [what, [answer, suffices]] of Object.entries(copies))
      test(`the engine’s compressed copy ${what}`, async (t) => {
        const { page, asked } = await openPost(t, browser, year, {
          answer: (path) => (isCopy(path) ? answer?.(path) : undefined),
        });
        await assertDrawn(page);
        assert.equal(asked.filter(isCopy).length, 1);
        assert.equal(asked.filter((path) => path.endsWith('.wasm')).length, suffices ? 0 : 1);
        const { urls } = await page.evaluate(() => document.querySelector('ganlet-image').info);
        assert.equal(urls.some(isCopy), suffices);
      });

    test('a browser that can’t unpack takes the engine as it is', async (t) => {
      const { page, asked } = await openPost(t, browser, year, {
        prepare: (opened) =>
          opened[opened.addInitScript ? 'addInitScript' : 'evaluateOnNewDocument'](() => {
            delete globalThis.DecompressionStream;
          }),
      });
      await assertDrawn(page);
      assert.ok(asked.some((path) => path.endsWith('.wasm')));
    });

    test('in a sub-path, and nothing is asked for outside of it', async (t) => {
      const { page, url, asked } = await openPost(t, browser, '', {
        answer: (path) => {
          if (path === '/my/blog/2026/post.html')
            return [
              200,
              { 'content-type': 'text/html' },
              `<!doctype html><title>A post</title>${tag.replace('src="', 'src="/my/')}${year}`,
            ];
          return path.startsWith('/my/') ? fileOf(path.slice(3)) : undefined;
        },
      });
      asked.length = 0;
      await page.goto(`${url}my/blog/2026/post.html`);
      await assertDrawn(page);
      assert.deepEqual(
        asked.filter((path) => !path.startsWith('/my/') && path !== '/favicon.ico'),
        [],
      );
    });

    test('an application’s page in place of a missing file: the poster stays, the error names it', async (t) => {
      const poster =
        '<ganlet-image model="mine" text="7"><img src="data:," width="28" height="28" alt="7"></ganlet-image>';
      const { page, url } = await openPost(t, browser, poster, {
        answer: (path) => (fileOf(path)[0] === 200 ? undefined : html),
      });
      const says = () => page.seen.notes.find((text) => text.startsWith('ganlet: '));
      for (let i = 0; i < 400 && !says(); ++i) await pause(25);
      assert.match(says(), /got HTML, probably a 404/);
      assert.ok(says().includes(`${url}ganlet/models/mine/model.json`), says());
      assert.equal(await page.evaluate(() => document.querySelector('ganlet-image img').checkVisibility()), true);
    });

    test('slow: the poster’s place is kept, progress is told, and the picture comes', async (t) => {
      const slowly = (body) => async (response) => {
        const piece = Math.ceil(body.length / 8);
        for (let at = 0; at < body.length; at += piece) {
          response.write(body.subarray(at, at + piece));
          await pause(60);
        }
        response.end();
      };
      const { page } = await openPost(t, browser, year, {
        answer: (path) => {
          const [status, headers, body] = fileOf(path);
          return status === 200 && isData(path) ? [200, headers, slowly(body)] : undefined;
        },
        prepare: (opened) =>
          opened[opened.addInitScript ? 'addInitScript' : 'evaluateOnNewDocument'](() => {
            globalThis.told = [];
            document.addEventListener('ganlet-progress', ({ detail }) => globalThis.told.push(detail.loaded));
          }),
      });
      const widthOf = () =>
        page.evaluate(() => {
          const { width, height } = document.querySelector('ganlet-image').getBoundingClientRect();
          return [width, height];
        });
      await until(page, () => globalThis.told.length > 1);
      const before = await widthOf();
      await assertDrawn(page);
      assert.deepEqual(await widthOf(), before);
      const told = await page.evaluate(() => globalThis.told);
      assert.ok(told.length > 5 && told.every((bytes, i) => i === 0 || bytes >= told[i - 1]));
    });

    test('a connection that breaks off is told, and the next try draws', async (t) => {
      let isBroken = true; // browsers may ask again by themselves
      const { page } = await openPost(t, browser, year, {
        answer: (path) => (isBroken && path.endsWith('generator.onnx') ? cut(path) : undefined),
      });
      await until(page, () => Boolean(document.querySelector('ganlet-image').shadowRoot?.querySelector('.problem')));
      isBroken = false;
      await page.evaluate(() =>
        document
          .querySelector('ganlet-image')
          .draw()
          .catch(() => {}),
      );
      await assertDrawn(page);
    });
  });
}
