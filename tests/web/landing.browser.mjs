// The landing page below its first picture, as a reader uses it: pictures in a text, what is to be pasted, models of
// their own, cards, four languages, and what it costs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { languages } from '../../tools/pages.mjs';
import { longestTask, scriptless } from './browsers.mjs';
import { browsers, canvasOf, drawn as drawnIn, pause, until } from './element_page.mjs';
import { made } from './foreign.mjs';
import { visit as visitIn } from './hosts.mjs';
import { site } from './library.mjs';
import { through } from './onnx_file.mjs';
import { rgbaOf } from './pictures.mjs';
import { program, root } from './program.mjs';

const screenshots = join(root, 'build/web/screenshots');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const script = { 'content-type': 'text/javascript' };
const mostBytes = 150000;
const pages = ['', 'nl.html', 'zh.html', 'es.html'];

const started = (page) => until(page, () => document.querySelector('#code-tag')?.value);
const scrollTo = (page, selector) =>
  page.evaluate((which) => document.querySelector(which).scrollIntoView({ block: 'center' }), selector);
const codeOf = (page, name) => page.evaluate((which) => document.querySelector(`#code-${which}`).value, name);
const choose = (page, name, value) =>
  page.evaluate(
    ([field, wanted]) => {
      const input = document.querySelector('#builder').elements[field];
      input.value = wanted;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    },
    [name, value],
  );

const ofFrames = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }; // which needn't have headings and landmarks

/** What axe, which the page has loaded, finds wrong in it. */
const problemsOf = (page, options = {}) =>
  page.evaluate(async (given) => {
    const { violations } = await globalThis.axe.run(given);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }, options);

/** No host but its own, which is at `url`, has been asked for anything, and no cookie is kept. */
async function asksNobody(page, url) {
  const strangers = page.seen.urls.filter((asked) => !asked.startsWith(url) && !/^(blob|data):/.test(asked));
  assert.deepEqual(strangers, []);
  assert.equal(await page.evaluate(() => document.cookie), '');
  if (page.context) assert.deepEqual(await page.context().cookies?.(), []);
}

/** From top to bottom, as one reads. */
async function readThrough(page) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let top = 0; top < height; top += 400) {
    await page.evaluate(async (at) => {
      scrollTo(0, at);
      // What observers see of this place, they see in the frame after next at the latest.
      for (let frames = 0; frames < 2; ++frames) await new Promise(requestAnimationFrame);
    }, top);
    await pause(120);
  }
  await drawnIn(page);
}

