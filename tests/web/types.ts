// Checked by types.test.mjs. An `@ts-expect-error` over a line that is right is itself an error.

import type { Capabilities, DrawRequest, Gpu, Info, LoadProgress, Model, Tensor, Variant } from '../../wasm/ganlet.js';
import { capabilities, GanletError, load, supportedVariant } from '../../wasm/ganlet.js';

export async function right(canvas: CanvasRenderingContext2D): Promise<Float32Array> {
  const variant: Variant | undefined = supportedVariant();
  const { problem, runsIn }: Capabilities = capabilities();
  if (problem !== '') throw new Error(`${problem} in the ${runsIn}`);
  const { name, isFallback }: Gpu = await capabilities().webgpu();
  const model: Model = await load('models/digits/', {
    backend: name && !isFallback ? 'webgpu' : 'xnn',
    wasmUrl: new URL('https://example.org/ganlet/'),
    models: 'models/',
    part: 'generator_f32',
    signal: AbortSignal.timeout(1000),
    worker: false,
    variant,
    onProgress: ({ loaded, total }: LoadProgress) => console.log(loaded / total),
  });
  const info: Info = model.info;
  const picture: ImageData = await model.generate({
    text: '2026',
    seed: 7n,
    truncation: 0.7,
    vary: true,
    textLimit: 4,
  });
  canvas.putImageData(picture, 0, 0);
  const z = await model.latent(7);
  await model.draw({
    latents: z.map((value) => value / 2),
    label: 3,
    count: 1,
    columns: 1,
    signal: AbortSignal.abort(),
  });
  const outputs: Record<string, Tensor> = await model.run({
    z: { data: z, shape: [1, info.latentSize] },
    label: { data: BigInt64Array.of(1n), shape: [1] },
  });
  const found: Float32Array = await model.encode(canvas.canvas);
  await model.generate({ latents: found });
  const made: ImageData = await model.apply(new Blob([]), { signal: AbortSignal.timeout(1000) });
  if (info.takesPictures) canvas.putImageData(made, 0, 0);
  const last = info.styleLayers - 1;
  const mixed: DrawRequest = { seed: 1, mix: { seed: 2n, layers: [4, last] }, truncation: 0.7, noise: 'off' };
  canvas.putImageData(await model.draw(mixed), 0, 0);
  canvas.putImageData(await model.draw({ seed: '18446744073709551615', mix: '7:0-3', noise: 5n, cutoff: 4 }), 0, 0);
  model.dispose();
  try {
    await load(new Uint8Array());
  } catch (error) {
    if (error instanceof GanletError && error.code === 'corrupt') console.log(error.place, error.detail, error.message);
  }
  return outputs['image']!.data as Float32Array;
}

export async function wrong(model: Model) {
  // @ts-expect-error a text is a text
  await model.generate({ text: 2026 });
  // @ts-expect-error there is no such member
  await model.generate({ sead: 7 });
  // @ts-expect-error the number of classes is not settable
  model.info.labels = [];
  // @ts-expect-error a shape is needed
  await model.run({ z: { data: new Float32Array(1) } });
  // @ts-expect-error a model is promised
  load('models/digits/').draw();
  // @ts-expect-error there are two variants
  await load('models/digits/', { variant: 'mmx' });
}
