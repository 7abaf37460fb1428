#include "gpu/linear.h"

namespace ganlet::gpu {

namespace {

/// What one axis of a phase reads: the taps k whose input position, (output + pad - k dilation) / stride, is whole.
struct PhaseAxis {
  std::int64_t count = 0;                        ///< rows or columns of the output
  std::vector<std::array<std::int64_t, 2>> taps; ///< offset in the input, k
};

PhaseAxis phase_axis(const op::Window& window, std::size_t axis, std::int64_t phase, std::int64_t size) {
  PhaseAxis made;
  made.count = phase < size ? (size - phase + window.stride[axis] - 1) / window.stride[axis] : 0;
  for (std::int64_t k = 0; k < window.kernel[axis]; ++k) {
    const std::int64_t position = phase + window.pad_before[axis] - k * window.dilation[axis];
    if (position % window.stride[axis] == 0)
      made.taps.push_back({position / window.stride[axis], k});
  }
  return made;
}

} // namespace

std::string refusal(const op::TransposedConvolution& operation, const Site& site) {
  const op::Window& window = operation.window;
  if (std::string why = weights_refusal(site); !why.empty())
    return why;
  if (std::string why = window_refusal(window); !why.empty())
    return why;
  // As many as shaders/convolution.comp has room for.
  return window.stride[0] * window.stride[1] > 16 ? "its stride has more than 16 phases" : "";
}

MadeKernel make(const op::TransposedConvolution& operation, const Making& making, Nodes nodes) {
  const Site site{making.graph, making.graph.nodes[nodes[0]]};
  const op::Window& window = operation.window;
  Taps taps;
  taps.input = picture_of(site.input(0));
  taps.output = picture_of(site.output());
  taps.output_step = window.stride;
  taps.groups = operation.groups;
  taps.clamp = operation.clamp;
  for (std::int64_t row = 0; row < window.stride[0]; ++row)
    for (std::int64_t column = 0; column < window.stride[1]; ++column) {
      const PhaseAxis down = phase_axis(window, 0, row, taps.output[0]),
                      across = phase_axis(window, 1, column, taps.output[1]);
      Taps::Phase& phase = taps.phases.emplace_back();
      phase.row = narrowed(row);
      phase.column = narrowed(column);
      phase.rows = narrowed(down.count);
      phase.columns = narrowed(across.count);
      for (const auto& [dy, ky] : down.taps)
        for (const auto& [dx, kx] : across.taps) {
          phase.offsets.push_back({dy, dx});
          phase.kernel_positions.push_back({ky, kx});
        }
    }
  return make_linear(making, nodes, taps);
}

} // namespace ganlet::gpu
