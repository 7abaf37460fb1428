// Networks on a GPU in pages: on SwiftShader, which browsers count as one if told to. It compiles a kernel in a quarter
// of a second, and is no measure of speed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { generated } from './api_cases.mjs';
import { gpuBrowsers, until } from './browsers.mjs';
import { drawn, openPost } from './element_page.mjs';
import { missing } from './hosts.mjs';
import { modelFile, node, tinyNegative } from './onnx_file.mjs';
import { rgbaOf } from './pictures.mjs';

const digits = { count: 4, seed: 7 };
const references = new Map(); // by flags

/** What the reference draws; both browsers are compared with it. */
function reference(flags) {
  if (!references.has(flags)) references.set(flags, rgbaOf(generated(`${flags} --backend reference`)));
  return references.get(flags);
}

/** Loads a model in the page, as `model`, and gives what `use` does with it; an error as its code and text. */
const using = (page, model, options, use, given) => {
  const source = typeof model === 'string' ? JSON.stringify(model) : `Uint8Array.of(${model})`;
  return page.evaluate(`(async () => {
    const { load } = await import(new URL('ganlet/ganlet.js', location));
    const models = new URL('ganlet/models/', location);
    try {
      const model = await load(${source}, { models, backend: 'webgpu', ...${JSON.stringify(options)} });
      const answer = await (${use})(model, ${JSON.stringify(given)});
      model.dispose();
      return answer;
    } catch ({ code, message }) {
      return { code, message };
    }
  })()`);
};
const draw = async (model, request) => [...(await model.draw(request)).data];

function assertWithin2(picture, other, what) {
  assert.equal(picture.length, other.length, what);
  const largest = picture.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
  assert.ok(largest <= 2, `${what}: differs by ${largest} of 255`);
}

/** Hands each device that the page gets to `change`, which runs there; with `limits` false, devices of the least. */
const changeDevices = (page, change, limits = true) =>
  page.evaluate(`(() => {
    const request = (globalThis.requestDevice ??= GPUAdapter.prototype.requestDevice);
    GPUAdapter.prototype.requestDevice = async function (wanted) {
      const device = await request.call(this, ${limits} ? wanted : undefined);
      (${change})(device);
      return device;
    };
  })()`);

