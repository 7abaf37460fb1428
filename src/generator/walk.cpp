#include "generator/walk.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace ganlet {

namespace {

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

struct Weights {
  double a, b;
};

/// The weights of two vectors at t in [0, 1]. If there is no unique great circle between them (they have the same or
/// opposite directions, or one is 0), they interpolate linearly.
Weights weights_at(std::span<const float> a, std::span<const float> b, double t, Interpolation interpolation) {
  const double length_a = std::sqrt(dot(a, a)), length_b = std::sqrt(dot(b, b));
  if (interpolation == Interpolation::linear || length_a == 0 || length_b == 0)
    return {1 - t, t};
  const double angle = std::acos(std::clamp(dot(a, b) / (length_a * length_b), -1.0, 1.0));
  const double sine = std::sin(angle);
  if (sine <= 1e-6) // as in web/embed/element/motion.js
    return {1 - t, t};
  const double length = length_a + t * (length_b - length_a);
  return {std::sin((1 - t) * angle) / sine * length / length_a, std::sin(t * angle) / sine * length / length_b};
}

} // namespace

std::vector<float> Walk::latent(std::int64_t frame, std::int64_t frames) const {
  const auto count = static_cast<std::int64_t>(keyframes.size() / latent_size);
  assert(count >= 1 && frame >= 0 && frame < frames);
  const std::int64_t steps = loop ? count : count - 1;
  const std::int64_t parts = loop ? frames : std::max<std::int64_t>(frames - 1, 1);
  const double position = static_cast<double>(frame) * static_cast<double>(steps) / static_cast<double>(parts);
  const auto from = std::min(static_cast<std::int64_t>(position), std::max<std::int64_t>(steps - 1, 0));
  const auto key = [&](std::int64_t index) {
    return keyframes.subspan(static_cast<std::size_t>(index % count) * latent_size, latent_size);
  };
  const std::span<const float> a = key(from), b = key(from + 1);
  const Weights weights = weights_at(a, b, position - static_cast<double>(from), interpolation);
  std::vector<float> out(latent_size);
  for (std::size_t i = 0; i < latent_size; ++i)
    out[i] = static_cast<float>(weights.a * static_cast<double>(a[i]) + weights.b * static_cast<double>(b[i]));
  return out;
}

} // namespace ganlet
