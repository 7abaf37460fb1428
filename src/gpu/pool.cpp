#include <algorithm>

#include "gpu/linear.h"
#include "shaders/pool.h"

namespace ganlet::gpu {

namespace {

class PoolKernel final : public Kernel {
 public:
  PoolKernel(const op::Pool& operation, const Making& making, const Node& node)
      : input_(node.inputs[0]), output_(node.output), operation_(operation) {
    const Site site{making.graph, node};
    const std::array<std::int64_t, 2> from = picture_of(site.input(0)), to = picture_of(site.output());
    std::vector<std::uint32_t> windows;
    for (std::size_t axis = 0; axis < 2; ++axis)
      for (std::int64_t at = 0; at < to[axis]; ++at)
        add_window(windows, axis, at, from[axis]);
    windows_ = making.constants.add(std::span<const std::uint32_t>(windows));
  }

  const shaders::Shader& shader() const override { return shaders::Pool::shader; }

  void record(Recorder& recorder) const override {
    const Shape &x = recorder.shape(input_), &y = recorder.shape(output_);
    shaders::Pool uniforms;
    uniforms.count = narrowed(y.elements());
    uniforms.input_rows = narrowed(x[1]);
    uniforms.input_columns = narrowed(x[2]);
    uniforms.output_rows = narrowed(y[1]);
    uniforms.output_columns = narrowed(y[2]);
    uniforms.channels = narrowed(y[3]);
    uniforms.row_step = narrowed(operation_.window.dilation[0]);
    uniforms.column_step = narrowed(operation_.window.dilation[1]);
    uniforms.takes_largest = operation_.kind == op::PoolKind::maximum ? 1 : 0;
    recorder.add(uniforms, {windows_, recorder.value(input_), recorder.value(output_)},
                 Recorder::groups_of(y.elements()));
  }

 private:
  /// Tap k reads start + k dilation; taps outside of the input are left out, and counted where the padding counts.
  void add_window(std::vector<std::uint32_t>& windows, std::size_t axis, std::int64_t at, std::int64_t size) const {
    const op::Window& window = operation_.window;
    const std::int64_t start = at * window.stride[axis] - window.pad_before[axis], step = window.dilation[axis];
    const auto below = [&](std::int64_t place) {
      return start >= place ? 0 : std::min(window.kernel[axis], (place - start + step - 1) / step);
    };
    const std::int64_t first = below(0), end = below(size);
    const std::int64_t count = operation_.count_padding ? below(size + window.pad_after[axis]) : end - first;
    windows.insert(windows.end(), {narrowed(start + first * step), narrowed(end - first), narrowed(count)});
  }

  ValueId input_, output_;
  op::Pool operation_;
  Binding windows_;
};

} // namespace

std::string refusal(const op::Pool& operation, const Site&) {
  return window_refusal(operation.window);
}

MadeKernel make(const op::Pool& operation, const Making& making, Nodes nodes) {
  return std::make_unique<PoolKernel>(operation, making, making.graph.nodes[nodes[0]]);
}

} // namespace ganlet::gpu
