// How <ganlet-image> looks, and what it tells, where the page's author or the reader has said so.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { browsers, drawn, openPost, until } from './element_page.mjs';

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
      const { page } = await post(t, '<ganlet-image text="7" interactive controls></ganlet-image>');
      await drawn(page);
      if (name === 'Chromium') await page.emulateMedia({ forcedColors: 'active' });
      for (const part of ['press', 'button']) {
        await page.keyboard.press('Tab');
        const { at, ring, border } = await page.evaluate(() => {
          const button = document.querySelector('ganlet-image').shadowRoot.activeElement;
          const style = getComputedStyle(button);
          const border = style.borderTopStyle;
          return { at: button.className, ring: `${style.outlineStyle} ${style.outlineWidth}`, border };
        });
        assert.deepEqual([at, ring], [part, 'solid 3px']);
        if (name === 'Chromium') assert.equal(border, 'solid', `${part} has an outline in forced colours`);
      }
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
