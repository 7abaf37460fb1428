// What the rarer unary operations make of a number: the kinds of op::UnaryKind (src/graph/ops.h) behind tanh, in its
// order. They are apart from activation.comp, so that convolutions don't compile them.

// Abramowitz and Stegun 1964, Handbook of Mathematical Functions, 4.4.49: within 2e-8 up to 1.
fn arc_tangent(x: float) -> float {
  let size: float = abs(x);
  let t: float = select(size, 1.0 / max(size, 1.0), size > 1.0);
  let s: float = t * t;
  let high: float = ((0.0028662257 * s - 0.0161657367) * s + 0.0429096138) * s - 0.0752896400;
  let low: float = (((high * s + 0.1065626393) * s - 0.1420889944) * s + 0.1999355085) * s - 0.3333314528;
  let angle: float = t + t * s * low;
  let positive: float = select(angle, 1.57079633 - angle, size > 1.0);
  return select(positive, -positive, x < 0.0);
}

fn arc_sine(x: float) -> float {
  return 2.0 * arc_tangent(x / (1.0 + sqrt(1.0 - x * x)));
}

// Drivers are exact about sines within a turn only.
fn within_a_turn(x: float) -> float {
  return x - 6.28318531 * floor(x * 0.159154943 + 0.5);
}

// The same source, 4.3.101: within 2e-8 up to an eighth of a turn. Quarters are taken off in two parts, the first of
// which has few bits, so that little is lost where the result is large.
fn tangent(x: float) -> float {
  let quarters: float = floor(x * 0.636619772 + 0.5);
  let r: float = x - quarters * 1.5703125 - quarters * 4.83826795e-4;
  let s: float = r * r;
  let high: float = ((0.0095168091 * s + 0.0029005250) * s + 0.0245650893) * s + 0.0533740603;
  let value: float = r + r * s * ((high * s + 0.1333923995) * s + 0.3333314036);
  let is_odd: bool = quarters - 2.0 * floor(quarters * 0.5) == 1.0;
  return select(value, -1.0 / value, is_odd);
}

// Halves go to the even neighbour. From 2^23 on all numbers are whole.
fn rounded(x: float) -> float {
  if (abs(x) >= 8388608.0) {
    return x;
  }
  let above: float = floor(x + 0.5);
  let is_half: bool = above - x == 0.5;
  let is_odd: bool = above - 2.0 * floor(above * 0.5) == 1.0;
  return select(above, above - 1.0, is_half && is_odd);
}

fn rarer(kind: uint, x: float) -> float {
  if (kind == 15u) {
    return 1.57079633 - arc_sine(x);
  } else if (kind == 16u) {
    return arc_sine(x);
  } else if (kind == 17u) {
    return arc_tangent(x);
  } else if (kind == 18u) {
    return ceil(x);
  } else if (kind == 19u) {
    return cos(within_a_turn(x));
  } else if (kind == 20u) {
    return floor(x);
  } else if (kind == 21u) {
    return 0.5 * (exp(min(x, 88.0)) + exp(min(-x, 88.0)));
  } else if (kind == 22u) {
    return 0.5 * (exp(min(x, 88.0)) - exp(min(-x, 88.0)));
  } else if (kind == 23u) {
    return log(x + sqrt(x * x - 1.0));
  } else if (kind == 24u) {
    let positive: float = log(abs(x) + sqrt(x * x + 1.0));
    return select(positive, -positive, x < 0.0);
  } else if (kind == 25u) {
    return 0.5 * log((1.0 + x) / (1.0 - x));
  } else if (kind == 26u) {
    return rounded(x);
  } else if (kind == 27u) {
    return select(select(0.0, 1.0, x > 0.0), -1.0, x < 0.0);
  } else if (kind == 28u) {
    return sin(within_a_turn(x));
  }
  return tangent(x);
}
