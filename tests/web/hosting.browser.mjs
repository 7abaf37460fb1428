// The site where it is badly served, embedded by others, or opened from a disk: it draws all the same, or says in the
// page what to do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { browsers, until } from './browsers.mjs';
import { cut, host, html, missing, visit as visitIn } from './hosts.mjs';
import { site } from './library.mjs';

const drawn = (page, what) => until(page, (wanted) => document.documentElement.dataset.drawn === wanted, what);
const problemOf = async (page) => {
  const told = () =>
    ['#fault', '#problem', '#state.wrong'].map((place) => document.querySelector(place)?.textContent).find(Boolean);
  await until(page, told);
  return page.evaluate(told);
};
const variant = (page) => page.evaluate(async () => (await import('./ganlet/ganlet.js')).supportedVariant());

/**
 * Loads the digits by the library at `from` in a page, with a `worker` or without: what it says of itself, or its
 * error.
 */
const loadIn = (page, options = {}, from = './ganlet/ganlet.js') =>
  page.evaluate(
    async ({ options: given, from: library }) => {
      const { load } = await import(new URL(library, document.baseURI).href);
      try {
        const model = await load(new URL('ganlet/models/digits/', document.baseURI), given);
        const { width } = await model.draw({ text: '31', seed: 5 });
        const { runsIn } = model.info;
        model.dispose();
        return { runsIn, width };
      } catch (error) {
        return { name: error.name, code: error.code, message: error.message };
      }
    },
    { options, from },
  );

const { files } = JSON.parse(readFileSync(`${site}assets.json`, 'utf8'));

/** In the page: gives a field a file, as its reader does. */
const choosePicture = async () => {
  const blob = await (await fetch('ganlet/models/digits/preview.png')).blob();
  const given = new DataTransfer();
  given.items.add(new File([blob], 'seven.png', { type: blob.type }));
  const field = Object.assign(document.querySelector('#file'), { files: given.files });
  field.dispatchEvent(new Event('change'));
};
const dropFile = () => {
  const given = new DataTransfer();
  given.items.add(new File(['no network'], 'own.onnx'));
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true }));
};

/**
 * Who asks for the files of the site, by patterns of which the first that fits counts: the page at `path`, once `act`
 * was done there; or nobody, or a page that another test leaves without them.
 */
