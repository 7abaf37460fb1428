// The page's part of compare.mjs.
import { load } from './ganlet/ganlet.js';
import { inputsOf, median } from './measure.js';

const models = new Map();

/** Milliseconds an image: the median of the runs of `seconds`. */
window.measure = async ({ variant, file, batch, seconds }) => {
  const key = `${variant} ${file}`;
  if (!models.has(key)) {
    const bytes = new Uint8Array(await (await fetch(file)).arrayBuffer());
    models.set(key, await load(bytes, { worker: false, wasmUrl: `./ganlet/ganlet-${variant}.wasm` }));
  }
  const model = models.get(key);
  const inputs = inputsOf(model.info.inputs, batch);
  await model.run(inputs);
  const times = [];
  for (const end = performance.now() + 1000 * seconds; times.length < 3 || performance.now() < end; ) {
    const start = performance.now();
    await model.run(inputs);
    times.push(performance.now() - start);
  }
  return median(times) / batch;
};
