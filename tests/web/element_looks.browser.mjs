// How <ganlet-image> looks, what it draws and what it tells, where the page's author or the reader has said so.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';

import { boxes, browsers, canvasOf, drawn, listen, openPost, pause, pixelsOf, until } from './element_page.mjs';
import { rgbaOf } from './pictures.mjs';
import { program, root } from './program.mjs';

/** The pixels by the native program, of `generate` or, with colours, of `poster`. */
function native(command, flags) {
  const options = { cwd: root, encoding: 'buffer', stdio: ['ignore', 'pipe', 'ignore'] };
  const format = command === 'generate' ? ['--format', 'png'] : ['--scale', '1'];
  return rgbaOf(execFileSync(program, [command, ...flags.split(' '), ...format, '-o', '-'], options));
}

function assertNear(pixels, expected, what) {
  assert.equal(pixels.length, expected.length, what);
  const most = pixels.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i])), 0);
  assert.ok(most <= 1, `${what}: differs by ${most}`);
}

/** What is said of each attribute, by the flags of the native program that mean the same. */
const drawings = {
  'digits --count 2 --labels 3,1 --seed 5': 'count="2" labels="3,1" seed="5"',
  'digits --count 2 --seeds 9,4 --columns 1': 'count="2" seeds="9,4" columns="1"',
  'digits --seed 3 --part generator_f32': 'seed="3" model-part="generator_f32"',
  'nouns --seed 3 --truncation 0.2 --cutoff 2': 'model="nouns" seed="3" truncation="0.2" cutoff="2"',
  'nouns --seed 3 --noise off': 'model="nouns" seed="3" noise="off"',
  'nouns --seed 3 --mix 8:0-3': 'model="nouns" seed="3" mix="8:0-3"',
};
const palettes = {
  'nouns --seed 3 --palette grey': 'model="nouns" seed="3" palette="grey"',
  'nouns --seed 3 --palette inverted': 'model="nouns" seed="3" palette="inverted"',
  'nouns --seed 3 --palette ink': 'model="nouns" seed="3" palette="ink"',
  'nouns --seed 3 --palette ink --ink #ff0000': 'model="nouns" seed="3" palette="ink" ink="#ff0000"',
};

