#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "classifier.h"

namespace ganlet::evaluate {

/// Features that nothing was trained for: three convolutions with random weights, of whose ReLUs each quarter of the
/// picture's means are taken, put on one scale by the real pictures and projected at random. Networks with random
/// weights tell sets of pictures apart where those trained on other pictures are blind (Naeem et al., 2020, section 4).
/// The weights come from `Rng`, the same bits everywhere.
class RandomFeatures {
 public:
  /// The scale of each feature comes from `data`.
  RandomFeatures(const train::Dataset& data, std::uint64_t seed);

  /// Features (N, 256); no predictions.
  Reading read(const train::Dataset& data) const;
  /// Names and shapes of its weights, a line each.
  std::string weights() const;
  /// SHA-256 of them all.
  std::string digest() const;

 private:
  /// Before scaling: (N, 896)
  torch::Tensor raw_features(const train::Dataset& data) const;

  std::array<torch::Tensor, 3> convolutions_; ///< (out, in, side, side)
  torch::Tensor projection_;                  ///< (896, 256)
  torch::Tensor mean_, deviation_;            ///< (896)
};

} // namespace ganlet::evaluate