for (const [name, open] of Object.entries(gpuBrowsers))
  describe(`WebGPU in ${name}`, { skip: !open }, () => {
    let browser;
    before(async () => {
      browser = await open();
    });
    after(() => browser?.close());

    test('says what it would run on', async (t) => {
      const { page } = await openPost(t, browser, '');
      const facts = await page.evaluate(
        async (url) => (await import(url)).capabilities().webgpu(),
        new URL('ganlet/ganlet.js', page.url()).href,
      );
      assert.equal(facts.problem, '');
      assert.notEqual(facts.name, '');
      if (name === 'Chromium') assert.equal(facts.isFallback, true); // Firefox doesn't tell
    });

    test('models are within 2 of 255 steps of the reference', async (t) => {
      const { page, asked } = await openPost(t, browser, '');
      for (const model of ['digits', 'fashion', 'nouns', 'creatures', 'digits-dcgan']) {
        const picture = await using(page, model, {}, draw, digits);
        assertWithin2(picture, reference(`${model} --count 4 --seed 7`), model);
      }
      const mixed = { seed: 3, mix: '9:0-1', truncation: 0.7, noise: 'each' };
      const flags = 'nouns --seed 3 --mix 9:0-1 --truncation 0.7 --noise each';
      assertWithin2(await using(page, 'nouns', {}, draw, mixed), reference(flags), flags);
      assert.ok(asked.some((path) => path.endsWith('/ganlet-webgpu.wasm.gz')));
      assert.ok(!asked.some((path) => /relaxed-simd|simd128/.test(path)));
      const { backend, variant, runsIn } = await using(page, 'digits', {}, (model) => model.info);
      assert.deepEqual({ backend, variant, runsIn }, { backend: 'webgpu', variant: 'webgpu', runsIn: 'worker' });
    });

    // relu(S S b) + c + label + 1 + table[label], where S is z as a matrix: one value is read twice, constants are read
    // as activations are, and the processor adds the labels, which are int64.
    test('a network runs on the GPU, and what that lacks on the processor', async (t) => {
      const { page } = await openPost(t, browser, '');
      const file = modelFile({
        nodes: [
          node('Reshape', ['z', 'matrix'], 's'),
          node('MatMul', ['s', 's'], 'squared'),
          node('MatMul', ['squared', 'b'], 'product'),
          node('Relu', ['product'], 'clipped'),
          node('Add', ['clipped', 'c'], 'moved'),
          node('Add', ['label', 'one'], 'next'),
          node('Cast', ['next'], 'number', { to: 1 }),
          node('Reshape', ['number', 'single'], 'wide'),
          node('Gather', ['table', 'label'], 'row'),
          node('Add', ['wide', 'row'], 'both'),
          node('Add', ['moved', 'both'], 'sum'),
          node('Reshape', ['sum', 'picture'], 'image'),
        ],
        constants: {
          matrix: [[3], BigInt64Array.of(-1n, 2n, 2n)],
          b: [[2, 2], Float32Array.of(1, -2, 3, 4)],
          c: [[2], Float32Array.of(0.5, 0.25)],
          table: [[5, 1, 1], Float32Array.of(0, 10, 20, 30, 40)],
          one: [[1], BigInt64Array.of(1n)],
          single: [[3], BigInt64Array.of(-1n, 1n, 1n)],
          picture: [[4], BigInt64Array.of(-1n, 1n, 2n, 2n)],
        },
        inputs: { z: ['N', 4], label: ['N'] },
        outputs: { image: ['N', 1, 2, 2] },
        labels: ['label'],
      });
      const run = async (model) => {
        const z = { data: Float32Array.of(1, 2, 3, 4, 0, 1, 1, 0), shape: [2, 4] };
        const { image } = await model.run({ z, label: { data: BigInt64Array.of(4n, 0n), shape: [2] } });
        return [...image.data];
      };
      // S S = (7 10; 15 22) and (1 0; 0 1), times b: (37 26; 81 58) and (1 -2; 3 4).
      assert.deepEqual(await using(page, file, {}, run), [82.5, 71.25, 126.5, 103.25, 2.5, 1.25, 4.5, 5.25]);
    });

    test('an encoder finds what the processor finds', async (t) => {
      const { page } = await openPost(t, browser, '');
      const encode = async (model) => [...(await model.encode(await model.draw({ seed: 3 })))];
      const [gpu, processor] = [
        await using(page, 'digits-vae-gan', {}, encode),
        await using(page, 'digits-vae-gan', { backend: 'xnn' }, encode),
      ];
      assert.equal(gpu.length, processor.length, JSON.stringify([gpu, processor]));
      const difference = gpu.reduce((sum, value, i) => sum + Math.abs(value - processor[i]), 0) / gpu.length;
      assert.ok(difference < 0.1, `${difference} in the mean`);
    });

    test('a drawing that is given up leaves the next one as it is', async (t) => {
      const { page } = await openPost(t, browser, '');
      const use = async (model, request) => {
        const { data } = await model.draw(request);
        const ending = new AbortController();
        const given = model.draw({ ...request, count: 64, signal: ending.signal });
        setTimeout(() => ending.abort(), 50);
        const name = await given.catch((error) => error.name);
        const again = await model.draw(request);
        return [name, data.length, data.every((value, i) => value === again.data[i])];
      };
      assert.deepEqual(await using(page, 'creatures', { worker: false }, use, { seed: 3 }), ['AbortError', 4096, true]);
    });

    test('a device lost ten times, each in the middle of a run, loses no picture', async (t) => {
      const { page } = await openPost(t, browser, '');
      await changeDevices(page, (device) => {
        const { submit } = device.queue;
        globalThis.devices = (globalThis.devices ?? 0) + 1;
        device.queue.submit = function (commands) {
          submit.call(this, commands);
          if (commands.length && globalThis.losses > 0) {
            --globalThis.losses;
            device.destroy();
          }
        };
      });
      const use = async (model, request) => {
        const pictures = [];
        for (let i = 0; i <= 10; ++i) {
          globalThis.losses = i === 0 ? 0 : 1;
          pictures.push([...(await model.draw(request)).data]);
        }
        return { pictures, devices: globalThis.devices };
      };
      const { pictures, devices } = await using(page, 'digits', { worker: false }, use, { seed: 3 });
      assert.equal(devices, 11);
      for (const picture of pictures.slice(1)) assert.deepEqual(picture, pictures[0]);
      assert.ok(Math.max(...pictures[0].filter((_, i) => i % 4 < 3)) > 128);
    });

    test('a crash of the GPU process loses no picture', { skip: name !== 'Chromium' }, async (t) => {
      const { page } = await openPost(t, browser, '');
      const use = async (model, request) => {
        const { data } = await model.draw(request);
        globalThis.draws = true;
        const again = await model.draw(request);
        return data.every((value, i) => value === again.data[i]);
      };
      const drawing = using(page, 'digits', {}, use, { seed: 3, count: 256 });
      await until(page, () => globalThis.draws);
      const other = await browser.newPage();
      t.after(() => other.leave());
      await other.goto('chrome://gpucrash').catch(() => {}); // which never opens
      assert.equal(await drawing, true);
    });

    test('kernels that a driver gets wrong, or refuses, are left to the processor', async (t) => {
      const { page } = await openPost(t, browser, '');
      const breaking = [
        ({ label, code }) => (label === 'one_hot' ? code.replaceAll('values_[1u]', 'values_[0u]') : code),
        ({ code }) => code.replace('fn main', 'fn fault'),
      ];
      for (const broken of breaking) {
        await changeDevices(
          page,
          `(device) => {
          const make = device.createShaderModule.bind(device);
          globalThis.changed ??= 0;
          device.createShaderModule = (shader) => {
            const code = (${broken})(shader);
            globalThis.changed += code !== shader.code;
            return make({ label: shader.label, code });
          };
        }`,
        );
        // The processor's int8 isn't as exact.
        const picture = await using(page, 'digits', { worker: false, part: 'generator_f32' }, draw, digits);
        assertWithin2(picture, reference('digits --count 4 --seed 7 --part generator_f32'), broken);
      }
      assert.ok((await page.evaluate(() => globalThis.changed)) > 1);
    });

    test("what can't be drawn is said in a sentence", async (t) => {
      const { page } = await openPost(t, browser, '');
      // 40,000,000 numbers; WebGPU's limits, where nothing more is asked for, are 2^27 bytes.
      await changeDevices(page, () => {}, false);
      const large = modelFile({
        nodes: [node('Tile', ['z', 'times'], 'long'), node('Reshape', ['long', 'picture'], 'image')],
        constants: {
          times: [[2], BigInt64Array.of(1n, 40000n)],
          picture: [[4], BigInt64Array.of(-1n, 1n, 5000n, 8000n)],
        },
        inputs: { z: ['N', 1000] },
        outputs: { image: ['N', 1, 5000, 8000] },
      });
      const tooLarge = await using(page, large, { worker: false }, draw, {});
      assert.equal(tooLarge.code, 'limit_exceeded');
      assert.match(tooLarge.message, /^value '.+': 40000000 numbers; .* binds at most 134217728 bytes$/);

      await page.evaluate(() => {
        globalThis.requestAdapter = GPU.prototype.requestAdapter;
        GPU.prototype.requestAdapter = async () => null;
      });
      const none = { code: 'unsupported', message: 'webgpu: this browser gives WebGPU no GPU' };
      assert.deepEqual(await using(page, 'digits', { worker: false }, draw, digits), none);
      const pictures = { code: 'unsupported', message: "backend: pictures are made of pictures by 'xnn' alone" };
      await page.evaluate(() => {
        GPU.prototype.requestAdapter = globalThis.requestAdapter;
      });
      assert.deepEqual(await using(page, tinyNegative(), { worker: false }, draw, {}), pictures);
      const unknown = { code: 'invalid_argument', message: "backend: must be 'xnn' or 'webgpu', is 'cuda'" };
      assert.deepEqual(await using(page, 'digits', { backend: 'cuda' }, draw, digits), unknown);
    });

    test('<ganlet-image backend="webgpu"> draws on it, and on the processor where there is none', async (t) => {
      const element = '<ganlet-image backend="webgpu" label="7" seed="3"></ganlet-image>';
      const backend = (page) => page.evaluate(() => document.querySelector('ganlet-image').info.backend);
      const here = await openPost(t, browser, element);
      await drawn(here.page);
      assert.equal(await backend(here.page), 'webgpu');
      const answer = (path) => (path.endsWith('/webgpu.js') ? missing : undefined);
      const there = await openPost(t, browser, element, { answer });
      await drawn(there.page);
      assert.equal(await backend(there.page), 'xnn');
    });
  });
