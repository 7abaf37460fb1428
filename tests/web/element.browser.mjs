// <ganlet-image> in pages as bloggers write them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';

import { boxes, browsers, canvasOf, drawn, listen, openPost, pause, strictPolicy, until } from './element_page.mjs';
import { tinyNegative } from './onnx_file.mjs';
import { program, root } from './program.mjs';

/** The rows of a picture by the native program. */
const native = (model, ...flags) =>
  JSON.parse(execFileSync(program, ['generate', model, ...flags, '--format', 'json', '-o', '-'], { cwd: root }));

function assertNear(rows, expected) {
  assert.deepEqual([rows.length, rows[0].length], [expected.length, expected[0].length]);
  rows.forEach((row, y) => {
    row.forEach((value, x) => {
      assert.ok(Math.abs(value - expected[y][x]) <= 1, `pixel ${x}, ${y}`);
    });
  });
}

const problems = (page) => page.seen.errors.filter((text) => !/favicon/.test(text));

for (const [name, open] of Object.entries(browsers)) {
  describe(`<ganlet-image> in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());
    const post = (t, body, options) => openPost(t, browser, body, options);

    test('draws what its attributes say, as the native program does', async (t) => {
      const { page } = await post(t, '<ganlet-image model="digits" text="2026" seed="7"></ganlet-image>');
      await drawn(page);
      assertNear((await canvasOf(page)).rows, native('digits', '--text', '2026', '--seed', '7'));
      await page.evaluate(() => Object.assign(document.querySelector('ganlet-image'), { text: '31', jitter: 0.3 }));
      await until(page, () => document.querySelector('ganlet-image').shadowRoot.querySelector('canvas').width === 56);
      assertNear((await canvasOf(page)).rows, native('digits', '--text', '31', '--seed', '7', '--jitter', '0.3'));
      assert.deepEqual(problems(page), []);
    });

    test('works under the strictest policy, in a worker, with no other host and no blob asked', async (t) => {
      const body =
        '<ganlet-image text="20" controls="slider"></ganlet-image><ganlet-image model="nouns" interactive>' +
        '</ganlet-image><img data-ganlet="digits" data-ganlet-text="7" alt="seven" width="112" height="112">';
      const headers = { 'content-security-policy': strictPolicy };
      const { page, url } = await post(t, body, { headers });
      await drawn(page);
      await page.evaluate(() => document.querySelector('ganlet-image').toBlob());
      await until(page, () => document.querySelector('ganlet-image').shadowRoot.querySelector('[type=range]') !== null);
      assert.equal(await page.evaluate(() => document.querySelector('ganlet-image').info.runsIn), 'worker');
      assert.deepEqual(problems(page), []);
      assert.deepEqual(
        page.seen.urls.filter((address) => !address.startsWith(url)),
        [],
      );
    });

    test('a policy that allows no Trusted Types policy has it draw in the page', async (t) => {
      const headers = {
        'content-security-policy':
          "script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types a",
      };
      const { page } = await post(t, '<ganlet-image text="20"></ganlet-image>', { headers });
      await drawn(page);
      const { runsIn } = await page.evaluate(() => document.querySelector('ganlet-image').info);
      const enforced = await page.evaluate(() => Boolean(globalThis.trustedTypes));
      assert.equal(runsIn, enforced ? 'page' : 'worker');
    });

    test('has its size before anything is loaded, and keeps it', async (t) => {
      let release;
      const released = new Promise((done) => (release = done));
      const { page } = await post(
        t,
        `<ganlet-image text="2026"></ganlet-image>
         <p><ganlet-image model="nouns" count="6" columns="3" controls></ganlet-image>
         <p><ganlet-image text="12" width="300"></ganlet-image>
         <p><ganlet-image model="creatures" width="200" height="100"></ganlet-image>
         <p><ganlet-image model="creatures" aspect-ratio="2/1" width="100"></ganlet-image>
         <p><ganlet-image><img src="poster.png" width="112" height="56" alt="a digit"></ganlet-image>
         <p style="width: 100px"><ganlet-image text="2026"></ganlet-image>
         <p><ganlet-image text="live:HH mm"></ganlet-image>
         <p style="width: 300px"><ganlet-image text="12" width="50%"></ganlet-image>
         <p id="after">After`,
        { answer: (path) => (path.startsWith('/ganlet/element/') ? released.then(() => undefined) : undefined) },
      );
      await until(page, () => Boolean(customElements.get('ganlet-image')));
      const early = await boxes(page);
      const expected = [
        [448, 112],
        [384, 296],
        [300, 150],
        [200, 100],
        [100, 50],
        [112, 56],
        [100, 25],
        [504, 112],
        [150, 75],
      ];
      assert.deepEqual(early, expected);
      const top = () => page.evaluate(() => document.querySelector('#after').getBoundingClientRect().top);
      const before = await top();
      release();
      await page.evaluate(() => document.querySelectorAll('ganlet-image').forEach((one) => one.draw()));
      await drawn(page);
      assert.deepEqual(await boxes(page), expected);
      assert.equal(await top(), before);
    });

    test('what stands in its place stays until the first picture, and for ever after an error', async (t) => {
      const fallback = '<img src="poster.png" width="112" height="112" alt="a digit">';
      const { page, url } = await post(
        t,
        `<ganlet-image id="good" text="1">${fallback}</ganlet-image>
         <ganlet-image id="poster" text="1" model="nothing" poster="poster.png"></ganlet-image>
         <ganlet-image id="bad" model="nothing">${fallback}</ganlet-image>
         <ganlet-image id="bare" model="nothing" alt="A &lt;b&gt;digit"></ganlet-image>`,
      );
      await drawn(page, '#good');
      const sees = (which) =>
        page.evaluate((id) => document.querySelector(`#${id} img`).checkVisibility?.() ?? true, which);
      assert.equal(await sees('good'), false);
      await until(page, () => Boolean(document.querySelector('#bare').shadowRoot.querySelector('.problem')));
      assert.equal(await sees('bad'), true);
      assert.equal(
        await page.evaluate(() => document.querySelector('#poster').shadowRoot.querySelector('.poster').src),
        `${url}poster.png`,
      );
      const told = await page.evaluate(() => document.querySelector('#bare').shadowRoot.querySelector('p').textContent);
      assert.equal(told, `A <b>digit · got HTTP 404 from ${url}ganlet/models/nothing/model.json`);
    });

    test('errors are events with code, place and URL; a value that is wrong leaves the default', async (t) => {
      const { page, url } = await post(t, '');
      await listen(page);
      await page.evaluate(() => {
        document.body.innerHTML =
          '<ganlet-image text="7" truncation="2" motion="fly" ink="reddish" smooth="x" loading="y" fps="abc" ' +
          'width="3abc" height="zz" controls="maybe" interactive="maybe" aspect-ratio="q"></ganlet-image>';
        const { ready } = document.querySelector('ganlet-image');
        globalThis.settled = ready.then(
          () => 'ready',
          ({ message }) => message,
        );
      });
      await drawn(page);
      assertNear((await canvasOf(page)).rows, native('digits', '--text', '7'));
      const errors = await page.evaluate(() =>
        globalThis.told
          .filter(([what]) => what === 'error')
          .map(([, { code, message, place }]) => [code, place, message]),
      );
      assert.deepEqual(errors.sort(), [
        ['invalid_argument', 'aspect-ratio', "aspect-ratio: must be such as 4/1, is 'q'"],
        ['invalid_argument', 'controls', "controls: must be 1, 0, slider, is 'maybe'"],
        ['invalid_argument', 'fps', "fps: must be a number, is 'abc'"],
        ['invalid_argument', 'height', "height: must be a number, is 'zz'"],
        ['invalid_argument', 'ink', "ink: must be a colour, is 'reddish'"],
        ['invalid_argument', 'interactive', "interactive: must be 1, 0, is 'maybe'"],
        ['invalid_argument', 'loading', "loading: must be lazy, eager, is 'y'"],
        ['invalid_argument', 'motion', "motion: must be none, walk, morph, breathe, is 'fly'"],
        ['invalid_argument', 'smooth', "smooth: must be auto, smooth, nearest, is 'x'"],
        ['invalid_argument', 'truncation', 'truncation: must be 0 to 1, is 2'],
        ['invalid_argument', 'width', "width: must be a number, is '3abc'"],
      ]);
      assert.equal(await page.evaluate(() => globalThis.settled), 'ready');
      assert.deepEqual(await boxes(page), [[112, 112]]);
      const buttons = () => document.querySelector('ganlet-image').shadowRoot.querySelectorAll('button').length;
      assert.equal(await page.evaluate(buttons), 0);
      const detail = await page.evaluate(
        () =>
          new Promise((done) => {
            const element = document.querySelector('ganlet-image');
            element.addEventListener('error', (event) => done(event.detail));
            element.setAttribute('model', 'other/');
          }),
      );
      assert.equal(detail.code, 'not_found');
      assert.equal(detail.url, `${url}other/model.json`);
    });

    test('attributes have properties, which survive being set before there is an element', async (t) => {
      const { page } = await post(t, '');
      const seen = await page.evaluate(async () => {
        const { attributes } = await import('./ganlet/ganlet-image.js');
        const known = 'class exportparts is itemid itemprop itemref itemscope itemtype'.split(' '); // to HTML alone
        for (let one = HTMLElement.prototype; one; one = Object.getPrototypeOf(one))
          known.push(...Object.getOwnPropertyNames(one).map((name) => name.toLowerCase()));
        const properties = Object.getOwnPropertyNames(customElements.get('ganlet-image').prototype);
        const names = [...attributes, ...properties.filter((name) => name !== 'constructor')];
        const taken = names.filter((name) => known.includes(name.replaceAll('-', '').toLowerCase()));
        const element = document.createElement('ganlet-image');
        Object.assign(element, {
          textLimit: 5,
          vary: true,
          labels: [1, 2],
          seed: 'from:me',
          latents: new Float32Array(2),
        });
        const own = element.getAttributeNames().map((one) => `${one}=${element.getAttribute(one)}`);
        const read = [element.textLimit, element.vary, element.controls, element.count, element.text, element.seed];
        Object.assign(element, { vary: false, seed: null });
        return {
          taken,
          isAll: names.includes('styleShifts') && names.includes('toBlob'),
          own,
          read,
          left: element.getAttributeNames(),
        };
      });
      assert.deepEqual([seen.taken, seen.isAll], [[], true]);
      assert.deepEqual(seen.own, ['text-limit=5', 'vary=', 'labels=1,2', 'seed=from:me', 'latents=0,0']);
      assert.deepEqual(
        seen.read.map((value) => value ?? null),
        [5, true, false, null, '', 'from:me'],
      );
      assert.deepEqual(seen.left, ['text-limit', 'labels', 'latents']);
      const early = await post(t, '<ganlet-image></ganlet-image>', {
        answer: (path) => (path === '/ganlet/ganlet-image.js' ? pause(300).then(() => undefined) : undefined),
        prepare: (page) =>
          (page.addInitScript ?? page.evaluateOnNewDocument).call(page, () => {
            document.addEventListener('readystatechange', () => {
              const element = document.querySelector('ganlet-image');
              if (element && document.readyState === 'interactive') element.text = '42';
            });
          }),
      });
      await drawn(early.page);
      assert.equal((await canvasOf(early.page)).width, 56);
    });

    test('loads nothing before it comes near, and one of each file for fifty', async (t) => {
      const { page, asked } = await post(
        t,
        `<div style="height: 5000px"></div>${'<ganlet-image text="7" width="28"></ganlet-image>'.repeat(50)}`,
      );
      await until(page, () => Boolean(customElements.get('ganlet-image')));
      await pause(300);
      assert.deepEqual(
        asked.filter((path) => /\/element\/|\.wasm|\/models\//.test(path)),
        [],
      );
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await drawn(page);
      const counts = {};
      for (const path of asked) counts[path] = (counts[path] ?? 0) + 1;
      assert.deepEqual(
        Object.entries(counts).filter(([, count]) => count > 1),
        [],
      );
      assert.equal(asked.filter((path) => path.endsWith('generator.onnx')).length, 1);
    });

    test('`ready` settles also for who asks once all is over', async (t) => {
      const body = '<ganlet-image model="digits" text="7"></ganlet-image><ganlet-image model="none"></ganlet-image>';
      const { page } = await openPost(t, browser, body);
      await drawn(page, 'ganlet-image[text]');
      await until(page, () => document.querySelector('[model=none]').shadowRoot?.querySelector('.problem') !== null);
      const outcomes = await page.evaluate(async () => {
        const [one, none] = document.querySelectorAll('ganlet-image');
        const code = await Promise.race([
          none.ready.then(
            () => 'drawn',
            (error) => error.code,
          ),
          new Promise((done) => setTimeout(done, 5000, 'never')),
        ]);
        return [(await one.ready) === one, code];
      });
      assert.deepEqual(outcomes, [true, 'not_found']);
    });

    test('tells ready, progress and changes; pictures are saved with what they were drawn from', async (t) => {
      const { page } = await post(t, '');
      await listen(page);
      const seen = await page.evaluate(async () => {
        const element = document.createElement('ganlet-image');
        Object.assign(element, { text: '5', seed: 9 });
        const loaded = new Promise((done) => element.addEventListener('load', done));
        document.body.append(element);
        const same = (await element.ready) === element;
        await loaded;
        await element.next();
        const bytes = new Uint8Array(await (await element.toBlob()).arrayBuffer());
        const webp = await element.toBlob('image/webp').then(
          ({ type }) => type,
          ({ code }) => code,
        );
        const { width } = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const { told } = globalThis;
        return { same, seed: element.seed, told, text: new TextDecoder('latin1').decode(bytes), width, webp };
      });
      assert.equal(seen.same, true);
      assert.equal(seen.seed, '10');
      assert.equal(seen.width, 28);
      assert.ok(['image/webp', 'unsupported', 'image/png'].includes(seen.webp), seen.webp);
      const names = seen.told.map(([what]) => what);
      assert.deepEqual(names.filter((what) => what !== 'progress').slice(0, 3), ['ready', 'change', 'change']);
      const progress = seen.told.filter(([what]) => what === 'progress').map(([, detail]) => detail);
      assert.ok(progress.length > 0 && progress.every(({ loaded, total }) => loaded <= total));
      assert.match(seen.text, /ganlet model\0{5}digits@1/);
      assert.match(seen.text, /ganlet request\0{5}\{"text":"5","seed":"10"\}/);
    });

    test('shows what a model makes of pictures, and says which models take none', async (t) => {
      const onnx = [200, { 'content-type': 'application/octet-stream' }, Buffer.from(tinyNegative())];
      const { page } = await post(t, '<ganlet-image model="negative.onnx" width="40"></ganlet-image>', {
        answer: (path) => (path === '/negative.onnx' ? onnx : undefined),
      });
      await listen(page);
      const seen = await page.evaluate(async () => {
        const element = document.querySelector('ganlet-image');
        const early = await element.toBlob().catch(({ code, message }) => [code, message]);
        const canvas = Object.assign(document.createElement('canvas'), { width: 3, height: 2 });
        const paint = (colour) => {
          const context = canvas.getContext('2d');
          context.fillStyle = colour;
          context.fillRect(0, 0, 3, 2);
          return canvas;
        };
        const shown = () => {
          const made = element.shadowRoot.querySelector('canvas');
          return [made.width, made.height, ...made.getContext('2d').getImageData(2, 1, 1, 1).data];
        };
        const pictures = [];
        await element.apply(paint('#102030'));
        pictures.push(shown());
        const file = await new Promise((done) => paint('#ff0000').toBlob(done));
        for (const one of [await createImageBitmap(canvas), file, canvas.getContext('2d').getImageData(0, 0, 3, 2)]) {
          await element.apply(one);
          pictures.push(shown());
        }
        const frame = globalThis.VideoFrame && new VideoFrame(canvas, { timestamp: 0 });
        if (frame) await element.apply(frame);
        frame?.close();
        pictures.push(shown());
        const broken = await element.apply(new Blob(['no picture'])).catch(({ code, message }) => [code, message]);
        const { type } = await element.toBlob();
        await element.apply(canvas);
        element.model = 'digits';
        const switched = await element.draw().then(
          () => shown().slice(0, 2),
          ({ message }) => message,
        );
        const other = await element.apply(canvas).catch(({ code, message }) => [code, message]);
        await element.draw();
        return { early, pictures, broken, type, switched, other, drawn: shown().slice(0, 2) };
      });
      assert.deepEqual(seen.early, ['invalid_argument', 'call apply() with a picture first']);
      const cyan = [3, 2, 0, 255, 255, 255];
      assert.deepEqual(seen.pictures, [[3, 2, 239, 223, 207, 255], cyan, cyan, cyan, cyan]);
      assert.deepEqual(seen.broken, ['invalid_argument', 'image: is no picture that this browser can read']);
      assert.equal(seen.type, 'image/png');
      assert.deepEqual(seen.switched, [28, 28], 'what another model got is none of its');
      assert.deepEqual(seen.other, ['invalid_argument', 'digits: takes no pictures: it draws them']);
      assert.deepEqual(seen.drawn, [28, 28]);
      const told = await page.evaluate(() => globalThis.told.map(([what]) => what));
      assert.equal(
        told.find((what) => what !== 'progress' && what !== 'error'),
        'ready',
      );
    });

    test('seeds are numbers, random, or of a text, which is hashed where it is', async (t) => {
      const { page } = await post(
        t,
        `<ganlet-image id="a" model="nouns" seed="from:alice"></ganlet-image>
         <ganlet-image id="b" model="nouns" seed="from:alice"></ganlet-image>
         <ganlet-image id="c" model="nouns" seed="from:bob"></ganlet-image>
         <ganlet-image id="d" model="nouns" seed="random"></ganlet-image>`,
      );
      await drawn(page);
      const [a, b, c, d] = await Promise.all(['#a', '#b', '#c', '#d'].map((which) => canvasOf(page, which)));
      assert.deepEqual(a, b);
      assert.notDeepEqual(a, c);
      await page.evaluate(() => document.querySelector('#d').next());
      assert.notDeepEqual(await canvasOf(page, '#d'), d);
      await page.evaluate(() => {
        document.querySelector('#d').seed = 'from:bob';
        return document.querySelector('#d').draw();
      });
      assert.deepEqual(await canvasOf(page, '#d'), c, 'a text has its own seed, whatever was drawn before');
      // FNV-1a of "alice", computed elsewhere.
      await page.evaluate(() => document.querySelector('#c').setAttribute('seed', '5803779529149266183'));
      await page.evaluate(() => document.querySelector('#c').draw());
      assert.deepEqual((await canvasOf(page, '#c')).rows, a.rows);
    });

    test('live texts are the time, the date and what is left', async (t) => {
      const { page } = await post(t, '<ganlet-image text="live:HH mm"></ganlet-image>');
      const texts = await page.evaluate(async () => {
        const { liveText } = await import('./ganlet/ganlet-image.js');
        const now = new Date(2026, 10, 29, 9, 5, 7);
        return [
          'live:HH mm',
          'live:ss',
          'live:date',
          'live:countdown:2027-01-01',
          'live:countdown:2026-11-30',
          'live:countdown:2026-11-29',
          'live:dd.MM.yyyy',
          'live:countdown:nonsense',
          'live:',
        ].map((text) => liveText(text, now));
      });
      assert.deepEqual(texts, ['09 05', '07', '2026 11 29', '33', '14 54 53', '0', '29 11 2026', '0', '']);
      await drawn(page);
      assert.equal((await canvasOf(page)).width, 4 * 28 + 14);
      const widths = await page.evaluate(async () => {
        const element = document.querySelector('ganlet-image');
        Object.assign(element, { motion: 'walk', fps: 60 });
        await element.draw();
        const seen = new Set();
        for (let i = 0; i < 30; ++i) {
          seen.add(element.shadowRoot.querySelector('canvas').width);
          await new Promise((done) => requestAnimationFrame(done));
        }
        return [...seen];
      });
      assert.deepEqual(widths, [4 * 28 + 14], 'its spaces stay while it moves');
    });

    test('a live text is laid out again when it gets shorter', async (t) => {
      const later = () => {
        globalThis.shift = 0;
        globalThis.Date = class extends Date {
          constructor(...given) {
            super(...(given.length > 0 ? given : [Date.now() + globalThis.shift]));
          }
        };
      };
      const end = new Date(Date.now() + 12 * 86400e3).toISOString().slice(0, 16); // in UTC: within a day of that
      const { page } = await post(t, `<ganlet-image text="live:countdown:${end}"></ganlet-image>`, {
        prepare: (page) => (page.addInitScript ?? page.evaluateOnNewDocument).call(page, later),
      });
      await drawn(page);
      const [[before]] = await boxes(page);
      await page.evaluate(() => {
        globalThis.shift = 6 * 86400e3;
        return document.querySelector('ganlet-image').draw();
      });
      assert.deepEqual([before, (await boxes(page))[0][0], (await canvasOf(page)).width], [224, 112, 28]);
    });

    test('a countdown without a date is an error, and draws once it has one', async (t) => {
      const { page } = await post(t, '');
      await listen(page);
      await page.evaluate(() => {
        document.body.innerHTML = '<ganlet-image text="live:countdown" poster="data:,"></ganlet-image>';
      });
      await drawn(page);
      const told = await page.evaluate(() => globalThis.told.find(([what]) => what === 'error')[1]);
      const wanted = "text: must be live:countdown: and a date such as 2027-01-01, is 'live:countdown'";
      assert.deepEqual([told.place, told.message], ['text', wanted]);
      await page.evaluate(() => {
        document.querySelector('ganlet-image').text = 'live:countdown:2001-01-01';
      });
      await until(page, () => globalThis.told.findLast(([what]) => what === 'change')[1].request.text === '0');
    });

    test('moves only while it is seen and wanted', async (t) => {
      const { page } = await post(
        t,
        '<ganlet-image model="digits" label="3" motion="walk" fps="30"></ganlet-image><div style="height: 3000px">',
      );
      await drawn(page);
      const frames = async () => {
        const before = await canvasOf(page);
        await pause(700);
        return JSON.stringify(before) !== JSON.stringify(await canvasOf(page));
      };
      const changesSoon = async (wanted) => {
        for (let tries = 0; tries < 20; ++tries) if ((await frames()) === wanted) return true;
        return false;
      };
      assert.ok(await changesSoon(true), 'it moves');
      await page.evaluate(() => scrollTo(0, 3000));
      assert.ok(await changesSoon(false), 'it waits while nobody sees it');
      await page.evaluate(() => scrollTo(0, 0));
      assert.ok(await changesSoon(true), 'it goes on');
      const hide = (isHidden) =>
        page.evaluate((hidden) => {
          Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }, isHidden);
      await hide(true);
      assert.ok(await changesSoon(false), 'it waits in a tab that is hidden');
      await hide(false);
      assert.ok(await changesSoon(true), 'it goes on in one that is shown');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      assert.ok(await changesSoon(false), 'a key stops it');
      await page.keyboard.press('Enter');
      assert.ok(await changesSoon(true), 'and lets it go on');
      for (const motion of ['morph', 'breathe']) {
        await page.evaluate((kind) => document.querySelector('ganlet-image').setAttribute('motion', kind), motion);
        assert.ok(await changesSoon(true), motion);
      }
      assert.deepEqual(problems(page), []);
    });

    test('buttons have names and keys, and say what they change', async (t) => {
      const { page } = await post(t, '<ganlet-image model="nouns" seed="3" interactive></ganlet-image>');
      await drawn(page);
      const facts = await page.evaluate(() => {
        const { shadowRoot } = document.querySelector('ganlet-image');
        const canvas = shadowRoot.querySelector('canvas');
        return [
          canvas.getAttribute('role'),
          canvas.getAttribute('aria-label'),
          shadowRoot.querySelector('button').ariaLabel,
        ];
      });
      assert.deepEqual(facts, ['img', 'Nouns', 'Another picture']);
      const before = await canvasOf(page);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await until(page, () => document.querySelector('ganlet-image').seed === '4');
      await page.evaluate(() => document.querySelector('ganlet-image').draw());
      assert.notDeepEqual(await canvasOf(page), before);
    });

    test('a slider moves it with its keys, and what is saved says where it was', async (t) => {
      const { page } = await post(t, '<ganlet-image text="31" seed="5" controls="slider" alt="31"></ganlet-image>');
      await drawn(page);
      await until(page, () => document.querySelector('ganlet-image').shadowRoot.querySelector('[type=range]') !== null);
      const first = (await canvasOf(page)).rows;
      assertNear(first, native('digits', '--text', '31', '--seed', '5'));
      const rowsChange = (from) =>
        until(
          page,
          (before) => {
            const canvas = document.querySelector('ganlet-image').shadowRoot.querySelector('canvas');
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return data.some((value, i) => i % 4 === 0 && value !== before[i / 4]);
          },
          from.flat(),
        );
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowRight');
      await rowsChange(first);
      const between = (await canvasOf(page)).rows;
      await pause(300); // it rests where it is put
      assert.deepEqual((await canvasOf(page)).rows, between);
      const text = await page.evaluate(async () => {
        const blob = await document.querySelector('ganlet-image').toBlob();
        return new TextDecoder('latin1').decode(await blob.arrayBuffer());
      });
      const [, request] = /ganlet request\0{5}(\{.*?\})/.exec(text);
      const { latents } = JSON.parse(request);
      assert.equal(latents.length, 64);
      assertNear(between, native('digits', '--text', '31', '--latents', latents.join()));
      await page.keyboard.press('End');
      await rowsChange(between);
      await pause(300);
      assertNear((await canvasOf(page)).rows, native('digits', '--text', '31', '--seed', '13'));
      const back = await page.evaluate(async () => {
        const element = document.querySelector('ganlet-image');
        element.seed = 6;
        await element.draw();
        return element.shadowRoot.querySelector('[type=range]').valueAsNumber;
      });
      assert.equal(back, 0);
      assert.deepEqual(problems(page), []);
    });

    test('a slider is there where it can move the picture, and only there', async (t) => {
      const { page } = await post(
        t,
        `<ganlet-image id="later" text="7"></ganlet-image>
         <ganlet-image id="none" text="7" motion="none" controls="slider"></ganlet-image>
         <ganlet-image id="seeds" count="2" seeds="1,2" controls="slider"></ganlet-image>
         <ganlet-image id="walk" text="7" motion="walk" fps="30" controls="slider"></ganlet-image>`,
      );
      await drawn(page);
      const has = (id) =>
        until(page, (which) => document.querySelector(which).shadowRoot.querySelector('input') !== null, id);
      for (const id of ['#none', '#walk']) await has(id);
      await page.evaluate(() => document.querySelector('#later').setAttribute('controls', 'slider'));
      await has('#later');
      for (const id of ['#none', '#later']) {
        const before = await canvasOf(page, id);
        await page.evaluate((which) => {
          const slider = document.querySelector(which).shadowRoot.querySelector('input');
          slider.value = 10;
          slider.dispatchEvent(new Event('input'));
        }, id);
        for (let tries = 0; tries < 100 && JSON.stringify(before) === JSON.stringify(await canvasOf(page, id)); ++tries)
          await pause(25);
        assert.notDeepEqual(await canvasOf(page, id), before, id);
      }
      const state = await page.evaluate(async () => {
        const { shadowRoot } = document.querySelector('#none');
        const slider = shadowRoot.querySelector('input');
        slider.focus();
        const host = document.querySelector('#none');
        host.interactive = true; // rebuilds the buttons
        await new Promise((done) => setTimeout(done, 100));
        for (const kind of [false, 'slider', '1', 'slider']) host.controls = kind;
        await new Promise((done) => setTimeout(done, 100));
        const sliders = [...shadowRoot.querySelectorAll('input')];
        const seeds = document.querySelector('#seeds').shadowRoot.querySelectorAll('input').length;
        return [shadowRoot.activeElement === slider, sliders.length, slider.ariaValueText, slider.value, seeds];
      });
      assert.deepEqual(state, [true, 1, '50 %', '10', 0]);
      await page.evaluate(() => document.querySelector('#walk').setAttribute('controls', '1'));
      const still = await canvasOf(page, '#walk');
      for (
        let tries = 0;
        tries < 100 && JSON.stringify(still) === JSON.stringify(await canvasOf(page, '#walk'));
        ++tries
      )
        await pause(25);
      assert.notDeepEqual(await canvasOf(page, '#walk'), still, 'without its slider it moves by itself');
    });

    test('the keyboard stays on the button that stops a picture, and on the one that starts it', async (t) => {
      const { page } = await post(t, '<ganlet-image label="3" motion="walk" controls></ganlet-image>');
      await drawn(page);
      const press = async (key) => {
        await page.keyboard.press(key);
        return page.evaluate(() => document.querySelector('ganlet-image').shadowRoot.activeElement?.ariaLabel);
      };
      const at = [];
      for (const key of ['Tab', 'Tab', 'Enter', 'Enter', 'Tab']) at.push(await press(key));
      assert.deepEqual(at, ['Another picture', 'Pause', 'Play', 'Pause', 'Save the picture']);
    });

    test('a picture that is saved while it moves says what it shows', async (t) => {
      const slowly = () => {
        const { toBlob } = HTMLCanvasElement.prototype;
        HTMLCanvasElement.prototype.toBlob = function (done, ...more) {
          toBlob.call(this, (blob) => setTimeout(done, 500, blob), ...more);
        };
      };
      const { page } = await post(t, '<ganlet-image label="3" motion="walk" fps="30"></ganlet-image>', {
        prepare: (page) => (page.addInitScript ?? page.evaluateOnNewDocument).call(page, slowly),
      });
      await drawn(page);
      const first = JSON.stringify(await canvasOf(page));
      for (let tries = 0; tries < 400 && JSON.stringify(await canvasOf(page)) === first; ++tries) await pause(25);
      const { text, rows } = await page.evaluate(async () => {
        const blob = await document.querySelector('ganlet-image').toBlob();
        const { width, height } = await createImageBitmap(blob);
        const context = new OffscreenCanvas(width, height).getContext('2d');
        context.drawImage(await createImageBitmap(blob), 0, 0);
        const { data } = context.getImageData(0, 0, width, height);
        const row = (_, y) => Array.from({ length: width }, (_, x) => data[4 * (y * width + x)]);
        const latin = new TextDecoder('latin1').decode(await blob.arrayBuffer());
        return { text: latin, rows: Array.from({ length: height }, row) };
      });
      const [, request] = /ganlet request\0{5}(\{.*?\})/.exec(text);
      const { latents } = JSON.parse(request);
      assertNear(rows, native('digits', '--label', '3', '--latents', latents.join()));
    });

    test('with Save-Data it asks first', async (t) => {
      const saves = () => {
        Object.defineProperty(Navigator.prototype, 'connection', {
          get: () => ({ saveData: true }),
          configurable: true,
        });
      };
      const body =
        '<ganlet-image text="7" controls="slider"></ganlet-image>' +
        '<canvas data-ganlet="digits" width="56" height="56"></canvas>';
      const { page, asked } = await post(t, body, {
        prepare: (page) => (page.addInitScript ?? page.evaluateOnNewDocument).call(page, saves),
      });
      await until(page, () => Boolean(document.querySelector('ganlet-image').shadowRoot?.querySelector('.ask')));
      await until(page, () => document.querySelector('canvas + button') !== null);
      await pause(300);
      assert.deepEqual(
        asked.filter((path) => /\.wasm|\/models\//.test(path)),
        [],
      );
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await drawn(page);
      await until(page, () => document.querySelector('ganlet-image').shadowRoot.querySelector('[type=range]') !== null);
      await page.click('canvas[data-ganlet]');
      await until(page, () => document.querySelector('canvas').ariaLabel === 'Handwritten digits');
      assert.equal(await page.evaluate(() => document.querySelector('canvas + button')), null);
    });
  });
}
