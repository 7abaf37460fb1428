// Links to a site's pictures, as another site shows them that knows oEmbed.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { addDescriptions } from '../../tools/oembed.mjs';
import { browsers } from './browsers.mjs';
import { drawn } from './element_page.mjs';
import { missing, visit } from './hosts.mjs';
import { site } from './library.mjs';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.css': 'text/css' };

test('a pasted link is found described, and its frame draws on another site', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ganlet-oembed-'));
  const browser = await browsers.Chromium();
  t.after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  cpSync(site, folder, { recursive: true });
  const answer = (path) => {
    const [extension] = /\.\w+$/.exec(path) ?? [];
    const file = join(folder, path);
    return existsSync(file) ? [200, { 'content-type': types[extension] ?? 'image/png' }, readFileSync(file)] : missing;
  };
  const { page, url } = await visit(t, browser, { answer, headers: () => ({}) }, 'ganlet/api.html');
  addDescriptions(folder, url);
  addDescriptions(folder, url); // again adds nothing
  const linkIn = (address) =>
    page
      .goto(address)
      .then(() =>
        page.evaluate(() =>
          [...document.querySelectorAll('link[type="application/json+oembed"]')].map(({ href }) => href),
        ),
      );
  assert.deepEqual(await linkIn(`${url}index.html`), [`${url}ganlet/oembed/digits.json`]);
  const { models } = JSON.parse(readFileSync(join(folder, 'ganlet/models/index.json'), 'utf8'));
  for (const { id, title } of models) {
    const described = JSON.parse(readFileSync(join(folder, `ganlet/oembed/${id}.json`), 'utf8'));
    assert.deepEqual([described.version, described.type, described.title], ['1.0', 'rich', title]);
    assert.ok([described.width, described.height, described.thumbnail_width].every(Number.isInteger));
    assert.equal((await fetch(described.thumbnail_url)).status, 200);
  }
  assert.deepEqual(await linkIn(`${url}ganlet/show/nouns.html`), [`${url}ganlet/oembed/nouns.json`]);
  await drawn(page);
  const looks = await page.evaluate(() => ({
    codes: [...document.querySelectorAll('textarea')].map(({ value }) => value),
    styles: [...document.styleSheets].map(({ cssRules }) => cssRules.length > 0),
    isWide: document.documentElement.scrollWidth > innerWidth,
  }));
  assert.deepEqual([looks.styles, looks.isWide], [[true], false]);
  const another = () => document.querySelector('ganlet-image').shadowRoot.querySelector('.bar button')?.ariaLabel;
  assert.equal(await page.evaluate(another), 'Another picture'); // the arrow that the page speaks of
  assert.deepEqual(
    page.seen.urls.filter((asked) => !asked.startsWith(url)),
    [],
  );
  assert.equal(await page.evaluate(() => document.cookie), '');
  const { html } = await (await fetch(`${url}ganlet/oembed/nouns.json`)).json();
  assert.equal(looks.codes[1], html);
  const other = await visit(t, browser, {
    answer: (path) =>
      path === '/post.html' ? [200, { 'content-type': 'text/html' }, looks.codes.join('')] : undefined,
    headers: () => ({}),
  });
  await other.page.goto(`${other.url}post.html`);
  const [, frame] = other.page.frames();
  await drawn(frame);
  const listed = JSON.parse(readFileSync(join(folder, 'assets.json'), 'utf8')).files.map(({ path }) => path);
  for (const path of ['ganlet/show/nouns.html', 'ganlet/oembed/nouns.json']) assert.ok(listed.includes(path), path);
});
