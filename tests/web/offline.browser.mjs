// The site without a network, while it is replaced by a newer version, and where nothing can be stored.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { listAssets } from '../../tools/assets.mjs';
import { browsers, until } from './browsers.mjs';
import { fileOf, visit as visitIn } from './hosts.mjs';
import { site } from './library.mjs';

const drawn = (page) => until(page, () => /^2026 12/.test(document.documentElement.dataset.drawn));
const isKept = (page, answer = 'yes') =>
  until(page, (wanted) => document.documentElement.dataset.kept === wanted, answer, 120000); // all files come
const release = (page) => page.evaluate(() => document.documentElement.dataset.release);
const cut = (response) => response.destroy();

/** The site with another engine and other scripts: they say `release`. */
function nextVersion() {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-next-'));
  cpSync(site, folder, { recursive: true });
  for (const script of ['app.js', 'studio/studio.js']) {
    const said = `document.documentElement.dataset.release = 'next';\n`;
    if (existsSync(join(folder, script)))
      writeFileSync(join(folder, script), readFileSync(join(folder, script), 'utf8') + said);
  }
  const section = Buffer.from([0, 5, 4, ...Buffer.from('next')]); // a custom section of WebAssembly
  for (const variant of ['relaxed-simd', 'simd128']) {
    const engine = join(folder, `ganlet/ganlet-${variant}.wasm`);
    const bytes = Buffer.concat([readFileSync(engine), section]);
    writeFileSync(engine, bytes);
    writeFileSync(`${engine}.gz`, gzipSync(bytes));
  }
  listAssets(folder);
  return folder;
}

