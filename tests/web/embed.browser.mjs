// Pictures where no module can be loaded: a frame without an origin, and one file opened from a disk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { frameOf } from '../../web/single_file.js';
import { browsers, canvasOf, drawn, openPost, pause, until } from './element_page.mjs';
import { fileOf, html, missing } from './hosts.mjs';
import { library } from './library.mjs';
import { through } from './onnx_file.mjs';
import { rgbaOf } from './pictures.mjs';
import { program, root } from './program.mjs';

const ganlet = (...flags) =>
  execFileSync(program, flags, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The rows of a picture by the native program. */
const native = (model, ...flags) => JSON.parse(ganlet('generate', model, ...flags, '--format', 'json', '-o', '-'));

function assertNear(rows, expected) {
  assert.deepEqual([rows.length, rows[0].length], [expected.length, expected[0].length]);
  rows.forEach((row, y) => {
    row.forEach((value, x) => {
      assert.ok(Math.abs(value - expected[y][x]) <= 1, `pixel ${x}, ${y}`);
    });
  });
}

for (const [name, open] of Object.entries(browsers)) {
  describe(`without modules, in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());

    function folder(t) {
      const made = mkdtempSync(join(tmpdir(), 'ganlet-embed-'));
      t.after(() => rmSync(made, { recursive: true }));
      return made;
    }

    /** Opens a file; afterwards nothing may have been asked of anybody, nor gone wrong. */
    async function openFile(t, file) {
      const page = await browser.newPage();
      t.after(() => page.leave());
      await page.goto(`file://${file}`);
      return page;
    }

    const quiet = (page) => {
      assert.deepEqual(
        page.seen.urls.filter((url) => !/^(file|blob|data):/.test(url)),
        [],
      );
      assert.deepEqual(page.seen.errors, []);
    };

    test('one file from a disk draws the digits and asks nobody', async (t) => {
      const file = join(folder(t), 'digits.html');
      ganlet('export-page', 'digits', '--text', '2026', '--seed', '7', '--title', 'A <b>title</b>', '-o', file);
      assert.ok(statSync(file).size <= 700000, `${statSync(file).size} bytes`);
      assert.match(readFileSync(file, 'utf8'), /<!--\nganlet is under the MIT licence[\s\S]*XNNPACK[\s\S]*\n-->\s*$/);
      const page = await openFile(t, file);
      await drawn(page);
      assertNear((await canvasOf(page)).rows, native('digits', '--text', '2026', '--seed', '7'));
      assert.equal(await page.evaluate(() => document.querySelector('ganlet-image').info.runsIn), 'worker');
      assert.equal(await page.evaluate(() => document.querySelector('h1').textContent), 'A <b>title</b>');
      await page.click('input[name=text]');
      await page.keyboard.press('End');
      await page.keyboard.type('5');
      await until(page, () => document.querySelector('ganlet-image').shadowRoot.querySelector('canvas').width === 140);
      await page.click('form button');
      await until(page, () => document.querySelector('input[name=seed]').value === '8');
      quiet(page);
    });

    test('one file of one’s own model with a rare operator, and of one with styles', async (t) => {
      const at = folder(t);
      writeFileSync(join(at, 'my model.onnx'), through('Sin'));
      ganlet('export-page', join(at, 'my model.onnx'), '--seed', '3', '--plain', '-o', join(at, 'mine.html'));
      ganlet(
        'export-page',
        'nouns',
        '--count',
        '2',
        '--truncation',
        '0.7',
        '--motion',
        'walk',
        '-o',
        join(at, 'nouns.html'),
      );
      const mine = await openFile(t, join(at, 'mine.html'));
      await drawn(mine);
      assertNear((await canvasOf(mine)).rows, native(join(at, 'my model.onnx'), '--seed', '3'));
      assert.equal(await mine.evaluate(() => document.querySelector('form').hidden), true);
      quiet(mine);
      const nouns = await openFile(t, join(at, 'nouns.html'));
      await drawn(nouns);
      quiet(nouns);
    });

    test('one file of each kind of model draws from a disk, and asks nobody', async (t) => {
      const at = folder(t);
      for (const model of ['fashion', 'creatures', 'digits-vae-gan']) {
        const file = join(at, `${model}.html`);
        ganlet('export-page', model, '--seed', '3', '-o', file);
        const page = await openFile(t, file);
        await drawn(page);
        const reds = native(model, '--seed', '3').map((row) => row.map((pixel) => pixel[0] ?? pixel));
        assertNear((await canvasOf(page)).rows, reds);
        quiet(page);
      }
    });

    test('the classic script draws from a disk beside a model’s own script', async (t) => {
      const at = folder(t);
      const page =
        '<!doctype html><script src="ganlet-image.classic.js"></script><ganlet-image text="3"></ganlet-image>';
      writeFileSync(join(at, 'page.html'), page.replace('src="', `src="file://${library}`));
      const opened = await openFile(t, join(at, 'page.html'));
      await drawn(opened);
      assertNear((await canvasOf(opened)).rows, native('digits', '--text', '3'));
    });

    test('a pinned script draws, and neither it nor the weights can be others', async (t) => {
      const [, code] = /<textarea[^>]*>(.*)<\/textarea>/.exec(readFileSync(`${library}pinned.html`, 'utf8'));
      const script = code.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
      const [, folder, digits] = /src="(\/ganlet\/[\d.]+-([\da-f]{8})\/)/.exec(script);
      const digest = createHash('sha256')
        .update(readFileSync(`${library}ganlet-image.classic.js`))
        .digest('hex');
      assert.equal(digits, digest.slice(0, 8));
      const body = '<ganlet-image text="2026" seed="7"><img src="data:," width="4" height="1" alt="x"></ganlet-image>';
      const open = (changed, headers) =>
        openPost(t, browser, '', {
          headers,
          answer: (path) => {
            if (path === '/pinned.html')
              return [200, { 'content-type': 'text/html' }, `<!doctype html>${script}${body}`];
            if (!path.startsWith(folder)) return undefined;
            const [status, headers, bytes] = fileOf(path.replace(folder, '/ganlet/'));
            if (!changed?.test(path)) return [status, headers, bytes];
            const other = Buffer.from(bytes);
            other[other.length - 3] ^= 1; // in a comment, a list, or a weight
            return [status, headers, other];
          },
        });
      const visit = async (changed, headers) => {
        const opened = await open(changed, headers);
        await opened.page.goto(`${opened.url}pinned.html`, { waitUntil: 'load' });
        return opened;
      };
      for (const harmless of [undefined, /model\.json$/]) {
        const { page, asked } = await visit(harmless);
        await drawn(page);
        assertNear((await canvasOf(page)).rows, native('digits', '--text', '2026', '--seed', '7'));
        const below = asked.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
        assert.deepEqual(below, ['ganlet-image.classic.js', 'models/digits/generator.onnx']);
      }
      const { page: refused } = await visit(/classic\.js$/);
      assert.equal(await refused.evaluate(() => customElements.get('ganlet-image')), undefined);
      const saysIn = async (where) => {
        const says = () => where.seen.notes.find((text) => text.startsWith('ganlet: '));
        for (let i = 0; i < 400 && !says(); ++i) await pause(25);
        return says();
      };
      const { page: wrong } = await visit(/generator\.onnx$/);
      assert.match(await saysIn(wrong), /generator\.onnx.*SHA-256/);
      const { page: forbidden, asked } = await visit(undefined, { 'content-security-policy': "script-src 'self'" });
      assert.match(await saysIn(forbidden), /wasm-unsafe-eval/);
      assert.ok(!asked.some((path) => path.includes('small')), 'a script without a hash');
    });

    /** A page with frames, which keeps what they tell as `heard`. */
    const openFrames = (t, frames, options = {}) =>
      openPost(t, browser, frames, {
        ...options,
        prepare: (page) =>
          (page.addInitScript ?? page.evaluateOnNewDocument).call(page, () => {
            globalThis.heard = [];
            addEventListener('message', ({ data, origin }) => globalThis.heard.push({ ...data, origin }));
          }),
      });
    const heard = (page, type) =>
      until(page, (wanted) => globalThis.heard.some((message) => message.type === wanted), type);
    const sandboxed = (link) => `<iframe sandbox="allow-scripts" src="ganlet/${link}"></iframe>`;

    test('a frame without an origin draws, and takes settings', async (t) => {
      const { page } = await openFrames(t, sandboxed('embed.html#text=31&seed=5&base=//evil.invalid/'));
      await heard(page, 'ready');
      await heard(page, 'size');
      const messages = await page.evaluate(() => globalThis.heard);
      assert.ok(messages.every(({ ganlet: version, origin }) => version === 1 && origin === 'null'));
      assert.deepEqual(messages.find(({ type }) => type === 'ready').detail.request, { text: '31', seed: '5' });
      const { width, height } = messages.findLast(({ type }) => type === 'size');
      assert.deepEqual([width, height], [224, 112]);
      assert.equal(await page.frames()[1].evaluate(() => document.querySelector('ganlet-image').info.runsIn), 'worker');
      const say = (message) => page.evaluate((data) => frames[0].postMessage(data, '*'), message);
      for (const wrong of [null, 'set', { ganlet: 1, type: 'set' }, { ganlet: 1, type: 'set', settings: { text: {} } }])
        await say(wrong);
      await say({
        ganlet: 1,
        type: 'set',
        settings: { model: 'https://evil.invalid/a.onnx', poster: '//evil.invalid/' },
      });
      await say({ ganlet: 1, type: 'set', settings: { text: '777', seed: 6 } });
      await until(page, () => globalThis.heard.some(({ type, detail }) => type === 'change' && detail.seed === '6'));
      assert.equal(page.seen.urls.filter((url) => new URL(url).host.includes('evil')).length, 0);
    });

    test('a frame whose link changes shows what the new one says, and nothing of the old one', async (t) => {
      const { page } = await openFrames(t, sandboxed('embed-digits.html#text=31&width=64'));
      await heard(page, 'ready');
      await page.evaluate(() => {
        const frame = document.querySelector('iframe');
        frame.src = frame.src.replace(/#.*/, '#model=nouns&seed=2');
      });
      await until(page, () => globalThis.heard.some(({ detail }) => detail?.model === 'nouns'));
      await until(page, () => globalThis.heard.findLast(({ type }) => type === 'size')?.width === 128);
      const messages = await page.evaluate(() => globalThis.heard);
      assert.deepEqual(messages.findLast(({ type }) => type === 'change').detail.request, { seed: '2' });
      assert.ok(!messages.some(({ type }) => type === 'error'));
    });

    test('a coloured poster is what its element draws', async (t) => {
      const file = join(folder(t), '7.png');
      const colours = ['--ink', 'hsl(210deg 80% 30% / 90%)', '--paper', 'transparent'];
      const tag = ganlet('poster', 'digits', '--text', '7', '--seed', '3', ...colours, '-o', file);
      const poster = rgbaOf(readFileSync(file));
      const { page } = await openPost(t, browser, tag.replace(/<img[^>]*>/, ''));
      await drawn(page);
      const shown = await page.evaluate(() => {
        const canvas = document.querySelector('ganlet-image').shadowRoot.querySelector('canvas');
        return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data];
      });
      const [side, scale] = [28, 4];
      assert.deepEqual([poster.length, shown.length], [4 * (side * scale) ** 2, 4 * side ** 2]);
      for (let at = 0; at < side ** 2; ++at) {
        const [x, y] = [at % side, Math.floor(at / side)];
        const pixel = 4 * (y * scale * side * scale + x * scale);
        const [theirs, ours] = [poster.subarray(pixel, pixel + 4), shown.slice(4 * at, 4 * at + 4)];
        assert.ok(Math.abs(theirs[3] - ours[3]) <= 1, `${theirs} and ${ours}`);
        for (let c = 0; c < 3 && ours[3] > 128; ++c)
          assert.ok(Math.abs(theirs[c] - ours[c]) <= 2, `${theirs}, ${ours}`);
      }
    });

    test('a frame takes twenty messages a second, and no more', async (t) => {
      const { page } = await openFrames(t, sandboxed('embed-digits.html#seed=1'));
      await heard(page, 'ready');
      const [, frame] = page.frames();
      await frame.evaluate(() => {
        globalThis.now = Date.now();
        Date.now = () => globalThis.now; // all of them come within a second, however busy the machine is
      });
      await page.evaluate(() => {
        for (let i = 0; i < 200; ++i) frames[0].postMessage({ ganlet: 1, type: 'next' }, '*');
      });
      await until(page, () => globalThis.heard.some(({ type, detail }) => type === 'change' && detail.seed === '21'));
      await frame.evaluate(() => {
        globalThis.now += 1000;
      });
      await page.evaluate(() => frames[0].postMessage({ ganlet: 1, type: 'next' }, '*'));
      await until(page, () => globalThis.heard.some(({ type, detail }) => type === 'change' && detail.seed === '22'));
    });

    test('frames of all models draw, as they are written, where a host lets nobody else read its files', async (t) => {
      const { models } = JSON.parse(readFileSync(`${library}models/index.json`, 'utf8'));
      const sides = { library: 'ganlet/', query: 'seed=3', width: 64, height: 64 };
      const codes = models.map(({ id, title }) => frameOf({ ...sides, model: id, title }));
      assert.deepEqual(
        codes.map((code) => code.includes('sandbox="allow-scripts"')),
        models.map(({ id }) => existsSync(`${library}models/${id}/inline.js`)),
      );
      const { page } = await openFrames(t, codes.join('').replaceAll(' loading="lazy"', ''));
      await until(
        page,
        (count) => globalThis.heard.filter(({ type }) => type === 'ready').length === count,
        codes.length,
      );
      const drew = await page.evaluate(() => globalThis.heard.filter(({ type }) => type === 'ready'));
      assert.deepEqual(drew.map(({ detail }) => detail.model).sort(), models.map(({ id }) => id).sort());
      assert.ok(drew.every(({ detail }) => detail.seed === '3'));
    });

    test('a frame says which of its files is missing, and in a sandbox what a model needs', async (t) => {
      const needed = [
        ['ganlet-image.classic.js', 'nouns'],
        ['embed.js', 'nouns'],
        ['models/nouns/inline.js', 'nouns'],
        ['models/digits-gan/inline.js', 'digits-gan'],
      ];
      const cases = needed.flatMap(([file, model]) => [missing, html].map((sent) => ({ file, model, sent })));
      const frameOfCase = ({ model }, at) => sandboxed(`embed-${model}.html`).replace('src="', `src="${at}/`);
      const { page, url } = await openFrames(t, cases.map(frameOfCase).join(''), {
        answer: (path) => {
          const [, at, file] = /^\/(\d)\/ganlet\/(.*)/.exec(path) ?? [];
          if (!at) return undefined;
          return cases[at].file === file ? cases[at].sent : fileOf(`/ganlet/${file}`);
        },
      });
      const errors = () => globalThis.heard.filter(({ type }) => type === 'error').map(({ detail }) => detail);
      await until(page, `(${errors})().length === ${cases.length}`);
      const told = (await page.evaluate(errors)).map(({ message }) => message);
      for (const frame of page.frames().slice(1)) {
        const [, at] = /\/(\d)\//.exec(frame.url());
        const shown = await frame.evaluate(() => {
          const { shadowRoot = document } = document.querySelector('ganlet-image') ?? {};
          return shadowRoot.querySelector('.problem').textContent;
        });
        assert.ok(shown.includes(`${url}${at}/ganlet/${cases[at].file}`), shown);
        assert.ok(
          told.some((message) => shown.endsWith(message)),
          shown,
        );
      }
      const { page: other } = await openFrames(t, sandboxed('embed-digits.html'), {
        answer: (path) => (/\/embed(-check\.js|\.css)$/.test(path) ? missing : undefined),
      });
      await heard(other, 'ready');
    });

    test('a page gives a frame the height of its picture, as the documents say', async (t) => {
      const document = readFileSync(`${root}docs/embedding.md`, 'utf8');
      const [, listener] = /```html\n(<script>\n {2}addEventListener[\s\S]*?<\/script>)/.exec(document);
      const frame = frameOf({
        library: 'ganlet/',
        model: 'digits',
        query: 'text=31',
        width: 448,
        height: 112,
        title: '',
      });
      const { page } = await openPost(t, browser, `${frame}${listener}<iframe src="about:blank"></iframe>`);
      const is = (height) =>
        until(page, (wanted) => globalThis.document.querySelector('iframe').clientHeight === wanted, height);
      await is(224);
      const settings = { text: '2026', columns: 1, width: 100 };
      await page.evaluate((given) => frames[0].postMessage({ ganlet: 1, type: 'set', settings: given }, '*'), settings);
      await is(400);
      await page.evaluate(() => postMessage({ ganlet: 1, type: 'size', height: 7 }, '*')); // not of a frame
      await pause(50);
      await is(400);
    });

    test('a frame goes by the page around it, and shows the button that saves where it can', async (t) => {
      const dark = browser.name === 'Chromium' ? { dark: true } : {};
      const links = ['scheme=light', 'scheme=dark', 'downloads=on'].map(
        (link) => `embed-digits.html#controls=1&${link}`,
      );
      const { page } = await openPost(t, browser, links.map(sandboxed).join(''), { ...dark, width: 360 });
      const looks = [];
      for (const frame of page.frames().slice(1)) {
        await drawn(frame);
        looks.push(
          await frame.evaluate(() => {
            const [red] = getComputedStyle(document.body).color.match(/\d+/g);
            const bar = document.querySelector('ganlet-image').shadowRoot.querySelector('.bar');
            return [red < 128, [...bar.children].filter((one) => one.clientWidth).length];
          }),
        );
      }
      assert.deepEqual(looks, [
        [true, 1],
        [false, 1],
        [!dark.dark, 2],
      ]);
    });
  });
}

