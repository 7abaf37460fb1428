// Numbers as classes: y is (outer, depth, inner), and indices are (outer, inner). y is values[1] where the class along
// the middle axis is the index, else values[0]. The host has counted negative indices from the end, and made those
// outside of the axis 4294967295, which no class is.
uniforms {
  count: uint;    // elements of y
  depth: uint;
  inner: uint;
  first: uint;    // work group of this dispatch
}
input indices: uint[];
input values: float[];
output y: float[];
group 64;

fn main() {
  let element: uint = (first + group_index) * 64u + local_index;
  if (element >= count) {
    return;
  }
  let class: uint = element / inner % depth;
  let chosen: uint = indices[element / (inner * depth) * inner + element % inner];
  y[element] = select(values[0u], values[1u], class == chosen);
}
