#include <cstring>
#include <vector>

#include "reference/reference.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class BilinearResize final : public OperatorKernel {
 public:
  static MadeKernel make(const op::Resize& operation, std::int64_t height, std::int64_t width) {
    auto made = std::make_unique<BilinearResize>();
    made->scale_ = operation.scale;
    std::uint32_t flags = 0;
    if (operation.coordinates == op::Coordinates::align_corners)
      flags = XNN_FLAG_ALIGN_CORNERS;
    if (operation.coordinates == op::Coordinates::asymmetric)
      flags = XNN_FLAG_TENSORFLOW_LEGACY_MODE;
    const xnn_status status = xnn_create_resize_bilinear2d_nhwc_f32(
        static_cast<std::size_t>(height), static_cast<std::size_t>(width), flags, out(made->operator_));
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                     std::size_t& scratch_bytes) override {
    // XNNPACK derives the scale from the sizes; ONNX's differs where an output size was rounded.
    for (int axis = 0; axis < 2; ++axis)
      if (static_cast<float>(inputs[0][axis + 1]) * scale_[static_cast<std::size_t>(axis)] !=
          static_cast<float>(output[axis + 1]))
        return xnn_status_unsupported_parameter;
    const auto size = [&](int axis) { return static_cast<std::size_t>(inputs[0][axis]); };
    std::size_t alignment = 0;
    return xnn_reshape_resize_bilinear2d_nhwc_f32(operator_.get(), size(0), size(1), size(2), size(3), size(3), size(3),
                                                  &scratch_bytes, &alignment, pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_resize_bilinear2d_nhwc_f32(operator_.get(), buffers.scratch, buffers.inputs[0].as<float>().data(),
                                                buffers.output.as<float>().data());
  }

 private:
  std::array<float, 2> scale_{};
};

/// Copies pixels; XNNPACK has no such operator.
class NearestResize final : public Kernel {
 public:
  explicit NearestResize(const op::Resize& operation) : operation_(operation) {}

  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t,
                     std::size_t& scratch_bytes) override {
    scratch_bytes = 0;
    input_ = inputs[0];
    output_ = output;
    const bool found = find_sources(0, rows_) && find_sources(1, columns_);
    return found ? xnn_status_success : xnn_status_unsupported_parameter;
  }

  xnn_status setup(const Buffers& buffers) override {
    from_ = buffers.inputs[0].as<float>().data();
    to_ = buffers.output.as<float>().data();
    return xnn_status_success;
  }

  Result<void> run(pthreadpool_t) override {
    const std::int64_t from_row = input_[2] * input_[3], to_row = output_[2] * output_[3];
    float* to = to_;
    for (std::int64_t image = 0; image < output_[0]; ++image)
      for (std::size_t y = 0; y < rows_.size(); ++y, to += to_row) {
        if (y > 0 && rows_[y] == rows_[y - 1])
          std::memcpy(to, to - to_row, static_cast<std::size_t>(to_row) * sizeof(float));
        else
          copy_row(from_ + (image * input_[1] + rows_[y]) * from_row, to);
      }
    return {};
  }

 private:
  void copy_row(const float* from, float* to) const {
    const auto channels = static_cast<std::size_t>(input_[3]);
    for (const std::int64_t column : columns_) {
      std::memcpy(to, from + static_cast<std::size_t>(column) * channels, channels * sizeof(float));
      to += channels;
    }
  }

  /// Which input rows (axis 0) or columns (axis 1) the output takes: what the reference makes of an image that counts
  /// them. So both round alike.
  bool find_sources(int axis, std::vector<std::int64_t>& sources) const {
    const std::int64_t inputs = input_[axis + 1], outputs = output_[axis + 1];
    op::Resize along = operation_;
    along.scale[static_cast<std::size_t>(1 - axis)] = 1;
    const auto line = [axis](std::int64_t size) { return axis == 0 ? Shape{1, size, 1, 1} : Shape{1, 1, size, 1}; };
    Tensor counted(DataType::float32, line(inputs)), taken(DataType::float32, line(outputs));
    for (std::int64_t i = 0; i < inputs; ++i)
      counted.as<float>()[static_cast<std::size_t>(i)] = static_cast<float>(i);
    const TensorView view = counted.view();
    if (!reference::evaluate(along, std::span(&view, 1), taken.view()))
      return false;
    sources.clear();
    for (const float value : std::as_const(taken).as<float>())
      sources.push_back(static_cast<std::int64_t>(value));
    return true;
  }

  op::Resize operation_;
  Shape input_;
  Shape output_;
  std::vector<std::int64_t> rows_;    ///< by output row
  std::vector<std::int64_t> columns_; ///< by output column
  const float* from_ = nullptr;
  float* to_ = nullptr;
};

} // namespace

MadeKernel make_resize(const op::Resize& operation, const NodeContext& context) {
  if (operation.mode == op::ResizeMode::nearest)
    return std::make_unique<NearestResize>(operation);
  const SymbolicShape& shape = context.output().shape;
  // With one output row or column PyTorch's half pixels and aligned corners have rules of their own.
  return shape[1].count > 1 && shape[2].count > 1 ? BilinearResize::make(operation, shape[1].count, shape[2].count)
                                                  : nullptr;
}

} // namespace ganlet::xnn
