#include <cstring>
#include <vector>

#include "reference/reference.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

constexpr std::int64_t most_counted = 1 << 24; ///< float32 counts up to here

/// Copies pixels; XNNPACK has no operator for nearest-neighbour resizing.
class NearestResize final : public Kernel {
 public:
  explicit NearestResize(const op::Resize& operation) : operation_(operation) {}

  std::int64_t table_bytes(std::span<const Shape>, const Shape& output) const override {
    return static_cast<std::int64_t>(sizeof(std::int64_t)) * (output[1] + output[2]);
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t,
                     std::int64_t& scratch_bytes) override {
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

  /// Finds the input rows (axis 0) or columns (axis 1) that the output copies, by letting the reference resize an image
  /// whose pixels are their own indices. So both round alike.
  bool find_sources(int axis, std::vector<std::int64_t>& sources) const {
    const std::int64_t inputs = input_[axis + 1], outputs = output_[axis + 1];
    if (inputs > most_counted)
      return false;
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

/// Linear resizing stays with the reference: XNNPACK's differs if an output size was rounded, and costs more bytes of
/// wasm than the time saved is worth, next to the convolutions around it.
MadeKernel make(const op::Resize& operation, const NodeContext&) {
  return operation.mode == op::ResizeMode::nearest ? std::make_unique<NearestResize>(operation) : nullptr;
}

} // namespace ganlet::xnn
