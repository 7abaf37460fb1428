#include <algorithm>

#include <pthreadpool.h>

#include "xnn/memory.h"
#include "xnn/pixel_loops.h"
#include "xnn/weights.h"

namespace ganlet::xnn {

namespace {

class FullyConnected final : public OperatorKernel {
 public:
  static MadeKernel make(const op::Clamp& clamp, const Weights& weights) {
    auto made = std::make_unique<FullyConnected>();
    const auto outputs = static_cast<std::size_t>(weights.kernel->shape()[0]);
    const auto inputs = static_cast<std::size_t>(weights.kernel->shape()[1]);
    const xnn_status status =
        xnn_create_fully_connected_nc_f32(inputs, outputs, inputs, outputs, weights.values(), weights.bias, clamp.low,
                                          clamp.high, 0, nullptr, nullptr, out(made->operator_));
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    return xnn_reshape_fully_connected_nc_f32(operator_.get(), static_cast<std::size_t>(inputs[0][0]), pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_fully_connected_nc_f32(operator_.get(), buffers.inputs[0].as<float>().data(),
                                            buffers.output.as<float>().data());
  }
};

/// With int8 weights, computes in float32 all the same: these layers read latents and styles, which need more than the
/// seven bits of `DynamicQuantizer`. Their error would affect every pixel, and they are a small part of the work.
///
/// By loops of our own: XNNPACK's kernels round as the processor likes, and where that moves a later activation into
/// its next quantization step, it can be seen.
class QuantizedFullyConnected final : public Kernel {
 public:
  static MadeKernel make(const op::Clamp& clamp, const Weights& weights) {
    auto made = std::make_unique<QuantizedFullyConnected>();
    made->clamp_ = clamp;
    made->outputs_ = weights.kernel->shape()[0];
    made->inputs_ = weights.kernel->shape()[1];
    made->panel_count_ = (made->outputs_ + panel_columns - 1) / panel_columns;
    return made->pack(weights) ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t, std::int64_t& scratch_bytes) override {
    rows_ = inputs[0][0];
    scratch_bytes = 0;
    return xnn_status_success;
  }

  xnn_status setup(const Buffers& buffers) override {
    input_ = buffers.inputs[0].as<float>().data();
    output_ = buffers.output.as<float>().data();
    return xnn_status_success;
  }

  Result<void> run(pthreadpool_t pool) override {
    const auto task = [](void* kernel, std::size_t panel, std::size_t row, std::size_t, std::size_t rows) {
      static_cast<const QuantizedFullyConnected*>(kernel)->run_part(
          static_cast<std::int64_t>(panel), static_cast<std::int64_t>(row), static_cast<std::int64_t>(rows));
    };
    constexpr std::size_t rows_at_once = 64;
    pthreadpool_parallelize_2d_tile_2d(pool, task, this, static_cast<std::size_t>(panel_count_),
                                       static_cast<std::size_t>(rows_), 1, rows_at_once, 0);
    return {};
  }

 private:
  std::int64_t panel_elements() const { return (inputs_ + 1) * panel_columns; }

  /// A panel is its biases, and then the weights of its outputs for each input.
  bool pack(const Weights& weights) {
    const std::int64_t elements = panel_count_ * panel_elements();
    panels_ = allocate_floats(static_cast<std::size_t>(elements));
    if (!panels_)
      return false;
    std::fill_n(panels_.get(), elements, 0.0F);
    const std::int8_t* value = weights.quantized_values();
    for (std::int64_t o = 0; o < outputs_; ++o) {
      float* column = panels_.get() + o / panel_columns * panel_elements() + o % panel_columns;
      *column = weights.bias == nullptr ? 0 : weights.bias[o];
      for (std::int64_t i = 0; i < inputs_; ++i)
        *(column += panel_columns) = static_cast<float>(*value++) * weights.scale()[o];
    }
    return true;
  }

  void run_part(std::int64_t panel, std::int64_t row, std::int64_t rows) const {
    const std::int64_t first = panel * panel_columns;
    multiply_panel(input_ + row * inputs_, rows, inputs_, panels_.get() + panel * panel_elements(), clamp_,
                   output_ + row * outputs_ + first, outputs_, std::min(panel_columns, outputs_ - first));
  }

  op::Clamp clamp_;
  std::int64_t inputs_ = 0, outputs_ = 0;
  std::int64_t panel_count_ = 0;
  CountedFloats panels_;

  std::int64_t rows_ = 0;
  const float* input_ = nullptr;
  float* output_ = nullptr;
};

} // namespace

MadeKernel make(const op::FullyConnected& operation, const NodeContext& context) {
  const Weights weights = weights_of(context);
  if (weights.kernel == nullptr)
    return nullptr;
  return weights.quantized() ? QuantizedFullyConnected::make(operation.clamp, weights)
                             : FullyConnected::make(operation.clamp, weights);
}

} // namespace ganlet::xnn
