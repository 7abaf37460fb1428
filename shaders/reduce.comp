// Sums and means over some axes. `lanes` invocations share an output: each adds every lanes-th element, then they add
// their sums in pairs, in shared memory. So an instance norm's mean over a picture is read by many at once, and sums of
// many elements stay exact. lanes is a power of two of at most 64; a work group has 64 / lanes outputs.
uniforms {
  kept_sizes: uvec4[2];    // the output's axes, 1 where there are fewer than 8
  kept_strides: uvec4[2];  // of these axes in the input
  reduced_sizes: uvec4[2]; // the axes that are summed over
  reduced_strides: uvec4[2];
  count: uint;             // outputs
  terms: uint;             // of a sum
  lanes: uint;
  first: uint;             // work group of this dispatch
  factor: float;           // 1, or one by terms
}
input x: float[];
output y: float[];
shared sums: float[64];
group 64;

fn place(which: uint, element: uint) -> uint {
  var sum: uint = 0u;
  var rest: uint = element;
  for (var k: uint = 0u; k < 8u; k++) {
    let axis: uint = 7u - k;
    let size: uint = select(reduced_sizes[axis / 4u][axis % 4u], kept_sizes[axis / 4u][axis % 4u], which == 0u);
    let stride: uint = select(reduced_strides[axis / 4u][axis % 4u], kept_strides[axis / 4u][axis % 4u], which == 0u);
    sum += rest % size * stride;
    rest /= size;
  }
  return sum;
}

fn main() {
  let lane: uint = local_index % lanes;
  let out: uint = (first + group_index) * (64u / lanes) + local_index / lanes;
  let start: uint = place(0u, min(out, count - 1u));
  var sum: float = 0.0;
  for (var term: uint = lane; term < terms; term += lanes) {
    sum += x[start + place(1u, term)];
  }
  sums[local_index] = sum;
  barrier();
  for (var half: uint = lanes / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      sums[local_index] += sums[local_index + half];
    }
    barrier();
  }
  if (lane == 0u && out < count) {
    y[out] = sums[local_index] * factor;
  }
}
