#include "xnn/dims.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class Transpose final : public OperatorKernel {
 public:
  static MadeKernel make(const op::Transpose& operation) {
    auto made = std::make_unique<Transpose>();
    made->permutation_.count = operation.permutation.size();
    for (std::size_t axis = 0; axis < operation.permutation.size(); ++axis)
      made->permutation_.sizes[axis] = static_cast<std::size_t>(operation.permutation[axis]);
    return xnn_create_transpose_nd_x32(0, out(made->operator_)) == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    const Dims dims(inputs[0]);
    return xnn_reshape_transpose_nd_x32(operator_.get(), dims.count, dims.data(), permutation_.data(), pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_transpose_nd_x32(operator_.get(), buffers.inputs[0].data, buffers.output.data);
  }

 private:
  Dims permutation_;
};

} // namespace

MadeKernel make(const op::Transpose& operation, const NodeContext&) {
  return operation.permutation.empty() ? nullptr : Transpose::make(operation);
}

} // namespace ganlet::xnn
