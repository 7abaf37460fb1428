// Products of matrices: (...,M,K) x (...,K,N) -> (...,M,N), where the leading axes are broadcast as in NumPy. An
// invocation computes 4 x 4 elements; indices beyond the last row or column are moved onto it, and not stored.
uniforms {
  sizes: uvec4;     // of the leading axes of the output
  a_strides: uvec4; // of these axes in a, 0 where it repeats
  b_strides: uvec4;
  first: uint;      // work group of this dispatch
  matrices: uint;
  rows: uint;       // M
  depth: uint;      // K
  columns: uint;    // N
}
input a: float[];
input b: float[];
output y: float[];
group 64;

fn row_of_b(place: uint, column: uint) -> vec4 {
  let last: uint = columns - 1u;
  return vec4(b[place + column], b[place + min(column + 1u, last)], b[place + min(column + 2u, last)],
              b[place + min(column + 3u, last)]);
}

fn main() {
  let across: uint = (columns + 3u) / 4u;
  let down: uint = (rows + 3u) / 4u;
  let item: uint = (first + group_index) * 64u + local_index;
  let column: uint = item % across * 4u;
  let row: uint = item / across % down * 4u;
  let matrix: uint = item / (across * down);
  if (matrix >= matrices) {
    return;
  }
  var a_place: uint = 0u;
  var b_place: uint = 0u;
  var rest: uint = matrix;
  for (var k: uint = 0u; k < 4u; k++) {
    let axis: uint = 3u - k;
    a_place += rest % sizes[axis] * a_strides[axis];
    b_place += rest % sizes[axis] * b_strides[axis];
    rest /= sizes[axis];
  }
  let last: uint = rows - 1u;
  let place0: uint = a_place + row * depth;
  let place1: uint = a_place + min(row + 1u, last) * depth;
  let place2: uint = a_place + min(row + 2u, last) * depth;
  let place3: uint = a_place + min(row + 3u, last) * depth;
  var sums: vec4[4];
  for (var k: uint = 0u; k < depth; k++) {
    let right: vec4 = row_of_b(b_place + k * columns, column);
    sums[0u] += a[place0 + k] * right;
    sums[1u] += a[place1 + k] * right;
    sums[2u] += a[place2 + k] * right;
    sums[3u] += a[place3 + k] * right;
  }
  for (var i: uint = 0u; i < 4u && row + i < rows; i++) {
    for (var j: uint = 0u; j < 4u && column + j < columns; j++) {
      y[(matrix * rows + row + i) * columns + column + j] = sums[i][j];
    }
  }
}
