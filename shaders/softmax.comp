// Softmax over one axis: exp(x - largest) / sum of them, in three passes over a line, which an invocation computes
// alone. The tensor is (outer, count, inner).
uniforms {
  lines: uint; // outer inner
  count: uint; // at least 1
  inner: uint;
  first: uint; // work group of this dispatch
}
input x: float[];
output y: float[];
group 64;

fn main() {
  let line: uint = (first + group_index) * 64u + local_index;
  if (line >= lines) {
    return;
  }
  let start: uint = line / inner * count * inner + line % inner;
  var largest: float = x[start];
  for (var i: uint = 1u; i < count; i++) {
    largest = max(largest, x[start + i * inner]);
  }
  var sum: float = 0.0;
  for (var i: uint = 0u; i < count; i++) {
    sum += exp(x[start + i * inner] - largest);
  }
  for (var i: uint = 0u; i < count; i++) {
    y[start + i * inner] = exp(x[start + i * inner] - largest) / sum;
  }
}
