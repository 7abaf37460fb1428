// Every request of tests/requests.jsonl in browsers, in the worker and in the page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { browsers } from './browsers.mjs';
import { host } from './hosts.mjs';
import { library } from './library.mjs';
import { assertNearlyEqual } from './pictures.mjs';
import { program, root } from './program.mjs';
import { answersOf, isRounded, requests, wanted } from './requests.mjs';
import { withBody } from './wasm_file.mjs';

/** A JPEG with Exif's tag of how the camera was held, 1 to 8. */
function withOrientation(jpeg, orientation) {
  const exif = Buffer.from(
    'ffe10022457869660000' + '4d4d002a00000008' + '0001' + '011200030000000100000000' + '00000000',
    'hex',
  );
  exif.writeUInt16BE(orientation, 28);
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
}

for (const [name, open] of Object.entries(browsers))
  describe(`requests in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());

    const exact = []; // pictures of the simd128 build
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
        const [answers, pictures] = await page.evaluate(`(async () => {
          const { load } = await import(${JSON.stringify(`${served.url}ganlet/ganlet.js`)});
          const pictures = [];
          const keep = ({ data }, i) => { if ((${isRounded})(requests[i])) pictures[i] = [...data]; };
          const [options, requests] = ${JSON.stringify(given)};
          return [await (${answersOf})(load, options, requests, keep), pictures];
        })()`);
        const isExact = variant === 'simd128';
        requests.forEach((request, i) => {
          const answer = JSON.parse(JSON.stringify(answers[i]));
          const what = JSON.stringify(request).slice(0, 200);
          assert.equal(answer.version, request.version, what);
          if (isExact || !isRounded(request)) assert.deepEqual(answer, wanted[i], what);
          else assertNearlyEqual(pictures[i], exact[i], what);
          if (isExact) exact[i] = pictures[i];
        });
      });

    test('photographs are encoded upright, as by the command line', async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'ganlet-'));
      const served = await host();
      const page = await browser.newPage();
      t.after(async () => {
        rmSync(folder, { recursive: true });
        await page.leave();
        await served.close();
      });
      await page.goto(`${served.url}how.html`);
      const seven = await page.evaluate(async () => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 80, height: 112 });
        const context = canvas.getContext('2d');
        context.fillRect(0, 0, 80, 112);
        Object.assign(context, { strokeStyle: '#fff', lineWidth: 10 });
        context.stroke(new Path2D('M16 24H64L36 96'));
        return canvas.toDataURL('image/jpeg', 1).split(',')[1];
      });
      const latents = [];
      for (let orientation = 1; orientation <= 8; ++orientation) {
        const jpeg = withOrientation(Buffer.from(seven, 'base64'), orientation);
        const file = join(folder, `${orientation}.jpg`);
        writeFileSync(file, jpeg);
        const wanted = JSON.parse(execFileSync(program, ['encode', 'digits-vae-gan', file, '-o', '-'], { cwd: root }));
        const encoded = await page.evaluate(
          async ([url, base64]) => {
            const { load } = await import(`${url}ganlet/ganlet.js`);
            const model = await load(`${url}ganlet/models/digits-vae-gan/`);
            const latent = await model.encode(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
            model.dispose();
            return [...latent];
          },
          [served.url, jpeg.toString('base64')],
        );
        const furthest = Math.max(...wanted.map((value, i) => Math.abs(value - encoded[i])));
        assert.ok(furthest < 0.02, `orientation ${orientation}: ${furthest}`);
        latents.push(wanted);
      }
      for (const latent of latents.slice(1))
        assert.ok(
          Math.max(...latent.map((value, i) => Math.abs(value - latents[0][i]))) > 0.2,
          'each way of holding it differs',
        );
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
      assert.ok(page.faults.splice(0).length >= 2, 'made on purpose');
    });
  });