for (const [name, open] of Object.entries(browsers)) {
  describe(`the looks of <ganlet-image> in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());
    const post = (t, body, options) => openPost(t, browser, body, options);

    test('parts and custom properties are the page’s to style', async (t) => {
      const { page } = await post(
        t,
        `<style>
           #a { --ganlet-ink: #0000ff; --ganlet-paper: rgb(255 255 0) }
           #a::part(picture) { outline: 2px solid rgb(1, 2, 3) }
           #a::part(frame) { border-radius: 7px }
           #a::part(controls) { gap: 11px }
           #a::part(button) { color: rgb(4, 5, 6) }
           #a::part(press) { cursor: help }
         </style><ganlet-image id="a" text="7" controls interactive></ganlet-image>
         <ganlet-image id="b" text="7"></ganlet-image>`,
      );
      await drawn(page);
      const seen = await page.evaluate(() => {
        const root = document.querySelector('#a').shadowRoot;
        const styleOf = (selector) => getComputedStyle(root.querySelector(selector));
        const cornerOf = (id) => [
          ...document.querySelector(id).shadowRoot.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1)
            .data,
        ];
        return {
          corners: ['#a', '#b'].map(cornerOf),
          outline: styleOf('canvas').outlineColor,
          radius: styleOf('.frame').borderTopLeftRadius,
          gap: styleOf('.bar').columnGap,
          button: styleOf('.bar button').color,
          press: styleOf('.press').cursor,
        };
      });
      const [own, plain] = seen.corners;
      assert.ok(own[0] > 250 && own[1] > 250 && own[2] < 5, `paper is ${own}`);
      assert.deepEqual(plain, [0, 0, 0, 255]);
      delete seen.corners;
      const expected = { outline: 'rgb(1, 2, 3)', radius: '7px', gap: '11px', button: 'rgb(4, 5, 6)', press: 'help' };
      assert.deepEqual(seen, expected);
    });

    test('each attribute draws what its flag has the native program draw', async (t) => {
      const all = { generate: drawings, poster: palettes };
      const tags = Object.values(all).flatMap(Object.values);
      const plain = ['', 'model="nouns" '].map((model) => `${model}seed="3"`);
      const { page } = await post(t, [...tags, ...plain].map((tag) => `<ganlet-image ${tag}></ganlet-image>`).join(''));
      await drawn(page);
      const pixels = {};
      for (const [command, each] of Object.entries(all))
        for (const [flags, tag] of Object.entries(each)) {
          pixels[tag] = await pixelsOf(page, `ganlet-image:nth-of-type(${tags.indexOf(tag) + 1})`);
          assertNear(pixels[tag], native(command, flags), flags);
        }
      assert.equal(new Set(Object.values(pixels).map(String)).size, tags.length, 'no attribute does nothing');
      for (const [i, tag] of plain.entries()) {
        const own = await pixelsOf(page, `ganlet-image:nth-of-type(${tags.length + 1 + i})`);
        const same = tags.filter((one) => String(pixels[one]) === String(own));
        assert.deepEqual(same, [], `as ${tag}`);
      }
      assert.deepEqual(page.seen.errors, []);
    });

    test('it moves in steps of its frames a second', async (t) => {
      const { page } = await post(t, '<ganlet-image label="3" seed="5" motion="walk" fps="7"></ganlet-image>');
      await drawn(page);
      const nearest = await page.evaluate(async () => {
        const element = document.querySelector('ganlet-image');
        const requestOf = async () => {
          const text = new TextDecoder('latin1').decode(await (await element.toBlob()).arrayBuffer());
          return JSON.parse(/ganlet request\0{5}(\{.*?\})/.exec(text)[1]);
        };
        let request;
        while (!request?.latents) request = await requestOf();
        const [{ motionOf }, { load }] = await Promise.all(
          ['element/motion', 'ganlet'].map((one) => import(`./ganlet/${one}.js`)),
        );
        const motion = motionOf('walk', await load(new URL('ganlet/models/digits/', location)), {
          label: '3',
          seed: '5',
        });
        const distances = [];
        // On a busy machine it has moved for seconds before it is asked.
        for (let frame = 0; frame < 70; ++frame) {
          const { latents } = await motion.at((frame + 1) / 7);
          distances.push(Math.hypot(...latents.map((value, i) => value - request.latents[i])));
        }
        return Math.min(...distances);
      });
      assert.ok(nearest < 1e-4, `${nearest} from the next of its frames`);
    });

    test('a picture is downloaded under its name, by its button and by script', async (t) => {
      const { page } = await post(t, '<ganlet-image text="42" seed="5" controls></ganlet-image>');
      await drawn(page);
      const saved = await page.evaluate(async () => {
        const files = [];
        HTMLAnchorElement.prototype.click = function () {
          files.push([this.download, fetch(this.href).then((answer) => answer.blob())]);
        };
        const element = document.querySelector('ganlet-image');
        element.shadowRoot.querySelector('.bar [part~=save]').click();
        while (files.length === 0) await new Promise((done) => setTimeout(done, 10));
        await element.download('the answer.jpg');
        await element.download('the answer');
        return Promise.all(
          files.map(async ([name, file]) => {
            const blob = await file;
            const { width } = await createImageBitmap(blob);
            const text = new TextDecoder('latin1').decode(await blob.arrayBuffer());
            return [name, blob.type, width, text.includes('{"text":"42","seed":"5"}')];
          }),
        );
      });
      assert.deepEqual(saved, [
        ['digits.png', 'image/png', 56, true],
        ['the answer.jpg', 'image/jpeg', 56, false],
        ['the answer', 'image/png', 56, true],
      ]);
    });

    test('its shape is of one source: its own sides, else the poster’s, else what is asked for', async (t) => {
      const poster = (sides) => `<img src="data:," alt="x" ${sides}>`;
      const wide = poster('width="448" height="112"');
      const cases = [
        [`text="2026" width="200">${wide}`, [200, 50]],
        [`text="2026" height="56">${wide}`, [224, 56]],
        [`text="2026" width="25%">${wide}`, [100, 25]],
        [`text="2026" width="200" height="100">${wide}`, [200, 100]],
        [`text="2026" aspect-ratio="2/1">${wide}`, [448, 224]],
        [`text="2026" aspect-ratio="4/0" height="0">${wide}`, [448, 112]],
        [`text="2026" width="-5" height="x">${wide}`, [448, 112]],
        [`text="2026">${poster('width="224"')}`, [224, 56]],
        [`text="2026">${poster('height="56"')}`, [224, 56]],
        [`text="2026">${poster('width="50%"')}`, [300, 75]],
        [`text="2026" height="56">${poster('width="50%"')}`, [224, 56]],
        ['columns="-1">', [112, 112]],
        ['count="-4">', [112, 112]],
        ['count="1e9">', [112, 112]],
        ['count="1000000000">', [112, 112]],
        ['count="4" columns="1.5">', [224, 224]],
        ['count="4" columns="100000">', [448, 112]],
        ['labels="1,2">', [112, 112]],
        ['text="live:">', [112, 112]],
      ];
      const body = cases.map(([tag]) => `<p style="width: 400px"><ganlet-image ${tag}</ganlet-image>`).join('');
      let release;
      const released = new Promise((done) => (release = done));
      const { page } = await post(t, body.replaceAll('400px', '600px').replace('25%', `${(100 / 600) * 100}%`), {
        answer: (path) => (path.startsWith('/ganlet/element/') ? released.then(() => undefined) : undefined),
      });
      await until(page, () => Boolean(customElements.get('ganlet-image')));
      const expected = cases.map(([, box]) => box);
      assert.deepEqual(await boxes(page), expected);
      release();
      await page.evaluate(() => {
        const all = [...document.querySelectorAll('ganlet-image')];
        return Promise.allSettled(all.map((one) => one.draw())).then(() => {});
      });
      await drawn(page, 'ganlet-image:not([text="live:"])');
      assert.deepEqual(await boxes(page), expected);
      await page.evaluate(() => document.querySelector('ganlet-image[count="-4"]').setAttribute('model', 'nouns'));
      await page.evaluate(() => document.querySelector('ganlet-image[count="-4"]').setAttribute('text', '2026'));
      await until(page, () => document.querySelector('[count="-4"]').shadowRoot.querySelector('canvas').width === 32);
      const box = () => document.querySelector('[count="-4"]').getBoundingClientRect().width;
      assert.equal(await page.evaluate(box), 128, 'what only the engine refuses is laid out as drawn');
    });

    test('what was refused is drawn as soon as something else makes it right', async (t) => {
      const { page } = await post(t, '<ganlet-image model="nouns" text="2026"></ganlet-image>');
      await listen(page);
      await drawn(page);
      const set = (attributes) =>
        page.evaluate((all) => Object.assign(document.querySelector('ganlet-image'), all), attributes).then(() => {});
      const sizeIs = (width) =>
        until(
          page,
          (wanted) => document.querySelector('ganlet-image').shadowRoot.querySelector('canvas').width === wanted,
          width,
        );
      assert.equal((await canvasOf(page)).width, 32);
      await set({ model: 'digits' });
      await sizeIs(112);
      await set({ model: 'nouns', seed: 1 });
      await sizeIs(32);
      await set({ model: 'nothing' });
      await set({ model: 'digits' }); // while the other isn't found
      await sizeIs(112);
      await set({ text: '12345', textLimit: 4 });
      await until(page, () => globalThis.told.some(([, { message }]) => /^Request too long/.test(message)));
      await set({ textLimit: 5 });
      await sizeIs(140);
      const tellings = async (attributes) => {
        await page.evaluate(() => globalThis.told.splice(0));
        await page.evaluate((all) => Object.assign(document.querySelector('ganlet-image'), all).draw(), attributes);
        return page.evaluate(() =>
          globalThis.told.filter(([what]) => what === 'error').map(([, { message }]) => message),
        );
      };
      const wrong = 'truncation: must be 0 to 1, is 2';
      assert.deepEqual(await tellings({ truncation: 2, width: 300 }), [wrong]);
      assert.deepEqual(await tellings({ seed: 2, alt: 'twice' }), [], 'that is told once');
      assert.deepEqual(await tellings({ truncation: 1 }), []);
      assert.deepEqual(await tellings({ truncation: 2 }), [wrong]);
      assertNear(
        await pixelsOf(page, 'ganlet-image'),
        native('generate', 'digits --text 12345 --seed 2'),
        'by its seed',
      );
    });

    test('a custom property that is no colour is told once, and the others go on', async (t) => {
      const { page } = await post(t, '<style>ganlet-image { --ganlet-ink: nonsense; --ganlet-paper: #ff0000 }</style>');
      await listen(page);
      await page.evaluate(() => {
        const moving = '<ganlet-image label="3" motion="walk" fps="30"></ganlet-image>';
        document.body.insertAdjacentHTML('beforeend', `${moving}<ganlet-image id="x" ink="reddish"></ganlet-image>`);
      });
      await drawn(page);
      await pause(500);
      await page.evaluate(() => document.querySelector('#x').style.setProperty('--ganlet-ink', '#0000ff'));
      await page.evaluate(() => document.querySelector('#x').setAttribute('seed', '1'));
      await page.evaluate(() => document.querySelector('#x').draw());
      const told = await page.evaluate(() =>
        globalThis.told.filter(([what]) => what === 'error').map(([, { place, message }]) => [place, message]),
      );
      const [property, attribute] = ['--ganlet-ink', 'ink'].map((place) => (value) => [
        place,
        `${place}: must be a colour, is '${value}'`,
      ]);
      assert.deepEqual(told.sort(), [property('nonsense'), property('nonsense'), attribute('reddish')].sort());
      const blue = (await pixelsOf(page, '#x')).filter((_, i) => i % 4 === 2);
      assert.ok(Math.max(...blue) > 200, 'a property takes the place of an attribute that is no colour');
      assert.ok(
        (await pixelsOf(page, 'ganlet-image')).filter((_, i) => i % 4 === 0).every((red) => red > 0),
        'paper',
      );
    });

    test('another picture is one of other seeds, also where they or latents are given', async (t) => {
      const latents = Array.from({ length: 64 }, (_, i) => (i % 5) / 2 - 1);
      const tags = {
        seeds: 'count="2" seeds="9,4"',
        latents: `latents="${latents}" seed="5" label="1"`,
        wrong: 'seed="x" label="1"',
      };
      const tagOf = ([id, tag]) => `<ganlet-image id="${id}" ${tag} interactive></ganlet-image>`;
      const { page } = await post(t, Object.entries(tags).map(tagOf).join(''));
      await drawn(page);
      const first = await pixelsOf(page, '#latents');
      assertNear(first, native('generate', `digits --label 1 --latents=${latents}`), 'latents');
      const told = await page.evaluate(async () => {
        const element = document.querySelector('#latents');
        const change = new Promise((done) => element.addEventListener('ganlet-change', done, { once: true }));
        await element.draw();
        return (await change).detail.request.latents;
      });
      assert.equal(told, String(latents));
      for (const id of Object.keys(tags)) {
        await page.evaluate(
          (which) => document.querySelector(`#${which}`).shadowRoot.querySelector('button').click(),
          id,
        );
        await page.evaluate((which) => document.querySelector(`#${which}`).draw(), id);
      }
      assertNear(await pixelsOf(page, '#seeds'), native('generate', 'digits --count 2 --seeds 11,6'), 'seeds');
      assertNear(await pixelsOf(page, '#latents'), native('generate', 'digits --label 1 --seed 6'), 'in their place');
      assertNear(await pixelsOf(page, '#wrong'), native('generate', 'digits --label 1 --seed 1'), 'the default');
    });

    test('who comes by keyboard sees where, also in forced colours', async (t) => {
      const { page } = await post(t, '<ganlet-image text="7" interactive controls="slider"></ganlet-image>');
      await drawn(page);
      await until(page, () => document.querySelector('ganlet-image').shadowRoot.querySelector('[type=range]') !== null);
      if (name === 'Chromium') await page.emulateMedia({ forcedColors: 'active' });
      for (const part of ['press', 'slider', 'button']) {
        await page.keyboard.press('Tab');
        const { at, ring, border } = await page.evaluate(() => {
          const button = document.querySelector('ganlet-image').shadowRoot.activeElement;
          const style = getComputedStyle(button);
          const border = style.borderTopStyle;
          return { at: button.className, ring: `${style.outlineStyle} ${style.outlineWidth}`, border };
        });
        if (part === 'slider')
          assert.ok(at === part && !/^none| 0px/.test(ring), `${at}: ${ring}`); // the browser's own
        else assert.deepEqual([at, ring], [part, 'solid 3px']);
        if (name === 'Chromium' && part !== 'slider')
          assert.equal(border, 'solid', `${part} has an outline in forced colours`);
      }
    });

    test('a picture has its text alternative from the first, and another one as soon as that is given', async (t) => {
      const { page } = await post(
        t,
        `<ganlet-image id="bad" model="nothing" poster="data:," alt="Seven"></ganlet-image>
         <ganlet-image id="good" text="7"></ganlet-image>`,
      );
      await drawn(page, '#good');
      const alternatives = await page.evaluate(async () => {
        const [bad, good] = ['#bad', '#good'].map((id) => document.querySelector(id));
        const canvas = good.shadowRoot.querySelector('canvas');
        const seen = [bad.shadowRoot.querySelector('.poster').alt];
        for (const alt of [null, 'Seven', '']) {
          if (alt !== null) good.alt = alt;
          await new Promise((done) => setTimeout(done));
          seen.push(canvas.getAttribute('aria-label'));
        }
        return seen;
      });
      assert.deepEqual(alternatives, ['Seven', '7 · Handwritten digits', 'Seven', null]);
    });

    test('the colour of the text is the ink’s, also once it changes', async (t) => {
      const { page } = await post(
        t,
        '<div style="color: rgb(200, 0, 0)"><ganlet-image text="7" ink="currentColor" paper="transparent"></div>',
      );
      await drawn(page);
      const ink = () =>
        page.evaluate(() => {
          const canvas = document.querySelector('ganlet-image').shadowRoot.querySelector('canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const at = data.findIndex((value, i) => i % 4 === 3 && value > 250);
          return [...data.slice(at - 3, at)];
        });
      const [red, ...others] = await ink();
      assert.ok(red > 195 && others.every((value) => value < 5));
      await page.evaluate(() => {
        document.querySelector('div').style.color = 'rgb(0, 0, 200)';
      });
      let now;
      for (let tries = 0; tries < 100 && !(now?.[2] > 195); ++tries, await pause(25)) now = await ink();
      assert.ok(now[2] > 195 && now[0] < 5, `${now}`);
    });

    test('what is drawn is announced only where that is asked for', async (t) => {
      const { page } = await post(
        t,
        '<ganlet-image id="a" text="7" aria-live="polite"></ganlet-image><ganlet-image id="b" text="7"></ganlet-image>',
      );
      await drawn(page);
      const spoken = (id) =>
        page.evaluate((which) => document.querySelector(which).shadowRoot.querySelector('.spoken')?.textContent, id);
      assert.equal(await spoken('#a'), '7 · Handwritten digits');
      assert.equal(await spoken('#b'), undefined);
      await page.evaluate(() => document.querySelector('#a').setAttribute('text', '42'));
      await until(page, () => /^42/.test(document.querySelector('#a').shadowRoot.querySelector('.spoken').textContent));
    });
  });
}
