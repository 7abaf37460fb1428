#include "shaders/matrix_multiply.h"
#include "gpu/kernel.h"

namespace ganlet::gpu {

namespace {

class MatrixKernel final : public Kernel {
 public:
  explicit MatrixKernel(const Node& node) : node_(node) {}

  const shaders::Shader& shader() const override { return shaders::MatrixMultiply::shader; }

  void record(Recorder& recorder) const override {
    const Shape& a = recorder.shape(node_.inputs[0]);
    const Shape& b = recorder.shape(node_.inputs[1]);
    const Shape& y = recorder.shape(node_.output);
    const int rank = y.rank();
    shaders::MatrixMultiply uniforms;
    uniforms.sizes = {1, 1, 1, 1}; // a shape has at most 6 axes, so at most 4 lead
    std::int64_t matrices = 1, a_stride = a[rank - 2] * a[rank - 1], b_stride = b[rank - 2] * b[rank - 1];
    for (int axis = rank - 3; axis >= 0; --axis) {
      const auto slot = static_cast<std::size_t>(3 - (rank - 3 - axis));
      uniforms.sizes[slot] = narrowed(y[axis]);
      uniforms.a_strides[slot] = a[axis] == 1 ? 0 : narrowed(a_stride);
      uniforms.b_strides[slot] = b[axis] == 1 ? 0 : narrowed(b_stride);
      a_stride *= a[axis];
      b_stride *= b[axis];
      matrices *= y[axis];
    }
    uniforms.matrices = narrowed(matrices);
    uniforms.rows = narrowed(y[rank - 2]);
    uniforms.depth = narrowed(a[rank - 1]);
    uniforms.columns = narrowed(y[rank - 1]);
    const std::int64_t tiles = matrices * ((y[rank - 2] + 3) / 4) * ((y[rank - 1] + 3) / 4);
    recorder.count_multiply_adds(16 * tiles * a[rank - 1]);
    recorder.add(uniforms,
                 {recorder.value(node_.inputs[0]), recorder.value(node_.inputs[1]), recorder.value(node_.output)},
                 Recorder::groups_of(tiles));
  }

 private:
  Node node_;
};

} // namespace

MadeKernel make(const op::MatrixMultiply&, const Making& making, Nodes nodes) {
  return std::make_unique<MatrixKernel>(making.graph.nodes[nodes[0]]);
}

} // namespace ganlet::gpu
