// The page in WebKit, which has no relaxed SIMD, and on iOS refuses a module that holds any of its instructions.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from './browsers.mjs';
import { host } from './hosts.mjs';
import { ganlet, site } from './library.mjs';
import { missingWebkit, openWebkit } from './webkit.mjs';

test('WebKit takes the simd128 build and draws its picture, byte for byte', { skip: missingWebkit }, async (t) => {
  const served = await host();
  t.after(served.close);
  const page = await openWebkit();
  t.after(() => page.close());
  await page.goto(`${served.url}?text=2026&seed=77`);
  await until(page, () => document.documentElement.dataset.drawn === '2026 77');
  const found = await page.evaluate(async () => {
    const { supportedVariant, capabilities } = await import('./ganlet/ganlet.js');
    const { width, height } = document.querySelector('#picture');
    const { data } = document.querySelector('#picture').getContext('2d').getImageData(0, 0, width, height);
    return { variant: supportedVariant(), ...capabilities(), data: [...data] };
  });
  assert.equal(found.variant, 'simd128');
  assert.equal(found.runsIn, 'worker');
  assert.ok(served.asked.includes('/ganlet/ganlet-simd128.wasm.gz'));
  assert.ok(!served.asked.some((path) => /relaxed/.test(path)));
  const model = await ganlet.load(`file://${site}ganlet/models/digits/`, { variant: 'simd128' });
  t.after(() => model.dispose());
  assert.deepEqual(found.data, [...(await model.draw({ text: '2026', seed: 77 })).data]);
});
