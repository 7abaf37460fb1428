#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class Pool final : public OperatorKernel {
 public:
  static MadeKernel make(const op::Pool& operation) {
    auto made = std::make_unique<Pool>();
    made->kind_ = operation.kind;
    const op::Window& window = made->window_ = operation.window;
    const auto pads = std::array{window.pad_before[0], window.pad_after[1], window.pad_after[0], window.pad_before[1]};
    for (const std::int64_t pad : pads)
      if (pad < 0)
        return nullptr;
    constexpr float unbounded = std::numeric_limits<float>::infinity();
    const auto number = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
    const auto create = [&](auto function, auto... dilation) {
      return function(number(pads[0]), number(pads[1]), number(pads[2]), number(pads[3]), number(window.kernel[0]),
                      number(window.kernel[1]), number(window.stride[0]), number(window.stride[1]), dilation...,
                      -unbounded, unbounded, 0, out(made->operator_));
    };
    const xnn_status status =
        operation.kind == op::PoolKind::maximum
            ? create(xnn_create_max_pooling2d_nhwc_f32, number(window.dilation[0]), number(window.dilation[1]))
            : create(xnn_create_average_pooling2d_nhwc_f32);
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

  std::int64_t table_bytes(std::span<const Shape>, const Shape& output) const override {
    return indirection_bytes(window_, output);
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    const Shape& input = inputs[0];
    const auto size = [&](int axis) { return static_cast<std::size_t>(input[axis]); };
    std::size_t height = 0, width = 0, bytes = 0, alignment = 0;
    const xnn_status status =
        kind_ == op::PoolKind::maximum
            ? xnn_reshape_max_pooling2d_nhwc_f32(operator_.get(), size(0), size(1), size(2), size(3), size(3), size(3),
                                                 &height, &width, pool)
            : xnn_reshape_average_pooling2d_nhwc_f32(operator_.get(), size(0), size(1), size(2), size(3), size(3),
                                                     size(3), &bytes, &alignment, &height, &width, pool);
    scratch_bytes = static_cast<std::int64_t>(bytes);
    if (status != xnn_status_success)
      return status;
    const bool as_planned =
        static_cast<std::int64_t>(height) == output[1] && static_cast<std::int64_t>(width) == output[2];
    return as_planned ? xnn_status_success : xnn_status_unsupported_parameter;
  }

  xnn_status setup(const Buffers& buffers) override {
    const float* input = buffers.inputs[0].as<float>().data();
    float* output = buffers.output.as<float>().data();
    return kind_ == op::PoolKind::maximum
               ? xnn_setup_max_pooling2d_nhwc_f32(operator_.get(), input, output)
               : xnn_setup_average_pooling2d_nhwc_f32(operator_.get(), buffers.scratch, input, output);
  }

 private:
  op::PoolKind kind_ = op::PoolKind::maximum;
  op::Window window_;
};

} // namespace

/// XNNPACK's averages leave padding out of the count, and have no dilation. Its maxima take the pixel nearest to a
/// place in the padding, which a dilated window needn't have.
MadeKernel make(const op::Pool& operation, const NodeContext&) {
  const op::Window& window = operation.window;
  const bool average = operation.kind == op::PoolKind::average;
  constexpr std::array<std::int64_t, 2> none{0, 0}, one{1, 1};
  const bool padded = window.pad_before != none || window.pad_after != none;
  if ((average && operation.count_padding && padded) || (window.dilation != one && (average || padded)))
    return nullptr;
  return Pool::make(operation);
}

} // namespace ganlet::xnn
