#include "xnn/dims.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class Reduce final : public OperatorKernel {
 public:
  static MadeKernel make(const op::Reduce& operation) {
    auto made = std::make_unique<Reduce>();
    made->axes_count_ = operation.axes.size();
    for (std::size_t i = 0; i < operation.axes.size(); ++i)
      made->axes_[i] = operation.axes[i];
    const xnn_status status =
        xnn_create_reduce_nd(operation.kind == op::ReduceKind::mean ? xnn_reduce_mean : xnn_reduce_sum,
                             xnn_datatype_fp32, nullptr, nullptr, 0, out(made->operator_));
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    const Dims dims(inputs[0]);
    return xnn_reshape_reduce_nd(operator_.get(), axes_count_, axes_.data(), dims.count, dims.data(), nullptr, nullptr,
                                 pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    // Without a workspace, float32 sums accumulate in the output. With one, XNNPACK would convert them with a kernel
    // that this build lacks.
    return xnn_setup_reduce_nd(operator_.get(), nullptr, buffers.inputs[0].data, buffers.output.data);
  }

 private:
  std::array<std::int64_t, Shape::max_rank> axes_{};
  std::size_t axes_count_ = 0;
};

} // namespace

MadeKernel make(const op::Reduce& operation, const NodeContext&) {
  const bool has_kernel = operation.kind == op::ReduceKind::mean || operation.kind == op::ReduceKind::sum;
  return has_kernel && !operation.axes.empty() ? Reduce::make(operation) : nullptr;
}

} // namespace ganlet::xnn
