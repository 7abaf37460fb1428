// What the benchmarks in a page have in common.

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Inputs of a batch: numbers of about a latent's range, and classes in turn. */
export function inputsOf(infos, batch) {
  let state = 1;
  const number = () => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 31 - 1) * 1.7;
  return Object.fromEntries(
    infos.map(({ name, type, shape }) => {
      const sizes = shape.map((size) => size ?? batch);
      const count = sizes.reduce((product, size) => product * size, 1);
      const data =
        type === 'int64'
          ? BigInt64Array.from({ length: count }, (_, i) => BigInt(i % 10))
          : Float32Array.from({ length: count }, number);
      return [name, { data, shape: sizes }];
    }),
  );
}
