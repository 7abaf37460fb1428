#include "shares.h"

#include <cstdlib>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace ganlet::train {

namespace {

/// oneDNN's bfloat16 convolutions for AVX-512 read memory that nobody has written (seen in the release that comes with
/// libtorch 2.6: losses become nan now and then, always with MALLOC_PERTURB_=1). Those for AMX and AVX2 don't. Runs
/// before main, since oneDNN chooses its kernels at its first use; who sets the variable has chosen.
[[gnu::constructor]] void avoid_avx512_without_amx() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool has_amx = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & (1U << 24)) != 0;
  if (!has_amx)
    setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 0);
#endif
}

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
