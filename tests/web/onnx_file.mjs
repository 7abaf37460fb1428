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

/** Attributes are whole numbers. */
export function node(operation, inputs, output, attributes = {}) {
  const written = Object.entries(attributes).flatMap(([name, value]) => bytes(5, [...text(1, name), ...number(3, value), ...number(20, 2)]));
  return [...inputs.flatMap((input) => text(1, input)), ...text(2, output), ...text(3, output), ...text(4, operation), ...written];
}

/** A whole file: nodes, constants by name as [sizes, numbers], inputs and outputs by name as their sizes; those of `labels` are int64. */
export function modelFile({ nodes, constants = {}, inputs, outputs, labels = [] }) {
  const typeOf = (name) => (labels.includes(name) ? int64 : float32);
  const graph = [
    ...nodes.flatMap((one) => bytes(1, one)),
    ...text(2, 'tiny'),
    ...Object.entries(constants).flatMap(([name, [sizes, data]]) => bytes(5, tensor(name, sizes, data))),
    ...Object.entries(inputs).flatMap(([name, sizes]) => bytes(11, valueInfo(name, typeOf(name), sizes))),
    ...Object.entries(outputs).flatMap(([name, sizes]) => bytes(12, valueInfo(name, float32, sizes))),
  ];
  return Uint8Array.from([...number(1, 8), ...text(2, 'onnx_file.mjs'), ...bytes(7, graph), ...bytes(8, number(2, 17))]);
}

export const latentSize = 64;
export const side = 8;
export const weights = Float32Array.from({ length: latentSize * side * side }, (_, i) => ((i * 37) % 101) / 400 - 0.125);
export const classes = Float32Array.from({ length: 10 * side * side }, (_, i) => ((i * 53) % 97) / 97 - 0.5);

/** z (N,64) times a matrix, plus a row of a table for the label (N), through Tanh, as an image (N,1,8,8). */
export function tinyGenerator() {
  const pixels = side * side;
  return modelFile({
    nodes: [node('MatMul', ['z', 'weights'], 'spread'), node('Gather', ['classes', 'label'], 'class'), node('Add', ['spread', 'class'], 'sum'),
      node('Tanh', ['sum'], 'bounded'), node('Reshape', ['bounded', 'shape'], 'image')],
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
  return modelFile({ nodes: [node('Flatten', ['image'], 'z')], inputs: { image: ['N', 1, side, side] }, outputs: { z: ['N', latentSize] } });
}

/** What the network gives for one image, in double precision. */
export function tinyValues(z, label) {
  return Array.from({ length: side * side }, (_, pixel) => {
    let sum = classes[label * side * side + pixel];
    for (let i = 0; i < latentSize; ++i) sum += z[i] * weights[i * side * side + pixel];
    return Math.tanh(sum);
  });
}
