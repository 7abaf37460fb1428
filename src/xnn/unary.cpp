#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class Unary final : public OperatorKernel {
 public:
  static MadeKernel make(xnn_unary_operator kind, const xnn_unary_params& parameters) {
    auto made = std::make_unique<Unary>();
    const xnn_status status = xnn_create_unary_elementwise_nc(kind, xnn_datatype_fp32, xnn_datatype_fp32, &parameters,
                                                              nullptr, nullptr, 0, out(made->operator_));
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    return xnn_reshape_unary_elementwise_nc(operator_.get(), static_cast<std::size_t>(inputs[0].elements()), 1, 1, 1,
                                            pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_unary_elementwise_nc(operator_.get(), buffers.inputs[0].data, buffers.output.data);
  }
};

} // namespace

MadeKernel make(const op::Unary& operation, const NodeContext&) {
  xnn_unary_params parameters{};
  switch (operation.kind) {
  case op::UnaryKind::absolute:
    return Unary::make(xnn_unary_abs, parameters);
  case op::UnaryKind::clamp:
    parameters.clamp.min = operation.a;
    parameters.clamp.max = operation.b;
    return Unary::make(xnn_unary_clamp, parameters);
  case op::UnaryKind::elu:
    parameters.elu.alpha = operation.a;
    return Unary::make(xnn_unary_elu, parameters);
  case op::UnaryKind::exponential:
    return Unary::make(xnn_unary_exp, parameters);
  case op::UnaryKind::gelu:
    return Unary::make(xnn_unary_gelu, parameters);
  case op::UnaryKind::leaky_relu:
    parameters.leaky_relu.negative_slope = operation.a;
    return Unary::make(xnn_unary_leaky_relu, parameters);
  case op::UnaryKind::negate:
    return Unary::make(xnn_unary_negate, parameters);
  case op::UnaryKind::sigmoid:
    return Unary::make(xnn_unary_sigmoid, parameters);
  case op::UnaryKind::square_root:
    return Unary::make(xnn_unary_square_root, parameters);
  case op::UnaryKind::tanh:
    return Unary::make(xnn_unary_tanh, parameters);
  default: // rare in generators, and each further kernel is a download of half a kilobyte
    return nullptr;
  }
}

} // namespace ganlet::xnn
