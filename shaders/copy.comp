// Everything that only moves elements: along each axis, element i of a box in the output is element start + i step of
// the input. Outside of the input it is, by `mode`, a number (0), the nearest element (1), the reflection at the edge,
// which isn't repeated (2), or the input over again (3).
uniforms {
  boxes: uvec4[6];  // by axis, the last first: (size of the box, stride in the output, size of the input, stride there)
  moves: uvec4[6];  // by axis: (start, step, -, -), as int
  axes: uint;
  mode: uint;
  count: uint;      // elements of the box
  offset: uint;     // of the box in the output
  first: uint;      // work group of this dispatch
  value: float;
}
input x: float[];
output y: float[];
group 64;

fn reflected(at: int, size: int) -> int {
  if (size == 1) {
    return 0;
  }
  let period: int = 2 * (size - 1);
  let rest: int = int(uint(abs(at)) % uint(period)); // the same on both sides of 0
  return select(period - rest, rest, rest < size);
}

fn main() {
  let element: uint = (first + group_index) * 64u + local_index;
  if (element >= count) {
    return;
  }
  var from: uint = 0u;
  var to: uint = offset;
  var rest: uint = element;
  var is_inside: bool = true;
  for (var axis: uint = 0u; axis < axes; axis++) {
    let box: uvec4 = boxes[axis];
    let i: uint = rest % box.x;
    rest /= box.x;
    to += i * box.y;
    let size: int = int(box.z);
    var at: int = int(moves[axis].x) + int(i) * int(moves[axis].y);
    if (mode == 1u) {
      at = clamp(at, 0, size - 1);
    } else if (mode == 2u) {
      at = reflected(at, size);
    } else if (mode == 3u) {
      at = int(uint(at) % uint(size));
    }
    if (at < 0 || at >= size) {
      is_inside = false;
      at = 0;
    }
    from += uint(at) * box.w;
  }
  if (is_inside) {
    y[to] = x[from];
  } else {
    y[to] = value;
  }
}
