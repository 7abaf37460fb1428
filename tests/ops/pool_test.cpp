#include <limits>

#include "op_test.h"

namespace ganlet::testing {
namespace {

Case random_case(Draw& draw) {
  op::Pool pool;
  pool.kind = draw.one_of({op::PoolKind::average, op::PoolKind::maximum});
  pool.count_padding = pool.kind == op::PoolKind::average && draw.chance();
  std::array<std::int64_t, 2> input{}, output{};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    op::Window& window = pool.window;
    window.kernel[axis] = draw.integer(1, 4);
    window.stride[axis] = draw.integer(1, 3);
    window.dilation[axis] = draw.one_of<std::int64_t>({1, 1, 2});
    const std::int64_t extent = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    // Padding below the window's first gap, and an input that a window always meets.
    window.pad_before[axis] = draw.integer(0, window.kernel[axis] / 2);
    window.pad_after[axis] = draw.integer(0, window.kernel[axis] / 2);
    input[axis] = draw.integer(extent, extent + 8);
    const std::int64_t room = input[axis] + window.pad_before[axis] + window.pad_after[axis] - extent;
    output[axis] = room / window.stride[axis] + 1;
    // ceil_mode: one window more, which reaches beyond the padding, but starts inside.
    if (draw.chance() && room % window.stride[axis] != 0 &&
        output[axis] * window.stride[axis] < input[axis] + window.pad_before[axis])
      ++output[axis];
  }
  const std::int64_t images = draw.integer(1, 3), channels = draw.integer(1, 10);
  Case a_case{.operation = pool, .output = shape_of({images, output[0], output[1], channels}), .batched = true};
  a_case.inputs.push_back(draw.floats(shape_of({images, input[0], input[1], channels})));
  return a_case;
}

TEST(Pool, AveragesAndMaxima) {
  for_random_cases(200, [](Draw& draw) {
    const Case a_case = random_case(draw);
    const auto& pool = std::get<op::Pool>(a_case.operation);
    const op::Window& window = pool.window;
    const Shape& x = a_case.inputs[0].shape();
    const Tensor result = expect_backends_agree(a_case, {1e-5, 1e-5});
    // Over all pixels and padding, asking of each whether the window has it.
    const auto inside = [&](std::size_t axis, std::int64_t at, std::int64_t window_index) {
      const std::int64_t from_start = at + window.pad_before[axis] - window_index * window.stride[axis];
      return from_start >= 0 && from_start % window.dilation[axis] == 0 &&
             from_start / window.dilation[axis] < window.kernel[axis];
    };
    expect_near(
        result,
        computed(
            a_case.output,
            [&](auto p) {
              double sum = 0, largest = -std::numeric_limits<double>::infinity(), count = 0;
              for (std::int64_t y = -window.pad_before[0]; y < x[1] + window.pad_after[0]; ++y)
                for (std::int64_t c = -window.pad_before[1]; c < x[2] + window.pad_after[1]; ++c) {
                  if (!inside(0, y, p[1]) || !inside(1, c, p[2]))
                    continue;
                  const bool pixel = y >= 0 && y < x[1] && c >= 0 && c < x[2];
                  count += pixel || pool.count_padding;
                  const double value =
                      pixel ? a_case.inputs[0].as<float>()[static_cast<std::size_t>(offset_of(x, {p[0], y, c, p[3]}))]
                            : 0;
                  sum += value;
                  largest = pixel ? std::max(largest, value) : largest;
                }
              return pool.kind == op::PoolKind::average ? sum / count : largest;
            }),
        {1e-7, 1.2e-7});
  });
}

/// A file may say so, and taps that can't meet a pixel take no time.
TEST(Pool, AWindowFarLargerThanItsInput) {
  constexpr std::int64_t side = std::int64_t{1} << 20;
  op::Pool pool;
  pool.window = {.kernel = {side, side}, .pad_before = {side / 2, side / 2}, .pad_after = {side / 2 - 1, side / 2 - 1}};
  for (const op::PoolKind kind : {op::PoolKind::average, op::PoolKind::maximum}) {
    pool.kind = kind;
    Case a_case{.operation = pool, .output = Shape{1, 2, 2, 1}};
    a_case.inputs.push_back(Tensor::of<float>(Shape{1, 2, 2, 1}, {1, 2, 3, 6}));
    const float wanted = kind == op::PoolKind::average ? 3.0F : 6.0F;
    expect_equal(expect_backends_agree(a_case, {1e-6, 0}),
                 Tensor::of<float>(Shape{1, 2, 2, 1}, {wanted, wanted, wanted, wanted}));
  }
}

} // namespace
} // namespace ganlet::testing
