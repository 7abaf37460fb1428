// Slices of x at given indices: x is (outer, size, inner), y (outer, indices, inner). The host has checked the indices
// and counted negative ones from the end; min keeps a wrong one inside all the same.
uniforms {
  count: uint;    // elements of y
  size: uint;     // at least 1
  inner: uint;
  chosen: uint;   // indices
  first: uint;    // work group of this dispatch
}
input indices: uint[];
input x: float[];
output y: float[];
group 64;

fn main() {
  let element: uint = (first + group_index) * 64u + local_index;
  if (element >= count) {
    return;
  }
  let slice: uint = min(indices[element / inner % chosen], size - 1u);
  y[element] = x[(element / (inner * chosen) * size + slice) * inner + element % inner];
}
