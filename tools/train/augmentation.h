#pragma once

#include "settings.h"
#include "torch_all.h"

namespace ganlet::train {

/// Pictures (N, C, H, W) in [-1, 1], each altered at random in the ways that `augment` says, differentiably: real and
/// generated pictures alike on their way to the discriminator, so that a small set can't be learned by heart (Zhao,
/// Liu, Lin, Zhu, Han: Differentiable Augmentation for Data-Efficient GAN Training, 2020).
torch::Tensor augmented(torch::Tensor pictures, const Augment& augment);

} // namespace ganlet::train
