// The studio as a visitor meets it: real mouse, wheel, touch and keys in Chromium; opened in Firefox too, with a window
// on an X server without a screen, since Firefox has no WebGL2 without a window.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';

import puppeteer from 'puppeteer-core';

import { serve } from '../../tools/serve.mjs';
import { askAgain, patience, until } from './browsers.mjs';
import { through } from './onnx_file.mjs';
import { root } from './program.mjs';
import {
  atRest,
  boxOf,
  command,
  found,
  fragment,
  fragmentIs,
  picture,
  pixels,
  placeOf,
  press,
  Studio,
  said,
  screenshots,
  site,
} from './studio_page.mjs';
import { withBody } from './wasm_file.mjs';

const withBrotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 },
  }).length;

test('the studio’s programs take at most 450 KB with brotli, and the one with all operators 330 KB', (t) => {
  const [program, background] = ['studio-program', 'studio-background'].map((name) =>
    withBrotli(readFileSync(join(site, `studio/${name}.wasm`))),
  );
  const all = withBrotli(gunzipSync(readFileSync(join(site, 'studio/studio-background-any.wasm.gz'))));
  t.diagnostic(`${program} and ${background} bytes with brotli; ${all} with all operators`);
  assert.ok(program + background <= 450000, `${program} + ${background} bytes`);
  assert.ok(all <= 330000, `${all} bytes`);
  assert.ok(all > background + 5000, 'it has no more operators');
});

