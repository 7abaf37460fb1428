// The table of docs/embedding.md: what runs under which policy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { browsers, openPost, until } from './element_page.mjs';
import { fileOf } from './hosts.mjs';

const text = readFileSync(new URL('../../docs/embedding.md', import.meta.url), 'utf8');
const [, section] = /\n## Content security policies\n([\s\S]*?)\n## /.exec(text);
const rows = section
  .split('\n')
  .filter((line) => /^\| (`|none)/.test(line))
  .map((line) => line.split('|').slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim().replaceAll('`', '')));
const models = ['digits', 'nouns'];
const element = (model) => `<ganlet-image model="${model}"><b>poster</b></ganlet-image>`;
const frame = (model) => `<iframe sandbox="allow-scripts" src="ganlet/embed-${model}.html"></iframe>`;
const body = [...models.map(element), ...models.map(frame)].join('');

/** How each element of a page, or of a frame, has drawn, in the table's words. */
const outcomes = (where) =>
  where.evaluate(() => {
    const wordsOf = async (one) => {
      await one.ready;
      if (one.info.backend === 'javascript') return 'in JavaScript';
      return one.info.runsIn === 'worker' ? 'in a worker' : 'in the page';
    };
    return Promise.all([...document.querySelectorAll('ganlet-image')].map((one) => wordsOf(one).catch(() => 'not')));
  });

for (const [name, open] of Object.entries(browsers)) {
  describe(`policies in ${name}`, () => {
    let browser;
    before(async () => (browser = await open()));
    after(() => browser?.close());

    test("a policy that isn't the worker's: models share one engine, fetched and compiled once", async (t) => {
      // Tells the server of each module that is compiled.
      const told = `const { compile } = WebAssembly;
        WebAssembly.compile = (bytes) => (fetch('/compiled'), compile(bytes));\n`;
      const { page, asked } = await openPost(t, browser, ['nouns', 'creatures'].map(element).join(''), {
        headers: (path) => (path === '/post.html' ? { 'content-security-policy': "script-src 'self'" } : {}),
        answer: (path) => {
          if (path === '/compiled') return [204, {}, ''];
          if (path !== '/ganlet/engine.js') return undefined;
          const [status, types, script] = fileOf(path);
          return [status, types, told + script];
        },
      });
      await until(page, () => document.querySelector('ganlet-image')?.ready !== undefined);
      assert.deepEqual(await outcomes(page), ['in a worker', 'in a worker']);
      assert.equal(asked.filter((path) => /\/ganlet-[\w-]+\.wasm/.test(path)).length, 1);
      assert.equal(asked.filter((path) => path === '/compiled').length, 2, 'the engine, and what tries it before');
    });

    assert.equal(rows.length, 10);
    for (const [policy, ...expected] of rows)
      test(policy, async (t) => {
        const headers = policy === 'none' ? {} : { 'content-security-policy': policy };
        const { page } = await openPost(t, browser, body, { headers });
        if (policy.includes("script-src 'none'")) {
          assert.deepEqual(expected, ['not', 'not', 'not', 'not']);
          for (const where of page.frames())
            assert.equal(await where.evaluate(() => customElements.get('ganlet-image') === undefined), true);
          return;
        }
        const found = [];
        for (const where of page.frames()) {
          await until(where, () => document.querySelector('ganlet-image')?.ready !== undefined);
          found.push(...(await outcomes(where)));
        }
        assert.deepEqual(found, expected);
      });
  });
}
