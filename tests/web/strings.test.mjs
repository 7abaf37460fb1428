// The strings of the landing page: each language has all of them, and the page and its scripts use no others.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { languages, pageIn, pieces, strings, template } from '../../tools/pages.mjs';

const web = new URL('../../web/', import.meta.url);
const scripts = readdirSync(web)
  .filter((file) => file.endsWith('.js'))
  .map((file) => readFileSync(new URL(file, web), 'utf8'));

const textsOf = (text) => (typeof text === 'string' ? [text] : Object.values(text));
const holesOf = (text) => textsOf(text).map((one) => (one.match(/\{[\w-]+\}/g) ?? []).sort().join(' '));

test('every string is there in every language, with the same things to be put into it', () => {
  for (const [name, texts] of Object.entries(strings)) {
    assert.deepEqual(Object.keys(texts), Object.keys(languages), name);
    const [expected] = holesOf(texts.en);
    for (const [language, text] of Object.entries(texts))
      for (const [i, one] of textsOf(text).entries()) {
        assert.ok(one.trim().length > 0, `${name} in ${language}`);
        assert.equal(holesOf(text)[i], expected, `${name} in ${language}`);
      }
  }
});

test('forms for numbers are those that each language has', () => {
  for (const [name, texts] of Object.entries(strings))
    for (const [language, text] of Object.entries(texts)) {
      if (typeof text === 'string') continue;
      const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
      for (const form of Object.keys(text))
        assert.ok(pluralCategories.includes(form), `${name} in ${language}: ${form}`);
      for (let count = 0; count < 200; ++count) {
        const form = new Intl.PluralRules(language).select(count);
        assert.ok(text[form], `${name} in ${language}: ${count} needs '${form}'`);
      }
    }
});

test('page and scripts use all strings, and no others', () => {
  const ofPage = [...template.matchAll(/\{\{([\w.-]+)\}\}/g)].map(([, name]) => name);
  const said = scripts.flatMap((script) => [...script.matchAll(/\bsay\(\s*([^,)]*)/g)].map(([, what]) => what));
  const ofScripts = said.flatMap((what) => [...what.matchAll(/'([\w-]+)'/g)].map(([, name]) => `say.${name}`));
  const made = ['lang', 'language-links', 'source', 'words'];
  assert.deepEqual(
    [...new Set([...ofPage.filter((name) => !made.includes(name)), ...ofScripts])].sort(),
    Object.keys(strings).sort(),
  );
  const used = Object.values(strings).flatMap(({ en }) =>
    textsOf(en).flatMap((text) => text.match(/\{[\w-]+\}/g) ?? []),
  );
  for (const piece of Object.keys(pieces)) assert.ok(used.includes(`{${piece}}`), piece);
});

test('a site without the studio leads to none, and nothing is left to be filled in', () => {
  for (const language of Object.keys(languages)) {
    assert.match(pageIn(language), /href="studio\.html"/);
    assert.match(
      pageIn(language, true, 'https://forge.example/ganlet'),
      /<a href="https:\/\/forge\.example\/ganlet#embed">/,
    );
    assert.doesNotMatch(pageIn(language), /#embed/);
    const page = pageIn(language, false);
    assert.doesNotMatch(page, /studio[-.\w]*\.(html|webp)/);
    assert.doesNotMatch(page.replace(/<script type="application\/json"[\s\S]*/, ''), /[{}]/);
    assert.match(page, new RegExp(`<html lang="${language}">`));
    JSON.parse(/id="words">(.*)<\/script>/.exec(page)[1]);
  }
});