for (const [name, open] of Object.entries(browsers)) {
  describe(`without a network, in ${name}`, () => {
    let browser, next;
    before(async () => {
      next = nextVersion();
      browser = await open();
    });
    after(async () => {
      await browser?.close();
      rmSync(next, { recursive: true });
    });
    const visit = (t, options, path) => visitIn(t, browser, options, path);

    /** A visit to a site that `state` says the version of, and which files of that version don't arrive. */
    async function visitSite(t) {
      const state = { isNext: false, lost: /^$/ };
      const answer = (path) => {
        if (state.lost.test(path)) return [200, {}, cut];
        if (!state.isNext) return undefined;
        const [status, headers, body] = fileOf(path);
        return status === 200
          ? [status, headers, readFileSync(join(next, path.replace(/\/$/, '/index.html')))]
          : [status, headers, body];
      };
      const visited = await visit(t, { answer });
      await drawn(visited.page);
      await isKept(visited.page);
      await visited.page.reload();
      await drawn(visited.page);
      return { ...visited, state };
    }

    test('the site can be installed, and its icons are there in the sizes that are told', async (t) => {
      const { page, url } = await visit(t, {});
      await drawn(page);
      await isKept(page);
      await page.reload();
      await until(page, () => navigator.serviceWorker.controller !== null);
      const {
        name: called,
        start,
        display,
        icons,
      } = await page.evaluate(async () => {
        const { href } = document.querySelector('link[rel=manifest]');
        const manifest = await (await fetch(href)).json();
        const sizeOf = async ({ src, sizes, type }) => {
          const image = Object.assign(new Image(), { src: new URL(src, href) });
          await image.decode();
          return [sizes, type, `${image.naturalWidth}x${image.naturalHeight}`];
        };
        const start = new URL(manifest.start_url, href).href;
        return { ...manifest, start, icons: await Promise.all(manifest.icons.map(sizeOf)) };
      });
      assert.deepEqual([called.length > 0, start, display], [true, url, 'standalone']);
      assert.ok(icons.length >= 3);
      for (const [sizes, type, size] of icons) if (type === 'image/png') assert.equal(size, sizes);
      if (name !== 'Chromium') return;
      const session = await page.context().newCDPSession(page);
      const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
      const ids = installabilityErrors.map(({ errorId }) => errorId);
      assert.deepEqual(ids, ['in-incognito'], 'as the window of a test is'); // it tells of all that is wrong
      assert.deepEqual((await session.send('Page.getAppManifest')).errors, []);
    });

    test('a newer version is offered, taken over whole, and never mixed with the one before', async (t) => {
      const { page, state, url } = await visitSite(t);
      Object.assign(state, { isNext: true, lost: /\.wasm/ }); // the network goes in the middle of it
      await page.reload();
      await drawn(page);
      await page.evaluate(async () => (await navigator.serviceWorker.ready).update().catch(() => {}));
      await page.reload();
      await drawn(page);
      assert.equal(await release(page), undefined, 'new scripts with the old engine');
      assert.equal(await page.evaluate(() => document.querySelector('.newer')), null);

      state.lost = /^$/;
      await page.reload();
      await drawn(page);
      await until(page, () => document.querySelector('.newer button') !== null, undefined, 120000); // fetches all files
      assert.equal(await release(page), undefined, 'replaced without being asked');
      await page.click('.newer button');
      await until(page, () => document.documentElement.dataset.release === 'next');
      await drawn(page);
      state.lost = /./;
      await page.goto(`${url}?text=2026&seed=12`);
      await drawn(page);
      assert.equal(await release(page), 'next');
      const [names, isWhole] = await page.evaluate(async () => {
        const kept = await caches.match('assets.json');
        const { files } = await kept.json();
        const wrong = [];
        for (const { path, sha256 } of files) {
          const answer = await caches.match(path);
          if (!answer) continue;
          const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await answer.arrayBuffer()));
          if (Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') !== sha256) wrong.push(path);
        }
        return [await caches.keys(), wrong];
      });
      assert.equal(names.length, 1, `caches of older versions: ${names}`);
      assert.deepEqual(isWhole, []);
      page.seen.errors.length = 0;
    });

    if (existsSync(join(site, 'studio.html')))
      test('a page that was never kept comes whole from the newer version', async (t) => {
        const { page, state, asked, url } = await visitSite(t);
        state.isNext = true;
        asked.length = 0;
        await page.goto(`${url}studio.html`);
        await until(page, () => document.documentElement.dataset.started === 'yes');
        const own = asked.filter((path) => /download\.js$|studio\.js$/.test(path));
        assert.deepEqual([...new Set(own)].sort(), ['/ganlet/download.js', '/studio/studio.js']);
      });

    test('where nothing can be stored all is answered, and said not to be kept', async (t) => {
      const faults = {
        full: `const open = caches.open.bind(caches);
          caches.open = async (name) => {
            const cache = await open(name);
            cache.put = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));
            return cache;
          };`,
        forbidden: `for (const name of ['open', 'keys', 'match', 'delete'])
          caches[name] = () => Promise.reject(new DOMException('forbidden', 'SecurityError'));`,
      };
      for (const [kind, fault] of Object.entries(faults)) {
        const { page } = await visit(t, {
          answer: (path) => {
            if (path !== '/service-worker.js') return undefined;
            const script = fault + readFileSync(`${site}service-worker.js`, 'utf8');
            return [200, { 'content-type': 'text/javascript' }, script];
          },
        });
        await drawn(page);
        await isKept(page, 'no');
        await page.reload();
        await until(page, () => navigator.serviceWorker.controller !== null);
        await drawn(page);
        await isKept(page, 'no');
        assert.deepEqual(page.seen.errors, [], kind);
      }
    });

    test('what could not be kept is asked for again, and a slow network doesn’t hold up what is kept', async (t) => {
      let isBroken = true;
      let isSlow = false;
      const { page } = await visit(t, {
        answer: (path) => {
          if (isSlow) return new Promise(() => {});
          return isBroken && /digits-wgan\/model\.json$/.test(path) ? [503, {}, ''] : undefined;
        },
      });
      await drawn(page);
      await isKept(page);
      const keep = () =>
        page.evaluate(async () => {
          const { keepForOffline } = await import('./offline.js');
          return keepForOffline(['ganlet/models/digits-wgan/model.json'], ['model digits-wgan']);
        });
      assert.equal(await keep(), false);
      isBroken = false;
      assert.equal(await keep(), true);
      const variants = await page.evaluate(async () => (await import('./offline.js')).keptVariants());
      assert.ok(variants.includes('model digits-wgan') && variants.includes('model digits'), variants.join());
      assert.ok(!variants.includes('studio'));
      isSlow = true;
      await page.reload({ waitUntil: 'domcontentloaded' });
      await drawn(page);
      const forgotten = await page.evaluate(async () => {
        const { forget } = await import('./offline.js');
        return (await forget(['model digits-wgan'])) && !(await caches.match('ganlet/models/digits-wgan/model.json'));
      });
      assert.equal(forgotten, true);
    });
  });
}
