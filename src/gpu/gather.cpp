#include "shaders/gather.h"
#include "gpu/kernel.h"

namespace ganlet::gpu {

namespace {

class GatherKernel final : public Kernel {
 public:
  GatherKernel(const op::Gather& operation, const Making& making, std::size_t n)
      : node_(making.graph.nodes[n]), axis_(operation.axis), indices_(making, n, 1, size_of(operation, making, n)) {}

  const shaders::Shader& shader() const override { return shaders::Gather::shader; }

  void record(Recorder& recorder) const override {
    const Shape& x = recorder.shape(node_.inputs[0]);
    const Shape& y = recorder.shape(node_.output);
    shaders::Gather uniforms;
    uniforms.count = narrowed(y.elements());
    uniforms.size = narrowed(x[axis_]);
    uniforms.inner = narrowed(strides_of(x.sizes())[static_cast<std::size_t>(axis_)]);
    uniforms.chosen = narrowed(recorder.shape(node_.inputs[1]).elements());
    recorder.add(uniforms, {indices_.binding(recorder), recorder.value(node_.inputs[0]), recorder.value(node_.output)},
                 Recorder::groups_of(y.elements()));
  }

 private:
  static std::int64_t size_of(const op::Gather& operation, const Making& making, std::size_t n) {
    return Site{making.graph, making.graph.nodes[n]}.input(0).shape[static_cast<std::size_t>(operation.axis)].count;
  }

  Node node_;
  int axis_;
  Indices indices_;
};

} // namespace

std::string refusal(const op::Gather& operation, const Site& site) {
  const Dim size = site.input(0).shape[static_cast<std::size_t>(operation.axis)];
  if (size.per_batch)
    return "it gathers along the batch";
  if (const Tensor* const indices = site.constant(1); indices && indices->has_elements())
    for (const std::int64_t index : indices->as<std::int64_t>())
      if (index < -size.count || index >= size.count)
        return "an index is outside of its axis"; // the reference says which
  return "";
}

MadeKernel make(const op::Gather& operation, const Making& making, Nodes nodes) {
  return std::make_unique<GatherKernel>(operation, making, nodes[0]);
}

} // namespace ganlet::gpu
