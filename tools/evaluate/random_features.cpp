#include "random_features.h"

#include <cmath>
#include <span>

#include "core/rng.h"
#include "core/sha256.h"
#include "core/text.h"
#include "learning.h"

namespace ganlet::evaluate {

namespace {

constexpr std::int64_t projected = 256, cells = 2;

/// (out, in, side, side): each of an output's filters sums up to 0, so that it sees shapes rather than brightness, and
/// all of them have the square sum 2, which keeps the size of what follows a ReLU (He et al.: Delving Deep into
/// Rectifiers, 2015). Summed in one order, so that the bits are the same everywhere.
torch::Tensor filters(std::int64_t out, std::int64_t in, std::int64_t side, const Rng& random) {
  const auto inputs = static_cast<std::size_t>(in), area = static_cast<std::size_t>(side * side);
  torch::Tensor weights = torch::empty({out, in, side, side});
  const std::span all(weights.data_ptr<float>(), static_cast<std::size_t>(weights.numel()));
  random.fill_normal(all);
  for (std::size_t i = 0; i < all.size(); i += inputs * area) {
    double squares = 0;
    for (std::size_t j = i; j < i + inputs * area; j += area) {
      const std::span filter = all.subspan(j, area);
      double sum = 0;
      for (const float value : filter)
        sum += value;
      for (float& value : filter) {
        value -= static_cast<float>(sum / static_cast<double>(area));
        squares += static_cast<double>(value) * value;
      }
    }
    for (float& value : all.subspan(i, inputs * area))
      value = static_cast<float>(value * std::sqrt(2 / squares));
  }
  return weights;
}

/// Means over each quarter of maps (N, C, H, W): (N, 4 C)
torch::Tensor quarters(const torch::Tensor& maps) {
  return torch::adaptive_avg_pool2d(maps, {cells, cells}).flatten(1);
}

} // namespace

RandomFeatures::RandomFeatures(const train::Dataset& data, std::uint64_t seed) {
  constexpr std::array<std::int64_t, 3> widths{32, 64, 128}, sides{5, 3, 3};
  std::int64_t in = data.channels, raw = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    convolutions_[i] = filters(widths[i], in, sides[i], Rng(seed, static_cast<std::uint32_t>(i)));
    in = widths[i];
    raw += widths[i] * cells * cells;
  }
  projection_ = torch::empty({raw, projected});
  const std::span all(projection_.data_ptr<float>(), static_cast<std::size_t>(projection_.numel()));
  Rng(seed, static_cast<std::uint32_t>(widths.size())).fill_normal(all);
  for (float& value : all)
    value = static_cast<float>(value / std::sqrt(static_cast<double>(raw)));
  const torch::Tensor found = raw_features(data).to(torch::kDouble);
  mean_ = found.mean(0);
  // What is nearly the same in all real pictures isn't blown up.
  const torch::Tensor deviation = found.std(0, false);
  deviation_ = deviation.clamp_min(0.01 * deviation.mean().item<double>() + 1e-12);
}

torch::Tensor RandomFeatures::raw_features(const train::Dataset& data) const {
  torch::NoGradGuard no_gradient;
  const torch::Tensor pixels = pixels_of(data);
  std::vector<torch::Tensor> features;
  constexpr std::int64_t batch = 500;
  for (std::int64_t first = 0; first < data.count; first += batch) {
    torch::Tensor x = pixels.slice(0, first, first + batch).to(torch::kFloat) / 255;
    std::vector<torch::Tensor> levels;
    for (const torch::Tensor& convolution : convolutions_) {
      x = torch::relu(torch::conv2d(x, convolution, {}, 2, convolution.size(2) / 2));
      levels.push_back(quarters(x));
    }
    features.push_back(torch::cat(levels, 1));
  }
  return torch::cat(features);
}

Reading RandomFeatures::read(const train::Dataset& data) const {
  const torch::Tensor scaled = (raw_features(data) - mean_.to(torch::kFloat)) / deviation_.to(torch::kFloat);
  return {scaled.matmul(projection_), {}};
}

std::string RandomFeatures::weights() const {
  std::string text;
  for (std::size_t i = 0; i < convolutions_.size(); ++i) {
    text += concat("  convolution ", i);
    for (const std::int64_t side : convolutions_[i].sizes())
      text += concat(" ", side);
    text += "\n";
  }
  return concat(text, "  projection ", projection_.size(0), " ", projection_.size(1), "\n");
}

std::string RandomFeatures::digest() const {
  std::string digests;
  for (const torch::Tensor& weights : {convolutions_[0], convolutions_[1], convolutions_[2], projection_})
    digests +=
        sha256_text(std::as_bytes(std::span(weights.data_ptr<float>(), static_cast<std::size_t>(weights.numel()))));
  return sha256_text(std::as_bytes(std::span<const char>(digests)));
}

} // namespace ganlet::evaluate
