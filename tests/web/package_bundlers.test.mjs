// The packed npm package in projects of Vite, webpack, esbuild and Rollup, and without any: what they build draws in
// Chromium the picture that the seed has always had.
import assert from 'node:assert/strict';
import { cpSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { browsers, until } from './browsers.mjs';
import { project, serveFolder } from './package.mjs';
import { root } from './program.mjs';
import { answersOf, requests, wanted } from './requests.mjs';

const request = { text: '2026', seed: 12 };
const { sha256 } = requests.find(
  (one) => one.model === 'digits' && JSON.stringify(one.request) === JSON.stringify(request),
);

/** A program that draws by the library and shows the element, and leaves what came of it. */
const program = (imports, options = '') => `
${imports}
const hexadecimal = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
async function draw() {
  const model = await load(digits, { variant: 'simd128', ${options} });
  const { data } = await model.draw(${JSON.stringify(request)});
  const sha256 = hexadecimal(await crypto.subtle.digest('SHA-256', data));
  return { sha256, pixels: [...data], runsIn: model.info.runsIn };
}
draw().then((drawn) => { globalThis.drawn = drawn; }, (error) => { globalThis.drawn = { error: error.message }; });
`;
const byName = "import { load } from 'ganlet';\nimport digits from 'ganlet/models/digits';\nimport 'ganlet/element';";
const inline = "import { digits, load } from 'ganlet/inline';";
const page = (script, attributes = '', head = '') => `<!doctype html><html lang="en"><head><title>A page</title>
<link rel="icon" href="data:,">${head}
<script type="module" src="${script}"></script></head>
<body><ganlet-image text="2026" seed="12" loading="eager" ${attributes}></ganlet-image></body></html>`;

// A host's policy, under which nothing of it may need more. Inline, the worker is a blob.
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:"; // the icon
const strict = { 'content-security-policy': policy };
const withBlob = { 'content-security-policy': `${policy}; worker-src 'self' blob:` };

/** What a page's program and its element draw; gives the page. */
async function assertDraws(t, browser, url, { runsIn = 'worker', problem } = {}) {
  const opened = await browser.newPage();
  t.after(() => opened.leave());
  await opened.goto(url);
  await until(opened, () => Boolean(globalThis.drawn));
  const drawn = await opened.evaluate(() => globalThis.drawn);
  assert.equal(drawn.error, undefined);
  assert.deepEqual([drawn.sha256, drawn.runsIn], [sha256, runsIn]);
  await until(opened, () => Boolean(document.querySelector('ganlet-image').shadowRoot?.querySelector('.drawn')));
  const shown = await opened.evaluate(() => {
    const canvas = document.querySelector('ganlet-image').shadowRoot.querySelector('canvas');
    return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data];
  });
  assert.equal(shown.length, drawn.pixels.length);
  const apart = shown.filter((value, i) => Math.abs(value - drawn.pixels[i]) > 1);
  assert.equal(apart.length, 0);
  const unexpected = opened.seen.errors.filter((error) => !problem?.test(error));
  assert.deepEqual(unexpected, []);
  return opened;
}

