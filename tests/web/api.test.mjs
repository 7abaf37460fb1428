// The JavaScript library in Node, on a network small enough to be computed here.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { bitsOf, ganlet, goldenLatent, libraryUrl, skipOf, variants } from './library.mjs';
import { latentSize, side, tinyGenerator, tinyValues } from './onnx_file.mjs';

const { GanletError, load } = ganlet;
const onnx = tinyGenerator();

const withModel = (run, options) => async (t) => {
  const model = await load(onnx, options);
  t.after(() => model.dispose());
  await run(model, t);
};

/** Brightness of one image of a picture, row by row. */
function brightness(picture, column = 0, row = 0) {
  const values = [];
  for (let y = 0; y < side; ++y)
    for (let x = 0; x < side; ++x)
      values.push(picture.data[4 * ((row * side + y) * picture.width + column * side + x)]);
  return values;
}

const expected = (z, label) => tinyValues(z, label).map((value) => Math.floor((255 * (value + 1)) / 2 + 0.5));

function assertNear(actual, wanted, most = 1) {
  assert.equal(actual.length, wanted.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - wanted[i]) <= most, `pixel ${i} is ${value}, not ${wanted[i]}`),
  );
}

const rejectsWith = (promise, code, message) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof GanletError, `${error.stack}`);
    assert.deepEqual({ code: error.code, message: error.message }, { code, message });
    return true;
  });

for (const variant of variants)
  describe(variant, { skip: skipOf(variant) }, () => {
    test(
      'the picture is what the network computes',
      withModel(
        async (model) => {
          const z = await model.latent(7);
          for (const label of [0, 9]) {
            const picture = await model.draw({ seed: 7, label });
            assert.deepEqual([picture.width, picture.height, picture.data.length], [side, side, 4 * side * side]);
            assertNear(brightness(picture), expected(z, label));
            assert.ok(new Set(brightness(picture)).size > 20, 'the picture is nearly flat');
          }
        },
        { variant },
      ),
    );

    test(
      'random numbers are the same, bit for bit, as everywhere',
      withModel(
        async (model) => {
          assert.deepEqual(bitsOf(await model.latent(2026)), goldenLatent.slice(0, latentSize));
        },
        { variant },
      ),
    );

    test(
      'a text is one handwriting, in one row',
      withModel(
        async (model) => {
          const z = await model.latent(5);
          const picture = await model.draw({ text: '2026', seed: 5 });
          assert.deepEqual([picture.width, picture.height], [4 * side, side]);
          for (const [column, digit] of [2, 0, 2, 6].entries())
            assertNear(brightness(picture, column), expected(z, digit));
          const varied = await model.draw({ text: '22', seed: 5, vary: true });
          assertNear(brightness(varied, 1), expected(await model.latent(6), 2));
        },
        { variant },
      ),
    );

    test(
      'image i has seed + i and class i modulo their number, also beyond one step',
      withModel(
        async (model) => {
          const picture = await model.draw({ seed: 100, count: 37 });
          assert.deepEqual([picture.width, picture.height], [7 * side, 6 * side]);
          for (const i of [0, 15, 16, 36])
            assertNear(brightness(picture, i % 7, Math.floor(i / 7)), expected(await model.latent(100 + i), i % 10));
          assert.equal(
            picture.data[4 * ((6 * side - 1) * picture.width + 7 * side - 1) + 3],
            0,
            'what is left of the last row is transparent',
          );
        },
        { variant },
      ),
    );

    test(
      'run gives every output',
      withModel(
        async (model) => {
          const z = new Float32Array([...(await model.latent(1)), ...(await model.latent(2))]);
          const { image } = await model.run({
            z: { data: z, shape: [2, latentSize] },
            label: { data: BigInt64Array.of(3n, 4n), shape: [2] },
          });
          assert.deepEqual(image.shape, [2, 1, side, side]);
          const wanted = [...tinyValues(z.subarray(0, latentSize), 3), ...tinyValues(z.subarray(latentSize), 4)];
          image.data.forEach((value, i) =>
            assert.ok(Math.abs(value - wanted[i]) < 1e-5, `${value} is not ${wanted[i]}`),
          );
        },
        { variant },
      ),
    );
  });

