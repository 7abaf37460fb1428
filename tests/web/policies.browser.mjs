// The table of docs/embedding.md: what runs under which policy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { browsers, openPost, until } from './element_page.mjs';

const text = readFileSync(new URL('../../docs/embedding.md', import.meta.url), 'utf8');
const [, section] = /\n## Content security policies\n([\s\S]*?)\n## /.exec(text);
const rows = section
  .split('\n')
  .filter((line) => /^\| (`|none)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
const body =
  '<ganlet-image model="digits" text="1"><b>poster</b></ganlet-image>' +
  '<ganlet-image model="nouns"><b>poster</b></ganlet-image>';

/** How each element of a page has drawn, in the table's words. */
const outcomes = (page) =>
  page.evaluate(() => {
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

    assert.equal(rows.length, 10);
    for (const [, policy, small, other] of rows)
      test(policy, async (t) => {
        const headers = policy === 'none' ? {} : { 'content-security-policy': policy };
        const { page } = await openPost(t, browser, body, { headers });
        if (policy.includes("script-src 'none'")) {
          assert.deepEqual([small, other], ['not', 'not']);
          assert.equal(await page.evaluate(() => customElements.get('ganlet-image') === undefined), true);
          return;
        }
        await until(page, () => customElements.get('ganlet-image') !== undefined);
        assert.deepEqual(await outcomes(page), [small, other]);
      });
  });
}
