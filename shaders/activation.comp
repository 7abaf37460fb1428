// What a unary operation makes of a number. The kinds are op::UnaryKind's (src/graph/ops.h), in its order; 15 is none.
// Numbers stay finite: exponents are kept below 88, beyond which exp of a float overflows.

// Abramowitz and Stegun 1964, Handbook of Mathematical Functions, 7.1.26: within 1.5e-7.
fn error_function(x: float) -> float {
  let t: float = 1.0 / (1.0 + 0.3275911 * abs(x));
  let sum: float = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  let positive: float = 1.0 - sum * exp(-min(x * x, 88.0));
  return select(positive, -positive, x < 0.0);
}

fn sigmoid(x: float) -> float {
  return 1.0 / (1.0 + exp(-clamp(x, -88.0, 88.0)));
}

fn activated(kind: uint, a: float, b: float, x: float) -> float {
  if (kind == 0u) {
    return abs(x);
  } else if (kind == 1u) {
    return min(max(x, a), b);
  } else if (kind == 2u) {
    return select(x, a * (exp(min(x, 0.0)) - 1.0), x < 0.0);
  } else if (kind == 3u) {
    return error_function(x);
  } else if (kind == 4u) {
    return exp(x);
  } else if (kind == 5u) {
    return 0.5 * x * (1.0 + error_function(x * 0.70710678));
  } else if (kind == 6u) { // (1 + tanh(u)) / 2 is sigmoid(2 u)
    return x * sigmoid(1.59576912 * (x + 0.044715 * x * x * x));
  } else if (kind == 7u) {
    return select(x, a * x, x < 0.0);
  } else if (kind == 8u) {
    return log(x);
  } else if (kind == 9u) {
    return -x;
  } else if (kind == 10u) {
    return 1.0 / x;
  } else if (kind == 11u) {
    return sigmoid(x);
  } else if (kind == 12u) {
    return max(x, 0.0) + log(1.0 + exp(-min(abs(x), 88.0)));
  } else if (kind == 13u) {
    return sqrt(x);
  } else if (kind == 14u) {
    return 2.0 * sigmoid(2.0 * clamp(x, -15.0, 15.0)) - 1.0;
  }
  return x;
}
