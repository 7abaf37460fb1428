// Sums of a convolution (convolution_parts.comp). An invocation computes 4 channels of 4 pixels by itself.
include "convolution_parts.comp";

group 64;

fn main() {
  let work_group: uint = first + group_index;
  let phase: uint = phase_of(work_group);
  let size: uvec4 = phases[2u * phase];
  let rest: uvec4 = phases[2u * phase + 1u];
  let rows: uint = size.y;
  let columns: uint = size.z;
  let pixels: uint = batch * rows * columns;
  let quads: uint = (pixels + 3u) / 4u;
  let fours: uint = (group_outputs + 3u) / 4u; // of a group's channels

  let item: uint = (work_group - size.x) * 64u + local_index;
  let four: uint = item % fours;
  let in_group: uint = item / fours % groups;
  let pixel: uint = item / (fours * groups) % quads * 4u;
  let part: uint = item / (fours * groups * quads);
  if (part >= parts) {
    return;
  }
  let pixel1: uint = min(pixel + 1u, pixels - 1u);
  let pixel2: uint = min(pixel + 2u, pixels - 1u);
  let pixel3: uint = min(pixel + 3u, pixels - 1u);
  let depth: uint = rest.z * group_inputs; // taps and their channels, one behind the other
  let step: uint = (depth + parts - 1u) / parts;
  let begin: uint = min(part * step, depth);
  let end: uint = min(begin + step, depth);
  var sum0: vec4 = vec4(0.0);
  var sum1: vec4 = vec4(0.0);
  var sum2: vec4 = vec4(0.0);
  var sum3: vec4 = vec4(0.0);
  for (var tap: uint = begin / group_inputs; tap * group_inputs < end; tap++) {
    let place0: uint = source(pixel, rows, columns, rest.y + tap);
    let place1: uint = source(pixel1, rows, columns, rest.y + tap);
    let place2: uint = source(pixel2, rows, columns, rest.y + tap);
    let place3: uint = source(pixel3, rows, columns, rest.y + tap);
    let before: uint = tap * group_inputs;
    let past: uint = min(end - before, group_inputs);
    for (var i: uint = max(begin, before) - before; i < past; i++) {
      let w: vec4 = weight(((in_group * taps_of_all + rest.y + tap) * group_inputs + i) * fours + four);
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
    let place: uint = part * values + target(pixel + j, phase, in_group) + 4u * four;
    for (var c: uint = 0u; c < 4u && 4u * four + c < group_outputs; c++) {
      y[place + c] = finished(sums[j][c], in_group * fours + four, c);
    }
  }
}
