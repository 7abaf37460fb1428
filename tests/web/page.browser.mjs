// The built site as a visitor meets it, in Chromium and in Firefox.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { listAssets } from '../../tools/assets.mjs';
import { serve } from '../../tools/serve.mjs';
import { browsers, until } from './browsers.mjs';
import { bitsOf, goldenLatent } from './library.mjs';
import { npyFile, tinyEncoder, tinyGenerator, tinyMapping, tinySynthesis } from './onnx_file.mjs';
import { rgbaOf } from './pictures.mjs';
import { program, root } from './program.mjs';

const site = join(root, 'build/web/site');
const screenshots = join(root, 'build/web/screenshots');

const drawn = (page, what) => until(page, (wanted) => document.documentElement.dataset.drawn === wanted, what);

/** The canvas as rows of brightness 0 to 255. */
const pixels = (page) =>
  page.evaluate(() => {
    const { width, height } = document.querySelector('#picture');
    const { data } = document.querySelector('#picture').getContext('2d').getImageData(0, 0, width, height);
    return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => data[4 * (y * width + x)]));
  });

/** The same picture from the native program. */
function nativePixels(text, seed, jitter = 0) {
  const request = ['--text', text, '--seed', String(seed), '--jitter', String(jitter), '--format', 'json', '-o', '-'];
  return JSON.parse(execFileSync(program, ['generate', 'digits', ...request], { cwd: root }));
}

function largestDifference(a, b) {
  assert.equal(a.length, b.length);
  return Math.max(
    ...a.map((row, y) => {
      assert.equal(row.length, b[y].length);
      return Math.max(...row.map((value, x) => Math.abs(value - b[y][x])));
    }),
  );
}

async function setField(page, selector, text) {
  await page.focus(selector);
  await page.evaluate((which) => document.querySelector(which).select(), selector);
  await page.keyboard.press('Delete');
  if (text) await page.keyboard.type(text);
}

