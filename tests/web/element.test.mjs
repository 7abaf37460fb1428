// <ganlet-image> knows a few things before anything is loaded: they are those of the engine and of the models.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const script = read('web/embed/ganlet-image.js');

test("the attributes of a request are the fields of the engine's table", () => {
  const [, table] = /const RequestField fields\[\] = \{([\s\S]*?)\n\};/.exec(read('src/generator/draw_request.cpp'));
  const fields = [...table.matchAll(/\{"(\w+)", &R::/g)].map(([, name]) => name.replaceAll('_', '-'));
  assert.ok(fields.length > 10);
  const [, ours] = /export const requestFields =\s*([^;]+);/.exec(script);
  assert.deepEqual(
    ours
      .replace(/'\s*\+\s*'|'/g, '')
      .trim()
      .split(' '),
    fields,
  );
});

test('the sizes of the models that come with ganlet are theirs', () => {
  const [, list] = /export const modelSides = \{([^}]+)\}/.exec(script);
  const sides = Object.fromEntries([...list.matchAll(/([\w-]+)'?: (\d+)/g)].map(([, id, side]) => [id, side]));
  for (const [id, side] of Object.entries(sides)) {
    const { image } = JSON.parse(read(`models/${id}/model.json`));
    assert.deepEqual([image.width, image.height], [Number(side), Number(side)], id);
  }
  const { models } = JSON.parse(read('models/index.json'));
  for (const { id } of models) {
    const { image } = JSON.parse(read(`models/${id}/model.json`));
    if (!(id in sides)) assert.fail(`${id} has ${image.width} x ${image.height}, which the script doesn't know`);
  }
});

test('what is loaded late is what the service worker keeps with the rest', () => {
  const imports = (name) => {
    const found = [...read(`web/embed/element/${name}`).matchAll(/^import .* from '\.\/(\w+\.js)'/gm)];
    return [name, ...found.flatMap(([, other]) => imports(other))];
  };
  const early = new Set(imports('picture.js'));
  const others = readdirSync(new URL('../../web/embed/element/', import.meta.url)).filter((name) => !early.has(name));
  const [, list] = /const late = \[([^\]]+)\]/.exec(read('web/api/worker.js'));
  const late = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => `${name}.js`);
  assert.ok(others.length > 5);
  assert.deepEqual(late.sort(), others.sort());
});

test('a motion is one that moves something, with a latent for each hand', async () => {
  const { motionOf } = await import('../../web/embed/element/motion.js');
  const asked = [];
  const model = {
    latent: async (seed) => {
      asked.push(seed);
      return Float32Array.of(1, 0);
    },
  };
  for (const kind of ['walk', 'morph']) {
    assert.equal(motionOf(kind, model, { seeds: '1,2' }), undefined);
    assert.equal(motionOf(kind, model, { latents: '1,2' }), undefined);
  }
  assert.equal(motionOf('none', model, {}), undefined);
  assert.equal(motionOf('breathe', model, { seeds: '1,2' }).kind, 'breathe');
  for (const [vary, latents] of [
    [undefined, 1],
    ['0', 1],
    ['false', 1],
    ['', 3],
    ['1', 3],
  ]) {
    asked.length = 0;
    const { latents: now } = await motionOf('walk', model, { text: '123', vary }).at(1);
    assert.deepEqual([now.length, asked.length], [2 * latents, 2 * latents], `vary="${vary}"`);
  }
});

test('between two pictures the shape of the ink moves, and the ends are the pictures themselves', async () => {
  globalThis.ImageData ??= class {
    constructor(width, height) {
      Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) });
    }
  };
  const { between } = await import('../../web/embed/element/between.js');
  const bar = (first, last, ink = 255) => {
    const made = new ImageData(16, 4);
    made.data.forEach((_, at) => {
      const x = (at >> 2) % 16;
      made.data[at] = at % 4 === 3 ? 255 : x >= first && x <= last ? ink : 0;
    });
    return made;
  };
  const [from, to] = [bar(4, 9, 200), bar(6, 11)];
  const row = (image) => Array.from({ length: 16 }, (_, x) => image.data[4 * x]);
  const [shape, colours] = [between(from, to, true), between(from, to, false)];
  for (const at of [shape, colours]) {
    assert.deepEqual([...at(0).data], [...from.data]);
    assert.deepEqual([...at(1).data], [...to.data]);
  }
  assert.deepEqual(
    row(shape(0.5)).map((value) => value > 128),
    row(bar(5, 10)).map((value) => value > 128),
  );
  assert.deepEqual(row(colours(0.5)).slice(4, 7), [100, 100, 228]); // a plain fade
});
