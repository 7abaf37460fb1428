// The page while things change under it: models chosen faster than they load, a service worker whose storage is full,
// a training that is looked through.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { browsers, until } from './browsers.mjs';
import { host, missing } from './hosts.mjs';
import { site } from './library.mjs';

const drawn = (page, what) => until(page, (wanted) => document.documentElement.dataset.drawn === wanted, what);
const choose = (page, id) =>
  page.evaluate((which) => {
    const select = document.querySelector('#model');
    select.value = which;
    select.dispatchEvent(new Event('change'));
  }, id);

/** Answers that wait until `release` is called. */
function held(paths) {
  let release;
  const released = new Promise((done) => (release = done));
  return { release, answer: (path) => (paths.includes(path) ? released.then(() => undefined) : undefined) };
}

for (const [name, open] of Object.entries(browsers)) {
  describe(`changes in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());

    async function visit(t, options = {}, path = '') {
      const served = await host(options);
      const page = await browser.newPage();
      t.after(async () => {
        await page.leave();
        await served.close();
      });
      await page.goto(served.url + path);
      return { page, ...served };
    }

    test('of two models chosen in a row, the last one stays, however late the first comes', async (t) => {
      const { release, answer } = held(['/ganlet/models/fashion/generator.onnx']);
      const { page } = await visit(t, { answer });
      await drawn(page, '2026 12 0.15');
      await until(page, () => !document.querySelector('#model-choice').hidden);
      await choose(page, 'fashion');
      await choose(page, 'digits-vae-gan');
      await until(page, () => /digits-vae-gan/.test(document.documentElement.dataset.drawn));
      release();
      await new Promise((done) => setTimeout(done, 500));
      assert.match(await page.evaluate(() => location.search), /model=digits-vae-gan/);
      assert.equal(await page.evaluate(() => document.querySelector('#model').value), 'digits-vae-gan');
      await page.click('#again');
      await until(page, () => !document.documentElement.dataset.drawn.endsWith(' 12 0.15'));
      assert.equal(await page.evaluate(() => document.querySelector('#problem').textContent), '');
      assert.deepEqual(page.seen.errors, []);
    });

    test('what is kept for offline use is asked and told once for each model', async (t) => {
      const { page } = await visit(t);
      await until(page, () => document.documentElement.dataset.kept === 'yes');
      await page.evaluate(() => {
        globalThis.listeners = 0;
        const { addEventListener } = navigator.serviceWorker;
        navigator.serviceWorker.addEventListener = (...given) => {
          ++globalThis.listeners;
          addEventListener.apply(navigator.serviceWorker, given);
        };
      });
      for (const id of ['fashion', 'digits-vae-gan']) {
        await choose(page, id);
        await until(page, (start) => document.documentElement.dataset.drawn.startsWith(start), `${id} `);
        await until(page, () => document.documentElement.dataset.kept === 'yes');
        assert.ok(await page.evaluate((path) => caches.match(path).then(Boolean), `ganlet/models/${id}/model.json`));
      }
      assert.equal(await page.evaluate(() => globalThis.listeners), 0, 'each change left a listener behind');
    });

    test('a full storage takes no answer away, and unlisted files come as they arrive', async (t) => {
      const full = `
        const open = caches.open.bind(caches);
        caches.open = async (name) => {
          await open(name);
          const put = () => Promise.reject(new Error('QuotaExceededError'));
          return { match: async () => undefined, keys: async () => [], put };
        };`;
      let finish;
      const finished = new Promise((done) => (finish = done));
      let served = 0;
      const slow = (response) => {
        if (response.req.headers['x-asked-by'] === 'page') ++served; // and not to be kept
        response.write('first half, ');
        finished.then(() => response.end('second half'));
      };
      const { page } = await visit(t, {
        answer: (path) => {
          if (path === '/service-worker.js') {
            const script = full + readFileSync(`${site}service-worker.js`, 'utf8');
            return [200, { 'content-type': 'text/javascript' }, script];
          }
          return path === '/slow.txt' ? [200, { 'content-type': 'text/plain' }, slow] : undefined;
        },
      });
      await drawn(page, '2026 12 0.15');
      await until(page, () => document.documentElement.dataset.kept === 'no');
      await page.reload();
      await drawn(page, '2026 12 0.15');
      assert.ok(await page.evaluate(() => navigator.serviceWorker.controller !== null));
      const first = await page.evaluate(async () => {
        const answer = await fetch('slow.txt', { headers: { 'x-asked-by': 'page' } });
        globalThis.reader = answer.body.getReader();
        return new TextDecoder().decode((await globalThis.reader.read()).value);
      });
      assert.equal(first, 'first half, ');
      finish();
      const rest = await page.evaluate(async () => {
        let text = '';
        for (let piece; !(piece = await globalThis.reader.read()).done; ) text += new TextDecoder().decode(piece.value);
        return text;
      });
      assert.equal(rest, 'second half');
      assert.equal(served, 1);
    });

    test('looking through a training takes one worker', async (t) => {
      const count = `
        globalThis.started = 0;
        globalThis.Worker = class extends Worker {
          constructor(...given) {
            super(...given);
            ++globalThis.started;
          }
        };`;
      const { page, asked } = await visit(
        t,
        {
          answer: (path) => {
            if (path === '/count.js') return [200, { 'content-type': 'text/javascript' }, count];
            if (path === '/service-worker.js') return missing; // it fetches files of its own, which would count
            if (path !== '/how.html') return undefined;
            const script = '<head><script src="count.js"></script>';
            const content = readFileSync(`${site}how.html`, 'utf8').replace('<head>', script);
            return [200, { 'content-type': 'text/html' }, content];
          },
        },
        'how.html',
      );
      await drawn(page, 'all');
      await page.evaluate(() => document.querySelector('#learning').scrollIntoView());
      const step = () => page.evaluate(() => document.querySelector('#step').textContent);
      await until(page, () => document.querySelector('#step').textContent !== '0');
      for (let moment = 0; moment < 3; ++moment) {
        const last = await step();
        await page.focus('#moment');
        await page.keyboard.press('ArrowLeft');
        await until(page, (before) => document.querySelector('#step').textContent !== before, last);
      }
      assert.equal(await page.evaluate(() => globalThis.started), 1);
      const described = asked.filter((path) => path === '/ganlet/models/fashion/model.json');
      assert.equal(described.length, 1, 'each step was a model of its own');
    });
  });
}