describe('the studio in Chromium', () => {
  let studio;
  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    studio = await Studio.open();
  });
  after(() => studio?.close());
  const visit = (...what) => studio.visit(...what);

  test('draws what a link says, and is at rest then', async (t) => {
    await visit('#text=314&seed=5', {}, async (page) => {
      await said(page, '314, seed 5');
      t.diagnostic(`drawn ${Math.round(await page.evaluate(() => performance.now()))} ms after the page began`);
      await atRest(page);
      const asked = await page.evaluate(() => globalThis.framesAsked);
      await page.waitForTimeout(1500);
      assert.equal(await page.evaluate(() => globalThis.framesAsked), asked);
      await page.screenshot({ path: join(screenshots, 'studio-wide.png') });
    });
  });

  test('draws a typed number', async () => {
    let wanted;
    await visit('#text=314', {}, async (page) => {
      await said(page, '314, seed 12');
      await atRest(page);
      wanted = await pixels(page, picture);
    });
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      assert.notEqual(await pixels(page, picture), wanted);
      await press(page, 'Number to write');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('314');
      await fragmentIs(page, 'text=314');
      await page.mouse.move(1270, 790);
      await atRest(page);
      assert.equal(await pixels(page, picture), wanted);
    });
  });

  /** Does something that changes the picture, then something that takes it back. */
  const thereAndBack = (options, there, back) =>
    visit('', options, async (page) => {
      await said(page, '2026, seed 12');
      await atRest(page);
      const first = await pixels(page, picture);
      await there(page);
      await atRest(page);
      assert.notEqual(await pixels(page, picture), first);
      await back(page);
      await atRest(page);
      assert.equal(await pixels(page, picture), first);
    });

  test('dragging moves over the seeds, keys take it back', () =>
    thereAndBack(
      {},
      async (page) => {
        const { x, y } = await placeOf(page, 'Picture');
        await page.mouse.move(x, y);
        await page.mouse.down();
        await page.mouse.move(x - 200, y - 70, { steps: 12 });
        await page.mouse.up();
        await said(page, '2026, seed 12, moved');
        assert.match(await fragment(page), /^at=\d+,\d+$/);
      },
      async (page) => {
        await page.keyboard.press('Control+z');
        await said(page, '2026, seed 12');
      },
    ));

  test('the wheel zooms the picture, not the page', () =>
    thereAndBack(
      {},
      async (page) => {
        const { x, y } = await placeOf(page, 'Picture');
        await page.mouse.move(x, y);
        await page.mouse.wheel(0, -300);
      },
      async (page) => {
        const { x, y } = await placeOf(page, 'Picture');
        await page.mouse.dblclick(x, y);
      },
    ));

  /** Fingers that go over the screen together: each is a list of places. */
  async function touch(page, ...fingers) {
    const session = await page.context().newCDPSession(page);
    const send = (type, step) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: step === null ? [] : fingers.map((places, id) => ({ x: places[step][0], y: places[step][1], id })),
      });
    await send('touchStart', 0);
    for (let step = 1; step < fingers[0].length; ++step) await send('touchMove', step);
    await send('touchEnd', null);
    await session.detach();
  }
  const path = (from, to, steps = 10) =>
    Array.from({ length: steps + 1 }, (_, i) => from.map((start, axis) => start + (to[axis] - start) * (i / steps)));
  const byTouch = { hasTouch: true };

  test('a finger on the picture moves over the seeds', () =>
    thereAndBack(
      byTouch,
      async (page) => {
        await touch(page, path([900, 400], [760, 400]));
        await said(page, '2026, seed 12, moved');
        assert.match(await fragment(page), /^at=\d+,0$/);
      },
      async (page) => {
        await page.keyboard.press('Control+z');
        await said(page, '2026, seed 12');
      },
    ));

  test('two fingers zoom the picture, and change no seeds', () =>
    thereAndBack(
      byTouch,
      async (page) => {
        await touch(page, path([830, 400], [700, 400]), path([870, 400], [1000, 400]));
        await said(page, '2026, seed 12');
        assert.ok(!(await fragment(page)));
        assert.equal(await page.evaluate(() => visualViewport.scale), 1);
      },
      async (page) => {
        await touch(page, path([700, 400], [845, 400]), path([1000, 400], [855, 400]));
        assert.ok(!(await fragment(page)));
      },
    ));

  test('a narrow screen works by touch', async () => {
    await visit(
      '',
      {
        viewport: { width: 360, height: 740 },
        hasTouch: true,
        isMobile: true,
        deviceScaleFactor: 3,
        colorScheme: 'light',
      },
      async (page) => {
        await said(page, '2026, seed 12');
        await atRest(page);
        await page.screenshot({ path: join(screenshots, 'studio-360.png') });
        assert.equal(await page.evaluate(() => document.querySelector('#studio').width), 1080);
        const { x, y } = await placeOf(page, 'New seed');
        await page.touchscreen.tap(x, y);
        await until(page, () => /seed=/.test(document.documentElement.dataset.fragment));
      },
    );
  });

  test('a lost context comes back with everything in it', async () => {
    await visit('#text=77', {}, async (page, errors) => {
      await said(page, '77, seed 12');
      await page.mouse.move(1270, 790);
      await atRest(page);
      const first = await pixels(page);
      await page.evaluate(async () => {
        const extension = document.querySelector('#studio').getContext('webgl2').getExtension('WEBGL_lose_context');
        extension.loseContext();
        await new Promise((done) => setTimeout(done, 300));
        globalThis.told = document.querySelector('#problem').textContent;
        extension.restoreContext();
        await new Promise((done) => setTimeout(done, 300));
      });
      assert.match(await page.evaluate(() => globalThis.told), /graphics were taken away/);
      await until(page, () => document.querySelector('#problem').hidden); // they are back
      await atRest(page);
      assert.equal(await pixels(page), first);
      errors.length = 0; // the browser's own complaints about objects of the context that was lost
    });
  });

  test('a context that is lost while an animation plays comes back and plays on', async () => {
    await visit('#text=12&keys=1,2', {}, async (page, errors) => {
      await said(page, '12, seed 12');
      await page.focus('#studio');
      await page.keyboard.press('p');
      await isMoving(page);
      await page.evaluate(async () => {
        const extension = document.querySelector('#studio').getContext('webgl2').getExtension('WEBGL_lose_context');
        extension.loseContext();
        await new Promise((done) => setTimeout(done, 300));
        extension.restoreContext();
      });
      await until(page, () => document.querySelector('#problem').hidden);
      await isMoving(page);
      const one = await pixels(page, picture);
      let other = one;
      for (let frames = 0; frames < 10 && other === one; ++frames) {
        await isMoving(page);
        other = await pixels(page, picture);
      }
      assert.notEqual(other, one);
      errors.length = 0; // the browser's own complaints about objects of the context that was lost
    });
  });

  const paste = (page, text) =>
    page.evaluate((what) => {
      const data = new DataTransfer();
      data.setData('text/plain', what);
      document.activeElement.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, text);

  /** What a visit to a link shows. */
  const pixelsOf = async (link, options, words, part) => {
    let shown;
    await visit(link, options, async (page) => {
      await said(page, words);
      await atRest(page);
      shown = await pixels(page, part);
    });
    return shown;
  };

  test('takes pasted numbers and links', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      await paste(page, '8080');
      await said(page, '8080, seed 12');
      await paste(page, 'https://example.org/studio.html#text=9&seed=3&psi=50');
      await said(page, '9, seed 3');
      await atRest(page);
      assert.equal(await pixels(page, picture), await pixelsOf('#text=9&seed=3&psi=50', {}, '9, seed 3', picture));
      await press(page, 'Number to write');
      await page.keyboard.press('Control+a');
      await paste(page, '4711');
      await said(page, '4711, seed 3');
    });
  });

  /** Text goes to other programs and comes from them, by real keys and the browser's own clipboard. */
  const clipboardWorks = (command, options) =>
    visit('', { permissions: ['clipboard-read', 'clipboard-write'], ...options }, async (page) => {
      await said(page, '2026, seed 12');
      await page.evaluate(() => navigator.clipboard.writeText('31415'));
      await press(page, 'Number to write');
      await until(page, () => document.activeElement.id === 'keys');
      const key = (letter) => page.keyboard.press(`${command}+${letter}`);
      await key('a');
      await key('v');
      await said(page, '31415, seed 12');
      const copied = (wanted) => until(page, async (text) => (await navigator.clipboard.readText()) === text, wanted);
      await page.evaluate(() => navigator.clipboard.writeText('nothing'));
      await key('a');
      await key('c');
      await copied('31415');
      await page.evaluate(() => navigator.clipboard.writeText('nothing'));
      await key('a');
      await key('x');
      await copied('31415');
      await page.keyboard.type('7'); // the field was emptied, and no key hangs
      await said(page, '7, seed 12');
    });

  test('text is pasted from other programs, and copied and cut to them', () => clipboardWorks('Control', {}));

  const mac =
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
  test('the command key of a Mac marks and undoes, and no key hangs after it', () =>
    visit('', { userAgent: mac }, async (page) => {
      await said(page, '2026, seed 12');
      await press(page, 'Number to write');
      await until(page, () => document.activeElement.id === 'keys');
      // A Mac tells that a key goes down while the command key is held, but never that it comes up.
      const send = (...events) =>
        page.evaluate((all) => {
          for (const [name, code, key, metaKey] of all) {
            const init = { code, key, metaKey, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new KeyboardEvent(name, init));
          }
        }, events);
      const markAll = async () => {
        await send(['keydown', 'MetaLeft', 'Meta', true]);
        await atRest(page);
        // Both within one frame, as where frames are slow.
        await send(['keydown', 'KeyA', 'a', true], ['keyup', 'MetaLeft', 'Meta', false]);
      };
      for (const text of ['45', '6', '78']) {
        await markAll(); // the second time nothing is marked yet
        await page.keyboard.type(text);
        await said(page, `${text}, seed 12`);
      }
      for (const text of ['1', '2']) await paste(page, text);
      await said(page, '7812, seed 12');
    }));

  /** A phone: a narrow screen with touch. */
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  const tapField = async (page) => {
    const { x, y } = await placeOf(page, 'Number to write');
    await page.touchscreen.tap(x, y);
    await until(page, () => document.activeElement.id === 'keys');
  };
  /** What soft keyboards send instead of keys. */
  const softly = (page, inputType) =>
    page.evaluate((type) => {
      const init = { inputType: type, bubbles: true, cancelable: true };
      return document.activeElement.dispatchEvent(new InputEvent('beforeinput', init));
    }, inputType);

  test('a tap on a field brings a phone’s keyboard, whose Backspace and Enter work', () =>
    visit('#text=314', phone, async (page) => {
      await said(page, '314, seed 12');
      await tapField(page);
      assert.equal(await page.evaluate(() => document.activeElement.inputMode), 'numeric');
      await page.keyboard.press('End');
      assert.equal(await softly(page, 'deleteContentBackward'), false, 'the field would be changed twice');
      await said(page, '31, seed 12');
      // Where a keyboard only says that the field has become empty.
      await page.evaluate(() => {
        document.activeElement.value = '';
        document.activeElement.dispatchEvent(new InputEvent('input', { inputType: 'deleteContentBackward' }));
      });
      await said(page, '3, seed 12');
      const session = await page.context().newCDPSession(page);
      await session.send('Input.insertText', { text: '9' });
      await said(page, '39, seed 12');
      await softly(page, 'insertLineBreak');
      await until(page, () => document.activeElement.id === 'studio'); // the field is closed
    }));

  test('takes what an input method composes, once it is committed', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      const session = await page.context().newCDPSession(page);
      await press(page, 'Number to write');
      await page.keyboard.press('Control+a');
      await until(page, () => document.activeElement.id === 'keys');
      // Wide digits, as Japanese and Chinese input methods write them.
      await session.send('Input.imeSetComposition', { text: '４', selectionStart: 1, selectionEnd: 1 });
      await session.send('Input.imeSetComposition', { text: '４２', selectionStart: 2, selectionEnd: 2 });
      await atRest(page);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.said), '2026, seed 12');
      await session.send('Input.insertText', { text: '４２' });
      await said(page, '42, seed 12');
      // Emptied, down to the mark of no width by which soft keyboards have something to delete.
      assert.equal(await page.evaluate(() => document.querySelector('#keys').value), '\u200b');
    });
  });

  test('is as sharp as the screen when the page is zoomed', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      const session = await page.context().newCDPSession(page);
      await session.send('Emulation.setDeviceMetricsOverride', {
        width: 640,
        height: 400,
        deviceScaleFactor: 2,
        mobile: false,
      });
      await until(page, () => document.querySelector('#studio').width === 1280 && devicePixelRatio === 2);
      await atRest(page);
      const shown = [14, 66, 612, 130]; // the picture in one column
      const direct = await pixelsOf(
        '',
        { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
        '2026, seed 12',
        shown,
      );
      assert.equal(await pixels(page, shown), direct);
      await page.screenshot({ path: join(screenshots, 'studio-zoomed.png') });
    });
  });

  test('opens a model of one’s own, and says what is wrong with a file that is none', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      await page.setInputFiles('#chooser', join(root, 'models/digits/generator-f32.onnx'));
      await said(page, '2026, seed 12');
      await until(page, () => /model=/.test(document.documentElement.dataset.fragment));
      await page.setInputFiles('#chooser', join(root, 'README.md'));
      await until(
        page,
        () =>
          /README.md/.test(document.documentElement.dataset.said) && /ONNX/.test(document.documentElement.dataset.said),
      );
      await page.evaluate(() => document.querySelector('#mirror-generate').click());
      await until(page, () => /^2026, seed (?!12$)/.test(document.documentElement.dataset.said));
    });
  });

  test('exports animations, which show what they should', async () => {
    await visit('#text=12&keys=1,2&steps=5&ms=70&panel=Animate', {}, async (page) => {
      await said(page, '12, seed 12');
      const files = {};
      for (const [kind, button] of Object.entries({ gif: 'GIF', webp: 'WebP', png: 'APNG', zip: 'PNGs (.zip)' })) {
        await atRest(page);
        const [download] = await Promise.all([page.waitForEvent('download'), press(page, button)]);
        assert.equal(download.suggestedFilename(), `animation.${kind}`);
        files[kind] = readFileSync(await download.path());
      }
      /** A digest of each frame's pixels, as the browser decodes them, and how long it is shown. */
      const decoded = (type, bytes) =>
        page.evaluate(
          async ([mime, base64]) => {
            const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
            const decoder = new ImageDecoder({ data, type: mime });
            await decoder.tracks.ready;
            const frames = [];
            for (let i = 0; i < decoder.tracks.selectedTrack.frameCount; ++i) {
              const { image } = await decoder.decode({ frameIndex: i });
              const context = new OffscreenCanvas(image.displayWidth, image.displayHeight).getContext('2d');
              context.drawImage(image, 0, 0);
              let digest = 0;
              for (const byte of context.getImageData(0, 0, image.displayWidth, image.displayHeight).data)
                digest = (Math.imul(digest, 31) + byte) | 0;
              frames.push({ microseconds: image.duration, width: image.displayWidth, digest });
            }
            return frames;
          },
          [type, bytes.toString('base64')],
        );
      const apng = await decoded('image/png', files.png);
      assert.equal(apng.length, 5);
      assert.equal(apng[0].microseconds, 70000);
      assert.equal(apng[0].width, 2 * 28 * 8);
      assert.notEqual(apng[0].digest, apng[2].digest);
      assert.deepEqual(await decoded('image/webp', files.webp), apng);
      assert.equal((await decoded('image/gif', files.gif)).length, 5);
      assert.equal(files.zip.readUInt32LE(0), 0x04034b50);
    });
  });

  test('native controls and words stand for the picture', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      assert.equal(await page.evaluate(() => document.querySelector('#said').getAttribute('aria-live')), 'polite');
      await page.focus('#mirror-seed');
      await page.fill('#mirror-seed', '5');
      await page.keyboard.press('Enter');
      await page.evaluate(() => document.querySelector('#mirror-seed').dispatchEvent(new Event('change')));
      await said(page, '2026, seed 5');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.evaluate(() => document.querySelector('#mirror-save').click()),
      ]);
      assert.equal(download.suggestedFilename(), 'picture.png');
      const saved = readFileSync(await download.path(), 'latin1');
      assert.match(saved, /iTXtganlet model\0{5}digits@1/);
      assert.match(saved, /iTXtganlet link\0{5}[^\0]*seed=5/);
    });
  });

  test('keeps favourites and the last state in the browser', async () => {
    await visit('#text=55', {}, async (page) => {
      await said(page, '55, seed 12');
      await press(page, 'Picture > Keep');
      await until(page, () => /^favourite text=55$/m.test(localStorage.getItem('ganlet-studio.txt')));
      await atRest(page);
      const keeps = await boxOf(page, 'Picture > Kept');
      await page.mouse.move(900, 790);
      await atRest(page);
      const kept = await pixels(page, keeps);
      await page.goto('about:blank');
      await page.goto(`${studio.served.url}studio.html`);
      await said(page, '55, seed 12');
      await page.mouse.move(900, 790);
      await atRest(page);
      assert.equal(await pixels(page, keeps), kept);
      await press(page, 'Picture > Kept');
      await until(page, () => !/^favourite/m.test(localStorage.getItem('ganlet-studio.txt')));
    });
  });

  test('keeps what a link has no room for over a reload', async () => {
    const numbers = `${'z'.repeat(85)}w`; // 64 of a latent, in base64
    const link = `text=55&z=${numbers}`,
      whole = `${link}&keys=5:0:0::${numbers},6:250:0::`;
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      await page.goto('about:blank');
      await page.goto(`${studio.served.url}how.html`);
      await page.evaluate((text) => localStorage.setItem('ganlet-studio.txt', `last ${text}\n`), whole);
      await page.goto(`${studio.served.url}studio.html#${link}`);
      await said(page, '55, a latent set by hand');
      await until(page, () => localStorage.getItem('ganlet-studio.txt').includes('recent'));
      const lines = (await page.evaluate(() => localStorage.getItem('ganlet-studio.txt'))).split('\n');
      assert.match(
        lines.find((line) => line.startsWith('last ')),
        /&keys=5:0:0:A+:z+w,6:250:0:A+:$/,
      );
      assert.equal(await fragment(page), link);
    });
  });

  test('opens a model that is dropped on the page, and saves it in one file', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      await page.evaluate(
        (network) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([Uint8Array.from(network)], 'own.onnx'));
          document
            .querySelector('#studio')
            .dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
        },
        [...through('Sin')], // a rare operator
      );
      await until(page, () => /model=.*own\.onnx/.test(document.documentElement.dataset.fragment));
      assert.match(await savedPage(page), /models\/own\.onnx" count="16" columns="4" seed="12"/);
    });
  });

  /** Saves a page in one file, opens that from the disk, and gives its element once it has drawn. */
  async function savedPage(page) {
    await press(page, 'Keep');
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save as page')]);
    const file = join(mkdtempSync(join(tmpdir(), 'ganlet-page-')), download.suggestedFilename());
    await download.saveAs(file);
    const opened = await page.context().newPage();
    try {
      await opened.goto(`file://${file}`);
      await until(opened, () => document.querySelector('ganlet-image')?.shadowRoot?.querySelector('.drawn') != null);
      return await opened.evaluate(() => document.querySelector('ganlet-image').outerHTML);
    } finally {
      await opened.close();
      rmSync(dirname(file), { recursive: true });
    }
  }

  test('saves what it shows as a page in one file', async () => {
    await visit('#text=77&seed=5&vary=1', {}, async (page) => {
      await said(page, '77, seed 5');
      assert.match(await savedPage(page), /model="digits" text="77" vary="1" seed="5"/);
    });
  });

  test('copies the link and the picture', async () => {
    await visit('#text=77&panel=Keep', { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
      await said(page, '77, seed 12');
      await press(page, 'Link > Copy');
      await until(
        page,
        async () => (await navigator.clipboard.readText()) === `${location.origin}${location.pathname}#text=77`,
      );
      await press(page, 'Copy picture');
      const copied = () =>
        page.evaluate(async () => {
          const [item] = await navigator.clipboard.read();
          if (!item.types.includes('image/png')) return null;
          const bitmap = await createImageBitmap(await item.getType('image/png'));
          return [bitmap.width, bitmap.height];
        });
      let size = null;
      for (const end = Date.now() + 30000; size === null && Date.now() < end; ) {
        await page.waitForTimeout(50);
        size = await copied();
      }
      assert.deepEqual(size, [2 * 28 * 8, 28 * 8]);
    });
  });

  /** Which of these keys the page takes for itself, as the browser sees it. */
  const taken = (page, keys) =>
    page.evaluate(
      (list) =>
        list.filter((text) => {
          const parts = text.split('+'),
            code = parts.pop();
          const modifiers = Object.fromEntries(parts.map((name) => [`${name}Key`, true]));
          const options = { code, key: code, bubbles: true, cancelable: true, ...modifiers };
          const went = document.activeElement.dispatchEvent(new KeyboardEvent('keydown', options));
          document.activeElement.dispatchEvent(new KeyboardEvent('keyup', options));
          return !went;
        }),
      keys,
    );

  test('takes the keys that it has a use for, and leaves the others to the browser', async () => {
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      await page.focus('#studio');
      const browsers = [
        'alt+ArrowLeft',
        'alt+ArrowRight',
        'alt+Home',
        'meta+ArrowLeft',
        'meta+ArrowRight',
        'ctrl+shift+KeyA',
        'ctrl+shift+KeyC',
        'ctrl+KeyA',
        'ctrl+Home',
        'ctrl+PageDown',
        'ctrl+KeyL',
        'ctrl+KeyR',
        'alt+KeyD',
        'Backspace',
        'F5',
        'Tab',
      ];
      const studios = [
        'ArrowLeft',
        'shift+ArrowRight',
        'ctrl+ArrowUp',
        'Home',
        'End',
        'PageDown',
        'Space',
        'Enter',
        'Escape',
        'ctrl+KeyZ',
        'meta+KeyZ',
        'ctrl+shift+KeyZ',
        'ctrl+KeyY',
      ];
      assert.deepEqual(await taken(page, [...browsers, ...studios]), studios);
    });
    await visit('', {}, async (page) => {
      await said(page, '2026, seed 12');
      await press(page, 'Number to write');
      await until(page, () => document.activeElement.id === 'keys');
      const others = [
        'alt+ArrowLeft',
        'alt+Home',
        'ctrl+shift+KeyA',
        'ctrl+PageDown',
        'ctrl+KeyL',
        'ctrl+KeyC',
        'Space',
      ];
      const fields = [
        'ArrowLeft',
        'shift+ArrowLeft',
        'ctrl+ArrowLeft',
        'meta+ArrowLeft',
        'ctrl+Home',
        'Backspace',
        'ctrl+Delete',
        'ctrl+KeyA',
        'ctrl+KeyZ',
      ];
      assert.deepEqual(await taken(page, [...others, ...fields]), fields);
    });
  });

  /** Waits until frames have followed each other for a while. */
  const isMoving = async (page) =>
    until(page, (before) => globalThis.framesAsked > before + 10, await page.evaluate(() => globalThis.framesAsked));

  for (const [reducedMotion, goesOn] of [
    ['reduce', false],
    ['no-preference', true],
  ])
    test(`a link ${goesOn ? 'goes on' : 'doesn’t go on'} playing where the wish is ${reducedMotion}`, async () => {
      await visit('#text=12&keys=1,2', { reducedMotion }, async (page) => {
        await said(page, '12, seed 12');
        await atRest(page);
        await page.focus('#studio');
        await page.keyboard.press('p');
        await isMoving(page);
        await command(page, '#text=7&keys=1,2');
        await (goesOn ? isMoving(page) : atRest(page));
      });
    });

  test('an animation waits while the browser holds its frames back, as it does in hidden tabs', async () => {
    await visit('#text=12&keys=1,2', {}, async (page) => {
      await said(page, '12, seed 12');
      await page.focus('#studio');
      await page.keyboard.press('p');
      await isMoving(page);
      await page.evaluate(() => {
        const ask = globalThis.requestAnimationFrame,
          post = Worker.prototype.postMessage;
        globalThis.held = [];
        globalThis.questions = 0;
        globalThis.requestAnimationFrame = (call) => globalThis.held.push(call);
        globalThis.goOn = () => {
          globalThis.requestAnimationFrame = ask;
          globalThis.held.forEach((call) => ask(call));
        };
        Worker.prototype.postMessage = function count(...message) {
          ++globalThis.questions;
          return post.apply(this, message);
        };
      });
      await until(page, () => globalThis.held.length === 1); // the frame that was under way has been drawn
      await page.evaluate(() => {
        globalThis.questions = 0;
      });
      await page.waitForTimeout(1000);
      assert.deepEqual(await page.evaluate(() => [globalThis.held.length, globalThis.questions]), [1, 0]);
      await page.evaluate(() => globalThis.goOn());
      await isMoving(page);
    });
  });

  // GANLET_ANIMATION_SECONDS=1200 makes twenty minutes of it.
  test('an animation takes no more and more memory', { timeout: 2e6 }, async (t) => {
    const seconds = Number(process.env.GANLET_ANIMATION_SECONDS ?? 8);
    await visit(
      '#text=12&keys=1,2,3&ms=10',
      { viewport: { width: 360, height: 400 }, watchMemory: true },
      async (page) => {
        await said(page, '12, seed 12');
        await page.focus('#studio');
        await page.keyboard.press('p');
        const session = await page.context().newCDPSession(page);
        /** JavaScript's after a collection, and what both programs have. */
        const heap = async () => {
          await session.send('HeapProfiler.collectGarbage');
          const { usedSize } = await session.send('Runtime.getHeapUsage');
          const background = await page.workers()[0].evaluate(() => globalThis.memoryBytes());
          return [usedSize, background + (await page.evaluate(() => globalThis.programMemory.buffer.byteLength))];
        };
        // What is compiled and kept at the beginning is no leak: counting begins once a look finds no more than before.
        let [script, program] = await heap();
        for (let looks = 0, settled = false; looks < 15 && !settled; ++looks) {
          await page.waitForTimeout(2000);
          const [moreScript, moreProgram] = await heap();
          settled = moreScript <= 1.005 * script && moreProgram === program;
          [script, program] = [moreScript, moreProgram];
        }
        const frames = await page.evaluate(() => globalThis.framesAsked);
        await page.waitForTimeout(1000 * seconds);
        const [laterScript, laterProgram] = await heap(),
          drawn = (await page.evaluate(() => globalThis.framesAsked)) - frames;
        t.diagnostic(
          `${drawn} frames in ${seconds} s; program ${program} to ${laterProgram} bytes, ` +
            `scripts ${script} to ${laterScript}`,
        );
        assert.ok(drawn > 3);
        assert.ok(laterProgram <= 1.02 * program);
        assert.ok(laterScript <= 1.02 * script + 100000); // what the test itself asks for counts too
      },
    );
  });

  test('says so where what runs the networks is missing', async () => {
    const page = await studio.browser.newPage();
    await page.addInitScript(() => {
      const Real = globalThis.Worker;
      globalThis.Worker = class extends Real {
        constructor() {
          super('studio/there-is-none.js', { type: 'module' });
        }
      };
    });
    await page.goto(`${studio.served.url}studio.html`);
    await until(page, () => !document.querySelector('#problem').hidden);
    assert.match(await page.evaluate(() => document.querySelector('#problem').textContent), /can't go on: .*Reloading/);
    await page.close();
  });

  test('tells of a trap in either program, with its code and text, and starts again with what was shown', async () => {
    const traps = { 'studio-program': 'studio_command', 'studio-background': 'background_work' };
    for (const [program, called] of Object.entries(traps)) {
      const context = await studio.browser.newContext();
      const page = await context.newPage();
      const script = readFileSync(join(site, `studio/${program}.js`), 'utf8');
      const [, name] = new RegExp(`Module\\["_${called}"\\]=wasmExports\\["([^"]+)"\\]`).exec(script); // shortened
      const body = withBody(readFileSync(join(site, `studio/${program}.wasm`)), name, [0x00]); // unreachable
      let faulty = true;
      await page.route(`**/${program}.wasm`, (route) =>
        faulty ? route.fulfill({ contentType: 'application/wasm', body }) : route.continue(),
      );
      await page.goto(`${studio.served.url}studio.html#text=31&seed=8`);
      if (called === 'studio_command') {
        await said(page, '31, seed 8');
        await page.evaluate(() => document.querySelector('#mirror-generate').click());
      }
      await until(page, () => document.querySelector('#problem button'));
      const told = await page.evaluate(() => document.querySelector('#problem').textContent);
      assert.match(told, /^The studio has failed, by a fault of its own \(internal\): .*unreachable\./);
      assert.equal(await page.evaluate(() => document.querySelector('#mirror').inert), true);
      faulty = false;
      await page.click('#problem button');
      await said(page, '31, seed 8');
      await context.close();
    }
  });

  test('says so where there is no WebGL2, and links the plain page', async () => {
    const page = await studio.browser.newPage();
    await page.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = () => null;
    });
    await page.goto(`${studio.served.url}studio.html`);
    await until(page, () => !document.querySelector('#problem').hidden);
    assert.match(await page.evaluate(() => document.querySelector('#problem').textContent), /needs WebGL2/);
    assert.equal(await page.evaluate(() => document.querySelector('#problem a').getAttribute('href')), './');
    await page.close();
  });
});