test('a poster is the picture that its tag draws, with the tag', (t) => {
  const at = mkdtempSync(join(tmpdir(), 'ganlet-poster-'));
  t.after(() => rmSync(at, { recursive: true }));
  const file = join(at, '2026.png');
  const tag = ganlet(
    'poster',
    'digits',
    '--text',
    '2026',
    '--seed',
    'from:alice',
    '--base',
    'https://me.example/',
    '-o',
    file,
  );
  assert.equal(
    tag,
    '<ganlet-image model="digits" text="2026" seed="5803779529149266183">' +
      '<img src="https://me.example/2026.png" width="448" height="112" alt="2026 · Handwritten digits">' +
      '</ganlet-image>\n',
  );
  const bytes = readFileSync(file);
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [448, 112]);
  assert.ok(bytes.length < 8000, `${bytes.length} bytes`);
  const [plain, ink] = [join(at, 'plain.png'), join(at, 'ink.png')];
  ganlet('generate', 'digits', '--text', '2026', '--seed', '5803779529149266183', '--scale', '4', '-o', plain);
  assert.deepEqual(readFileSync(plain), bytes);
  ganlet('poster', 'digits', '--text', '2026', '--ink', '#fff', '--paper', '#000000', '-o', ink);
  ganlet('poster', 'digits', '--text', '2026', '-o', plain);
  assert.deepEqual(readFileSync(ink), readFileSync(plain));
  const controls = (...flags) =>
    ganlet('poster', ...flags, '-o', ink)
      .match(/ controls\S*/)?.[0]
      .split('>')[0];
  assert.equal(controls('digits', '--controls', 'slider'), ' controls="slider"');
  assert.equal(controls('--controls', 'digits'), ' controls');
  assert.equal(controls('digits'), undefined);
  assert.throws(
    () => ganlet('poster', 'digits', '--ink', 'lab(50 20 30)', '-o', ink),
    /ink: must be currentColor, a name such as navy/,
  );
});
