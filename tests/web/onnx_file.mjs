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

const float32 = 1, int64 = 7;

function tensor(name, sizes, data) {
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

const node = (operation, inputs, output) => [...inputs.flatMap((input) => text(1, input)), ...text(2, output), ...text(3, output), ...text(4, operation)];

export const latentSize = 64;
export const side = 8;
export const weights = Float32Array.from({ length: latentSize * side * side }, (_, i) => ((i * 37) % 101) / 400 - 0.125);
export const classes = Float32Array.from({ length: 10 * side * side }, (_, i) => ((i * 53) % 97) / 97 - 0.5);

/** z (N,64) times a matrix, plus a row of a table for the label (N), through Tanh, as an image (N,1,8,8). */
export function tinyGenerator() {
  const pixels = side * side;
  const graph = [
    ...bytes(1, node('MatMul', ['z', 'weights'], 'spread')),
    ...bytes(1, node('Gather', ['classes', 'label'], 'class')),
    ...bytes(1, node('Add', ['spread', 'class'], 'sum')),
    ...bytes(1, node('Tanh', ['sum'], 'bounded')),
    ...bytes(1, node('Reshape', ['bounded', 'shape'], 'image')),
    ...text(2, 'tiny'),
    ...bytes(5, tensor('weights', [latentSize, pixels], weights)),
    ...bytes(5, tensor('classes', [10, pixels], classes)),
    ...bytes(5, tensor('shape', [4], BigInt64Array.of(-1n, 1n, BigInt(side), BigInt(side)))),
    ...bytes(11, valueInfo('z', float32, ['N', latentSize])),
    ...bytes(11, valueInfo('label', int64, ['N'])),
    ...bytes(12, valueInfo('image', float32, ['N', 1, side, side])),
  ];
  return Uint8Array.from([...number(1, 8), ...text(2, 'onnx_file.mjs'), ...bytes(7, graph), ...bytes(8, number(2, 17))]);
}

/** An image (N,1,8,8) flattened: pixel i is number i of the latent. */
export function tinyEncoder() {
  const graph = [
    ...bytes(1, node('Flatten', ['image'], 'z')),
    ...text(2, 'tiny encoder'),
    ...bytes(11, valueInfo('image', float32, ['N', 1, side, side])),
    ...bytes(12, valueInfo('z', float32, ['N', latentSize])),
  ];
  return Uint8Array.from([...number(1, 8), ...text(2, 'onnx_file.mjs'), ...bytes(7, graph), ...bytes(8, number(2, 17))]);
}

/** What the network gives for one image, in double precision. */
export function tinyValues(z, label) {
  return Array.from({ length: side * side }, (_, pixel) => {
    let sum = classes[label * side * side + pixel];
    for (let i = 0; i < latentSize; ++i) sum += z[i] * weights[i * side * side + pixel];
    return Math.tanh(sum);
  });
}