describe('the studio in Firefox', () => {
  let browser, served, server;
  before(async () => {
    served = await serve(site);
    server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x1000x24'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const display = await new Promise((done) => server.stdio[3].once('data', (text) => done(String(text).trim())));
    browser = await puppeteer.launch({
      browser: 'firefox',
      headless: false,
      executablePath: process.env.GANLET_FIREFOX ?? found('/usr/bin/firefox', '/usr/bin/firefox-esr'),
      env: { ...process.env, DISPLAY: `:${display}` },
      extraPrefsFirefox: { 'webgl.force-enabled': true },
      defaultViewport: null,
      timeout: patience,
    });
  });
  after(async () => {
    await browser?.close();
    server?.kill();
    served?.server.closeAllConnections();
    served?.server.close();
  });

  test('draws what a link says, and what is typed', async () => {
    const page = await browser.newPage();
    page.setDefaultNavigationTimeout(patience);
    await askAgain(page, 'goto')(`${served.url}studio.html#text=314&seed=5`);
    await said(page, '314, seed 5');
    await page.focus('#mirror-text');
    await page.evaluate(() => {
      document.querySelector('#mirror-text').value = '27';
      document.querySelector('#mirror-text').dispatchEvent(new Event('change'));
    });
    await said(page, '27, seed 5');
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, 'studio-firefox.png') });
  });
});
