#pragma once

#include "gpu/kernel.h"

namespace ganlet::gpu {

/// A linear operation as shaders/convolution.comp sees it.
struct Taps {
  struct Phase {
    std::uint32_t row = 0, column = 0; ///< the first of the output
    std::uint32_t rows = 0, columns = 0;
    std::vector<std::array<std::int64_t, 2>> offsets;          ///< dy, dx of each tap
    std::vector<std::array<std::int64_t, 2>> kernel_positions; ///< ky, kx of each tap
  };
  std::vector<Phase> phases;
  std::array<std::int64_t, 2> input{1, 1}, output{1, 1}; ///< rows and columns
  std::array<std::int64_t, 2> input_step{1, 1}, output_step{1, 1};
  std::int64_t groups = 1;
  op::Clamp clamp;
};

/// The kernel for the node nodes[0], whose weights are (O, ..., I), and for the Unary behind it, if there is one.
MadeKernel make_linear(const Making& making, Nodes nodes, const Taps& taps);

/// Why a linear operation's weights or bias have no kernel, or empty.
std::string weights_refusal(const Site& site);
/// Why a window has none.
std::string window_refusal(const op::Window& window);

/// The rows and columns of images (N,H,W,C), which never depend on the batch.
inline std::array<std::int64_t, 2> picture_of(const Value& images) {
  return {images.shape[1].count, images.shape[2].count};
}

} // namespace ganlet::gpu