describe('the npm package in Chromium', () => {
  let chromium;
  before(async () => {
    chromium = await browsers.Chromium();
  });
  after(() => chromium?.close());

  test('Vite builds it without configuration', async (t) => {
    const { build } = await import('vite');
    const folder = project(t, { 'index.html': page('/main.js'), 'main.js': program(byName) });
    await build({ root: folder, configFile: false, logLevel: 'error' });
    await assertDraws(t, chromium, await serveFolder(t, join(folder, 'dist'), strict));
  });

  test('Vite builds it for a sub-path', async (t) => {
    const { build } = await import('vite');
    const folder = project(t, { 'index.html': page('/main.js'), 'main.js': program(byName) });
    await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      base: '/my/app/',
      build: { outDir: 'out/my/app' },
    });
    await assertDraws(t, chromium, `${await serveFolder(t, join(folder, 'out'), strict)}my/app/`);
  });

  test('Vite serves it while one develops', async (t) => {
    const { createServer } = await import('vite');
    const folder = project(t, { 'index.html': page('/main.js'), 'main.js': program(byName) });
    const server = await createServer({
      root: folder,
      configFile: false,
      logLevel: 'error',
      server: { port: 0, host: '127.0.0.1' },
    });
    t.after(() => server.close());
    await server.listen();
    await assertDraws(t, chromium, server.resolvedUrls.local[0]);
  });

  test('webpack builds it without configuration', async (t) => {
    const folder = project(t, { 'src/index.js': program(byName), 'dist/index.html': page('main.js') });
    const webpack = createRequire(import.meta.url)('webpack');
    const stats = await new Promise((done, failed) => {
      const compiler = webpack({ context: folder, mode: 'production', output: { path: join(folder, 'dist') } });
      compiler.run((error, result) => compiler.close(() => (error ? failed(error) : done(result))));
    });
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    assert.deepEqual(errors, []);
    assert.deepEqual(
      warnings.filter(({ message }) => !/size limit|code splitting/.test(message)),
      [],
    );
    await assertDraws(t, chromium, await serveFolder(t, join(folder, 'dist'), strict));
  });

  test('esbuild builds ganlet/inline without configuration', async (t) => {
    const { build } = await import('esbuild');
    const folder = project(t, { 'main.js': program(inline), 'dist/index.html': page('main.js') });
    const entryPoints = [join(folder, 'main.js')];
    await build({ entryPoints, bundle: true, minify: true, outfile: join(folder, 'dist/main.js'), logLevel: 'error' });
    await assertDraws(t, chromium, await serveFolder(t, join(folder, 'dist'), withBlob));
  });

  test('Rollup builds ganlet/inline, and it draws in the page where no worker may be a blob', async (t) => {
    const [{ rollup }, { nodeResolve }] = await Promise.all([import('rollup'), import('@rollup/plugin-node-resolve')]);
    const folder = project(t, { 'main.js': program(inline), 'dist/index.html': page('main.js') });
    const onwarn = ({ message }) => assert.fail(message);
    const bundle = await rollup({ input: join(folder, 'main.js'), plugins: [nodeResolve()], onwarn });
    await bundle.write({ file: join(folder, 'dist/main.js'), format: 'es' });
    await bundle.close();
    await assertDraws(t, chromium, await serveFolder(t, join(folder, 'dist'), strict), {
      runsIn: 'page',
      problem: /blob:/,
    });
  });

  test('esbuild, with a copy of the package beside the page', async (t) => {
    const { build } = await import('esbuild');
    const imports = "import { load } from 'ganlet';\nimport 'ganlet/element';\nconst digits = 'digits';";
    const options = "wasmUrl: '/ganlet/', workerUrl: '/ganlet/engine.js', models: '/ganlet/models/'";
    const folder = project(t, {
      'main.js': program(imports, options),
      'dist/index.html': page('main.js', 'base="/ganlet/"'),
    });
    cpSync(join(folder, 'node_modules/ganlet'), join(folder, 'dist/ganlet'), { recursive: true });
    const entryPoints = [join(folder, 'main.js')];
    await build({ entryPoints, bundle: true, format: 'esm', outfile: join(folder, 'dist/main.js'), logLevel: 'error' });
    await assertDraws(t, chromium, await serveFolder(t, join(folder, 'dist'), strict));
  });
});

for (const [name, open] of Object.entries(browsers))
  test(`the package as static files, with an import map, draws what each seed always has, in ${name}`, async (t) => {
    const browser = await open();
    t.after(() => browser.close());
    const map = '{ "imports": { "ganlet": "/ganlet/ganlet.js", "ganlet/": "/ganlet/" } }';
    const imports = `import { load } from 'ganlet';
import digits from 'ganlet/models/digits/index.js';
import 'ganlet/element.js';`;
    const folder = project(t, {
      'dist/main.js': program(imports),
      'dist/index.html': page('main.js', '', `<script type="importmap">${map}</script>`),
    });
    cpSync(join(folder, 'node_modules/ganlet'), join(folder, 'dist/ganlet'), { recursive: true });
    symlinkSync(`${root}models`, join(folder, 'dist/models')); // the package has but digits
    const url = await serveFolder(t, join(folder, 'dist'));
    const opened = await assertDraws(t, browser, url);
    const given = [{ models: `${url}models/`, variant: 'simd128' }, requests];
    const answers = await opened.evaluate(`(async () => {
      const { load } = await import('ganlet');
      return (${answersOf})(load, ...${JSON.stringify(given)});
    })()`);
    const told = JSON.parse(JSON.stringify(answers)); // without what is undefined
    requests.forEach((one, i) => assert.deepEqual(told[i], wanted[i], JSON.stringify(one).slice(0, 200)));
  });
