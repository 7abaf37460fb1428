// The page's part of the browser benchmark: ganlet (int8 and float32) and onnxruntime-web (float32, wasm, one thread)
// run the same network in turns on the page's thread, so that whatever else the machine does meets all of them.
// Medians are compared.
import { load } from './ganlet/ganlet.js';
import { inputsOf, median } from './measure.js';
import * as ort from './ort/ort.wasm.min.mjs';

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL('./ort/', import.meta.url).href;

const fewestRounds = 15;
const millisecondsARow = 4000;

const bytesOf = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

/**
 * One way to run a network: `prepare(batch, latents)` gives a function that runs once and resolves with the output's
 * numbers.
 */
async function contendersFor(model) {
  const files = { int8: await bytesOf(`${model}generator.onnx`), f32: await bytesOf(`${model}generator-f32.onnx`) };
  const ours = async (name, bytes) => {
    const generator = await load(bytes, { worker: false });
    return {
      name,
      inputs: generator.info.inputs,
      prepare: (tensors) => async () => Object.values(await generator.run(tensors))[0].data,
    };
  };
  const session = await ort.InferenceSession.create(files.f32, { executionProviders: ['wasm'] });
  return [
    await ours('ganlet int8', files.int8),
    await ours('ganlet f32', files.f32),
    {
      name: 'onnxruntime-web f32',
      prepare: (tensors) => {
        const feeds = Object.fromEntries(
          Object.entries(tensors).map(([name, { data, shape }]) => [
            name,
            new ort.Tensor(data instanceof Float32Array ? 'float32' : 'int64', data, shape),
          ]),
        );
        return async () => Object.values(await session.run(feeds))[0].data;
      },
    },
  ];
}

async function benchRow(contenders, batch) {
  const inputs = inputsOf(contenders[0].inputs, batch);
  const runs = contenders.map(({ prepare }) => prepare(inputs));
  const outputs = [];
  for (const run of runs) {
    await run();
    outputs.push(Float32Array.from(await run()));
  }
  const times = runs.map(() => []);
  const end = performance.now() + millisecondsARow;
  for (let round = 0; round < fewestRounds || performance.now() < end; ++round)
    for (const [i, run] of runs.entries()) {
      const start = performance.now();
      await run();
      times[i].push(performance.now() - start);
    }
  const largest = (a, b) =>
    a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), a.length === b.length ? 0 : Infinity);
  const milliseconds = Object.fromEntries(contenders.map(({ name }, i) => [name, median(times[i]) / batch]));
  return { batch, milliseconds, rounds: times[0].length, differenceOfF32: largest(outputs[1], outputs[2]) };
}

/** For each folder of `models`, milliseconds an image of each contender at each batch size. */
window.bench = async (models, batches) => {
  const rows = [];
  for (const model of models) {
    const contenders = await contendersFor(model);
    for (const batch of batches) rows.push({ model, ...(await benchRow(contenders, batch)) });
  }
  document.querySelector('#results').textContent = JSON.stringify(rows, null, 2);
  return rows;
};
