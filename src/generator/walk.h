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

/// A path through the latent space by way of keyframes.
struct Walk {
  std::span<const float> keyframes; ///< (count, latent size), row-major; at least one
  std::size_t latent_size = 0;
  Interpolation interpolation = Interpolation::spherical;
  bool loop = true; ///< from the last keyframe back to the first

  /// The place of frame `frame` of `frames`, which are evenly spaced: a loop's frames fall short of coming back to the
  /// first, so that it can be repeated without a stop; a path's last frame is its last keyframe.
  std::vector<float> latent(std::int64_t frame, std::int64_t frames) const;
};

} // namespace ganlet
