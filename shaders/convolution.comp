// Convolution, transposed convolution and fully connected layers: for each pixel p of an image (N,H,W,C) and each
// channel o of a group,
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
// An invocation computes 4 channels of 4 pixels. Weights are packed as (group, tap, input channel, 4 output channels),
// the last group of 4 filled up with zeros; taps are pairs dy, dx.
include "activation.comp";

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
}
constant taps: uint[];
constant weights: vec4[];
constant bias: vec4[];
input x: float[];
output y: float[];
group 64;

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

fn main() {
  let work_group: uint = first + group_index;
  var phase: uint = 0u;
  for (var p: uint = 1u; p < phase_count; p++) {
    if (work_group >= phases[2u * p].x) {
      phase = p;
    }
  }
  let size: uvec4 = phases[2u * phase];
  let rest: uvec4 = phases[2u * phase + 1u];
  let rows: uint = size.y;
  let columns: uint = size.z;
  let pixels: uint = batch * rows * columns;
  let fours: uint = (group_outputs + 3u) / 4u; // of a group's channels

  let item: uint = (work_group - size.x) * 64u + local_index;
  let four: uint = item % fours;
  let in_group: uint = item / fours % groups;
  let pixel: uint = item / (fours * groups) * 4u;
  if (pixel >= pixels) {
    return;
  }
  let pixel1: uint = min(pixel + 1u, pixels - 1u);
  let pixel2: uint = min(pixel + 2u, pixels - 1u);
  let pixel3: uint = min(pixel + 3u, pixels - 1u);
  var sum0: vec4 = bias[in_group * fours + four];
  var sum1: vec4 = sum0;
  var sum2: vec4 = sum0;
  var sum3: vec4 = sum0;
  for (var tap: uint = rest.y; tap < rest.y + rest.z; tap++) {
    let place0: uint = source(pixel, rows, columns, tap);
    let place1: uint = source(pixel1, rows, columns, tap);
    let place2: uint = source(pixel2, rows, columns, tap);
    let place3: uint = source(pixel3, rows, columns, tap);
    for (var i: uint = 0u; i < group_inputs; i++) {
      let w: vec4 = weights[((in_group * taps_of_all + tap) * group_inputs + i) * fours + four];
      let channel: uint = in_group * group_inputs + i;
      sum0 += loaded(place0, channel) * w;
      sum1 += loaded(place1, channel) * w;
      sum2 += loaded(place2, channel) * w;
      sum3 += loaded(place3, channel) * w;
    }
  }
  var sums: vec4[4];
  sums[0u] = sum0;
  sums[1u] = sum1;
  sums[2u] = sum2;
  sums[3u] = sum3;
  for (var j: uint = 0u; j < 4u && pixel + j < pixels; j++) {
    let image: uint = (pixel + j) / (rows * columns);
    let row: uint = (pixel + j) / columns % rows * output_step_row + size.w;
    let column: uint = (pixel + j) % columns * output_step_column + rest.x;
    let place: uint = ((image * output_rows + row) * output_columns + column) * (groups * group_outputs) +
                      in_group * group_outputs;
    for (var c: uint = 0u; c < 4u && 4u * four + c < group_outputs; c++) {
      y[place + 4u * four + c] = activated(kind, a, b, min(max(sums[j][c], low), high));
    }
  }
}