for (const [name, open] of Object.entries(browsers)) {
  describe(`the landing page in ${name}`, () => {
    let browser, scratch;
    before(async () => {
      mkdirSync(screenshots, { recursive: true });
      scratch = mkdtempSync(join(tmpdir(), 'ganlet-landing-'));
      browser = await open();
    });
    after(async () => {
      await browser?.close();
      rmSync(scratch, { recursive: true });
    });

    async function visit(t, options, path) {
      const visited = await visitIn(t, browser, options, path);
      await started(visited.page);
      return visited;
    }

    test('pictures live in a text, and a press draws another', async (t) => {
      const { page } = await visit(t);
      await scrollTo(page, '.post');
      await drawnIn(page, '.post ganlet-image');
      const face = '.post ganlet-image[seed="from:Ada"]';
      const before = await canvasOf(page, face);
      await page.evaluate((which) => document.querySelector(which).shadowRoot.querySelector('button').click(), face);
      const isAnother = async () => JSON.stringify(await canvasOf(page, face)) !== JSON.stringify(before);
      for (let tries = 0; tries < 100 && !(await isAnother()); ++tries) await pause(50);
      assert.ok(await isAnother());
      assert.deepEqual(page.seen.errors, []);
    });

    test('what is to be pasted draws what the builder shows', async (t) => {
      const { page, url } = await visit(t, {
        answer: (path) => {
          if (path === '/post.html') return [200, { 'content-type': 'text/html' }, post];
          // The site's worker could draw the link's picture before the script sees it.
          return path === '/service-worker.js' ? [404, {}, ''] : undefined;
        },
        headers: () => ({}),
      });
      let post = '';
      await choose(page, 'text', '3177');
      await choose(page, 'seed', '5');
      await choose(page, 'colours', 'plain');
      await scrollTo(page, '#preview');
      await until(
        page,
        () => document.querySelector('#preview ganlet-image').shadowRoot.querySelector('canvas').width === 112,
      );
      await drawnIn(page, '#preview ganlet-image');
      const request = ['--text', '3177', '--seed', '5', '--jitter', '0.15', '--format', 'json', '-o', '-'];
      const expected = JSON.parse(execFileSync(program, ['generate', 'digits', ...request], { cwd: root }));
      const near = ({ rows }) =>
        rows.length === 28 && rows.every((row, y) => row.every((value, x) => Math.abs(value - expected[y][x]) <= 1));
      const codes = { tag: await codeOf(page, 'tag'), link: await codeOf(page, 'link') };
      const frame = await codeOf(page, 'frame');
      for (const code of [codes.tag, codes.link, frame]) assert.match(code, /jitter=("?)0\.15/);
      assert.match(codes.tag, /<img [^>]*width="448" height="112" alt="3177, with seed 5"/);
      await choose(page, 'text', 'live:HH mm');
      assert.match(await codeOf(page, 'tag'), /width="448" height="100"/); // four digits and half of one
      for (const code of [
        codes.tag,
        `<script type="module" src="${url}ganlet/ganlet-image.js"></script>${codes.link}`,
      ]) {
        post = `<!doctype html><title>A post</title>${code}`;
        await page.goto(`${url}post.html`);
        await until(page, () => document.querySelector('ganlet-image') !== null);
        await drawnIn(page);
        assert.ok(near(await canvasOf(page)), code);
      }
      post = `<!doctype html><title>A post</title>${frame}`;
      await page.goto(`${url}post.html`);
      const inner = () => page.frames().find((one) => one !== page.mainFrame());
      await until({ evaluate: (...given) => inner().evaluate(...given) }, () =>
        Boolean(document.querySelector('ganlet-image')?.shadowRoot.querySelector('.drawn')),
      );
    });

    test('the poster of a picture that moves is the one that its tag begins with', async (t) => {
      if (name !== 'Chromium') return t.skip('Firefox’s driver gives no downloads');
      const { page } = await visit(t);
      for (const [field, value] of Object.entries({ text: '31', seed: '5', colours: 'plain', motion: 'walk' }))
        await choose(page, field, value);
      await scrollTo(page, '#preview');
      await drawnIn(page, '#preview ganlet-image');
      await pause(500);
      const coming = page.waitForEvent('download');
      await page.click('#poster');
      const picture = rgbaOf(readFileSync(await (await coming).path()));
      const request = ['--text', '31', '--seed', '5', '--jitter', '0.15', '--format', 'json', '-o', '-'];
      const expected = JSON.parse(execFileSync(program, ['generate', 'digits', ...request], { cwd: root }));
      expected.forEach((row, y) => {
        row.forEach((value, x) => {
          const shown = picture[4 * (8 * y * 448 + 8 * x)];
          assert.ok(Math.abs(shown - value) <= 1, `pixel ${x}, ${y}: ${shown}, ${value}`);
        });
      });
    });

    test('cards tell of each model, and lead to it', async (t) => {
      const { page } = await visit(t);
      await scrollTo(page, '#gallery');
      await until(page, () => document.querySelectorAll('.card').length === 10);
      await until(page, () =>
        [/KB/, /weights.*KB/s].every((said, i) => said.test(document.querySelectorAll('.card ul')[i].textContent)),
      );
      const said = await page.evaluate(() => document.querySelector('.card ul').textContent);
      const [{ id, judged }] = JSON.parse(readFileSync(`${site}ganlet/models/index.json`, 'utf8')).models;
      const [real, variety] = [judged.precision, judged.recall].map((share) => `${Number((share * 100).toFixed(1))}%`);
      assert.ok(id === 'digits' && said.includes(`${real} pass for real`) && said.includes(`${variety} of`), said);
      await page.evaluate(() => document.querySelectorAll('.card .links a')[3].click());
      await until(page, () => document.querySelector('#preview ganlet-image').getAttribute('model') === 'fashion');
      assert.match(await codeOf(page, 'tag'), /model="fashion" label="0"/);
    });

    test('it measures this machine', async (t) => {
      const { page } = await visit(t);
      await scrollTo(page, '#measure');
      await page.evaluate(() => document.querySelector('#measure button').click());
      await until(page, () =>
        /digits? a second; one takes [\d.]+ ms\. Engine: /.test(document.querySelector('#measure').textContent),
      );
    });

    test('each language has the page, its numbers and its sentences', async (t) => {
      const captions = { en: /^Drawn in/, nl: /^In .* getekend/, zh: /^此页面用/, es: /^Dibujado en/ };
      for (const language of Object.keys(languages)) {
        const { page, url } = await visit(t, {}, language === 'en' ? '' : `${language}.html`);
        assert.equal(await page.evaluate(() => document.documentElement.lang), language);
        const caption = await page.evaluate(() => document.querySelector('#caption').textContent);
        assert.match(caption, captions[language]);
        assert.equal(await page.evaluate(() => document.querySelector('[aria-current]').lang), language);
        assert.deepEqual(page.seen.errors, []);
        await asksNobody(page, url);
      }
    });

    test('models chosen for it are there without a network', async (t) => {
      const { page, url, close } = await visit(t);
      await until(page, () => document.documentElement.dataset.kept === 'yes');
      await scrollTo(page, '#offline');
      await until(page, () => document.querySelectorAll('#offline input').length > 8);
      await page.evaluate(() => {
        const labels = [...document.querySelectorAll('#offline label')];
        labels.find(({ textContent }) => /Clothes/.test(textContent)).click();
      });
      await until(page, () => /Kept\./.test(document.querySelector('#offline').textContent));
      if (existsSync(join(site, 'studio.html'))) {
        const keepStudio = () => document.querySelector('#offline input').click();
        await page.evaluate(keepStudio);
        const isWhole = async () => (await (await import('./offline.js')).keptVariants()).includes('studio');
        await until(page, isWhole);
      }
      await close();
      await page.goto(`${url}?model=fashion&label=3&seed=5`);
      await until(page, () => document.documentElement.dataset.drawn === 'fashion 3 5');
      await started(page);
      await scrollTo(page, '#offline');
      await until(page, () => document.querySelectorAll('#offline input:checked').length >= 2);
    });

    if (name !== 'Chromium') return;

    const save = async (page, button = '#one-file') => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
      const file = join(scratch, download.suggestedFilename());
      await download.saveAs(file);
      return file;
    };

    test('one file is what `ganlet export-page` writes, and draws from a disk', async (t) => {
      const { page } = await visit(t);
      await choose(page, 'colours', 'plain');
      await choose(page, 'text', '31');
      const file = await save(page);
      assert.equal(file, join(scratch, '31.html'));
      assert.ok(statSync(file).size <= 1200000, `${statSync(file).size} bytes`);
      const flags = ['--text', '31', '--seed', '7', '--jitter', '0.15'];
      const other = join(scratch, 'native.html');
      execFileSync(program, ['export-page', 'digits', ...flags, '-o', other], { cwd: root, stdio: 'ignore' });
      const plain = (path) =>
        readFileSync(path, 'utf8')
          .replace(/"models[^"]+":"[^"]+"/g, '')
          .replace(/<ganlet-image[^>]*>/, '');
      assert.equal(plain(file), plain(other));
      const opened = await browser.newPage();
      t.after(() => opened.leave());
      await opened.goto(`file://${file}`);
      await drawnIn(opened);
      const request = [...flags, '--format', 'json', '-o', '-'];
      const expected = JSON.parse(execFileSync(program, ['generate', 'digits', ...request], { cwd: root }));
      const { rows } = await canvasOf(opened);
      assert.ok(rows.every((row, y) => row.every((value, x) => Math.abs(value - expected[y][x]) <= 1)));
      assert.deepEqual(opened.seen.errors, []);
      await opened.addScriptTag({ content: axe });
      assert.deepEqual(await problemsOf(opened), []);
    });

    test('without JavaScript the poster is what the tag draws, and a picture by URL isn’t stretched', async (t) => {
      let post = '';
      const white = [200, { 'content-type': 'text/html' }];
      const { page, url } = await visit(t, {
        answer: (path) => {
          if (path === '/post.html') return [...white, post];
          return path === '/2026.png' ? [200, { 'content-type': 'image/png' }, readFileSync(poster)] : undefined;
        },
        headers: () => ({}),
      });
      const poster = await save(page, '#poster');
      assert.equal(poster, join(scratch, '2026.png'));
      assert.match(readFileSync(poster, 'latin1'), /ganlet request\0{5}\{"text":"2026","jitter":"0\.15","seed":"7"\}/);
      const ink = await page.evaluate(() => getComputedStyle(document.body).color);
      const codes = { tag: await codeOf(page, 'tag'), link: await codeOf(page, 'link') };
      const look = `<style>body { color: ${ink} }</style>`;
      post = `<!doctype html><title>A post</title>${look}${codes.tag}<p>${codes.link}</p>`;
      await page.goto(`${url}post.html`);
      await drawnIn(page);
      const drawn = rgbaOf(await page.locator('ganlet-image').first().screenshot());
      const plain = await scriptless[name]();
      t.after(() => plain.close());
      const without = await plain.newPage();
      await without.goto(`${url}post.html`);
      const [first, second] = await without.locator('img').all();
      const seen = rgbaOf(await first.screenshot());
      assert.equal(seen.length, drawn.length);
      assert.ok(drawn.some((value) => value < 100));
      seen.forEach((value, i) => {
        assert.ok(Math.abs(value - drawn[i]) <= 2, `byte ${i}: ${value}, and the tag draws ${drawn[i]}`);
      });
      const grid = rgbaOf(await second.screenshot()); // a square of sixteen digits, white on black, in 448 x 112 pixels
      const darkness = (from, to) =>
        Array.from({ length: to - from }, (_, x) => grid[4 * (56 * 448 + from + x)]).filter((value) => value < 128)
          .length;
      assert.deepEqual([darkness(0, 160), darkness(288, 448)], [0, 0]);
      assert.ok(darkness(168, 280) > 50);
    });

    test('a model of one’s own draws in the page and in one file, and is sent nowhere', async (t) => {
      const { page, asked } = await visit(t);
      const networks = made('make_files.py', (cleanup) => t.after(cleanup));
      const mine = join(scratch, 'my model.onnx');
      writeFileSync(mine, through('Sin')); // a rare operator
      await scrollTo(page, '#own');
      asked.length = 0;
      await page.setInputFiles('#own-file', mine);
      await until(
        page,
        () => document.querySelector('#preview ganlet-image').shadowRoot.querySelector('canvas').width === 8,
      );
      assert.match(await codeOf(page, 'tag'), /model="models\/my model\.onnx"/);
      const drawnFrom = async (file) => {
        const opened = await browser.newPage();
        t.after(() => opened.leave());
        await opened.goto(`file://${file}`);
        await drawnIn(opened);
        assert.deepEqual(opened.seen.errors, []);
      };
      await drawnFrom(await save(page));
      await page.setInputFiles('#own-file', join(networks, 'latent_picture.h5'));
      await until(page, () => /latent_picture\.onnx/.test(document.querySelector('#code-tag').value));
      await drawnIn(page, '#preview ganlet-image');
      await drawnFrom(await save(page));
      assert.deepEqual(
        asked.filter((path) => /my/.test(path)),
        [],
      );
      assert.deepEqual(page.seen.errors, []);
    });

    test('the page takes at most 150 KB without engine and models, no long task, and nothing shifts', async (t) => {
      const { page } = await visit(t);
      await page.evaluate(() => {
        globalThis.shifts = [];
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            globalThis.shifts.push([entry.value, ...entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 80))]);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await readThrough(page);
      assert.deepEqual(await page.evaluate(() => globalThis.shifts), []);
      const urls = new Set(page.seen.urls.map((url) => new URL(url).pathname));
      const own = [...urls].filter((path) => !/\.wasm|\/models\//.test(path));
      const sizes = own.map((path) => [path, statSync(site + (path === '/' ? '/index.html' : path)).size]);
      const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
      t.diagnostic(`${total} bytes in ${own.length} files`);
      assert.ok(total <= mostBytes, JSON.stringify(sizes));
      if (name !== 'Chromium') return;
      const longest = await longestTask(page, async () => {
        await page.reload();
        await started(page);
        await readThrough(page);
      });
      t.diagnostic(`the longest task: ${longest} ms`);
      assert.ok(longest > 0 && longest < 50, `${longest} ms`);
    });

    test('fits 360 pixels, twice the zoom and a wide screen, in light and dark', async (t) => {
      const sizes = { 'landing-wide': [1280, 800], 'landing-360': [360, 740], 'landing-zoom': [640, 400] };
      for (const [picture, [width, height]] of Object.entries(sizes))
        for (const dark of [false, true]) {
          const { page } = await visitIn(t, { newPage: () => browser.newPage({ width, height, dark }) });
          await started(page);
          await readThrough(page);
          assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, picture);
          const cut = await page.evaluate(() =>
            [...document.querySelectorAll('.code textarea')].filter((box) => box.scrollHeight > box.clientHeight),
          );
          assert.equal(cut.length, 0, `${picture}: every line of the codes is seen`);
          const tops = await page.evaluate(() =>
            ['p:nth-of-type(2)', 'figure', 'p:nth-of-type(3)'].map(
              (part) => document.querySelector(`.post > ${part}`).getBoundingClientRect().top,
            ),
          );
          if (width === 360) assert.ok(tops[0] < tops[1] && tops[1] < tops[2], `the creature comes in turn: ${tops}`);
          await page.screenshot({ path: join(screenshots, `${picture}${dark ? '-dark' : ''}.png`), fullPage: true });
        }
    });

    test('axe finds nothing wrong, on any page, in light and dark', async (t) => {
      for (const dark of [false, true])
        for (const path of [...pages, 'how.html', 'ganlet/api.html', 'ganlet/embed.html#text=7']) {
          const { page, url } = await visitIn(
            t,
            { newPage: () => browser.newPage({ dark }) },
            { answer: (asked) => (asked === '/axe.js' ? [200, script, axe] : undefined) },
            path,
          );
          if (pages.includes(path)) {
            await started(page);
            await readThrough(page);
          }
          if (/embed/.test(path)) await drawnIn(page);
          await page.evaluate(
            () =>
              new Promise((done) => {
                document.head.append(Object.assign(document.createElement('script'), { src: '/axe.js', onload: done }));
              }),
          );
          const found = await problemsOf(page, /embed/.test(path) ? ofFrames : {});
          assert.deepEqual(found, [], `${path} ${dark ? 'dark' : 'light'}`);
          await asksNobody(page, url);
        }
    });

    test('everything is reached by keyboard, and works by it', async (t) => {
      const { page } = await visit(t);
      await readThrough(page);
      await page.focus('#text');
      const reached = new Set();
      for (let i = 0; i < 150; ++i) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
          const { activeElement: element } = document;
          if (element === document.body) return '';
          const { outlineStyle, outlineWidth } = getComputedStyle(element.shadowRoot?.activeElement ?? element);
          const isSeen = outlineStyle !== 'none' && outlineWidth !== '0px';
          const called = element.id || element.name || element.getAttribute('href') || element.localName;
          return `${isSeen ? '' : 'without a ring: '}${called}`;
        });
        if (!at) break;
        reached.add(at);
      }
      const wanted = [
        'again',
        'model',
        'ganlet-image',
        'colours',
        'code-tag',
        'one-file',
        'own-file',
        'studio.html',
        'how.html',
      ];
      for (const one of wanted) if (one !== 'model') assert.ok(reached.has(one), `${one} in ${[...reached]}`);
      assert.deepEqual(
        [...reached].filter((one) => one.startsWith('without')),
        [],
      );
      await page.focus('#builder [name=text]');
      await page.keyboard.press('End');
      await page.keyboard.type('7');
      await until(page, () => /text="20267"/.test(document.querySelector('#code-tag').value));
    });
  });
}
