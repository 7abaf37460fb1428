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

/// Bright lines on a dark ground (N, I, H, W) in [0, 1], each picture's paler by a factor of its own, and half of them
/// the other way about: people draw with pencils and on paper too.
torch::Tensor in_other_inks(const torch::Tensor& inputs) {
  constexpr double palest = 0.3;
  const torch::Tensor strength = palest + (1 - palest) * torch::rand({inputs.size(0), 1, 1, 1});
  const torch::Tensor turn = torch::rand({inputs.size(0), 1, 1, 1}) < 0.5;
  const torch::Tensor paler = inputs * strength;
  return torch::where(turn, 1 - paler, paler);
}

/// (count, channels, H, W) bytes of (count, H, W, channels).
torch::Tensor planes(const Dataset& data, const std::vector<std::uint8_t>& pixels, std::int64_t channels) {
  const torch::Tensor images = torch::empty({data.count, data.height, data.width, channels}, torch::kByte);
  std::copy(pixels.begin(), pixels.end(), images.data_ptr<std::uint8_t>());
  return images.permute({0, 3, 1, 2}).contiguous();
}

} // namespace

Batches::Batches(const Dataset& data, std::int64_t size, std::uint64_t seed, const Augment& augment,
                 std::int64_t groups)
    : labels_(torch::zeros({data.count}, torch::kLong)), channels_(data.channels), size_(size), seed_(seed),
      augment_(augment), groups_(groups) {
  std::copy(data.labels.begin(), data.labels.end(), labels_.data_ptr<std::int64_t>());
  pictures_ = planes(data, data.pixels, data.channels);
  if (data.input_channels > 0)
    pictures_ = torch::cat({pictures_, planes(data, data.inputs, data.input_channels)}, 1);
}

Batch Batches::at(std::int64_t step) {
  const std::int64_t epoch = step / steps_each_epoch(), first = step % steps_each_epoch() * size_;
  if (epoch != epoch_) {
    auto random = at::make_generator<at::CPUGeneratorImpl>(derived_seed(seed_, SeedUse::order, epoch));
    order_ = torch::randperm(pictures_.size(0), random, torch::TensorOptions(torch::kLong));
    epoch_ = epoch;
  }
  const torch::Tensor chosen = order_.slice(0, first, first + size_);
  torch::Tensor pictures = pictures_.index_select(0, chosen); // of a pair both, so that they change alike
  if (augment_.mirror)
    pictures = mirrored(pictures);
  if (augment_.shift > 0)
    pictures = shifted(pictures, augment_.shift);
  if (augment_.hue && pictures.size(1) == 3)
    pictures = in_other_hues(pictures);
  if (augment_.ink && pictures.size(1) > channels_)
    pictures = torch::cat({pictures.slice(1, 0, channels_).to(torch::kFloat),
                           255 * in_other_inks(pictures.slice(1, channels_).to(torch::kFloat) / 255)},
                          1);
  pictures = own_share(pictures, groups_).to(compute_device()).to(torch::kFloat) / 127.5 - 1;
  const torch::Tensor labels = own_share(labels_.index_select(0, chosen), groups_).to(compute_device());
  Batch batch{pictures.slice(1, 0, channels_), labels};
  if (pictures.size(1) > channels_)
    batch.inputs = pictures.slice(1, channels_);
  return batch;
}

} // namespace ganlet::train
