#include <cstring>
#include <vector>

#include "xnn/dims.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

/// Copies runs of bytes, whatever the element type.
class Concat final : public Kernel {
 public:
  explicit Concat(int axis) : axis_(axis) {}

  xnn_status reshape(std::span<const Shape>, const Shape& output, pthreadpool_t, std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    rows_ = static_cast<std::size_t>(product(output, 0, axis_));
    return xnn_status_success;
  }

  xnn_status setup(const Buffers& buffers) override {
    parts_.clear();
    for (const TensorView& input : buffers.inputs)
      parts_.push_back({static_cast<const std::byte*>(input.data), rows_ == 0 ? 0 : input.bytes() / rows_});
    output_ = static_cast<std::byte*>(buffers.output.data);
    return xnn_status_success;
  }

  Result<void> run(pthreadpool_t) override {
    std::byte* to = output_;
    for (std::size_t row = 0; row < rows_; ++row)
      for (const Part& part : parts_) {
        std::memcpy(to, part.from + row * part.row_bytes, part.row_bytes);
        to += part.row_bytes;
      }
    return {};
  }

 private:
  struct Part {
    const std::byte* from = nullptr;
    std::size_t row_bytes = 0;
  };

  int axis_;
  std::size_t rows_ = 0;
  std::vector<Part> parts_;
  std::byte* output_ = nullptr;
};

} // namespace

MadeKernel make(const op::Concat& operation, const NodeContext&) {
  return std::make_unique<Concat>(operation.axis);
}

} // namespace ganlet::xnn
