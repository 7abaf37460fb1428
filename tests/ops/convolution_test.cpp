#include "linear_test.h"

namespace ganlet::testing {
namespace {

Case random_case(Draw& draw, bool int8) {
  const std::int64_t groups = draw.one_of<std::int64_t>({1, 1, 1, 2, 3});
  const std::int64_t group_inputs = draw.integer(1, 9), outputs = groups * draw.integer(1, 9),
                     batch = draw.integer(1, 3);
  op::Convolution convolution{{}, groups, random_clamp(draw)};
  op::Window& window = convolution.window;
  std::array<std::int64_t, 2> input{}, output{};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    window.kernel[axis] = draw.integer(1, 5);
    window.stride[axis] = draw.integer(1, 3);
    window.dilation[axis] = draw.one_of<std::int64_t>({1, 1, 2});
    const std::int64_t extent = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    window.pad_before[axis] = draw.integer(0, extent - 1);
    window.pad_after[axis] = draw.integer(0, extent - 1);
    const std::int64_t padding = window.pad_before[axis] + window.pad_after[axis];
    input[axis] = draw.integer(std::max<std::int64_t>(1, extent - padding), extent + 9);
    output[axis] = (input[axis] + padding - extent) / window.stride[axis] + 1;
  }
  return {.operation = convolution,
          .inputs = linear_inputs(draw, shape_of({batch, input[0], input[1], groups * group_inputs}),
                                  shape_of({outputs, window.kernel[0], window.kernel[1], group_inputs}), int8),
          .output = shape_of({batch, output[0], output[1], outputs}),
          .constants = true,
          .batched = true};
}

/// Over an input that is really padded, every element of the kernel's box.
Tensor formula(const Case& a_case) {
  const auto& convolution = std::get<op::Convolution>(a_case.operation);
  const op::Window& window = convolution.window;
  const Shape& x = a_case.inputs[0].shape();
  const Shape& w = a_case.inputs[1].shape();
  const Shape padded = shape_of({x[0], x[1] + window.pad_before[0] + window.pad_after[0],
                                 x[2] + window.pad_before[1] + window.pad_after[1], x[3]});
  std::vector<double> values(static_cast<std::size_t>(padded.elements()));
  for_each_place(x, [&](auto p) {
    values[static_cast<std::size_t>(
        offset_of(padded, {p[0], p[1] + window.pad_before[0], p[2] + window.pad_before[1], p[3]}))] =
        a_case.inputs[0].as<float>()[static_cast<std::size_t>(offset_of(x, {p[0], p[1], p[2], p[3]}))];
  });
  return computed(a_case.output, [&](auto p) {
    double sum = a_case.inputs.size() > 2 ? a_case.inputs[2].as<float>()[static_cast<std::size_t>(p[3])] : 0;
    const std::int64_t group = p[3] / (w[0] / convolution.groups);
    for_each_place(shape_of({w[1], w[2], w[3]}), [&](auto k) {
      const std::int64_t from =
          offset_of(padded, {p[0], p[1] * window.stride[0] + k[0] * window.dilation[0],
                             p[2] * window.stride[1] + k[1] * window.dilation[1], group * w[3] + k[2]});
      sum +=
          values[static_cast<std::size_t>(from)] * weight_at(a_case.inputs[1], offset_of(w, {p[3], k[0], k[1], k[2]}));
    });
    return clamped(sum, convolution.clamp);
  });
}

TEST(Convolution, Float32) {
  for_random_cases(100, [](Draw& draw) {
    const Case a_case = random_case(draw, false);
    check_linear(a_case, formula(a_case));
  });
}

TEST(Convolution, Int8) {
  for_random_cases(100, [](Draw& draw) {
    const Case a_case = random_case(draw, true);
    check_linear(a_case, formula(a_case));
  });
}

} // namespace
} // namespace ganlet::testing
