// TensorFlow.js is the other side: networks that it writes, and graphs, give the same here as there. So do files that
// others have published, which are read from npm packages.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { assertNear, loadNetwork } from './foreign.mjs';
import { artifactsOf, filesOf, GraphWriter, layers, loadGraphModel, normal, tf } from './tfjs.mjs';
import { graphs } from './tfjs_graphs.mjs';
import { fill, written } from './tfjs_networks.mjs';

const batch = 2;

/** Loads files, and feeds both sides the same: `given` are a tfjs tensor for each input, in ganlet's order. */
async function assertSame(files, inputs, wanted, what) {
  const model = await loadNetwork(files);
  const given = model.info.inputs.map(({ name, type }, i) => {
    const data = inputs[i].dataSync();
    return [
      name,
      { data: type === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data), shape: inputs[i].shape },
    ];
  });
  const outputs = Object.values(await model.run(Object.fromEntries(given)));
  assert.equal(outputs.length, wanted.length, what);
  wanted.forEach((tensor, i) =>
    assertNear(outputs[i], { data: tensor.dataSync(), shape: tensor.shape }, `${what}, output ${i}`),
  );
  model.dispose();
}

const listOf = (tensors) => (Array.isArray(tensors) ? tensors : [tensors]);

test('networks that TensorFlow.js writes give what they give there', async (t) => {
  for (const [what, build] of Object.entries(written))
    await t.test(what, async () => {
      const model = build();
      fill(model);
      const inputs = model.inputs.map(({ shape, name }, i) => {
        const sizes = [batch, ...shape.slice(1)];
        const numbers = normal(sizes, 7 + i);
        return tf.tensor(
          name.startsWith('label') ? numbers.map((value) => Math.floor(Math.abs(value) * 4) % 10) : numbers,
          sizes,
        );
      });
      const wanted = listOf(model.predict(inputs.length > 1 ? inputs : inputs[0]));
      await assertSame(filesOf(await artifactsOf(model), 2), inputs, wanted, what);
    });
});

test('frozen graphs give what TensorFlow.js gives', async (t) => {
  for (const [what, build] of Object.entries(graphs))
    await t.test(what, async () => {
      const writer = new GraphWriter(what.length);
      const outputs = build(writer);
      const artifacts = writer.artifacts(...outputs);
      const model = await loadGraphModel(tf.io.fromMemory(structuredClone(artifacts)));
      const placeholders = writer.nodes.filter(({ op }) => op === 'Placeholder');
      const inputs = placeholders.map(({ attr }, i) => {
        const shape = attr.shape.shape.dim.map(({ size }) => (size === '-1' ? batch : Number(size)));
        const numbers = normal(shape, 31 + i);
        return attr.dtype.type === 'DT_INT32'
          ? tf.tensor(
              Int32Array.from(numbers, (value) => Math.floor(Math.abs(value) * 4) % 10),
              shape,
              'int32',
            )
          : tf.tensor(numbers, shape);
      });
      const fed = Object.fromEntries(placeholders.map(({ name }, i) => [name, inputs[i]]));
      const wanted = listOf(model.execute(fed, outputs));
      await assertSame(filesOf(artifacts), inputs, wanted, what);
    });
});

const published = (name) => new URL(`../../node_modules/${name}/models`, import.meta.url).pathname;

/** A model.json of a package and the files beside it, as a page would be given them. */
function publishedFiles(path, change = (json) => json) {
  const json = change(JSON.parse(readFileSync(path, 'utf8')));
  const shards = json.weightsManifest.flatMap(({ paths }) => paths);
  return [
    new File([JSON.stringify(json)], 'model.json'),
    ...shards.map((name) => new File([readFileSync(join(dirname(path), name))], name)),
  ];
}

/** What tf.io reads of the same. */
async function artifactsOfFiles([description, ...shards]) {
  const { weightsManifest, ...rest } = JSON.parse(await description.text());
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return { ...rest, weightSpecs, weightData: await new Blob(shards).arrayBuffer() };
}

test('networks that others have published give what they give there', async (t) => {
  const human = published('@vladmandic/human');
  for (const name of ['emotion', 'liveness', 'antispoof', 'iris'])
    await t.test(`the graph ${name}`, async () => {
      const files = publishedFiles(join(human, `${name}.json`));
      const model = await loadGraphModel(tf.io.fromMemory(await artifactsOfFiles(files)));
      const [{ shape }] = model.inputs;
      const sizes = shape.map((size) => (size > 0 ? size : 1));
      const input = tf.tensor(
        normal(sizes, 5).map((value) => 0.5 + value / 6),
        sizes,
      );
      await assertSame(files, [input], listOf(model.execute(input, model.outputNodes)), name);
    });
  const slim = published('@upscalerjs/esrgan-slim');
  assert.deepEqual(readdirSync(slim).sort(), ['x2', 'x3', 'x4', 'x8']);
  for (const name of ['x2', 'x3'])
    await t.test(`esrgan-slim ${name}`, async () => {
      const side = 12;
      const files = publishedFiles(join(slim, name, 'model.json'), (json) => {
        const [{ config }] = json.modelTopology.model_config.config.layers;
        config.batch_input_shape = [null, side, side, 3]; // which the file leaves open
        return json;
      });
      const model = await layers.loadLayersModel(tf.io.fromMemory(await artifactsOfFiles(files)));
      const input = tf.tensor(
        normal([1, side, side, 3], 5).map((value) => 0.5 + value / 6),
        [1, side, side, 3],
      );
      await assertSame(files, [input], [model.predict(input)], name);
    });
});
