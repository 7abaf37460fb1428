#pragma once

#include "ranks.h"

namespace ganlet::train {

/// Batch normalization (Ioffe and Szegedy: Batch Normalization, 2015) of features x (N, C) or maps (N, C, H, W) by the
/// statistics of all ranks' batches together, whose running averages it follows: N ranks with batches of B normalize as
/// one process with batches of N B does.
torch::Tensor normalized_across_ranks(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                      torch::Tensor& running_mean, torch::Tensor& running_var, double momentum,
                                      double epsilon);

/// torch's own layer, but for the statistics where there are several ranks.
template <typename Base> class SharedNormImpl : public Base {
 public:
  using Base::Base;

  torch::Tensor forward(const torch::Tensor& x) {
    if (ranks().count() == 1 || !this->is_training())
      return Base::forward(x);
    this->num_batches_tracked += 1;
    return normalized_across_ranks(x, this->weight, this->bias, this->running_mean, this->running_var,
                                   this->options.momentum().value(), this->options.eps());
  }
};

using BatchNorm1dImpl = SharedNormImpl<torch::nn::BatchNorm1dImpl>;
TORCH_MODULE(BatchNorm1d);
using BatchNorm2dImpl = SharedNormImpl<torch::nn::BatchNorm2dImpl>;
TORCH_MODULE(BatchNorm2d);

} // namespace ganlet::train
