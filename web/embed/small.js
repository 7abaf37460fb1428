// The engine for pages in which WebAssembly is missing or forbidden: it computes the shipped models listed in `models`
// as src/xnn does, without XNNPACK. Its pictures differ by at most 2 of 255 (tests/web/small.test.mjs).
import { normal, philox, streams, winograd } from './small_tables.js';

export const models = 'digits fashion digits-gan digits-dcgan digits-wgan digits-wgan-gp digits-vae-gan'.split(' ');

/** The supported fields of a request, which are checked here since there is no engine to check them. */
const fields = 'text text_limit label count seed columns truncation'.split(' ');

const failure = (code, place, detail) =>
  Object.assign(new Error(place ? `${place}: ${detail}` : detail), { code, place, detail });

// Random numbers: src/core/rng.cpp

const low = (value) => value & 0xffffffffn;

/** 32 uniform bits, by position. */
function bits(seed, stream, index) {
  let [a, b, c, d] = [BigInt(index >> 2), 0n, BigInt(stream), 0n];
  let [k0, k1] = [low(seed), seed >> 32n];
  for (let round = 0; round < 10; ++round) {
    const [first, second] = [philox[0] * a, philox[1] * c];
    [a, b, c, d] = [(second >> 32n) ^ b ^ k0, low(second), (first >> 32n) ^ d ^ k1, low(first)];
    [k0, k1] = [low(k0 + philox[2]), low(k1 + philox[3])];
  }
  return Number([a, b, c, d][index & 3]);
}

const polynomial = (coefficients, x) => coefficients.reduceRight((sum, value) => sum * x + value, 0);

function inverseNormal(p) {
  const [a, b, c, d, e, f] = normal;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(a, r)) / polynomial(b, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const value = r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6) : polynomial(e, r - 5) / polynomial(f, r - 5);
  return q < 0 ? -value : value;
}

const latentOf = (seed, size) =>
  Float32Array.from({ length: size }, (_, i) => inverseNormal((bits(seed, streams.latent, i) + 0.5) / 2 ** 32));

// ONNX: protobuf's wire format, only for files that come with ganlet

function* fieldsOf(bytes) {
  let at = 0;
  const number = () => {
    let [value, unit] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * unit;
      unit *= 128;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = number();
    const kind = key & 7;
    if (kind === 0) yield [key >> 3, number()];
    else {
      const size = kind === 2 ? number() : kind === 5 ? 4 : 8;
      yield [key >> 3, bytes.subarray(at, (at += size))];
    }
  }
}

const textOf = (bytes) => new TextDecoder().decode(bytes);
const arrayOf = { 1: Float32Array, 3: Int8Array, 7: BigInt64Array };

function tensorOf(bytes) {
  const tensor = { dims: [] };
  for (const [field, value] of fieldsOf(bytes)) {
    if (field === 1) tensor.dims.push(...(value.length ? [...fieldless(value)] : [value]));
    else if (field === 2) tensor.type = value;
    else if (field === 8) tensor.name = textOf(value);
    else if (field === 9) tensor.data = new arrayOf[tensor.type](new Uint8Array(value).buffer);
  }
  return tensor;
}

/** Unpacks packed numbers. */
function* fieldless(bytes) {
  let [value, unit] = [0, 1];
  for (const byte of bytes) {
    value += (byte & 127) * unit;
    unit *= 128;
    if (byte < 128) {
      yield value;
      [value, unit] = [0, 1];
    }
  }
}

function graphOf(file) {
  const [, graph] = [...fieldsOf(file)].find(([field]) => field === 7);
  const [nodes, constants] = [[], {}];
  for (const [field, value] of fieldsOf(graph)) {
    if (field === 5) {
      const tensor = tensorOf(value);
      constants[tensor.name] = tensor;
    }
    if (field !== 1) continue;
    const node = { inputs: [] };
    for (const [part, inside] of fieldsOf(value)) {
      if (part === 1) node.inputs.push(textOf(inside));
      else if (part === 2) node.output = textOf(inside);
      else if (part === 4) node.operation = textOf(inside);
      else if (part === 5) for (const [of, data] of fieldsOf(inside)) if (of === 2) node.alpha = new Uint8Array(data);
    }
    nodes.push(node);
  }
  return { nodes, constants };
}

