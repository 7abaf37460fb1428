#include "xnn/dims.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class Slice final : public OperatorKernel {
 public:
  static MadeKernel make(const op::Slice& operation) {
    auto made = std::make_unique<Slice>();
    made->starts_ = Dims(operation.starts);
    return xnn_create_slice_nd_x32(0, out(made->operator_)) == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    const Dims from(inputs[0]), to(output);
    return xnn_reshape_slice_nd_x32(operator_.get(), from.count, from.data(), starts_.data(), to.data(), pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_slice_nd_x32(operator_.get(), buffers.inputs[0].data, buffers.output.data);
  }

 private:
  Dims starts_;
};

} // namespace

/// XNNPACK only takes consecutive elements.
MadeKernel make(const op::Slice& operation, const NodeContext&) {
  for (const std::int64_t step : operation.steps)
    if (step != 1)
      return nullptr;
  return operation.starts.empty() ? nullptr : Slice::make(operation);
}

} // namespace ganlet::xnn
