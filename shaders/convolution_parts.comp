// What the kernels of convolutions, transposed convolutions and fully connected layers have in common. For each pixel p
// of an image (N,H,W,C) and each channel o of a group,
//
//   y[p, o] = f(bias[o] + sum over t and i of x[row(p) step + dy(t), column(p) step + dx(t), i] w[t, i, o])
//
// over taps t and channels i, where a tap outside of the picture adds nothing. A convolution has one tap for each
// element of its kernel, and step is its stride. A transposed convolution with stride s is s x s such sums, its phases:
// output pixels whose row and column leave the same remainders use the same taps and read next to each other (step 1),
// so that none of the zeros between pixels is ever multiplied (Shi et al. 2016, Is the deconvolution layer the same as
// a convolutional layer?). All phases run in one dispatch. A fully connected layer is a convolution of images of one
// pixel with one tap.
//
// Where there is little of a picture and much to sum up, the sum is cut into parts, each of some taps and channels;
// part p stands p x values behind the output's beginning, and sum_parts.comp makes the output of them.
//
// Weights are packed as (group, tap, input channel, 4 output channels), the last group of 4 filled up with zeros; taps
// are pairs dy, dx.
include "activation.comp";

choice storage: 0u, 1u, 2u; // of weights: float32, float16, int8

uniforms {
  phases: uvec4[32]; // for each two: (first work group, rows, columns, first row of the output),
                     // (first column of the output, first tap, taps, -)
  phase_count: uint;
  first: uint;       // work group of this dispatch
  batch: uint;
  input_rows: uint;
  input_columns: uint;
  input_channels: uint;   // of all groups
  group_inputs: uint;
  group_outputs: uint;
  groups: uint;
  taps_of_all: uint;      // phases together
  output_rows: uint;
  output_columns: uint;
  input_step_row: uint;   // from one row of a phase to the next, in the input
  input_step_column: uint;
  output_step_row: uint;  // and in the output
  output_step_column: uint;
  kind: uint;             // of activation.comp
  a: float;
  b: float;
  low: float;
  high: float;
  parts: uint;
  values: uint;           // of the output
}
constant weights: uvec4[];
constant taps: uint[];
constant ends: vec4[]; // for each 4 channels their bias, and what their sums are multiplied by
input x: float[];
output y: float[];

fn signed_byte(word: uint, above: uint) -> float {
  return float(int(word << above) >> 24u);
}

// 4 weights, numbered in their order.
fn weight(place: uint) -> vec4 {
  if (storage == 1u) {
    let eight: uvec4 = weights[place / 2u];
    let word: uint = select(eight.x, eight.z, place % 2u == 1u);
    let next: uint = select(eight.y, eight.w, place % 2u == 1u);
    return vec4(low_half(word), high_half(word), low_half(next), high_half(next));
  } else if (storage == 2u) {
    let word: uint = weights[place / 4u][place % 4u];
    return vec4(signed_byte(word, 24u), signed_byte(word, 16u), signed_byte(word, 8u), signed_byte(word, 0u));
  }
  let bits: uvec4 = weights[place];
  return vec4(uintBitsToFloat(bits.x), uintBitsToFloat(bits.y), uintBitsToFloat(bits.z), uintBitsToFloat(bits.w));
}

fn phase_of(work_group: uint) -> uint {
  var phase: uint = 0u;
  for (var p: uint = 1u; p < phase_count; p++) {
    if (work_group >= phases[2u * p].x) {
      phase = p;
    }
  }
  return phase;
}

// Where in x the first channel of a pixel's tap is, or 4294967295 outside of the picture. A phase has `rows` and
// `columns`.
fn source(pixel: uint, rows: uint, columns: uint, tap: uint) -> uint {
  let image: uint = pixel / (rows * columns);
  let row: int = int(pixel / columns % rows * input_step_row) + int(taps[2u * tap]);
  let column: int = int(pixel % columns * input_step_column) + int(taps[2u * tap + 1u]);
  if (row < 0 || row >= int(input_rows) || column < 0 || column >= int(input_columns)) {
    return 4294967295u;
  }
  return ((image * input_rows + uint(row)) * input_columns + uint(column)) * input_channels;
}

fn loaded(place: uint, channel: uint) -> float {
  if (place == 4294967295u) {
    return 0.0;
  }
  return x[place + channel];
}

// Where in y the first channel of a group is, of a phase's pixel.
fn target(pixel: uint, phase: uint, in_group: uint) -> uint {
  let size: uvec4 = phases[2u * phase];
  let image: uint = pixel / (size.y * size.z);
  let row: uint = pixel / size.z % size.y * output_step_row + size.w;
  let column: uint = pixel % size.z * output_step_column + phases[2u * phase + 1u].x;
  return ((image * output_rows + row) * output_columns + column) * (groups * group_outputs) + in_group * group_outputs;
}

// What a sum becomes in the output, or in a part of it; `four` counts all groups' channels.
fn finished(sum: float, four: uint, channel: uint) -> float {
  if (parts > 1u) {
    return sum;
  }
  return activated(kind, a, b, min(max(ends[2u * four][channel] + ends[2u * four + 1u][channel] * sum, low), high));
}
