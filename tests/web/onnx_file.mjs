// Writes ONNX files (onnx.proto) by hand, so that the library is tested with files that its own writer hasn't made.

const varint = (value) => {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};
const number = (field, value) => [...varint(field << 3), ...varint(value)];
const bytes = (field, content) => [...varint((field << 3) | 2), ...varint(content.length), ...content];
const text = (field, value) => bytes(field, new TextEncoder().encode(value));

const float32 = 1,
  int64 = 7;

/** Numbers, or where float32 ones lie: { location, offset, length } in another file. */
function tensor(name, sizes, data) {
  if (data.location) {
    const entries = Object.entries(data).flatMap(([key, value]) =>
      bytes(13, [...text(1, key), ...text(2, `${value}`)]),
    );
    const places = sizes.flatMap((size) => number(1, size));
    return [...places, ...number(2, float32), ...text(8, name), ...entries, ...number(14, 1)];
  }
  const type = data instanceof BigInt64Array ? int64 : float32;
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [...sizes.flatMap((size) => number(1, size)), ...number(2, type), ...text(8, name), ...bytes(9, raw)];
}

/** A graph's input or output. A size that is a text is open. */
function valueInfo(name, type, sizes) {
  const dimensions = sizes.flatMap((size) => bytes(1, typeof size === 'string' ? text(2, size) : number(1, size)));
  const tensorType = [...number(1, type), ...bytes(2, dimensions)];
  return [...text(1, name), ...bytes(2, bytes(1, tensorType))];
}

/** Attributes are whole numbers, or lists of them. */
export function node(operation, inputs, output, attributes = {}) {
  const content = (value) =>
    Array.isArray(value)
      ? [...value.flatMap((one) => number(8, one)), ...number(20, 7)]
      : [...number(3, value), ...number(20, 2)];
  const written = Object.entries(attributes).flatMap(([name, value]) =>
    bytes(5, [...text(1, name), ...content(value)]),
  );
  return [
    ...inputs.flatMap((input) => text(1, input)),
    ...text(2, output),
    ...text(3, output),
    ...text(4, operation),
    ...written,
  ];
}

/**
 * A whole file: nodes, constants by name as [sizes, numbers], inputs and outputs by name as their sizes; those of
 * `labels` are int64.
 */
export function modelFile({ nodes, constants = {}, inputs, outputs, labels = [], opset = 17 }) {
  const typeOf = (name) => (labels.includes(name) ? int64 : float32);
  const graph = [
    ...nodes.flatMap((one) => bytes(1, one)),
    ...text(2, 'tiny'),
    ...Object.entries(constants).flatMap(([name, [sizes, data]]) => bytes(5, tensor(name, sizes, data))),
    ...Object.entries(inputs).flatMap(([name, sizes]) => bytes(11, valueInfo(name, typeOf(name), sizes))),
    ...Object.entries(outputs).flatMap(([name, sizes]) => bytes(12, valueInfo(name, float32, sizes))),
  ];
  return Uint8Array.from([
    ...number(1, 8),
    ...text(2, 'onnx_file.mjs'),
    ...bytes(7, graph),
    ...bytes(8, number(2, opset)),
  ]);
}

export const latentSize = 64;
export const side = 8;
export const weights = Float32Array.from(
  { length: latentSize * side * side },
  (_, i) => ((i * 37) % 101) / 400 - 0.125,
);
export const classes = Float32Array.from({ length: 10 * side * side }, (_, i) => ((i * 53) % 97) / 97 - 0.5);

/** z (N,64) times a matrix, through a function of one number, as an image (N,1,8,8). */
export const through = (operation) =>
  modelFile({
    nodes: [
      node('MatMul', ['z', 'weights'], 'sum'),
      node(operation, ['sum'], 'bent'),
      node('Reshape', ['bent', 'shape'], 'image'),
    ],
    constants: {
      weights: [[latentSize, side * side], weights],
      shape: [[4], BigInt64Array.of(-1n, 1n, BigInt(side), BigInt(side))],
    },
    inputs: { z: ['N', latentSize] },
    outputs: { image: ['N', 1, side, side] },
  });

/** z (N,64) times a matrix, plus a row of a table for the label (N), through Tanh, as an image (N,1,8,8). */
export function tinyGenerator() {
  const pixels = side * side;
  return modelFile({
    nodes: [
      node('MatMul', ['z', 'weights'], 'spread'),
      node('Gather', ['classes', 'label'], 'class'),
      node('Add', ['spread', 'class'], 'sum'),
      node('Tanh', ['sum'], 'bounded'),
      node('Reshape', ['bounded', 'shape'], 'image'),
    ],
    constants: {
      weights: [[latentSize, pixels], weights],
      classes: [[10, pixels], classes],
      shape: [[4], BigInt64Array.of(-1n, 1n, BigInt(side), BigInt(side))],
    },
    inputs: { z: ['N', latentSize], label: ['N'] },
    outputs: { image: ['N', 1, side, side] },
    labels: ['label'],
  });
}

