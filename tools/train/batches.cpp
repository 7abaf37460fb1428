#include "batches.h"

#include <ATen/CPUGeneratorImpl.h>

#include "seeds.h"

namespace ganlet::train {

Batches::Batches(const Dataset& data, std::int64_t size, std::uint64_t seed)
    : images_(torch::empty({data.count, 1, data.height, data.width}, torch::kByte)),
      labels_(torch::empty({data.count}, torch::kLong)), size_(size), seed_(seed) {
  std::copy(data.pixels.begin(), data.pixels.end(), images_.data_ptr<std::uint8_t>());
  std::copy(data.labels.begin(), data.labels.end(), labels_.data_ptr<std::int64_t>());
}

Batch Batches::at(std::int64_t step) {
  const std::int64_t epoch = step / steps_each_epoch(), first = step % steps_each_epoch() * size_;
  if (epoch != epoch_) {
    auto random = at::make_generator<at::CPUGeneratorImpl>(derived_seed(seed_, SeedUse::order, epoch));
    order_ = torch::randperm(images_.size(0), random, torch::TensorOptions(torch::kLong));
    epoch_ = epoch;
  }
  const torch::Tensor chosen = order_.slice(0, first, first + size_);
  return {images_.index_select(0, chosen).to(torch::kFloat) / 127.5 - 1, labels_.index_select(0, chosen)};
}

} // namespace ganlet::train
