#include "shaders/one_hot.h"
#include "gpu/kernel.h"

namespace ganlet::gpu {

namespace {

class OneHotKernel final : public Kernel {
 public:
  OneHotKernel(const op::OneHot& operation, const Making& making, std::size_t n)
      : node_(making.graph.nodes[n]), axis_(operation.axis), indices_(making, n, 0, depth_of(operation, making, n)) {}

  const shaders::Shader& shader() const override { return shaders::OneHot::shader; }

  void record(Recorder& recorder) const override {
    const Shape& y = recorder.shape(node_.output);
    shaders::OneHot uniforms;
    uniforms.count = narrowed(y.elements());
    uniforms.depth = narrowed(y[axis_]);
    uniforms.inner = narrowed(strides_of(y.sizes())[static_cast<std::size_t>(axis_)]);
    recorder.add(uniforms, {indices_.binding(recorder), recorder.value(node_.inputs[1]), recorder.value(node_.output)},
                 Recorder::groups_of(y.elements()));
  }

 private:
  static std::int64_t depth_of(const op::OneHot& operation, const Making& making, std::size_t n) {
    return Site{making.graph, making.graph.nodes[n]}.output().shape[static_cast<std::size_t>(operation.axis)].count;
  }

  Node node_;
  int axis_;
  Indices indices_;
};

} // namespace

std::string refusal(const op::OneHot& operation, const Site& site) {
  return site.output().shape[static_cast<std::size_t>(operation.axis)].per_batch ? "its classes depend on the batch"
                                                                                 : "";
}

MadeKernel make(const op::OneHot& operation, const Making& making, Nodes nodes) {
  return std::make_unique<OneHotKernel>(operation, making, nodes[0]);
}

} // namespace ganlet::gpu
