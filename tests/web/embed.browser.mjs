// Pictures where no module can be loaded: a frame without an origin, and one file opened from a disk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { browsers, canvasOf, drawn, openPost, pause, until } from './element_page.mjs';
import { fileOf } from './hosts.mjs';
import { library } from './library.mjs';
import { tinyGenerator } from './onnx_file.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = process.env.GANLET_PROGRAM ?? `${root}build/desktop/bin/ganlet`;
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
      assert.equal(await page.evaluate(() => document.querySelector('h1').textContent), 'A <b>title</b>');
      await page.click('input[name=text]');
      await page.keyboard.press('End');
      await page.keyboard.type('5');
      await until(page, () => document.querySelector('ganlet-image').shadowRoot.querySelector('canvas').width === 140);
      await page.click('form button');
      await until(page, () => document.querySelector('input[name=seed]').value === '8');
      quiet(page);
    });

    test('one file of one’s own model, and of one with styles', async (t) => {
      const at = folder(t);
      writeFileSync(join(at, 'my model.onnx'), tinyGenerator());
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
      const script = readFileSync(`${library}pinned.html`, 'utf8');
      const [, folder] = /src="(\/ganlet\/[\d.]+\/)/.exec(script);
      const body = '<ganlet-image text="2026" seed="7"><img src="data:," width="4" height="1" alt="x"></ganlet-image>';
      const open = (changed) =>
        openPost(t, browser, '', {
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
      const visit = async (changed) => {
        const opened = await open(changed);
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
      const { page: wrong } = await visit(/generator\.onnx$/);
      const says = () => wrong.seen.notes.find((text) => text.startsWith('ganlet: '));
      for (let i = 0; i < 400 && !says(); ++i) await pause(25);
      assert.match(says(), /generator\.onnx.*SHA-256/);
    });

    test('a frame without an origin draws, tells its height, and takes settings', async (t) => {
      const frame =
        '<iframe sandbox="allow-scripts" src="ganlet/embed.html#text=31&seed=5&base=//evil.invalid/"></iframe>';
      const { page } = await openPost(t, browser, frame, {
        prepare: (one) =>
          (one.addInitScript ?? one.evaluateOnNewDocument).call(one, () => {
            globalThis.heard = [];
            addEventListener('message', ({ data, origin }) => globalThis.heard.push({ ...data, origin }));
          }),
      });
      const heard = (type) =>
        until(page, (wanted) => globalThis.heard.some((message) => message.type === wanted), type);
      await heard('ready');
      await heard('size');
      const messages = await page.evaluate(() => globalThis.heard);
      assert.ok(messages.every(({ ganlet: version, origin }) => version === 1 && origin === 'null'));
      assert.deepEqual(messages.find(({ type }) => type === 'ready').detail.request, { text: '31', seed: '5' });
      const { width, height } = messages.findLast(({ type }) => type === 'size');
      assert.deepEqual([width, height], [224, 112]);
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
      await say({ ganlet: 1, type: 'next' });
      await until(page, () => globalThis.heard.some(({ type, detail }) => type === 'change' && detail.seed === '7'));
      for (let i = 0; i < 100; ++i) await say({ ganlet: 1, type: 'next' });
      await pause(1500);
      const last = await page.evaluate(() => globalThis.heard.findLast(({ type }) => type === 'change').detail);
      assert.equal(last.request.text, '777');
      assert.equal(page.seen.urls.filter((url) => new URL(url).host.includes('evil')).length, 0);
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
  assert.throws(() => ganlet('poster', 'digits', '--ink', 'red', '-o', ink), /ink: must be #rgb or #rrggbb/);
});