const askers = [
  [/\.(html|svg|png|webp|webmanifest|d\.ts|txt)$|package\.json$/, 'shown, or opened by themselves'],
  [/\.wasm(\.gz)?$/, 'engines, of which the test above takes one, and importers'],
  [/^ganlet\/(engine|webgpu|import)\.js$/, 'the page does without: tests below, and of imports and GPUs'],
  [/^problems\.js$/, 'tells of the others'],
  [/^ganlet\/(element\/|ganlet-)/, 'element_hosting.browser.mjs'],
  [/^ganlet\/embed|\/inline\.js$/, 'embed.browser.mjs'],
  [/^ganlet\/models\/.*(directions|mean_style)\.npy$|\/encoder\.onnx$|-f32\.onnx$|\/along-/, 'kept, or on demand'],
  [/^ganlet\/models\/nouns\//, { path: '?model=nouns' }],
  [/^ganlet\/models\/(?!digits\/|index\.json)/, 'as those of nouns'],
  [/^ganlet\/sw\.js$/, { path: 'ganlet/api.html', said: '' }],
  [/^ganlet\/api[./]/, { path: 'ganlet/api.html' }],
  [/^how\./, { path: 'how.html' }],
  [/^studio\/.*background\.js$/, 'studio.browser.mjs: Firefox without a window has no WebGL2'],
  [/^studio\/.*\.(js|css)$/, { path: 'studio.html' }],
  [/^pad\.js$/, { path: '?model=digits-vae-gan' }],
  [/^ganlet\/pictures\.js$/, { path: '?model=digits-vae-gan', act: choosePicture }],
  [/^translate\.js$/, { path: '?model=edges2digits' }],
  [/^png\.js$/, { path: '', act: () => document.querySelector('#download').click() }],
  [/^reading\.js$/, { path: '', act: dropFile }],
  [/./, { path: '' }],
];
const askerOf = (file) => askers.find(([pattern]) => pattern.test(file))[1];

for (const [name, open] of Object.entries(browsers)) {
  describe(`badly served, in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());

    const visit = (t, options, path) => visitIn(t, browser, options, path);

    test('files of each kind are web pages, missing, or cut off: the page says which', async (t) => {
      const { page } = await visit(t, {}, 'ganlet/');
      await page.goto(page.url().replace(/ganlet\/$/, ''));
      const engine = `ganlet/ganlet-${await variant(page)}.wasm`;
      const kinds = [
        [engine, [html, missing, cut]],
        ['ganlet/ganlet.js', [html, cut]],
        ['ganlet/models/digits/generator.onnx', [html, cut]],
        ['app.js', [html, cut]],
        ['style.css', [html, cut]],
        ['ganlet/models/index.json', [html, cut]],
      ];
      for (const [file, ways] of kinds)
        for (const wrong of ways) {
          const of = wrong === cut ? cut : () => wrong;
          const answer = (path) => ([`/${file}`, `/${file}.gz`].includes(path) ? of(path) : undefined);
          const broken = await host({ answer });
          try {
            await page.goto(broken.url, { waitUntil: 'domcontentloaded' });
            const problem = await problemOf(page).catch((error) => `${file}: ${error.message}`);
            assert.ok(problem.includes(`${broken.url}${file}`), `${file} as ${wrong[1]?.['content-type']}: ${problem}`);
            if (wrong === html) assert.match(problem, /^(Got|got|The list of models could not be read: got) HTML/);
          } finally {
            await broken.close();
          }
        }
    });

    test('each file of the site that a page asks for is named where it is missing', async () => {
      const page = await browser.newPage();
      for (const { path: file } of files) {
        const { path, act, said = `HTTP 404 from ` } = askerOf(file);
        if (path === undefined) continue;
        const broken = await host({ answer: (asked) => (asked === `/${file}` ? missing : undefined) });
        try {
          await page.goto(broken.url + path, { waitUntil: 'domcontentloaded' });
          if (act) {
            await until(page, () => document.querySelector('.cards a') !== null);
            await page.evaluate(act);
          }
          const problem = await problemOf(page).catch((error) => error.message);
          assert.ok(problem.includes(`${said}${broken.url}${file}`), `${path} without ${file}: ${problem}`);
        } finally {
          await broken.close();
        }
      }
      await page.leave();
    });

    test('the network taken away is told with the file that it was to bring', async (t) => {
      const { page, url, close } = await visit(t, {
        answer: (path) => (path === '/service-worker.js' ? missing : undefined),
      });
      // Until the last of the page's own scripts is there, one of them could be what is missed.
      await until(page, () => document.querySelector('.cards a') && Boolean(customElements.get('ganlet-image')));
      await close();
      await page.evaluate(() => {
        const choice = Object.assign(document.querySelector('#model'), { value: 'fashion' });
        choice.dispatchEvent(new Event('change'));
      });
      const problem = await problemOf(page);
      assert.ok(problem.includes(`${url}ganlet/models/fashion/`), problem);
      await page.click('#again'); // with the model that is there
      await until(page, () => document.querySelector('#problem').textContent === '');
    });

    test('without its worker’s script, it draws in the page', async (t) => {
      for (const wrong of [html, missing]) {
        const { page } = await visit(t, {
          answer: (path, { headers }) =>
            path === '/ganlet/engine.js' && headers['sec-fetch-dest'] !== 'script' ? wrong : undefined,
        });
        await drawn(page, '2026 12 0.15');
        assert.deepEqual(await loadIn(page), { runsIn: 'page', width: 56 });
        const refused = await loadIn(page, { worker: true });
        assert.equal(refused.code, 'io');
        assert.match(refused.message, /^can't start a worker: .*\/ganlet\/engine\.js/);
      }
    });

    test('a policy without wasm-unsafe-eval is named', async (t) => {
      const { page } = await visit(t, { headers: () => ({ 'content-security-policy': "script-src 'self'" }) });
      assert.match(await problemOf(page), /Content-Security-Policy forbids WebAssembly.*'wasm-unsafe-eval'/);
      const { problem, variant: none } = await page.evaluate(async () =>
        (await import('./ganlet/ganlet.js')).capabilities(),
      );
      assert.match(problem, /'wasm-unsafe-eval'/);
      assert.equal(none, undefined);
    });

    test('a policy that forbids workers has it draw in the page', async (t) => {
      const csp = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'";
      const { page } = await visit(t, { headers: () => ({ 'content-security-policy': csp }) });
      await drawn(page, '2026 12 0.15');
      assert.deepEqual(await loadIn(page), { runsIn: 'page', width: 56 });
      assert.equal((await loadIn(page, { worker: true })).code, 'io');
    });

    test('an isolated page whose worker script lacks the policy draws in the page', async (t) => {
      const isolated = {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      };
      const { page } = await visit(t, { headers: (path) => (path === '/' ? isolated : {}) });
      await drawn(page, '2026 12 0.15');
      assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), true);
      assert.deepEqual(await loadIn(page), { runsIn: 'page', width: 56 });
      const refused = await loadIn(page, { worker: true });
      assert.equal(refused.code, 'io');
      assert.match(refused.message, /^can't start a worker: .*\/ganlet\/engine\.js/);
    });

    test('the bytes of a model, as an object or data URL, are drawn in a worker', async (t) => {
      const { page } = await visit(t, { headers: () => ({}) });
      const found = await page.evaluate(async () => {
        const { load } = await import('./ganlet/ganlet.js');
        const file = await (await fetch('ganlet/models/digits/generator.onnx')).blob();
        const held = URL.createObjectURL(file);
        const reader = new FileReader();
        const read = new Promise((done) => reader.addEventListener('load', done));
        reader.readAsDataURL(file);
        await read;
        const outcomes = [];
        for (const url of ['ganlet/models/digits/generator.onnx', held, reader.result]) {
          const model = await load(url, { worker: true });
          const { data } = await model.draw({ seed: 5, count: 2 });
          outcomes.push({ runsIn: model.info.runsIn, data: [...data] });
          model.dispose();
        }
        return outcomes;
      });
      const [plain, ...others] = found;
      assert.equal(plain.runsIn, 'worker');
      for (const other of others) assert.deepEqual(other, plain);
    });

    test('a library from another site draws in the page, and says so once', async (t) => {
      const cors = () => ({ 'access-control-allow-origin': '*' });
      const other = await host({ headers: cors });
      t.after(other.close);
      const { page, url } = await visit(t, {
        headers: cors,
        answer: (path) => (path === '/empty.html' ? [200, html[1], '<!doctype html><title>A page</title>'] : undefined),
      });
      await page.goto(`${url}empty.html`);
      const library = `${other.url}ganlet/ganlet.js`;
      for (let i = 0; i < 2; ++i) assert.deepEqual(await loadIn(page, {}, library), { runsIn: 'page', width: 56 });
      assert.equal(page.seen.notes.filter((text) => text.startsWith('ganlet draws in the page')).length, 1);
      const refused = await loadIn(page, { worker: true }, library);
      assert.equal(refused.code, 'io');
      assert.match(refused.message, /^can't start a worker: ./);
    });

    test('a model on another site that does not allow it is an error that says so', async (t) => {
      const other = await host({ headers: () => ({}) });
      t.after(other.close);
      const { page, url } = await visit(t, { headers: () => ({}) });
      const from = `${other.url}ganlet/models/digits/generator.onnx`;
      const message = await page.evaluate(async (model) => {
        const { load } = await import('./ganlet/ganlet.js');
        return load(model).then(
          () => 'loaded',
          (error) => error.message,
        );
      }, from);
      assert.ok(message.startsWith(`can't reach ${from}: `), message);
      assert.match(message, /CORS: Access-Control-Allow-Origin/);
      assert.ok(url);
    });

    test('in a sandboxed frame it draws, and nothing is thrown', async (t) => {
      const frame =
        '<!doctype html><title>A page</title><iframe sandbox="allow-scripts" src="./?text=7&seed=3"></iframe>';
      const { page, url } = await visit(t, {
        headers: () => ({ 'access-control-allow-origin': '*' }),
        answer: (path) => {
          if (path === '/favicon.ico') return [204, {}, ''];
          return path === '/frame.html' ? [200, html[1], frame] : undefined;
        },
      });
      page.seen.errors.length = 0;
      await page.goto(`${url}frame.html`);
      const inner = () => page.frames().find((one) => one !== page.mainFrame());
      await until({ evaluate: (...given) => inner().evaluate(...given) }, () => document.documentElement.dataset.drawn);
      assert.equal(await inner().evaluate(() => document.documentElement.dataset.drawn), '7 3');
      await until({ evaluate: (...given) => inner().evaluate(...given) }, () =>
        document.querySelector('#caption').textContent.startsWith('Drawn in'),
      );
      const expected = /Blocked autofocusing/; // which browsers say of every such frame
      assert.deepEqual(
        page.seen.errors.filter((text) => !expected.test(text)),
        [],
      );
    });

    test('opened from a disk, it says how to serve it', async () => {
      const page = await browser.newPage();
      try {
        for (const file of ['index', 'how', 'studio', 'ganlet/api']) {
          await page.goto(`file://${site}${file}.html`);
          assert.match(await problemOf(page), /only from a web server.*http:\/\/localhost:8000\//, file);
        }
      } finally {
        await page.leave();
      }
    });

    test('another site’s picture that may not be read is an error of the library', async (t) => {
      const other = await host({ headers: () => ({}) });
      t.after(other.close);
      const { page } = await visit(t, { headers: () => ({}) });
      const error = await page.evaluate(async (picture) => {
        const image = Object.assign(new Image(), { src: picture });
        await image.decode();
        const { load, GanletError } = await import('./ganlet/ganlet.js');
        const model = await load('ganlet/models/digits-vae-gan/');
        const caught = await model.encode(image).catch((reason) => reason);
        model.dispose();
        return { isOurs: caught instanceof GanletError, code: caught.code, message: caught.message };
      }, `${other.url}ganlet/models/digits/preview.png`);
      assert.deepEqual(error, {
        isOurs: true,
        code: 'invalid_argument',
        message: "image: comes from another site, which doesn't let this page read it (CORS)",
      });
    });
  });
}
