#include <algorithm>
#include <cmath>
#include <limits>

#include "op_test.h"

namespace ganlet::testing {
namespace {

using op::Outside, op::ResizeMode;

/// The image as a function on all whole places, by the definition of what lies outside (PyTorch's
/// torch.nn.functional.grid_sample).
double pixel(const Tensor& images, const op::GridSample& sample, std::int64_t n, std::int64_t row, std::int64_t column,
             std::int64_t c) {
  const Shape& shape = images.shape();
  const auto inside = [&](std::int64_t at, std::int64_t size) -> std::int64_t {
    if (sample.outside == Outside::border)
      return std::clamp<std::int64_t>(at, 0, size - 1);
    // A mirror in the middle of the last pixel repeats after 2 size - 2, one at its edge after 2 size.
    const std::int64_t period = sample.align_corners ? 2 * size - 2 : 2 * size;
    if (period == 0)
      return 0;
    at = ((at % period) + period) % period;
    return at < size ? at : sample.align_corners ? period - at : period - 1 - at;
  };
  if (sample.outside == Outside::zeros) {
    if (row < 0 || row >= shape[1] || column < 0 || column >= shape[2])
      return 0;
  } else {
    row = inside(row, shape[1]);
    column = inside(column, shape[2]);
  }
  return static_cast<double>(images.as<float>()[static_cast<std::size_t>(offset_of(shape, {n, row, column, c}))]);
}

/// Keys' cubic convolution kernel with a = -3/4.
double cubic(double x) {
  const double a = -0.75;
  x = std::fabs(x);
  if (x <= 1)
    return (a + 2) * x * x * x - (a + 3) * x * x + 1;
  return x < 2 ? a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a : 0;
}

double kernel(ResizeMode mode, double x) {
  return mode == ResizeMode::cubic ? cubic(x) : std::max(0.0, 1 - std::fabs(x));
}

double sampled(const Case& a_case, std::span<const std::int64_t> p) {
  const auto& sample = std::get<op::GridSample>(a_case.operation);
  const Shape& shape = a_case.inputs[0].shape();
  const auto at = static_cast<std::size_t>(offset_of(a_case.inputs[1].shape(), {p[0], p[1], p[2], 0}));
  const auto place = [&](std::size_t i, std::int64_t size) {
    const double x = static_cast<double>(a_case.inputs[1].as<float>()[at + i]), all = static_cast<double>(size);
    return sample.align_corners ? (x + 1) / 2 * (all - 1) : ((x + 1) * all - 1) / 2;
  };
  const double x = place(0, shape[2]), y = place(1, shape[1]);
  if (sample.mode == ResizeMode::nearest)
    return pixel(a_case.inputs[0], sample, p[0], std::llrint(y), std::llrint(x), p[3]);
  double sum = 0;
  for (std::int64_t row = static_cast<std::int64_t>(std::floor(y)) - 1; row <= std::floor(y) + 2; ++row)
    for (std::int64_t column = static_cast<std::int64_t>(std::floor(x)) - 1; column <= std::floor(x) + 2; ++column)
      sum += kernel(sample.mode, y - static_cast<double>(row)) * kernel(sample.mode, x - static_cast<double>(column)) *
             pixel(a_case.inputs[0], sample, p[0], row, column, p[3]);
  return sum;
}

TEST(GridSample, EveryModeAndWhatLiesOutside) {
  for_random_cases(120, [](Draw& draw) {
    const Shape from = draw.shape(4, 6), places = draw.shape(2, 5);
    op::GridSample sample{draw.one_of({ResizeMode::linear, ResizeMode::nearest, ResizeMode::cubic}),
                          draw.one_of({Outside::zeros, Outside::border, Outside::reflection}), draw.chance()};
    Case a_case{.operation = sample, .output = shape_of({from[0], places[0], places[1], from[3]}), .batched = true};
    a_case.inputs.push_back(draw.floats(from));
    a_case.inputs.push_back(draw.floats(shape_of({from[0], places[0], places[1], 2})));
    const Tensor result = expect_backends_agree(a_case, {});
    expect_near(result, computed(a_case.output, [&](auto p) { return sampled(a_case, p); }), {2e-6, 1e-6});
  });
}

TEST(GridSample, PlacesThatAreNoNumbersReadNothingOutside) {
  constexpr float none = std::numeric_limits<float>::quiet_NaN(), far = std::numeric_limits<float>::infinity();
  for (const Outside outside : {Outside::zeros, Outside::border, Outside::reflection})
    for (const ResizeMode mode : {ResizeMode::linear, ResizeMode::nearest, ResizeMode::cubic}) {
      Case a_case{.operation = op::GridSample{mode, outside, false}, .output = Shape{1, 1, 3, 1}, .batched = true};
      a_case.inputs.push_back(Tensor::of<float>(Shape{1, 1, 2, 1}, {3, 3}));
      a_case.inputs.push_back(Tensor::of<float>(Shape{1, 1, 3, 2}, {none, none, far, -far, 3e38F, 0}));
      const float wanted = outside == Outside::zeros ? 0 : 3;
      const Tensor result = expect_backends_agree(a_case, {});
      for (const float given : result.as<float>())
        EXPECT_NEAR(given, wanted, 1e-6);
    }
}

} // namespace
} // namespace ganlet::testing
