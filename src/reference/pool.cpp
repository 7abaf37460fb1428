#include <limits>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

namespace {

/// What one window has seen.
struct Seen {
  double sum = 0;
  double largest = -std::numeric_limits<double>::infinity();
  std::int64_t count = 0;

  void add(double x) {
    sum += x;
    largest = x > largest || x != x ? x : largest;
    ++count;
  }
};

} // namespace

Result<void> run(const op::Pool& operation, Inputs inputs, const TensorView& output) {
  const op::Window& window = operation.window;
  const Shape& from = inputs[0].shape;
  const float* x = inputs[0].as<float>().data();
  float* to = output.as<float>().data();
  for (Walk at(output.shape); at.inside(); at.next()) {
    Seen seen;
    const auto place = [&](std::size_t axis, std::int64_t k) {
      return at[static_cast<int>(axis) + 1] * window.stride[axis] - window.pad_before[axis] + k * window.dilation[axis];
    };
    for (std::int64_t ky = 0; ky < window.kernel[0]; ++ky)
      for (std::int64_t kx = 0; kx < window.kernel[1]; ++kx) {
        const std::int64_t row = place(0, ky), column = place(1, kx);
        if (row >= 0 && row < from[1] && column >= 0 && column < from[2])
          seen.add(static_cast<double>(x[((at[0] * from[1] + row) * from[2] + column) * from[3] + at[3]]));
        else if (operation.count_padding && row < from[1] + window.pad_after[0] &&
                 column < from[2] + window.pad_after[1])
          ++seen.count;
      }
    const double value =
        operation.kind == op::PoolKind::maximum ? seen.largest : seen.sum / static_cast<double>(seen.count);
    *to++ = static_cast<float>(value);
  }
  return {};
}

} // namespace ganlet::reference
