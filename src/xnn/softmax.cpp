#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class Softmax final : public OperatorKernel {
 public:
  static MadeKernel make() {
    auto made = std::make_unique<Softmax>();
    return xnn_create_softmax_nc_f32(0, out(made->operator_)) == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    const std::int64_t size = inputs[0][inputs[0].rank() - 1];
    if (size == 0)
      return xnn_status_unsupported_parameter;
    const auto channels = static_cast<std::size_t>(size);
    const auto rows = static_cast<std::size_t>(inputs[0].elements() / size);
    return xnn_reshape_softmax_nc_f32(operator_.get(), channels, channels, channels, rows, pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_softmax_nc_f32(operator_.get(), buffers.inputs[0].as<float>().data(),
                                    buffers.output.as<float>().data());
  }
};

} // namespace

/// XNNPACK only computes it over the last axis.
MadeKernel make(const op::Softmax& operation, const NodeContext& context) {
  const bool last = operation.axis + 1 == static_cast<int>(context.output().shape.size());
  return last ? Softmax::make() : nullptr;
}

} // namespace ganlet::xnn
