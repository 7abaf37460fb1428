// Every request of tests/requests.jsonl in browsers, in the worker and in the page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { browsers } from './browsers.mjs';
import { host } from './hosts.mjs';
import { library } from './library.mjs';
import { answersOf, requests, wanted } from './requests.mjs';
import { withBody } from './wasm_file.mjs';

for (const [name, open] of Object.entries(browsers))
  describe(`requests in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());

    for (const [variant, worker] of [
      ['simd128', true],
      ['simd128', false],
      ['relaxed-simd', true],
    ])
      test(`${variant} in the ${worker ? 'worker' : 'page'}: the same pictures and words as everywhere`, async (t) => {
        const served = await host();
        const page = await browser.newPage();
        t.after(async () => {
          await page.leave();
          await served.close();
        });
        await page.goto(`${served.url}how.html`);
        const options = { models: `${served.url}ganlet/models/`, variant, worker };
        const given = [options, requests.map(({ model, request }) => ({ model, request }))];
        if (variant === 'relaxed-simd') {
          const has = await page.evaluate(
            async (url) => (await import(url)).supportedVariant(),
            `${served.url}ganlet/ganlet.js`,
          );
          if (has !== variant) return t.skip('this browser has no relaxed SIMD');
        }
        const answers = await page.evaluate(`(async () => {
          const { load } = await import(${JSON.stringify(`${served.url}ganlet/ganlet.js`)});
          return (${answersOf})(load, ${given.map((one) => JSON.stringify(one)).join()});
        })()`);
        requests.forEach((request, i) => {
          const answer = JSON.parse(JSON.stringify(answers[i]));
          assert.deepEqual(answer, wanted[i], JSON.stringify(request).slice(0, 200));
        });
      });

    test('a trap in the worker ends the model that met it, and no other there', async (t) => {
      const engine = readFileSync(`${library}ganlet-simd128.wasm`);
      const faulty = withBody(engine, 'ganlet_drawing_step', [0x00]); // unreachable
      const served = await host({
        answer: (path) => (path === '/faulty.wasm' ? [200, { 'content-type': 'application/wasm' }, faulty] : undefined),
      });
      const page = await browser.newPage();
      t.after(async () => {
        await page.leave();
        await served.close();
      });
      await page.goto(`${served.url}how.html`);
      const outcome = await page.evaluate(async (url) => {
        const { load } = await import(`${url}ganlet/ganlet.js`);
        const folder = `${url}ganlet/models/digits/`;
        const whole = await load(folder, { worker: true });
        const before = (await whole.draw({ text: '2026' })).data.join();
        const broken = await load(folder, { worker: true, wasmUrl: `${url}faulty.wasm` });
        const codes = [];
        for (let times = 0; times < 2; ++times) codes.push(await broken.draw().catch(({ code }) => code));
        const after = (await whole.draw({ text: '2026' })).data.join();
        return { codes, same: before === after, latent: (await broken.latent(5)).length };
      }, served.url);
      assert.deepEqual(outcome, { codes: ['internal', 'internal'], same: true, latent: 64 });
    });
  });
