#include "xnn/dims.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class Pad final : public OperatorKernel {
 public:
  static MadeKernel make(const op::Pad& operation) {
    auto made = std::make_unique<Pad>();
    made->before_ = Dims(operation.before);
    const xnn_status status = xnn_create_constant_pad_nd_x32(&operation.value, 0, out(made->operator_));
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    const Dims from(inputs[0]);
    Dims after(output);
    for (std::size_t axis = 0; axis < after.count; ++axis) {
      const std::size_t used = from.sizes[axis] + before_.sizes[axis];
      if (after.sizes[axis] < used)
        return xnn_status_unsupported_parameter;
      after.sizes[axis] -= used;
    }
    return xnn_reshape_constant_pad_nd_x32(operator_.get(), from.count, from.data(), before_.data(), after.data(),
                                           pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_constant_pad_nd_x32(operator_.get(), buffers.inputs[0].data, buffers.output.data);
  }

 private:
  Dims before_;
};

} // namespace

/// XNNPACK only pads with a constant, and doesn't crop.
MadeKernel make(const op::Pad& operation, const NodeContext&) {
  for (const std::int64_t count : operation.before)
    if (count < 0)
      return nullptr;
  return operation.mode == op::PadMode::constant && !operation.before.empty() ? Pad::make(operation) : nullptr;
}

} // namespace ganlet::xnn
