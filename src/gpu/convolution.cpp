#include "gpu/linear.h"

namespace ganlet::gpu {

std::string refusal(const op::Convolution& operation, const Site& site) {
  const std::string why = weights_refusal(site);
  return why.empty() ? window_refusal(operation.window) : why;
}

MadeKernel make(const op::Convolution& operation, const Making& making, Nodes nodes) {
  const Site site{making.graph, making.graph.nodes[nodes[0]]};
  const op::Window& window = operation.window;
  Taps taps;
  taps.input = picture_of(site.input(0));
  taps.output = picture_of(site.output());
  taps.input_step = window.stride;
  taps.groups = operation.groups;
  taps.clamp = operation.clamp;
  Taps::Phase& phase = taps.phases.emplace_back();
  phase.rows = narrowed(taps.output[0]);
  phase.columns = narrowed(taps.output[1]);
  for (std::int64_t ky = 0; ky < window.kernel[0]; ++ky)
    for (std::int64_t kx = 0; kx < window.kernel[1]; ++kx) {
      phase.offsets.push_back(
          {ky * window.dilation[0] - window.pad_before[0], kx * window.dilation[1] - window.pad_before[1]});
      phase.kernel_positions.push_back({ky, kx});
    }
  return make_linear(making, nodes, taps);
}

} // namespace ganlet::gpu
