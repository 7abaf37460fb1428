#include "shaders/softmax.h"
#include "gpu/kernel.h"

namespace ganlet::gpu {

namespace {

class SoftmaxKernel final : public Kernel {
 public:
  SoftmaxKernel(const Node& node, int axis) : input_(node.inputs[0]), output_(node.output), axis_(axis) {}

  const shaders::Shader& shader() const override { return shaders::Softmax::shader; }

  void record(Recorder& recorder) const override {
    const Shape& x = recorder.shape(input_);
    shaders::Softmax uniforms;
    uniforms.count = narrowed(x[axis_]);
    uniforms.inner = narrowed(strides_of(x.sizes())[static_cast<std::size_t>(axis_)]);
    const std::int64_t lines = x.elements() / x[axis_];
    uniforms.lines = narrowed(lines);
    recorder.add(uniforms, {recorder.value(input_), recorder.value(output_)}, Recorder::groups_of(lines));
  }

 private:
  ValueId input_, output_;
  int axis_;
};

} // namespace

MadeKernel make(const op::Softmax& operation, const Making& making, Nodes nodes) {
  return std::make_unique<SoftmaxKernel>(making.graph.nodes[nodes[0]], operation.axis);
}

} // namespace ganlet::gpu
