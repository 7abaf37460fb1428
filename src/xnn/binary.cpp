#include "xnn/dims.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class Binary final : public OperatorKernel {
 public:
  static MadeKernel make(xnn_binary_operator kind) {
    auto made = std::make_unique<Binary>();
    const xnn_status status =
        xnn_create_binary_elementwise_nd(kind, xnn_datatype_fp32, nullptr, nullptr, nullptr, 0, out(made->operator_));
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    const Dims a(inputs[0]), b(inputs[1]);
    return xnn_reshape_binary_elementwise_nd(operator_.get(), a.count, a.data(), b.count, b.data(), pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_binary_elementwise_nd(operator_.get(), buffers.inputs[0].data, buffers.inputs[1].data,
                                           buffers.output.data);
  }
};

} // namespace

MadeKernel make(const op::Binary& operation, const NodeContext&) {
  switch (operation.kind) {
  case op::BinaryKind::add:
    return Binary::make(xnn_binary_add);
  case op::BinaryKind::divide:
    return Binary::make(xnn_binary_divide);
  case op::BinaryKind::maximum:
    return Binary::make(xnn_binary_maximum);
  case op::BinaryKind::minimum:
    return Binary::make(xnn_binary_minimum);
  case op::BinaryKind::multiply:
    return Binary::make(xnn_binary_multiply);
  case op::BinaryKind::prelu:
    return Binary::make(xnn_binary_prelu);
  case op::BinaryKind::subtract:
    return Binary::make(xnn_binary_subtract);
  default:
    return nullptr;
  }
}

} // namespace ganlet::xnn
