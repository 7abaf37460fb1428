// A chain of unary and binary operations and of choices, element by element: a value begins as an element of the first
// input, and each step changes it, alone or with elements of the inputs. So a chain reads and writes memory once.
// Inputs are broadcast to the output's shape by strides of 0. Truth is 1, anything else but 0 is true, too.
include "activation.comp";
include "rarer_unary.comp";

uniforms {
  sizes: uvec4[2];    // of the output's axes, the last first
  strides: uvec4[8];  // of these axes in each input: two vectors each
  steps: uvec4[8];    // (operation, input or 4 for none, where the value stands among the operands, second input)
  numbers: vec4[8];   // (a, b, -, -) of each step's unary operation
  step_count: uint;
  axes: uint;
  count: uint;        // elements
  first: uint;        // work group of this dispatch
}
input x0: float[];
input x1: float[];
input x2: float[];
input x3: float[];
output y: float[];
group 64;

// C's pow. GLSL and WGSL define it for positive bases alone.
fn power(a: float, b: float) -> float {
  if (b == 0.0) {
    return 1.0;
  } else if (b == 2.0) {
    return a * a;
  }
  let size: float = pow(abs(a), b);
  let is_odd: bool = abs(b - 2.0 * floor(b / 2.0)) == 1.0;
  return select(size, -size, a < 0.0 && is_odd);
}

// In the order of op::BinaryKind (src/graph/ops.h); 5, the remainder, is missing. The quotient of whole numbers is
// exact where it can be.
fn combined(kind: uint, a: float, b: float) -> float {
  if (kind == 0u) {
    return a + b;
  } else if (kind == 1u) {
    return a / b;
  } else if (kind == 2u) {
    return select(0.0, 1.0, a == b);
  } else if (kind == 3u) {
    return max(a, b);
  } else if (kind == 4u) {
    return min(a, b);
  } else if (kind == 6u) {
    return a * b;
  } else if (kind == 7u) {
    return power(a, b);
  } else if (kind == 8u) {
    return select(a * b, a, a >= 0.0);
  } else if (kind == 10u) {
    return select(0.0, 1.0, a < b);
  } else if (kind == 11u) {
    return select(0.0, 1.0, a <= b);
  }
  return a - b;
}

fn place_in(which: uint, element: uint) -> uint {
  var place: uint = 0u;
  var rest: uint = element;
  for (var axis: uint = 0u; axis < axes; axis++) {
    let size: uint = sizes[axis / 4u][axis % 4u];
    place += rest % size * strides[2u * which + axis / 4u][axis % 4u];
    rest /= size;
  }
  return place;
}

fn loaded(which: uint, element: uint) -> float {
  let place: uint = place_in(which, element);
  if (which == 0u) {
    return x0[place];
  } else if (which == 1u) {
    return x1[place];
  } else if (which == 2u) {
    return x2[place];
  }
  return x3[place];
}

fn main() {
  let element: uint = (first + group_index) * 64u + local_index;
  if (element >= count) {
    return;
  }
  var value: float = loaded(0u, element);
  for (var step: uint = 0u; step < step_count; step++) {
    let now: uvec4 = steps[step];
    if (now.x == 64u) { // Cast to boolean
      value = select(1.0, 0.0, value == 0.0);
    } else if (now.x == 65u) { // Select: what stands first decides
      let one: float = loaded(now.y, element);
      let other: float = loaded(now.w, element);
      let decides: float = select(one, value, now.z == 0u);
      let chosen: float = select(select(one, value, now.z == 1u), other, now.z == 2u);
      value = select(chosen, select(other, value, now.z == 2u), decides == 0.0);
    } else if (now.y == 4u && now.x <= 14u) {
      value = activated(now.x, numbers[step].x, numbers[step].y, value);
    } else if (now.y == 4u) {
      value = rarer(now.x, value);
    } else {
      let other: float = loaded(now.y, element);
      value = combined(now.x, select(value, other, now.z == 1u), select(other, value, now.z == 1u));
    }
  }
  y[element] = value;
}
