#include "reference/pool.h"

#include <algorithm>
#include <limits>

#include "xnn/kernel.h"
#include "xnn/pixel_loops.h"

namespace ganlet::xnn {

namespace {

/// ganlet's own loops, over all channels of a pixel at once. XNNPACK's kernels leave padding out of an average's count,
/// don't dilate averages, and read a pixel outside the window if a dilated window lies in padding; and they would add 3
/// KB to a page's download.
class Pool final : public Kernel {
 public:
  explicit Pool(const op::Pool& operation) : operation_(operation) {}

  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t,
                     std::int64_t& scratch_bytes) override {
    from_ = inputs[0];
    to_ = output;
    scratch_bytes = 0;
    return xnn_status_success;
  }

  xnn_status setup(const Buffers& buffers) override {
    input_ = buffers.inputs[0].as<float>().data();
    output_ = buffers.output.as<float>().data();
    return xnn_status_success;
  }

  Result<void> run(pthreadpool_t) override {
    float* to = output_;
    for (std::int64_t image = 0; image < to_[0]; ++image)
      for (std::int64_t row = 0; row < to_[1]; ++row) {
        const reference::PoolTaps down(operation_.window, 0, row, from_[1]);
        for (std::int64_t column = 0; column < to_[2]; ++column, to += to_[3])
          pool(image, down, reference::PoolTaps(operation_.window, 1, column, from_[2]), to);
      }
    return {};
  }

 private:
  void pool(std::int64_t image, const reference::PoolTaps& down, const reference::PoolTaps& across, float* to) const {
    const bool is_maximum = operation_.kind == op::PoolKind::maximum;
    const std::int64_t channels = to_[3];
    std::fill_n(to, channels, is_maximum ? -std::numeric_limits<float>::infinity() : 0.0F);
    for (std::int64_t ky = down.first; ky < down.end; ++ky) {
      const float* const row = input_ + (image * from_[1] + down.start + ky * down.step) * from_[2] * channels;
      for (std::int64_t kx = across.first; kx < across.end; ++kx) {
        const float* const pixel = row + (across.start + kx * across.step) * channels;
        if (is_maximum)
          keep_largest(to, pixel, channels);
        else
          add_plane(to, 0, pixel, 0, 1, channels);
      }
    }
    if (!is_maximum)
      divide(to, static_cast<float>(reference::count_of(operation_, down, across)), channels);
  }

  op::Pool operation_;
  Shape from_, to_;
  const float* input_ = nullptr;
  float* output_ = nullptr;
};

} // namespace

MadeKernel make(const op::Pool& operation, const NodeContext&) {
  return std::make_unique<Pool>(operation);
}

} // namespace ganlet::xnn
