#include <algorithm>

#include "gpu/kernel.h"
#include "shaders/reduce.h"

namespace ganlet::gpu {

namespace {

// shaders/reduce.comp has the kinds as numbers.
static_assert(static_cast<int>(op::ReduceKind::sum) == 1 && static_cast<int>(op::ReduceKind::maximum) == 2 &&
              static_cast<int>(op::ReduceKind::minimum) == 3 && static_cast<int>(op::ReduceKind::product) == 4);

class ReduceKernel final : public Kernel {
 public:
  ReduceKernel(const Node& node, const op::Reduce& operation)
      : input_(node.inputs[0]), output_(node.output), operation_(operation) {}

  const shaders::Shader& shader() const override { return shaders::Reduce::shader; }

  void record(Recorder& recorder) const override {
    const Shape& x = recorder.shape(input_);
    const std::vector<std::int64_t> strides = strides_of(x.sizes());
    shaders::Reduce uniforms;
    std::int64_t terms = 1;
    for (int axis = x.rank() - 1; axis >= 0; --axis) {
      const std::uint32_t size = narrowed(x[axis]), stride = narrowed(strides[static_cast<std::size_t>(axis)]);
      if (std::ranges::find(operation_.axes, axis) != operation_.axes.end()) {
        element(uniforms.reduced_sizes, uniforms.reduced_axes) = size;
        element(uniforms.reduced_strides, uniforms.reduced_axes++) = stride;
        terms *= x[axis];
      } else {
        element(uniforms.kept_sizes, uniforms.kept_axes) = size;
        element(uniforms.kept_strides, uniforms.kept_axes++) = stride;
      }
    }
    const std::int64_t count = recorder.shape(output_).elements();
    uniforms.count = narrowed(count);
    uniforms.terms = narrowed(terms);
    // Sharing pays where each invocation still adds a few.
    uniforms.lanes = 1;
    while (uniforms.lanes < 64 && terms >= 4 * static_cast<std::int64_t>(uniforms.lanes))
      uniforms.lanes *= 2;
    uniforms.kind = static_cast<std::uint32_t>(operation_.kind);
    uniforms.factor = operation_.kind == op::ReduceKind::mean ? 1 / static_cast<float>(terms) : 1;
    recorder.add(uniforms, {recorder.value(input_), recorder.value(output_)},
                 Recorder::groups_of(count * uniforms.lanes));
  }

 private:
  ValueId input_, output_;
  op::Reduce operation_;
};

} // namespace

MadeKernel make(const op::Reduce& operation, const Making& making, Nodes nodes) {
  return std::make_unique<ReduceKernel>(making.graph.nodes[nodes[0]], operation);
}

} // namespace ganlet::gpu
