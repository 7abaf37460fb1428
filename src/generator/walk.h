#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ganlet {

enum class Interpolation {
  spherical, ///< along the great circle, the length changing evenly (White: Sampling Generative Networks, 2016,
             ///< section 2.1)
  linear,
};

/// A path through the latent space that passes through keyframes.
struct Walk {
  std::span<const float> keyframes; ///< (count, latent size), row-major; at least one
  std::size_t latent_size = 0;
  Interpolation interpolation = Interpolation::spherical;
  bool loop = true; ///< continues from the last keyframe to the first

  /// The latent of frame `frame` of `frames`, which are evenly spaced. A loop's last frame comes just before the first
  /// keyframe again, so that it can repeat without a pause; the last frame of a path that doesn't loop is its last
  /// keyframe.
  std::vector<float> latent(std::int64_t frame, std::int64_t frames) const;
};

} // namespace ganlet
