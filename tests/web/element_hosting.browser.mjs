// <ganlet-image> where it is badly served: what stands in its place stays, and the page says which file is at fault.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { browsers, canvasOf, drawn, openPost, pixelsOf, until } from './element_page.mjs';
import { cut, fileOf, host, html, missing } from './hosts.mjs';
import { site } from './library.mjs';

const cors = { 'access-control-allow-origin': '*' };
const told = async (page) => {
  await until(page, () => Boolean(document.querySelector('ganlet-image').shadowRoot?.querySelector('.problem')));
  return page.evaluate(() => document.querySelector('ganlet-image').shadowRoot.querySelector('.problem').textContent);
};

// What an element does without, or loads only where it is asked for more than a picture.
const rare = /\/(ask|between|by_url|canvas|live|missing|slider|without_wasm)\.js$/;
const { files: listed } = JSON.parse(readFileSync(`${site}assets.json`, 'utf8'));
const scripts = listed
  .map(({ path }) => path)
  .filter((path) => /^ganlet\/(element\/.*|download|errors)\.js$/.test(path) && !rare.test(path));

for (const [name, open] of Object.entries(browsers)) {
  describe(`<ganlet-image> badly served, in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());
    const post = (t, body, options) => openPost(t, browser, body, options);
    const digits = '<ganlet-image text="7"></ganlet-image>';

    test('each file in turn is a web page, missing, or cut off: the page says which', async (t) => {
      const files = [
        /ganlet\/ganlet-(simd128|relaxed-simd)\.wasm/,
        /ganlet\/ganlet\.js$/,
        /element\/picture\.js$/,
        /models\/digits\/model\.json$/,
        /models\/digits\/generator\.onnx$/,
      ];
      const tries = files.flatMap((file) => [html, missing, cut].map((wrong) => [file, wrong]));
      for (const script of scripts.filter((path) => !files.some((file) => file.test(path))))
        tries.push([new RegExp(`${script}$`), script.endsWith('s.js') ? missing : cut]);
      for (const [file, wrong] of tries) {
        const of = wrong === cut ? cut : () => wrong;
        const { page } = await post(t, digits, { answer: (path) => (file.test(path) ? of(path) : undefined) });
        const says = await told(page);
        const address = /https?:[^\s,;]+/.exec(says)?.[0].replace(/:$/, '') ?? '';
        assert.match(new URL(address).pathname, file, says);
        await page.leave();
      }
    });

    test('without its worker’s script it draws in the page', async (t) => {
      const { page } = await post(t, digits, {
        answer: (path, { headers }) =>
          path === '/ganlet/engine.js' && headers['sec-fetch-dest'] === 'worker' ? missing : undefined,
      });
      await drawn(page);
      assert.equal(await page.evaluate(() => document.querySelector('ganlet-image').info.runsIn), 'page');
    });

    const withoutWasm = { headers: { 'content-security-policy': "script-src 'self'" } };
    const drawnBy = async (page) => {
      await drawn(page);
      return page.evaluate(() => document.querySelector('ganlet-image').info.backend);
    };

    test('where WebAssembly is forbidden, the small models are drawn without it', async (t) => {
      const year = '<ganlet-image text="2026" seed="12" motion="walk"></ganlet-image>';
      const { page, asked } = await post(t, year, withoutWasm);
      assert.equal(await drawnBy(page), 'javascript');
      const small = await canvasOf(page);
      assert.equal(asked.filter((path) => path.endsWith('ganlet-small.js')).length, 1);
      assert.ok(!asked.some((path) => path.includes('.wasm')));
      const usual = await post(t, year.replace('motion="walk"', ''));
      assert.equal(await drawnBy(usual.page), 'xnn');
      const large = await canvasOf(usual.page);
      assert.deepEqual([small.width, small.height], [large.width, large.height]);
      small.rows.forEach((row, y) => {
        row.forEach((value, x) => {
          assert.ok(Math.abs(value - large.rows[y][x]) <= 2, `pixel ${x}, ${y}`);
        });
      });
      assert.ok(!usual.asked.some((path) => path.endsWith('ganlet-small.js')));
    });

    test('what the page may not compile its worker may, by a policy of its own', async (t) => {
      const headers = (path) => (path === '/post.html' ? withoutWasm.headers : {});
      const { page, asked } = await post(t, digits, { headers });
      assert.equal(await drawnBy(page), 'xnn');
      assert.equal(await page.evaluate(() => document.querySelector('ganlet-image').info.runsIn), 'worker');
      assert.ok(!asked.some((path) => path.endsWith('ganlet-small.js')));
    });

    test('where WebAssembly is forbidden, the policy’s missing word is named for other models', async (t) => {
      const { page } = await post(t, '<ganlet-image model="nouns"></ganlet-image>', withoutWasm);
      assert.match(await told(page), /'wasm-unsafe-eval'/);
    });

    test('a model of another site that doesn’t allow it: the error names it, and CORS', async (t) => {
      const other = await host({ headers: () => ({}) });
      t.after(other.close);
      const { page } = await post(t, `<ganlet-image model="${other.url}ganlet/models/digits/"></ganlet-image>`);
      const says = await told(page);
      assert.ok(says.includes(`${other.url}ganlet/models/digits/model.json`), says);
      assert.match(says, /CORS/);
    });

    test('the script of another site draws in the page, with that site’s models', async (t) => {
      const other = await host({ headers: () => cors });
      t.after(other.close);
      const { page, asked } = await post(
        t,
        `<script type="module" src="${other.url}ganlet/ganlet-image.js"></script>${digits}`,
        {
          answer: (path) =>
            path === '/ganlet/ganlet-image.js' ? [200, { 'content-type': 'text/javascript' }, ''] : undefined,
        },
      );
      await drawn(page);
      assert.equal(await page.evaluate(() => document.querySelector('ganlet-image').info.runsIn), 'page');
      assert.deepEqual(
        asked.filter((path) => /models|wasm/.test(path)),
        [],
      );
    });

    test('a version that isn’t there is an error in words; the newest one’s own number draws', async (t) => {
      const { page } = await post(t, '<ganlet-image model="digits@9" text="7"></ganlet-image>');
      assert.match(await told(page), /version 9 of 'digits' isn't here/);
      const newest = await post(t, '<ganlet-image model="digits@1" text="7"></ganlet-image>');
      await drawn(newest.page);
    });

    test('an older version draws beside a newer one, each its own pictures', async (t) => {
      const json = (model) => JSON.parse(fileOf(`/ganlet/models/${model}/model.json`)[2]);
      const answered = (model) => [200, { 'content-type': 'application/json' }, JSON.stringify(model)];
      const old = '/ganlet/models/digits@1/'; // has another network: the first GAN's
      const tag = (id, model, asks) => `<ganlet-image id="${id}" model="${model}" ${asks}></ganlet-image>`;
      const older = tag('old', 'digits@1', 'seed="7"') + tag('gan', 'digits-gan', 'seed="7"');
      const { page, asked } = await post(t, older + tag('new', 'digits', 'text="7" seed="7"'), {
        answer: (path) => {
          if (path === `${old}model.json`) return answered({ ...json('digits-gan'), id: 'digits' });
          if (path.startsWith(old)) return fileOf(path.replace('digits@1', 'digits-gan'));
          if (path !== '/ganlet/models/digits/model.json') return undefined;
          return answered({ ...json('digits'), version: 2 });
        },
      });
      await drawn(page);
      const infos = await page.evaluate(() =>
        [...document.querySelectorAll('ganlet-image')].map(({ info }) => `${info.id}@${info.version}`),
      );
      assert.deepEqual(infos, ['digits@1', 'digits-gan@1', 'digits@2']);
      assert.ok(asked.includes(`${old}generator.onnx`));
      const [ofOld, ofGan, ofNew] = await Promise.all(['#old', '#gan', '#new'].map((one) => pixelsOf(page, one)));
      assert.deepEqual(ofOld, ofGan);
      assert.notDeepEqual(ofOld, ofNew);
      const alone = await post(t, tag('new', 'digits', 'text="7" seed="7"'));
      await drawn(alone.page);
      assert.deepEqual(await pixelsOf(alone.page, '#new'), ofNew);
    });
  });
}
