#include "augmentation.h"

#include "shares.h"

namespace ganlet::train {

namespace {

/// One random number a picture, uniform in [low, high).
torch::Tensor random_numbers(const torch::Tensor& pictures, double low, double high) {
  return uniform_share({pictures.size(0), 1, 1, 1}) * (high - low) + low;
}

/// Brightness, saturation, contrast.
torch::Tensor recolored(torch::Tensor x) {
  x = x + random_numbers(x, -0.5, 0.5);
  const torch::Tensor grey = x.mean(1, true);
  x = (x - grey) * random_numbers(x, 0, 2) + grey;
  const torch::Tensor mean = x.mean({1, 2, 3}, true);
  return (x - mean) * random_numbers(x, 0.5, 1.5) + mean;
}

/// By up to an eighth of each side. What comes in is black, as in the paper.
torch::Tensor translated(const torch::Tensor& x) {
  const std::int64_t count = x.size(0), height = x.size(2), width = x.size(3);
  const std::int64_t down = (height + 4) / 8, right = (width + 4) / 8;
  const torch::Tensor padded = torch::constant_pad_nd(x, {right, right, down, down}, -1);
  const torch::Tensor tops = integer_share(0, 2 * down + 1, {count, 1, 1});
  const torch::Tensor lefts = integer_share(0, 2 * right + 1, {count, 1, 1});
  const torch::Tensor rows = tops + torch::arange(height, tops.options()).view({1, height, 1});
  const torch::Tensor columns = lefts + torch::arange(width, tops.options()).view({1, 1, width});
  using torch::indexing::Slice;
  const torch::Tensor which = torch::arange(count, tops.options()).view({count, 1, 1});
  // Advanced indices with a slice between: (N, H, W, C).
  return padded.index({which, Slice(), rows, columns}).permute({0, 3, 1, 2});
}

/// A square of half the sides becomes grey.
torch::Tensor cut_out(const torch::Tensor& x) {
  const auto band = [&](std::int64_t side) {
    const torch::Tensor middle = integer_share(0, side + 1, {x.size(0), 1});
    return ((torch::arange(side, middle.options()).unsqueeze(0) - middle).abs() * 4 < side); // (N, side)
  };
  const torch::Tensor hole = band(x.size(2)).unsqueeze(2).logical_and(band(x.size(3)).unsqueeze(1)).unsqueeze(1);
  return x * hole.logical_not().to(torch::kFloat);
}

} // namespace

torch::Tensor augmented(torch::Tensor pictures, const Augment& augment) {
  if (augment.color)
    pictures = recolored(pictures);
  if (augment.translation)
    pictures = translated(pictures);
  if (augment.cutout)
    pictures = cut_out(pictures);
  return pictures;
}

} // namespace ganlet::train
