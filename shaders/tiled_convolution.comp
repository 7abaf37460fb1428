// Sums of a convolution (convolution_parts.comp) as products of matrices, pixels x (taps, channels) times (taps,
// channels) x outputs, that are never written down as such (implicit GEMM; Chetlur et al. 2014, cuDNN: Efficient
// Primitives for Deep Learning). A work group computes a tile of 4 side pixels and as many channels, 16 of what is
// summed at a time, which it loads into its memory at once; an invocation, 4 channels of 4 pixels.
include "convolution_parts.comp";

choice side: 8u, 16u;
group side * side;
shared left: float[64 * side];  // (16, 4 side pixels)
shared right: vec4[16 * side];  // (16, side times 4 channels)

fn main() {
  let work_group: uint = first + group_index;
  let phase: uint = phase_of(work_group);
  let size: uvec4 = phases[2u * phase];
  let rest: uvec4 = phases[2u * phase + 1u];
  let rows: uint = size.y;
  let columns: uint = size.z;
  let pixels: uint = batch * rows * columns;
  let fours: uint = (group_outputs + 3u) / 4u; // of a group's channels

  let across: uint = (fours + side - 1u) / side;
  let down: uint = (pixels + 4u * side - 1u) / (4u * side);
  let tile: uint = work_group - size.x;
  let first_four: uint = tile % across * side;
  let in_group: uint = tile / across % groups;
  let first_pixel: uint = tile / (across * groups) % down * 4u * side;
  let part: uint = tile / (across * groups * down);

  let depth: uint = rest.z * group_inputs; // taps and their channels, one behind the other
  let step: uint = (depth + parts - 1u) / parts;
  let begin: uint = min(part * step, depth);
  let end: uint = min(begin + step, depth);
  let loaded_pixel: uint = min(first_pixel + local_index % (4u * side), pixels - 1u);
  let weights_of_group: uint = (in_group * taps_of_all + rest.y) * group_inputs;
  let four: uint = local_index % side;
  let pixel: uint = local_index / side * 4u; // in the tile
  var sum0: vec4 = vec4(0.0);
  var sum1: vec4 = vec4(0.0);
  var sum2: vec4 = vec4(0.0);
  var sum3: vec4 = vec4(0.0);
  for (var above: uint = begin; above < end; above += 16u) {
    barrier();
    for (var i: uint = local_index / (4u * side); i < 16u; i += side / 4u) {
      var value: float = 0.0;
      if (above + i < end) {
        value = loaded(source(loaded_pixel, rows, columns, rest.y + (above + i) / group_inputs),
                       in_group * group_inputs + (above + i) % group_inputs);
      }
      left[i * 4u * side + local_index % (4u * side)] = value;
    }
    for (var i: uint = local_index; i < 16u * side; i += side * side) {
      var w: vec4 = vec4(0.0);
      if (above + i / side < end && first_four + i % side < fours) {
        w = weight((weights_of_group + above + i / side) * fours + first_four + i % side);
      }
      right[i] = w;
    }
    barrier();
    for (var i: uint = 0u; i < 16u; i++) {
      let w: vec4 = right[i * side + four];
      let place: uint = i * 4u * side + pixel;
      sum0 += left[place] * w;
      sum1 += left[place + 1u] * w;
      sum2 += left[place + 2u] * w;
      sum3 += left[place + 3u] * w;
    }
  }
  var sums: vec4[4];
  sums[0u] = sum0;
  sums[1u] = sum1;
  sums[2u] = sum2;
  sums[3u] = sum3;
  for (var j: uint = 0u; j < 4u && first_pixel + pixel + j < pixels; j++) {
    let place: uint = part * values + target(first_pixel + pixel + j, phase, in_group) + 4u * (first_four + four);
    for (var c: uint = 0u; c < 4u && 4u * (first_four + four) + c < group_outputs; c++) {
      y[place + c] = finished(sums[j][c], in_group * fours + first_four + four, c);
    }
  }
}
