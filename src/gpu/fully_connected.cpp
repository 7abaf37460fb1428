#include "gpu/linear.h"

namespace ganlet::gpu {

std::string refusal(const op::FullyConnected&, const Site& site) {
  return weights_refusal(site);
}

/// A convolution of M images of one pixel.
MadeKernel make(const op::FullyConnected& operation, const Making& making, Nodes nodes) {
  Taps taps;
  taps.clamp = operation.clamp;
  Taps::Phase& phase = taps.phases.emplace_back();
  phase.rows = 1;
  phase.columns = 1;
  phase.offsets.push_back({0, 0});
  phase.kernel_positions.push_back({0, 0});
  return make_linear(making, nodes, taps);
}

} // namespace ganlet::gpu
