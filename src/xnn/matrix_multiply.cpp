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
                     std::int64_t& scratch_bytes) override {
    const int last = output.rank() - 1;
    const auto outer = static_cast<std::size_t>(last - 1);
    const Dims a(inputs[0].sizes().first(outer)), b(inputs[1].sizes().first(outer));
    // XNNPACK packs b into the scratch and counts its bytes in size_t, which could overflow.
    if (packed_bytes(product(inputs[1], 0, last - 1), output[last], inputs[0][last]) > PTRDIFF_MAX)
      return xnn_status_out_of_memory;
    std::size_t bytes = 0, alignment = 0;
    const xnn_status status = xnn_reshape_batch_matrix_multiply_nc_f32(
        operator_.get(), outer, a.data(), b.data(), static_cast<std::size_t>(output[last - 1]),
        static_cast<std::size_t>(inputs[0][last]), static_cast<std::size_t>(output[last]), &bytes, &alignment, pool);
    scratch_bytes = static_cast<std::int64_t>(bytes);
    return status;
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_batch_matrix_multiply_nc_f32(
        operator_.get(), buffers.scratch, buffers.inputs[0].as<float>().data(), buffers.inputs[1].as<float>().data(),
        buffers.output.as<float>().data());
  }
};

} // namespace

MadeKernel make(const op::MatrixMultiply&, const NodeContext&) {
  return MatrixMultiply::make();
}

} // namespace ganlet::xnn