// Operations in float32, in XNNPACK's order of additions. Images are (height, width, channels) here.

const { fround } = Math;
/** When added to a small number, it leaves the number rounded to an integer. */
const rounding = 12582912;
const rounded = (value) => fround(value + rounding) - rounding;

/**
 * A product of one row of activations with rows of int8 weights. The activations are quantized as in
 * src/xnn/pixel_loops.cpp: to 0 ... 127, between the row's smallest and largest number.
 */
function product({ weights, scales }, row, out, at) {
  const size = row.length;
  let [least, most] = [0, 0];
  for (const value of row) {
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  const range = fround(most - least);
  const factor = range > 1e-30 ? fround(127 / range) : 0;
  const unit = range > 1e-30 ? fround(range / 127) : 1;
  const zero = fround(fround(-fround(least * factor)) + rounding);
  const lowest = rounding - zero;
  for (let i = 0; i < size; ++i)
    row[i] = fround(Math.min(lowest + 127, Math.max(lowest, fround(row[i] * factor))) + zero) - zero;
  for (let column = 0, from = 0; column < scales.length; ++column) {
    let sum = 0;
    for (let i = 0; i < size; ++i) sum += row[i] * weights[from++];
    out[at + column] = fround(sum * unit) * scales[column];
  }
}

/** Sums of a kernel's taps, requantized to int8: summed_taps in src/xnn/winograd_transposed_convolution.cpp. */
function summedTaps({ data, dims: [inputs, outputs] }, scale, down, across) {
  const [weights, scales] = [[], []];
  for (const vertical of down.taps)
    for (const horizontal of across.taps)
      for (let o = 0; o < outputs; ++o) {
        const sums = Array.from({ length: inputs }, (_, c) => {
          let sum = 0;
          for (const [y, signY] of vertical)
            for (const [x, signX] of horizontal) sum += signY * signX * data[(c * outputs + o) * 16 + y * 4 + x];
          return sum;
        });
        const unit = Math.max(1, ...sums.map((sum) => fround(Math.abs(sum) / 127)));
        scales.push(fround(scale[o] * unit));
        for (const sum of sums) weights.push(rounded(fround(sum / unit)));
      }
  return { weights: Int8Array.from(weights), scales };
}

/** A transposed convolution that doubles both sides of a picture, by Winograd's F(2, 2). */
function doubled({ data, dims: [height, width, channels] }, groups, bias) {
  const outputs = bias.length;
  const pixel = (y, x, c) => (y < 0 || x < 0 || y >= height || x >= width ? 0 : data[(y * width + x) * channels + c]);
  const count = ({ first }, size) => (first < 0 ? size >> 1 : ((size + 1) >> 1) - 1) + 1;
  const row = new Float32Array(channels);
  const planes = groups.map(({ down, across, product: weights }) => {
    const [rows, columns] = [count(down, height), count(across, width)];
    const each = weights.scales.length;
    const values = new Float32Array(rows * columns * each);
    for (let ty = 0, at = 0; ty < rows; ++ty)
      for (let tx = 0; tx < columns; ++tx, at += each) {
        const [y, x] = [2 * ty + down.first, 2 * tx + across.first];
        for (let c = 0; c < channels; ++c) {
          const line = (at) => fround(pixel(at, x, c) - (across.isDifference ? pixel(at, x + 1, c) : 0));
          row[c] = line(y) - (down.isDifference ? line(y + 1) : 0);
        }
        product(weights, row, values, at);
      }
    return { values, columns, each, wide: across.taps.length };
  });
  const out = new Float32Array(4 * height * width * outputs);
  for (let y = 0, at = 0; y < 2 * height; ++y)
    for (let x = 0; x < 2 * width; ++x, at += outputs)
      for (let o = 0; o < outputs; ++o) {
        const [first, second] = winograd.sources[y & 3].map((down) => {
          const [left, right] = winograd.sources[x & 3].map((across) => {
            const { values, columns, each, wide } = planes[4 * down[0] + across[0]];
            const row = (((y >> 2) + down[1]) * columns + (x >> 2) + across[1]) * each;
            return values[row + (down[2] * wide + across[2]) * outputs + o];
          });
          return fround(left + right);
        });
        out[at + o] = fround(first + second) + bias[o];
      }
  return { data: out, dims: [2 * height, 2 * width, outputs] };
}

/** A convolution to one channel that keeps the size: a product for each pixel, and a sum of shifted planes. */
function convolved({ data, dims: [height, width, channels] }, { weights, scales }, bias) {
  const side = Math.sqrt(scales.length);
  const reach = side >> 1;
  const out = new Float32Array(height * width).fill(bias[0]);
  const taps = new Float32Array(side * side);
  for (let y = 0; y < height; ++y)
    for (let x = 0; x < width; ++x) {
      const from = (y * width + x) * channels;
      product({ weights, scales }, data.slice(from, from + channels), taps, 0);
      for (let tap = 0; tap < taps.length; ++tap) {
        const [toY, toX] = [y + reach - Math.floor(tap / side), x + reach - (tap % side)];
        if (toY >= 0 && toX >= 0 && toY < height && toX < width) out[toY * width + toX] += taps[tap];
      }
    }
  return { data: out, dims: [height, width, 1] };
}

const each = ({ data, dims }, of) => ({ data: data.map(of), dims });
const number = (tensor) => Number(tensor.data[0]);

/** Fully connected layers compute in float32 (src/xnn/fully_connected.cpp). */
function connected({ data }, weights, bias) {
  const [outputs, inputs] = weights.dims;
  const out = Float32Array.from({ length: outputs }, (_, o) => {
    let sum = bias?.data[o] ?? 0;
    for (let i = 0; i < inputs; ++i)
      sum = fround(sum + fround(data[i] * fround(weights.data[o * inputs + i] * weights.scales[o])));
    return sum;
  });
  return { data: out, dims: [outputs] };
}

const operations = {
  OneHot: (label, depth, { data }) => ({
    data: Float32Array.from({ length: number(depth) }, (_, i) => data[+(i === label)]),
  }),
  Concat: (a, b) => ({ data: Float32Array.of(...a.data, ...b.data) }),
  Mul: (a, factor) => each(a, (value) => value * factor.data[0]),
  Slice: (a, first, end) => ({ data: a.data.slice(number(first), number(end)) }),
  Gemm: connected,
  Relu: (a) => each(a, (value) => Math.max(0, value)),
  Tanh: (a) => each(a, Math.tanh),
  Softmax(a) {
    const most = Math.max(...a.data);
    const powers = a.data.map((value) => Math.exp(value - most));
    const sum = powers.reduce((all, value) => all + value, 0);
    return { data: powers.map((value) => value / sum) };
  },
  Reshape({ data }, { data: sizes }) {
    const [, channels, height, width] = [...sizes].map(Number);
    const area = height * width;
    const at = (i) => (i % channels) * area + Math.floor(i / channels);
    return { data: data.map((_, i) => data[at(i)]), dims: [height, width, channels] };
  },
  ConvTranspose: (a, { groups }, bias) => doubled(a, groups, bias.data),
  Conv: (a, { product: weights }, bias) => convolved(a, weights, bias.data),
};

/** Weights in the form that the operation reading them needs. */
function prepared(kernel, scale, operation) {
  if (operation === 'Gemm') return { ...kernel, scales: scale };
  if (operation === 'ConvTranspose') {
    const kinds = winograd.kinds;
    const pairs = kinds.flatMap((down) => kinds.map((across) => ({ down, across })));
    return { groups: pairs.map((pair) => ({ ...pair, product: summedTaps(kernel, scale, pair.down, pair.across) })) };
  }
  const {
    dims: [, inputs, side],
    data,
  } = kernel;
  const taps = side * side;
  const weights = data.map((_, i) => data[(i % inputs) * taps + Math.floor(i / inputs)]);
  return { product: { weights, scales: new Float32Array(taps).fill(scale[0]) } };
}

/** A network as a function from one latent and label to pixels from -1 to 1. */
function networkOf(file) {
  const { nodes, constants } = graphOf(file);
  const values = { ...constants };
  const readers = Object.fromEntries(nodes.map(({ inputs, operation }) => [inputs[1], operation]));
  const steps = [];
  for (const { operation, inputs, output, alpha } of nodes) {
    if (operation === 'DequantizeLinear')
      values[output] = prepared(constants[inputs[0]], constants[inputs[1]].data, readers[output]);
    else if (operation === 'LeakyRelu') {
      const [slope] = new Float32Array(alpha.buffer);
      steps.push([(a) => each(a, (value) => (value < 0 ? slope * value : value)), inputs, output]);
    } else steps.push([operations[operation], inputs, output]);
  }
  return async (latent, label) => {
    const known = { ...values, z: { data: latent }, label };
    for (const [compute, inputs, output] of steps) {
      known[output] = compute(...inputs.map((name) => known[name]));
      await new Promise((done) => setTimeout(done)); // lets the page run in between
    }
    return known.image.data;
  };
}

// Requests: the part of src/generator/drawing.cpp that is needed here

function whole(request, name, most) {
  const value = Number(request[name]);
  if (!/^\d+$/.test(request[name]) || value > most)
    throw failure('invalid_argument', name, `must be a whole number up to ${most}, is '${request[name]}'`);
  return value;
}

/** The labels, seeds and columns of the images. */
function planOf(request, labels) {
  for (const name of Object.keys(request))
    if (!fields.includes(name)) throw failure('unsupported', name, 'needs WebAssembly, which this page has not');
  const { text, seed = '0' } = request;
  if (!/^\d+$/.test(seed) || BigInt(seed) >= 2n ** 64n) throw failure('invalid_argument', 'seed', `is '${seed}'`);
  const symbols = text === undefined ? undefined : [...String(text)];
  const limit = request.text_limit === undefined ? 1000 : whole(request, 'text_limit', 1000);
  if (symbols?.length > limit) throw failure('invalid_argument', '', `Request too long. Max ${limit} digits.`);
  if (symbols && (symbols.length === 0 || !symbols.every((one) => labels.includes(one))))
    throw failure('invalid_argument', '', 'Request invalid. Should only contain digits (0-9).');
  const count = symbols?.length ?? (request.count === undefined ? 1 : whole(request, 'count', 1024));
  if (count === 0) throw failure('invalid_argument', 'count', 'must be at least 1, is 0');
  const label = request.label === undefined ? undefined : whole(request, 'label', labels.length - 1);
  const images = Array.from({ length: count }, (_, i) => ({
    label: symbols ? labels.indexOf(symbols[i]) : (label ?? i % (labels.length || 1)),
    seed: (BigInt(seed) + BigInt(symbols ? 0 : i)) % 2n ** 64n,
  }));
  const square = symbols ? count : Math.ceil(Math.sqrt(count));
  const columns = Math.min(
    count,
    request.columns === undefined ? square : whole(request, 'columns', 2 ** 20) || square,
  );
  const truncation = Number(request.truncation ?? 1);
  if (!(truncation >= 0 && truncation <= 1))
    throw failure('invalid_argument', 'truncation', `must be 0 to 1, is '${request.truncation}'`);
  return { images, columns, truncation };
}

/** Opens a model from its model.json, as an object, and its generator's file. */
export function open(description, file) {
  const { id, title, version, labels = [], latent, image } = description;
  const network = networkOf(file);
  const { width, height } = image;
  const info = { id, title, version, labels, latentSize: latent.size, image, runsIn: 'page', backend: 'javascript' };
  return {
    info,
    latent: async (seed) => latentOf(BigInt(seed), latent.size),
    dispose() {},
    async apply() {
      throw failure('invalid_argument', id, 'takes no pictures: it draws them');
    },
    async draw(request = {}) {
      const { images, columns, truncation } = planOf(request, labels);
      const rows = Math.ceil(images.length / columns);
      const stride = columns * width;
      const data = new Uint8ClampedArray(4 * stride * rows * height);
      for (const [i, { label, seed }] of images.entries()) {
        const z = latentOf(seed, latent.size).map((value) => fround(truncation) * value);
        const start = Math.floor(i / columns) * height * stride + (i % columns) * width;
        (await network(z, label)).forEach((value, at) => {
          const byte = Math.round((value + 1) * 127.5);
          data.set([byte, byte, byte, 255], 4 * (start + Math.floor(at / width) * stride + (at % width)));
        });
      }
      const picture = { width: stride, height: rows * height, data };
      return globalThis.ImageData ? new ImageData(data, picture.width, picture.height) : picture;
    },
  };
}
