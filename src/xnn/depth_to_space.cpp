#include "xnn/dims.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

/// A transpose: rows inside a block move before the column, columns inside a block before the channel.
class DepthToSpace final : public OperatorKernel {
 public:
  static MadeKernel make(const op::DepthToSpace& operation) {
    auto made = std::make_unique<DepthToSpace>();
    made->operation_ = operation;
    return xnn_create_transpose_nd_x32(0, out(made->operator_)) == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    const std::int64_t block = operation_.block, rows = inputs[0][0] * inputs[0][1], columns = inputs[0][2],
                       channels = output[3];
    if (operation_.block_first) {
      // (N H, W, row, column C) -> (N H, row, W, column C)
      const std::int64_t shape[] = {rows, columns, block, block * channels}, permutation[] = {0, 2, 1, 3};
      return reshape_transpose(Dims(shape), Dims(permutation), pool);
    }
    // (N H, W, C, row, column) -> (N H, row, W, column, C)
    const std::int64_t shape[] = {rows, columns, channels, block, block}, permutation[] = {0, 3, 1, 4, 2};
    return reshape_transpose(Dims(shape), Dims(permutation), pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_transpose_nd_x32(operator_.get(), buffers.inputs[0].data, buffers.output.data);
  }

 private:
  xnn_status reshape_transpose(const Dims& shape, const Dims& permutation, pthreadpool_t pool) {
    return xnn_reshape_transpose_nd_x32(operator_.get(), shape.count, shape.data(), permutation.data(), pool);
  }

  op::DepthToSpace operation_;
};

} // namespace

MadeKernel make(const op::DepthToSpace& operation, const NodeContext&) {
  return DepthToSpace::make(operation);
}

} // namespace ganlet::xnn
