// Sums, means, extremes and products over some axes. `lanes` invocations share an output: each combines every lanes-th
// element, then they combine what they have in pairs, in shared memory. So many read the picture of an instance norm at
// once, and a sum of many elements stays exact. lanes is a power of two of at most 64; a work group has 64 / lanes
// outputs.
uniforms {
  kept_sizes: uvec4[2];    // of the output's axes, the last first
  kept_strides: uvec4[2];  // of these axes in the input
  reduced_sizes: uvec4[2]; // of the axes that are summed over, the last first
  reduced_strides: uvec4[2];
  kept_axes: uint;
  reduced_axes: uint;
  count: uint;             // outputs
  terms: uint;             // of a sum
  lanes: uint;
  kind: uint;              // of op::ReduceKind
  first: uint;             // work group of this dispatch
  factor: float;           // 1, or one by terms
}
input x: float[];
output y: float[];
shared sums: float[64];
group 64;

fn combined(a: float, b: float) -> float {
  if (kind == 2u) {
    return max(a, b);
  } else if (kind == 3u) {
    return min(a, b);
  } else if (kind == 4u) {
    return a * b;
  }
  return a + b;
}

// What changes nothing.
fn neutral() -> float {
  if (kind == 2u) {
    return -3.4e38;
  } else if (kind == 3u) {
    return 3.4e38;
  } else if (kind == 4u) {
    return 1.0;
  }
  return 0.0;
}

fn kept_place(element: uint) -> uint {
  var sum: uint = 0u;
  var rest: uint = element;
  for (var axis: uint = 0u; axis < kept_axes; axis++) {
    let size: uint = kept_sizes[axis / 4u][axis % 4u];
    sum += rest % size * kept_strides[axis / 4u][axis % 4u];
    rest /= size;
  }
  return sum;
}

fn reduced_place(element: uint) -> uint {
  var sum: uint = 0u;
  var rest: uint = element;
  for (var axis: uint = 0u; axis < reduced_axes; axis++) {
    let size: uint = reduced_sizes[axis / 4u][axis % 4u];
    sum += rest % size * reduced_strides[axis / 4u][axis % 4u];
    rest /= size;
  }
  return sum;
}

fn main() {
  let lane: uint = local_index % lanes;
  let out: uint = (first + group_index) * (64u / lanes) + local_index / lanes;
  let start: uint = kept_place(min(out, count - 1u));
  var sum: float = neutral();
  for (var term: uint = lane; term < terms; term += lanes) {
    sum = combined(sum, x[start + reduced_place(term)]);
  }
  sums[local_index] = sum;
  barrier();
  for (var half: uint = lanes / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      sums[local_index] = combined(sums[local_index], sums[local_index + half]);
    }
    barrier();
  }
  if (lane == 0u && out < count) {
    y[out] = sums[local_index] * factor;
  }
}
