#include <pthreadpool.h>

#include "xnn/kernel.h"
#include "xnn/pixel_loops.h"

namespace ganlet::xnn {

namespace {

/// Over the last axis, by a loop of our own: XNNPACK's exponential differs from processor to processor, and so would
/// pictures, if int8 convolutions follow.
class Softmax final : public Kernel {
 public:
  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t, std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    size_ = inputs[0][inputs[0].rank() - 1];
    if (size_ == 0)
      return xnn_status_unsupported_parameter;
    rows_ = inputs[0].elements() / size_;
    return xnn_status_success;
  }

  xnn_status setup(const Buffers& buffers) override {
    input_ = buffers.inputs[0].as<float>().data();
    output_ = buffers.output.as<float>().data();
    return xnn_status_success;
  }

  Result<void> run(pthreadpool_t pool) override {
    const auto task = [](void* kernel, std::size_t row) {
      const auto& [input, output, size] = *static_cast<const Rows*>(kernel);
      softmax(input + static_cast<std::int64_t>(row) * size, size, output + static_cast<std::int64_t>(row) * size);
    };
    Rows rows{input_, output_, size_};
    pthreadpool_parallelize_1d(pool, task, &rows, static_cast<std::size_t>(rows_), 0);
    return {};
  }

 private:
  struct Rows {
    const float* input;
    float* output;
    std::int64_t size;
  };

  std::int64_t size_ = 0, rows_ = 0;
  const float* input_ = nullptr;
  float* output_ = nullptr;
};

} // namespace

MadeKernel make(const op::Softmax& operation, const NodeContext& context) {
  const bool last = operation.axis + 1 == static_cast<int>(context.output().shape.size());
  return last ? std::make_unique<Softmax>() : nullptr;
}

} // namespace ganlet::xnn
