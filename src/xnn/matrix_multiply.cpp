#include "xnn/dims.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class MatrixMultiply final : public OperatorKernel {
 public:
  static MadeKernel make() {
    auto made = std::make_unique<MatrixMultiply>();
    return xnn_create_batch_matrix_multiply_nc_f32(0, out(made->operator_)) == xnn_status_success ? std::move(made)
                                                                                                  : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                     std::size_t& scratch_bytes) override {
    const int last = output.rank() - 1;
    const auto outer = static_cast<std::size_t>(last - 1);
    const Dims a(inputs[0].sizes().first(outer)), b(inputs[1].sizes().first(outer));
    std::size_t alignment = 0;
    return xnn_reshape_batch_matrix_multiply_nc_f32(
        operator_.get(), outer, a.data(), b.data(), static_cast<std::size_t>(output[last - 1]),
        static_cast<std::size_t>(inputs[0][last]), static_cast<std::size_t>(output[last]), &scratch_bytes, &alignment,
        pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_batch_matrix_multiply_nc_f32(
        operator_.get(), buffers.scratch, buffers.inputs[0].as<float>().data(), buffers.inputs[1].as<float>().data(),
        buffers.output.as<float>().data());
  }
};

} // namespace

MadeKernel make_matrix_multiply(const NodeContext&) {
  return MatrixMultiply::make();
}

} // namespace ganlet::xnn