/** An image (N,1,8,8) flattened: pixel i is number i of the latent. */
export function tinyEncoder() {
  return modelFile({
    nodes: [node('Flatten', ['image'], 'z')],
    inputs: { image: ['N', 1, side, side] },
    outputs: { z: ['N', latentSize] },
  });
}

/** What the network gives for one image, in double precision. */
export function tinyValues(z, label) {
  return Array.from({ length: side * side }, (_, pixel) => {
    let sum = classes[label * side * side + pixel];
    for (let i = 0; i < latentSize; ++i) sum += z[i] * weights[i * side * side + pixel];
    return Math.tanh(sum);
  });
}

export const styleSize = 3,
  styleLayers = 4;
const mappingWeights = Float32Array.from({ length: latentSize * styleSize }, (_, i) => ((i * 29) % 83) / 200 - 0.2);
const layerWeights = Float32Array.from(
  { length: styleLayers * styleSize * side * side },
  (_, i) => ((i * 41) % 79) / 158 - 0.25,
);

/** z (N,64) times a matrix, as a style (N,3). */
export function tinyMapping() {
  return modelFile({
    nodes: [node('MatMul', ['z', 'weights'], 'w')],
    constants: { weights: [[latentSize, styleSize], mappingWeights] },
    inputs: { z: ['N', latentSize] },
    outputs: { w: ['N', styleSize] },
  });
}

/**
 * A generator without labels of the same latents and pictures: z (N,64) times a matrix, through Tanh, as an image
 * (N,1,8,8).
 */
export function tinyUnlabelled() {
  return modelFile({
    nodes: [
      node('MatMul', ['z', 'weights'], 'sum'),
      node('Tanh', ['sum'], 'bounded'),
      node('Reshape', ['bounded', 'shape'], 'image'),
    ],
    constants: {
      weights: [[latentSize, side * side], weights],
      shape: [[4], BigInt64Array.of(-1n, 1n, BigInt(side), BigInt(side))],
    },
    inputs: { z: ['N', latentSize] },
    outputs: { image: ['N', 1, side, side] },
  });
}

/** Styles (N,4,3) times a matrix, and noise (N,64), through Tanh, as an image (N,1,8,8). */
export function tinySynthesis() {
  const pixels = side * side;
  return modelFile({
    nodes: [
      node('Flatten', ['w'], 'styles'),
      node('MatMul', ['styles', 'weights'], 'drawn'),
      node('Add', ['drawn', 'noise'], 'sum'),
      node('Tanh', ['sum'], 'bounded'),
      node('Reshape', ['bounded', 'shape'], 'image'),
    ],
    constants: {
      weights: [[styleLayers * styleSize, pixels], layerWeights],
      shape: [[4], BigInt64Array.of(-1n, 1n, BigInt(side), BigInt(side))],
    },
    inputs: { w: ['N', styleLayers, styleSize], noise: ['N', pixels] },
    outputs: { image: ['N', 1, side, side] },
  });
}

/** The style of a latent, in double precision. */
export const tinyStyle = (z) =>
  Array.from({ length: styleSize }, (_, k) =>
    z.reduce((sum, value, i) => sum + value * mappingWeights[i * styleSize + k], 0),
  );

/** The picture of a style for each layer, and of noise, in brightness 0 to 255. */
export function tinyMixed(styles, noise) {
  const flat = styles.flat();
  return Array.from({ length: side * side }, (_, pixel) => {
    const sum = flat.reduce((total, value, i) => total + value * layerWeights[i * side * side + pixel], noise[pixel]);
    return (Math.tanh(sum) + 1) * 127.5;
  });
}

const channels = (count) => Float32Array.from({ length: count * 9 }, (_, i) => ((i * 31) % 17) / 60);

/** A picture turned to its negative, of any size, in numbers from 0 to 1. */
export function tinyNegative() {
  const scalar = (value) => [[], Float32Array.of(value)];
  return modelFile({
    nodes: [node('Sub', ['one', 'image'], 'less'), node('Clip', ['less', 'zero', 'one'], 'negative')],
    constants: { zero: scalar(0), one: scalar(1) },
    inputs: { image: ['N', 3, 'H', 'W'] },
    outputs: { negative: ['N', 3, 'H', 'W'] },
  });
}

/** A luma picture of a fixed side, twice as large: a convolution and DepthToSpace. */
export function tinyEnlarger(side) {
  return modelFile({
    nodes: [
      node('Conv', ['image', 'weights'], 'deep', { pads: [1, 1, 1, 1] }),
      node('DepthToSpace', ['deep'], 'large', { blocksize: 2 }),
    ],
    constants: { weights: [[4, 1, 3, 3], channels(4)] },
    inputs: { image: [1, 1, side, side] },
    outputs: { large: [1, 1, 2 * side, 2 * side] },
  });
}

/** A .npy file (numpy.lib.format, version 1) of a row of float32 numbers. */
export function npyFile(numbers) {
  const header = `${`{'descr': '<f4', 'fortran_order': False, 'shape': (${numbers.length},), }`.padEnd(117)}\n`;
  const values = new Uint8Array(Float32Array.from(numbers).buffer);
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    1,
    0,
    header.length,
    0,
    ...new TextEncoder().encode(header),
    ...values,
  ]);
}
