// Checked by types.test.mjs. An `@ts-expect-error` over a line that is right is itself an error.

import type { Generator, Info, Progress, Tensor, Variant } from '../../wasm/ganlet.js';
import { GanletError, load, supportedVariant } from '../../wasm/ganlet.js';

export async function right(canvas: CanvasRenderingContext2D): Promise<Float32Array> {
  const variant: Variant | undefined = supportedVariant();
  const generator: Generator = await load('models/digits/', {
    wasmUrl: new URL('https://example.org/ganlet/'),
    models: 'models/',
    part: 'generator_f32',
    signal: AbortSignal.timeout(1000),
    worker: false,
    variant,
    onProgress: ({ loaded, total }: Progress) => console.log(loaded / total),
  });
  const info: Info = generator.info;
  const picture: ImageData = await generator.generate({
    text: '2026',
    seed: 7n,
    truncation: 0.7,
    vary: true,
    textLimit: 4,
  });
  canvas.putImageData(picture, 0, 0);
  const z = await generator.latent(7);
  await generator.generate({
    z: z.map((value) => value / 2),
    label: 3,
    count: 1,
    columns: 1,
    signal: AbortSignal.abort(),
  });
  const outputs: Record<string, Tensor> = await generator.run({
    z: { data: z, shape: [1, info.latentSize] },
    label: { data: BigInt64Array.of(1n), shape: [1] },
  });
  const found: Float32Array = await generator.encode(canvas.canvas);
  await generator.generate({ z: found });
  const last = (await generator.styleLayers()) - 1;
  canvas.putImageData(
    await generator.mix({ seed: 1, with: 2n, layers: [4, last], truncation: 0.7, noise: 'off' }),
    0,
    0,
  );
  generator.dispose();
  try {
    await load(new Uint8Array());
  } catch (error) {
    if (error instanceof GanletError && error.code === 'corrupt') console.log(error.place, error.detail, error.message);
  }
  return outputs['image']!.data as Float32Array;
}

export async function wrong(generator: Generator) {
  // @ts-expect-error a text is a text
  await generator.generate({ text: 2026 });
  // @ts-expect-error there is no such member
  await generator.generate({ sead: 7 });
  // @ts-expect-error the number of classes is not settable
  generator.info.labels = [];
  // @ts-expect-error a shape is needed
  await generator.run({ z: { data: new Float32Array(1) } });
  // @ts-expect-error a generator is promised
  load('models/digits/').generate();
  // @ts-expect-error there are two variants
  await load('models/digits/', { variant: 'mmx' });
}
