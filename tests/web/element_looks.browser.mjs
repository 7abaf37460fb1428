// How <ganlet-image> looks, and what it tells, where the page's author or the reader has said so.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { browsers, drawn, openPost, pause, until } from './element_page.mjs';

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
