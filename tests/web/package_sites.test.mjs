// The snippets of docs/embedding.md, built as their readers would, draw in Chromium.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { compile } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';

import { browsers } from './browsers.mjs';
import { drawn } from './element_page.mjs';
import { borrow, project, putLibrary, serveFolder, write } from './package.mjs';
import { root } from './program.mjs';

const manual = readFileSync(`${root}docs/embedding.md`, 'utf8');

/** The blocks of code below a heading. */
function snippets(heading) {
  const [, section] = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(manual);
  return [...section.matchAll(/^```\w+\n([\s\S]*?)^```/gm)].map(([, code]) => code);
}

/** What the plugins of Vue and Svelte for Vite do with one file, at its simplest. */
const components = {
  name: 'components',
  transform(code, file) {
    if (file.endsWith('.svelte')) return compile(code, { filename: file, css: 'injected' }).js;
    if (!file.endsWith('.vue')) return undefined;
    const { descriptor } = parse(code, { filename: file });
    const compilerOptions = { isCustomElement: (tag) => tag === 'ganlet-image' };
    const options = { id: 'year', inlineTemplate: true, templateOptions: { compilerOptions } };
    return { code: compileScript(descriptor, options).content, map: null };
  },
};
const program = `
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { mount } from 'svelte';
import { createApp } from 'vue';
import ReactYear from './Year.jsx';
import SvelteYear from './Year.svelte';
import VueYear from './Year.vue';

createRoot(document.querySelector('#react')).render(createElement(ReactYear, { text: '31' }));
createApp(VueYear, { text: '32' }).mount('#vue');
mount(SvelteYear, { target: document.querySelector('#svelte'), props: { text: '33' } });
`;
const page = (body, script = '') =>
  `<!doctype html><html lang="en"><head><title>A page</title>${script}</head><body>${body}</body></html>`;

describe('what docs/embedding.md says', () => {
  let chromium;
  before(async () => {
    chromium = await browsers.Chromium();
  });
  after(() => chromium?.close());

  async function open(t, folder, path = '') {
    const opened = await chromium.newPage();
    t.after(() => opened.leave());
    await opened.goto((await serveFolder(t, folder)) + path);
    return opened;
  }

  test('React, Vue and Svelte in one Vite project', async (t) => {
    const { build } = await import('vite');
    const folder = project(t, {
      'index.html': page(
        '<div id="react"></div><div id="vue"></div><div id="svelte"></div>',
        '<script type="module" src="/main.js"></script>',
      ),
      'main.js': program,
      'Year.jsx': snippets('React')[0],
      'Year.vue': snippets('Vue')[0],
      'Year.svelte': snippets('Svelte')[0],
    });
    borrow(folder, ['react', 'react-dom', 'svelte', 'vue']);
    await build({ root: folder, configFile: false, logLevel: 'error', plugins: [components] });
    const opened = await open(t, join(folder, 'dist'));
    for (const id of ['react', 'vue', 'svelte']) await drawn(opened, `#${id} ganlet-image`);
    const read = () =>
      [...document.querySelectorAll('ganlet-image')].map(({ text, seed, info }) => [text, seed, info.id]);
    const told = await opened.evaluate(read);
    assert.deepEqual(told, [
      ['31', '7', 'digits'],
      ['32', '7', 'digits'],
      ['33', '7', 'digits'],
    ]);
  });

  test('Eleventy', async (t) => {
    const [config, template] = snippets('Eleventy');
    const folder = project(t, { 'eleventy.config.js': config, 'index.md': page(`\n\n${template}\n`) });
    putLibrary(join(folder, 'ganlet'));
    const { default: Eleventy } = await import('@11ty/eleventy');
    const before = process.cwd();
    process.chdir(folder);
    t.after(() => process.chdir(before));
    const eleventy = new Eleventy('.', '_site', { quietMode: true, configPath: 'eleventy.config.js' });
    await eleventy.write();
    const opened = await open(t, join(folder, '_site'));
    await drawn(opened);
    assert.equal(await opened.evaluate(() => document.querySelector('ganlet-image').text), '2026');
  });

  test('Astro', async (t) => {
    process.env.ASTRO_TELEMETRY_DISABLED = '1';
    const { build } = await import('astro');
    const [, before, content] = /^(---\n[\s\S]*?---\n)([\s\S]*)$/.exec(snippets('Astro')[0]);
    const folder = project(t, { 'src/pages/index.astro': before + page(content) });
    borrow(folder, ['astro']);
    await build({ root: folder, logLevel: 'error', devToolbar: { enabled: false } });
    const opened = await open(t, join(folder, 'dist'));
    await drawn(opened);
    assert.equal(await opened.evaluate(() => document.querySelector('ganlet-image').text), '2026');
  });

  test('Hugo, in a sub-path', async (t) => {
    const [shortcode, post] = snippets('Hugo');
    const folder = project(t, {
      'hugo.toml': 'baseURL = "http://127.0.0.1/blog/"\nlanguageCode = "en"\ntitle = "A blog"\n',
      'layouts/_default/single.html': page('{{ .Content }}'),
      'layouts/shortcodes/ganlet.html': shortcode,
      'content/post.md': `---\ntitle: A post\n---\n${post}\n${post}`,
    });
    putLibrary(join(folder, 'static/ganlet'));
    const kinds = '--disableKinds=taxonomy,term,home,section,RSS,sitemap';
    execFileSync('hugo', ['--quiet', kinds, '--source', folder, '--destination', join(folder, 'out/blog')]);
    const opened = await open(t, join(folder, 'out'), 'blog/post/');
    await drawn(opened);
    const found = await opened.evaluate(() => [
      document.querySelectorAll('script').length,
      ...[...document.querySelectorAll('ganlet-image')].map(({ text }) => text),
    ]);
    assert.deepEqual(found, [1, '2026', '2026']);
  });

  test('Jekyll', async (t) => {
    const [include, post] = snippets('Jekyll');
    const folder = project(t, {
      '_config.yml': 'baseurl: /blog\nexclude: [node_modules, package.json]\n',
      '_layouts/default.html': page('{{ content }}'),
      '_includes/ganlet.html': include,
      'index.md': `---\nlayout: default\n---\n${post}`,
    });
    putLibrary(join(folder, 'ganlet'));
    execFileSync('jekyll', ['build', '--quiet', '-s', folder, '-d', join(folder, '_site/blog')], { cwd: folder });
    const opened = await open(t, join(folder, '_site'), 'blog/');
    await drawn(opened);
    assert.equal(await opened.evaluate(() => document.querySelector('ganlet-image').text), '2026');
  });

  test('HTML, an image that a script brings alive, and a frame', async (t) => {
    const folder = project(t);
    const [[image], [frame]] = [snippets('WordPress and Ghost'), snippets('Frames')];
    putLibrary(join(folder, 'dist/ganlet'));
    write(folder, { 'dist/index.html': page(`${snippets('HTML')[0]}${image}${frame}`) });
    const opened = await open(t, join(folder, 'dist'));
    await drawn(opened);
    assert.equal(await opened.evaluate(() => document.querySelectorAll('ganlet-image').length), 2);
    const inner = () => opened.frames()[1]; // once it is near: it is lazy
    await opened.evaluate(() => document.querySelector('iframe').scrollIntoView());
    await drawn({ evaluate: async (...given) => inner().evaluate(...given) });
  });
});
