#include "batch_norm.h"

namespace ganlet::train {

torch::Tensor normalized_across_ranks(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                      torch::Tensor& running_mean, torch::Tensor& running_var, double momentum,
                                      double epsilon) {
  const torch::Tensor exact = x.to(torch::kFloat);
  const std::vector<std::int64_t> axes =
      x.dim() == 4 ? std::vector<std::int64_t>{0, 2, 3} : std::vector<std::int64_t>{0};
  const auto count = static_cast<double>(x.numel() / x.size(1)) * ranks().count();
  const torch::Tensor mean = summed_over_ranks(exact.sum(axes)) / count;
  const auto as_maps = [&](const torch::Tensor& values) {
    return x.dim() == 4 ? values.view({1, -1, 1, 1}) : values.view({1, -1});
  };
  const torch::Tensor centred = exact - as_maps(mean);
  const torch::Tensor variance = summed_over_ranks(centred.square().sum(axes)) / count;
  {
    torch::NoGradGuard no_gradient;
    running_mean.lerp_(mean, momentum);
    running_var.lerp_(variance * (count / (count - 1)), momentum);
  }
  const torch::Tensor y = centred * as_maps((variance + epsilon).rsqrt() * weight) + as_maps(bias);
  return y.to(x.scalar_type());
}

} // namespace ganlet::train
