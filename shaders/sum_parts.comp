// Adds up the parts of a convolution's sums (convolution_parts.comp), and finishes them as it does without parts.
include "activation.comp";

uniforms {
  first: uint; // work group of this dispatch
  parts: uint;
  values: uint; // of the output, (..., groups x group_outputs)
  groups: uint;
  group_outputs: uint;
  kind: uint; // of activation.comp
  a: float;
  b: float;
  low: float;
  high: float;
}
constant ends: vec4[]; // for each 4 channels their bias, and what their sums are multiplied by
input x: float[];
output y: float[];
group 64;

fn main() {
  let place: uint = (first + group_index) * 64u + local_index;
  if (place >= values) {
    return;
  }
  var sum: float = 0.0;
  for (var part: uint = 0u; part < parts; part++) {
    sum += x[part * values + place];
  }
  let channel: uint = place % group_outputs;
  let four: uint = place / group_outputs % groups * ((group_outputs + 3u) / 4u) + channel / 4u;
  let bias: float = ends[2u * four][channel % 4u];
  let scale: float = ends[2u * four + 1u][channel % 4u];
  y[place] = activated(kind, a, b, min(max(bias + scale * sum, low), high));
}