/** The site with two more models: `tiny` has ten classes and an encoder, `styled` has styles. */
function siteWithTinyModels() {
  const copy = mkdtempSync(join(tmpdir(), 'ganlet-site-'));
  cpSync(site, copy, { recursive: true });
  const addModel = (id, description, files) => {
    const folder = join(copy, 'ganlet/models', id);
    mkdirSync(folder);
    const parts = {};
    for (const [name, [file, content]] of Object.entries(files)) {
      writeFileSync(join(folder, file), content);
      parts[name] = { file, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    }
    writeFileSync(join(folder, 'model.json'), JSON.stringify({ id, ...description, parts }));
  };
  addModel(
    'tiny',
    { title: 'A tiny model', labels: [...'abcdefghij'] },
    { generator: ['tiny.onnx', tinyGenerator()], encoder: ['encoder.onnx', tinyEncoder()] },
  );
  addModel(
    'styled',
    { title: 'A model with styles' },
    {
      mapping: ['mapping.onnx', tinyMapping()],
      synthesis: ['synthesis.onnx', tinySynthesis()],
      mean_style: ['mean_style.npy', npyFile([0, 0, 0])],
    },
  );
  const models = [
    { id: 'digits', title: 'Handwritten digits' },
    { id: 'tiny', title: 'A tiny model' },
    { id: 'styled', title: 'A model with styles' },
  ];
  writeFileSync(join(copy, 'ganlet/models/index.json'), JSON.stringify({ models }));
  listAssets(copy);
  return copy;
}

for (const [name, open] of Object.entries(browsers)) {
  describe(`the page in ${name}`, () => {
    let browser, served;
    before(async () => {
      mkdirSync(screenshots, { recursive: true });
      served = await serve(site);
      browser = await open();
    });
    after(async () => {
      await browser?.close();
      served?.server.closeAllConnections();
      served?.server.close();
    });

    /** Opens the site, and afterwards checks that nothing went wrong unseen and that nobody else was asked. */
    async function visit(options, address, body) {
      const page = await browser.newPage(options);
      try {
        await page.goto(address);
        await body(page);
        assert.deepEqual(page.seen.errors, []);
        const strangers = page.seen.urls.filter(
          (url) => !url.startsWith(new URL(address).origin) && !/^(blob|data):/.test(url),
        );
        assert.deepEqual(strangers, []);
      } finally {
        await page.leave();
      }
    }

    test('draws what the address asks for, as the native program does', async () => {
      await visit({}, `${served.url}?text=2026&seed=12`, async (page) => {
        await drawn(page, '2026 12');
        assert.ok(largestDifference(await pixels(page), nativePixels('2026', 12)) <= 1);
        await page.screenshot({ path: join(screenshots, `${name}-wide.png`) });
      });
    });

    test('draws while one types, digit by digit', async () => {
      await visit({}, served.url, async (page) => {
        await drawn(page, '2026 12 0.15');
        await setField(page, '#text', '31');
        await drawn(page, '31 12 0.15');
        assert.ok(largestDifference(await pixels(page), nativePixels('31', 12, 0.15)) <= 1);
        assert.match(await page.evaluate(() => location.href), /text=31&seed=12&jitter=0\.15$/);
        await page.keyboard.type('41592653');
        await drawn(page, '3141592653 12 0.15');
        assert.equal((await pixels(page))[0].length, 280);
      });
    });

    test('says what is wrong with a request, and keeps the picture', async () => {
      await visit({}, served.url, async (page) => {
        await drawn(page, '2026 12 0.15');
        const before = await pixels(page);
        const problem = () => page.evaluate(() => document.querySelector('#problem').textContent);
        const invalid = 'Request invalid. Should only contain digits (0-9).';
        const wrong = { 12345678901: 'Request too long. Max 10 digits.', '12a': invalid, '-3': invalid, '': invalid };
        for (const [text, message] of Object.entries(wrong)) {
          await setField(page, '#text', text);
          // Before, the field is empty for a moment, which is wrong in itself, and what is typed may begin well.
          const says = ([typed, told]) =>
            document.querySelector('#text').value === typed &&
            document.querySelector('#text').getAttribute('aria-invalid') === 'true' &&
            document.querySelector('#problem').textContent === told;
          await until(page, says, [text, message]);
        }
        assert.equal(await page.evaluate(() => document.querySelector('#problem').getAttribute('role')), 'alert');
        await setField(page, '#text', '5');
        await drawn(page, '5 12 0.15');
        assert.equal(await problem(), '');
        assert.notDeepEqual(await pixels(page), before);
      });
    });

    test('a link without jitter shows equal digits, and what one makes of it differs', async () => {
      const halves = (rows) => [0, 28].map((left) => rows.map((row) => row.slice(left, left + 28)));
      await visit({}, `${served.url}?text=77&seed=12`, async (page) => {
        await drawn(page, '77 12');
        const [left, right] = halves(await pixels(page));
        assert.deepEqual(left, right);
        await page.click('#text');
        await page.keyboard.press('End');
        await page.keyboard.type('7');
        await drawn(page, '777 12 0.15');
        const [first, second] = halves(await pixels(page));
        assert.ok(largestDifference(first, second) > 20);
      });
    });

    test('the first picture asks for every file once, and for nothing besides', async () => {
      await visit({}, `${served.url}?text=2026&seed=12`, async (page) => {
        await until(page, () => performance.getEntriesByName('first picture').length > 0);
        const files = await page.evaluate(() => {
          const [{ startTime }] = performance.getEntriesByName('first picture');
          const before = performance.getEntriesByType('resource').filter((entry) => entry.startTime < startTime);
          return before.map(({ name: url }) => new URL(url).pathname.slice(1)).sort();
        });
        const engine = files.find((file) => file.includes('.wasm'));
        const wanted = ['app.js', 'problems.js', 'style.css', engine, 'ganlet/models/digits/model.json'];
        wanted.push(
          ...['ganlet', 'download', 'errors'].map((file) => `ganlet/${file}.js`),
          'ganlet/models/digits/generator.onnx',
        );
        const others = ['icon.svg', 'manifest.webmanifest', 'ganlet/engine.js']; // which not every browser counts
        assert.deepEqual(
          files.filter((file) => !others.includes(file)),
          wanted.sort(),
        );
        await until(page, () => document.querySelector('#caption').textContent.startsWith('Drawn in'));
        assert.match(
          await page.evaluate(() => document.querySelector('#caption').textContent),
          /^Drawn in [\d.]+ ms by this page, [\d.]+ ms the first time\.$/,
        );
      });
    });

    test('a button gives another handwriting, a seed gives it back', async () => {
      await visit({}, served.url, async (page) => {
        await drawn(page, '2026 12 0.15');
        const first = await pixels(page);
        await until(page, () => !document.querySelector('#again').disabled); // controls come after the first picture
        await page.click('#again');
        await until(page, () => document.documentElement.dataset.drawn !== '2026 12 0.15');
        assert.notDeepEqual(await pixels(page), first);
        await setField(page, '#seed', '12');
        await drawn(page, '2026 12 0.15');
        assert.deepEqual(await pixels(page), first);
      });
    });

    test('works by keyboard alone, and tells screen readers what it shows', async () => {
      await visit({}, served.url, async (page) => {
        await drawn(page, '2026 12 0.15');
        await until(page, () => !document.querySelector('#again').disabled); // controls come after the first picture
        const focused = () => page.evaluate(() => document.activeElement.id);
        await page.focus('#text');
        const order = [];
        for (let i = 0; i < 4; ++i) {
          await page.keyboard.press('Tab');
          order.push(await focused());
        }
        assert.deepEqual(order, ['again', 'seed', 'copy', 'download']);
        assert.equal(
          await page.evaluate(() => document.querySelector('#picture').getAttribute('aria-label')),
          '2026, handwritten with seed 12',
        );
        assert.equal(
          await page.evaluate(() => document.querySelector('label[for=text]').textContent),
          'A number, up to 10 digits',
        );
      });
    });

    test('fits a screen of 360 pixels', async () => {
      await visit({ width: 360, height: 740, dark: true }, `${served.url}?text=2026&seed=12`, async (page) => {
        await drawn(page, '2026 12');
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
        await page.screenshot({ path: join(screenshots, `${name}-360.png`) });
        await setField(page, '#text', '0123456789');
        await drawn(page, '0123456789 12 0.15');
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
        await page.screenshot({ path: join(screenshots, `${name}-360-ten-digits.png`) });
        const [tall, rows] = await page.evaluate(() => {
          const picture = document.querySelector('#picture');
          return [picture.clientHeight, picture.height / 28];
        });
        assert.ok(tall / rows >= 48, `ten digits are ${tall / rows} CSS pixels tall`);
      });
    });

    test('works offline from any folder once it has been there', async () => {
      const elsewhere = await serve(site, { base: '/some/where/else/' });
      await visit({}, elsewhere.url, async (page) => {
        await drawn(page, '2026 12 0.15');
        await setField(page, '#text', '404');
        await setField(page, '#seed', '3');
        await drawn(page, '404 3 0.15');
        const before = await pixels(page);
        await until(page, () => document.documentElement.dataset.kept === 'yes');
        elsewhere.server.closeAllConnections();
        await new Promise((done) => elsewhere.server.close(done));
        await page.goto(`${elsewhere.url}?text=404&seed=3&jitter=0.15`);
        await drawn(page, '404 3 0.15');
        assert.deepEqual(await pixels(page), before);
        page.seen.errors.length = 0; // the network's own complaints
      });
    });

    test('says that it got HTML where the engine or the model should be', async () => {
      for (const missing of ['ganlet/', 'ganlet/models/digits/generator.onnx']) {
        const copy = mkdtempSync(join(tmpdir(), 'ganlet-site-'));
        cpSync(site, copy, { recursive: true });
        const files = missing.endsWith('/')
          ? readdirSync(join(copy, missing))
              .filter((file) => file.includes('.wasm'))
              .map((file) => missing + file)
          : [missing];
        for (const file of files) writeFileSync(join(copy, file), '<!doctype html><title>Not found</title>');
        const broken = await serve(copy);
        const page = await browser.newPage();
        try {
          await page.goto(broken.url);
          await until(page, () => document.querySelector('#problem').textContent !== '');
          const problem = await page.evaluate(() => document.querySelector('#problem').textContent);
          assert.match(problem, /got HTML, probably a 404, from http:\/\/127\.0\.0\.1/);
        } finally {
          await page.leave();
          broken.server.closeAllConnections();
          broken.server.close();
          rmSync(copy, { recursive: true });
        }
      }
    });

    test('changes between models, and shows the controls that each has a use for', async () => {
      const copy = siteWithTinyModels();
      const changed = await serve(copy);
      const shows = (page, id) => page.evaluate((which) => document.getElementById(which).checkVisibility(), id);
      const choose = (page, id) =>
        page.evaluate((which) => {
          const select = document.querySelector('#model');
          select.value = which;
          select.dispatchEvent(new Event('change'));
        }, id);
      try {
        await visit({}, changed.url, async (page) => {
          await drawn(page, '2026 12 0.15');
          await until(page, () => !document.querySelector('#model-choice').hidden);
          assert.deepEqual(
            [await shows(page, 'request'), await shows(page, 'classes'), await shows(page, 'encode')],
            [true, false, false],
          );
          await choose(page, 'tiny');
          await drawn(page, 'tiny 0 12');
          assert.deepEqual(
            [await shows(page, 'request'), await shows(page, 'classes'), await shows(page, 'encode')],
            [false, true, true],
          );
          await page.click('#classes label:nth-of-type(4)');
          await drawn(page, 'tiny 3 12');
          assert.equal((await pixels(page))[0].length, 4 * 8);
          const [wide, room] = await page.evaluate(() =>
            ['#picture', '#plate'].map((id) => document.querySelector(id).clientWidth),
          );
          assert.ok(wide > 0.8 * room && wide <= room, `a sheet of ${wide} on a plate of ${room} pixels`);
          await page.screenshot({ path: join(screenshots, `${name}-classes.png`) });

          await until(page, () => {
            const { data } = document.querySelector('#pad').getContext('2d').getImageData(0, 0, 1, 1);
            return data[3] === 255; // its script has come, and made paper of it
          });
          const { x, y } = await page.evaluate(() => {
            const { left, top } = document.querySelector('#pad').getBoundingClientRect();
            return { x: left, y: top };
          });
          await page.mouse.move(x + 40, y + 40);
          await page.mouse.down();
          await page.mouse.move(x + 110, y + 120);
          await page.mouse.up();
          await until(page, () =>
            document.querySelector('#picture').getAttribute('aria-label').endsWith('from your picture'),
          );
          assert.equal((await pixels(page))[0].length, 8);

          assert.equal(await shows(page, 'mixing'), false);
          await choose(page, 'styled');
          await drawn(page, 'styled 12');
          assert.ok(await shows(page, 'mixing'));
          assert.equal(await shows(page, 'encode'), false);
          assert.ok(!page.seen.urls.some((url) => url.endsWith('mean_style.npy')), 'not fetched unless it is wanted');
          const summary = await page.evaluate(
            () => getComputedStyle(document.querySelector('#mixing summary')).display,
          );
          assert.equal(summary, 'list-item', 'without its marker nothing tells that it opens');
          await page.click('#mixing summary');
          const mixed = (first) =>
            until(page, (wanted) => document.querySelector('#mixing canvas').dataset.mixed === wanted, `12 ${first}`);
          const cells = () =>
            page.evaluate(() => {
              const canvas = document.querySelector('#mixing canvas');
              return [
                canvas.width,
                canvas.height,
                ...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data,
              ];
            });
          await mixed(3);
          const before = await cells();
          assert.deepEqual(before.slice(0, 2), [5 * 8 + 4, 4 * 8 + 4]);
          await page.focus('#mixing input');
          await page.keyboard.press('ArrowLeft');
          await mixed(2);
          assert.notDeepEqual(await cells(), before);
          await until(page, () => caches.match('ganlet/models/styled/synthesis.onnx').then(Boolean));
          await page.screenshot({ path: join(screenshots, `${name}-mixing.png`) });

          await choose(page, 'digits');
          await drawn(page, '2026 12 0.15');
          assert.equal(await shows(page, 'mixing'), false);
          assert.ok(largestDifference(await pixels(page), nativePixels('2026', 12, 0.15)) <= 1);
        });
        await visit({}, `${changed.url}?model=tiny&label=2&seed=5`, async (page) => {
          await drawn(page, 'tiny 2 5');
        });
      } finally {
        changed.server.closeAllConnections();
        changed.server.close();
        rmSync(copy, { recursive: true });
      }
    });

    test('explains how it works with pictures that can be touched', async () => {
      await visit({}, `${served.url}how.html`, async (page) => {
        await drawn(page, 'all');
        const ink = (id) =>
          page.evaluate((which) => {
            const canvas = document.getElementById(which);
            return canvas
              .getContext('2d')
              .getImageData(0, 0, canvas.width, canvas.height)
              .data.reduce((sum, value, i) => sum + (i % 4 === 0 ? value : 0), 0);
          }, id);
        const before = await ink('one');
        assert.ok(before > 5000, 'there is a digit');
        await page.focus('#bars');
        for (let i = 0; i < 8; ++i) await page.keyboard.press('ArrowUp');
        assert.match(
          await page.evaluate(() => document.querySelector('#bars').getAttribute('aria-valuetext')),
          /^number 1 is /,
        );
        await until(
          page,
          (wanted) => {
            const canvas = document.querySelector('#one');
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return data.reduce((sum, value, i) => sum + (i % 4 === 0 ? value : 0), 0) !== wanted;
          },
          before,
        );
        for (const id of ['path', 'middle', 'crowd', 'classes-row']) assert.ok((await ink(id)) > 5000, id);

        const stepAt = async (key) => {
          const last = await page.evaluate(() => document.querySelector('#step').textContent);
          await page.focus('#moment');
          await page.keyboard.press(key);
          await until(page, (before) => document.querySelector('#step').textContent !== before, last);
          return page.evaluate(() => document.querySelector('#step').textContent);
        };
        await page.evaluate(() => document.querySelector('#learning').scrollIntoView());
        await until(page, () => document.querySelector('#step').textContent !== '0');
        const learned = await ink('learned');
        assert.equal(await stepAt('Home'), '0');
        assert.notEqual(await ink('learned'), learned, 'an untrained network draws something else');
        assert.notEqual(await stepAt('ArrowRight'), '0');
        assert.equal(await page.evaluate(() => document.querySelector('#learning-problem').textContent), '');
        await page.screenshot({ path: join(screenshots, `${name}-how.png`) });
      });
    });

    test('has the same random numbers, bit for bit, as the native program', async () => {
      await visit({}, served.url, async (page) => {
        const latent = await page.evaluate(async () => {
          const { load } = await import('./ganlet/ganlet.js');
          const model = await load('ganlet/models/digits/');
          const values = await model.latent(2026);
          model.dispose();
          return [...values];
        });
        assert.deepEqual(bitsOf(latent), goldenLatent);
      });
    });

    if (name === 'Chromium')
      test('downloads a PNG eight times as large, as it is seen, with what it was drawn from', async () => {
        await visit({}, served.url, async (page) => {
          await drawn(page, '2026 12 0.15');
          const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
          assert.equal(download.suggestedFilename(), '2026.png');
          const chunks = [];
          for await (const chunk of await download.createReadStream()) chunks.push(chunk);
          const file = Buffer.concat(chunks);
          assert.equal(file.toString('latin1', 1, 4), 'PNG');
          assert.deepEqual([file.readUInt32BE(16), file.readUInt32BE(20)], [4 * 28 * 8, 28 * 8]);
          assert.match(file.toString('latin1'), /ganlet model\0{5}digits@1/);
          const [, request] = /ganlet request\0{5}(\{.*?\})/.exec(file.toString('latin1'));
          assert.deepEqual(JSON.parse(request), { text: '2026', textLimit: 10, seed: '12', jitter: 0.15 });
          const [saved, shown] = [rgbaOf(file), await pixels(page)]; // ink on paper: light pages show it inverted
          for (const y of [0, 14, 27])
            for (let x = 0; x < 4 * 28; ++x)
              assert.equal(saved[4 * (8 * y * 8 * 4 * 28 + 8 * x)], 255 - shown[y][x], `pixel ${x}, ${y}`);
        });
      });
  });
}