test(
  'info says what the model is',
  withModel(({ info }) => {
    assert.equal(info.latentSize, latentSize);
    assert.deepEqual(info.labels, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    assert.deepEqual(info.image, { width: side, height: side, channels: 1 });
    assert.deepEqual(info.range, [-1, 1]);
    assert.deepEqual(info.inputs, [
      { name: 'z', type: 'float32', shape: [null, latentSize] },
      { name: 'label', type: 'int64', shape: [null] },
    ]);
    assert.deepEqual(info.outputs, [{ name: 'image', type: 'float32', shape: [null, 1, side, side] }]);
    assert.equal(info.multiplyAdds, latentSize * side * side);
    assert.equal(info.bytes, onnx.length);
  }),
);

/** A number in C's hexadecimal notation. */
function fromHex(text) {
  const [, sign, digits, exponent] = /^(-?)0x1\.([0-9a-f]+)p([+-]\d+)$/.exec(text);
  return (sign ? -1 : 1) * (1 + parseInt(digits, 16) / 16 ** digits.length) * 2 ** exponent;
}

// The same numbers as in tests/core/rng_test.cpp, bit for bit.
test(
  'latents have the known answers of every platform',
  withModel(async (model) => {
    const known = [
      [0, 0, '-0x1.05f4ap-2'],
      [0, 1, '0x1.2d769ep+0'],
      [1, 0, '0x1.3a5828p+0'],
      [2026, 0, '-0x1.6397a6p-3'],
      [2026, 63, '0x1.733204p+1'],
    ];
    for (const [seed, index, value] of known)
      assert.equal((await model.latent(seed))[index], fromHex(value), `seed ${seed}, number ${index}`);
    assert.notDeepEqual(await model.latent(2n ** 64n - 1n), await model.latent(2n ** 32n - 1n));
  }),
);

test('what runs here, and where', async (t) => {
  const { webgpu, ...facts } = ganlet.capabilities();
  assert.deepEqual(facts, { variant: ganlet.supportedVariant(), runsIn: 'page', problem: '' });
  assert.deepEqual(await webgpu(), { name: '', isFallback: false, problem: 'this browser has no WebGPU' });
  const refused = { code: 'unsupported', message: 'webgpu: this browser has no WebGPU' };
  await assert.rejects(load('digits', { backend: 'webgpu', models: new URL('models/', libraryUrl) }), refused);
  const model = await load(onnx);
  t.after(() => model.dispose());
  assert.equal(model.info.runsIn, 'page');
});

test(
  'in one handwriting equal digits differ by jitter, and without it by nothing',
  withModel(async (model) => {
    const columns = async (request) => {
      const picture = await model.draw({ text: '33', seed: 4, ...request });
      return [brightness(picture, 0), brightness(picture, 1)];
    };
    const [plain, same] = await columns({});
    assert.deepEqual(plain, same);
    const [left, right] = await columns({ jitter: 0.3 });
    assert.notDeepEqual(left, right);
    assert.deepEqual(await columns({ jitter: 0.3 }), [left, right]);
    assert.deepEqual(await columns({ jitter: 0.3, vary: true }), await columns({ vary: true }));
  }),
);

test(
  'lists of seeds and labels, whole numbers beyond 2^53 and arrays of every kind are taken',
  withModel(async (model) => {
    const z = await model.latent(2n ** 63n + 1n);
    const picture = await model.draw({ seeds: [2n ** 63n + 1n, '7'], labels: Int32Array.of(3, 4), count: 2 });
    assertNear(brightness(picture, 0), expected(z, 3));
    assertNear(brightness(picture, 1), expected(await model.latent(7), 4));
    const byLatents = await model.draw({ latents: Float64Array.from(z), labels: BigInt64Array.of(3n) });
    assert.deepEqual(brightness(byLatents), brightness(picture, 0));
  }),
);

test(
  'generate, z and textLimit are other names that stay',
  withModel(async (model) => {
    const z = Float32Array.from({ length: latentSize }, (_, i) => Math.cos(i));
    const drawn = await model.draw({ text: '20', latents: z, text_limit: 2 });
    assert.deepEqual((await model.generate({ text: '20', z, textLimit: 2 })).data, drawn.data);
    assert.deepEqual((await model.generate()).data, (await model.draw({})).data);
  }),
);

test(
  'latents can be given, and truncated',
  withModel(async (model) => {
    const z = Float32Array.from({ length: latentSize }, (_, i) => Math.sin(i));
    assertNear(brightness(await model.draw({ latents: z, label: 1 })), expected(z, 1));
    assertNear(
      brightness(await model.draw({ latents: [...z], label: 1, truncation: 0.5 })),
      expected(
        z.map((value) => value / 2),
        1,
      ),
    );
    assertNear(
      brightness(await model.draw({ seed: 3, label: 1, truncation: 0 })),
      expected(new Float32Array(latentSize), 1),
    );
  }),
);

test(
  "requests that can't be met say why",
  withModel(async (model) => {
    const refused = (request, message, code = 'invalid_argument') => rejectsWith(model.draw(request), code, message);
    await refused({ text: '12345678901', textLimit: 10 }, 'Request too long. Max 10 digits.');
    await refused({ text: '1234', textLimit: 3 }, 'Request too long. Max 3 digits.');
    for (const text of ['', '12a', '１２', '-1', '1 2', '"'])
      await refused({ text }, 'Request invalid. Should only contain digits (0-9).');
    await refused({ label: 10 }, 'label: must be 0 to 9, is 10');
    await refused({ label: -1 }, 'label: must be a whole number from 0, is -1');
    await refused({ label: 1.5 }, 'label: must be a whole number from 0, is 1.5');
    const seeds = 'a whole number from 0 to 18446744073709551615';
    await refused({ seed: -1 }, `seed: must be ${seeds}, is -1`);
    await refused({ seed: 2n ** 64n }, `seed: must be ${seeds}, is ${2n ** 64n}`);
    await refused({ seed: 'x' }, `seed: must be ${seeds}, is 'x'`);
    await refused({ count: 0 }, 'count: must be a whole number from 1, is 0');
    await refused({ count: 2 ** 30 }, `count: must be a whole number from 1, is ${2 ** 30}`);
    await refused({ truncation: 1.5 }, 'truncation: must be 0 to 1, is 1.5');
    await refused({ truncation: NaN }, "truncation: must be 0 to 1, is 'NaN'");
    await refused({ jitter: 2 }, 'jitter: must be 0 to 1, is 2');
    await refused({ latents: [1, 2] }, `latents: are 2 numbers; 1 images of this model take 1 x ${latentSize}`);
    await refused({ latents: new Array(latentSize).fill(Infinity) }, 'latents: must be finite numbers');
    await refused({ sead: 3 }, 'sead: is no field of a request');
    const styles = "this model isn't style-based: it has no mapping and synthesis networks";
    await refused({ mix: '1:0-3' }, `mix: ${styles}`);
    await rejectsWith(model.latent(-1), 'invalid_argument', `seed: must be ${seeds}, is -1`);
    await rejectsWith(
      model.encode({ width: 1, height: 1, data: new Uint8Array(4) }),
      'not_found',
      'this model has no encoder',
    );
    assert.equal((await model.draw()).width, side, 'the model still draws');
  }),
);

test(
  "arrays that don't fit the network say why",
  withModel(async (model) => {
    const z = { data: new Float32Array(latentSize), shape: [1, latentSize] };
    const label = { data: BigInt64Array.of(0n), shape: [1] };
    await rejectsWith(model.run({ z }), 'invalid_argument', 'label: is missing');
    await rejectsWith(model.run({ z, label, w: z }), 'not_found', 'w: the network has no such input, only z, label');
    await rejectsWith(
      model.run({ z, label: { data: [0], shape: [1] } }),
      'invalid_argument',
      'label: needs data: a Float32Array, BigInt64Array or Uint8Array',
    );
    await rejectsWith(
      model.run({ z: { ...z, shape: [2, latentSize] }, label }),
      'invalid_argument',
      `z: has 256 bytes of data; shape (2, ${latentSize}) of float32 takes 512`,
    );
    await rejectsWith(
      model.run({ z: { ...z, shape: [1.5] }, label }),
      'invalid_argument',
      'z: needs a shape of whole numbers',
    );
    await assert.rejects(model.run({ z: { ...z, shape: [latentSize, 1] }, label }), { code: 'invalid_argument' });
    assert.equal((await model.run({ z, label })).image.data.length, side * side);
    await rejectsWith(model.run({ z }), 'invalid_argument', 'label: is missing');
  }),
);

test("files that aren't models are errors with their place", async () => {
  await assert.rejects(load(new Uint8Array()), { code: 'corrupt' });
  for (const size of [1, 10, 100, 1000, onnx.length - 1])
    await assert.rejects(load(onnx.subarray(0, size)), (error) => error instanceof GanletError && error.detail !== '');
});

test(
  'requests wait for one another',
  withModel(async (model) => {
    const pictures = await Promise.all(
      [1, 2, 3].map((seed) => model.draw({ seed, label: seed, count: 20, columns: 20 })),
    );
    for (const [i, picture] of pictures.entries()) {
      assert.equal(picture.width, 20 * side);
      assertNear(brightness(picture, 19), expected(await model.latent(i + 1 + 19), i + 1));
    }
  }),
);

test(
  'a signal ends drawing between images',
  withModel(async (model) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const drawing = model.draw({ count: 100000, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 5);
    await assert.rejects(drawing, reason);
    const options = { signal: controller.signal };
    const z = { data: new Float32Array(latentSize), shape: [1, latentSize] };
    for (const call of [
      () => model.draw(options),
      () => model.run({ z, label: { data: BigInt64Array.of(0n), shape: [1] } }, options),
      () => model.latent(1, options),
      () => model.encode({ width: 1, height: 1, data: new Uint8Array(4) }, options),
    ])
      await assert.rejects(call(), reason);
    assert.equal((await model.draw({ count: 3, columns: 1 })).height, 3 * side, 'the model still draws');
  }),
);

test('disposing ends what is under way', async () => {
  const model = await load(onnx);
  const drawing = model.draw({ count: 100000 });
  setTimeout(() => model.dispose(), 5);
  await rejectsWith(drawing, 'cancelled', 'the model has been disposed of');
  await rejectsWith(model.draw(), 'cancelled', 'the model has been disposed of');
  model.dispose();
});
