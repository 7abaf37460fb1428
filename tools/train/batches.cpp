#include "batches.h"

#include <cmath>
#include <numbers>

#include <ATen/CPUGeneratorImpl.h>

#include "seeds.h"
#include "shares.h"

namespace ganlet::train {

namespace {

/// Pictures (N, C, H, W), half of them left for right.
torch::Tensor mirrored(const torch::Tensor& images) {
  const torch::Tensor turn = torch::rand({images.size(0), 1, 1, 1}) < 0.5;
  return torch::where(turn, images.flip(3), images);
}

/// Each picture by up to `most` pixels in each direction; edges are repeated.
torch::Tensor shifted(const torch::Tensor& images, std::int64_t most) {
  const auto moved = [&](std::int64_t side) {
    const torch::Tensor by = torch::randint(-most, most + 1, {images.size(0), 1}, torch::kLong);
    return (torch::arange(side).unsqueeze(0) + by).clamp(0, side - 1); // (N, side)
  };
  const torch::Tensor rows = moved(images.size(2)).view({-1, 1, images.size(2), 1}).expand_as(images);
  const torch::Tensor columns = moved(images.size(3)).view({-1, 1, 1, images.size(3)}).expand_as(images);
  return images.gather(2, rows).gather(3, columns);
}

/// Colours turned about the greys, each picture's by an angle of its own (Rodrigues' formula); what leaves the range is
/// cut off. Brightness stays, and greys are as they were.
torch::Tensor in_other_hues(const torch::Tensor& images) {
  const torch::Tensor angle = torch::rand({images.size(0), 1, 1}) * (2 * std::numbers::pi);
  const torch::Tensor along = torch::full({3, 3}, 1.0 / 3);
  const torch::Tensor across = torch::tensor({0.0F, -1.0F, 1.0F, 1.0F, 0.0F, -1.0F, -1.0F, 1.0F, 0.0F}).view({3, 3});
  const torch::Tensor turn =
      angle.cos() * torch::eye(3) + (1 - angle.cos()) * along + angle.sin() / std::sqrt(3.0) * across;
  const torch::Tensor turned = turn.matmul(images.to(torch::kFloat).flatten(2)).view_as(images);
  return turned.round().clamp(0, 255).to(torch::kByte);
}

} // namespace

Batches::Batches(const Dataset& data, std::int64_t size, std::uint64_t seed, const Augment& augment,
                 std::int64_t groups)
    : images_(torch::empty({data.count, data.height, data.width, data.channels}, torch::kByte)),
      labels_(torch::zeros({data.count}, torch::kLong)), size_(size), seed_(seed), augment_(augment), groups_(groups) {
  std::copy(data.pixels.begin(), data.pixels.end(), images_.data_ptr<std::uint8_t>());
  std::copy(data.labels.begin(), data.labels.end(), labels_.data_ptr<std::int64_t>());
  images_ = images_.permute({0, 3, 1, 2}).contiguous();
}

Batch Batches::at(std::int64_t step) {
  const std::int64_t epoch = step / steps_each_epoch(), first = step % steps_each_epoch() * size_;
  if (epoch != epoch_) {
    auto random = at::make_generator<at::CPUGeneratorImpl>(derived_seed(seed_, SeedUse::order, epoch));
    order_ = torch::randperm(images_.size(0), random, torch::TensorOptions(torch::kLong));
    epoch_ = epoch;
  }
  const torch::Tensor chosen = order_.slice(0, first, first + size_);
  torch::Tensor images = images_.index_select(0, chosen);
  if (augment_.mirror)
    images = mirrored(images);
  if (augment_.shift > 0)
    images = shifted(images, augment_.shift);
  if (augment_.hue && images.size(1) == 3)
    images = in_other_hues(images);
  images = own_share(images, groups_).to(compute_device());
  const torch::Tensor labels = own_share(labels_.index_select(0, chosen), groups_);
  return {images.to(torch::kFloat) / 127.5 - 1, labels.to(compute_device())};
}

} // namespace ganlet::train
