#include "shares.h"

namespace ganlet::train {

namespace {

Sizes whole_sizes(Sizes sizes) {
  sizes[0] *= ranks().count();
  return sizes;
}

torch::Tensor own(const torch::Tensor& whole, std::int64_t groups = 1) {
  return own_share(whole, groups).to(compute_device());
}

} // namespace

torch::Device& compute_device() {
  static torch::Device device(torch::kCPU);
  return device;
}

torch::Tensor own_share(const torch::Tensor& whole, std::int64_t groups) {
  if (ranks().count() == 1)
    return whole;
  Sizes sizes = whole.sizes().vec();
  const std::int64_t own_rows = sizes[0] / ranks().count();
  sizes[0] = own_rows;
  Sizes split{groups, ranks().count(), own_rows / groups};
  split.insert(split.end(), sizes.begin() + 1, sizes.end());
  return whole.reshape(split).select(1, ranks().rank()).reshape(sizes);
}

torch::Tensor normal_share(const Sizes& sizes) {
  return own(torch::randn(whole_sizes(sizes)));
}

torch::Tensor uniform_share(const Sizes& sizes, std::int64_t groups) {
  return own(torch::rand(whole_sizes(sizes)), groups);
}

torch::Tensor integer_share(std::int64_t low, std::int64_t end, const Sizes& sizes) {
  return own(torch::randint(low, end, whole_sizes(sizes), torch::kLong));
}

} // namespace ganlet::train
