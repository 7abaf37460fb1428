#include "linear_test.h"

namespace ganlet::testing {
namespace {

Case random_case(Draw& draw, bool int8) {
  const std::int64_t groups = draw.one_of<std::int64_t>({1, 1, 1, 2, 3});
  const std::int64_t group_inputs = draw.integer(1, 9), outputs = groups * draw.integer(1, 9),
                     batch = draw.integer(1, 3);
  op::TransposedConvolution convolution;
  convolution.groups = groups;
  convolution.clamp = random_clamp(draw);
  op::Window& window = convolution.window;
  std::array<std::int64_t, 2> input{}, output{};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    window.kernel[axis] = draw.integer(1, 5);
    window.stride[axis] = draw.integer(1, 3);
    window.dilation[axis] = draw.one_of<std::int64_t>({1, 1, 2});
    convolution.output_padding[axis] = draw.integer(0, window.stride[axis] - 1);
    input[axis] = draw.integer(1, 7);
    const std::int64_t extent = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    const std::int64_t full = (input[axis] - 1) * window.stride[axis] + extent + convolution.output_padding[axis];
    window.pad_before[axis] = draw.integer(0, std::min(extent - 1, full - 1));
    window.pad_after[axis] = draw.integer(0, std::min(extent - 1, full - 1 - window.pad_before[axis]));
    output[axis] = full - window.pad_before[axis] - window.pad_after[axis];
  }
  return {.operation = convolution,
          .inputs = linear_inputs(draw, shape_of({batch, input[0], input[1], groups * group_inputs}),
                                  shape_of({outputs, window.kernel[0], window.kernel[1], group_inputs}), int8),
          .output = shape_of({batch, output[0], output[1], outputs}),
          .constants = true,
          .batched = true};
}

/// Spreads each input element over the full result, and cuts the pads off.
Tensor formula(const Case& a_case) {
  const auto& convolution = std::get<op::TransposedConvolution>(a_case.operation);
  const op::Window& window = convolution.window;
  const Shape& x = a_case.inputs[0].shape();
  const Shape& w = a_case.inputs[1].shape();
  const Shape& y = a_case.output;
  const std::int64_t group_outputs = w[0] / convolution.groups;
  std::vector<double> sums(static_cast<std::size_t>(y.elements()));
  for_each_place(x, [&](auto p) {
    const std::int64_t group = p[3] / w[3];
    const double value = a_case.inputs[0].as<float>()[static_cast<std::size_t>(offset_of(x, {p[0], p[1], p[2], p[3]}))];
    for_each_place(shape_of({group_outputs, w[1], w[2]}), [&](auto k) {
      const std::int64_t row = p[1] * window.stride[0] + k[1] * window.dilation[0] - window.pad_before[0];
      const std::int64_t column = p[2] * window.stride[1] + k[2] * window.dilation[1] - window.pad_before[1];
      const std::int64_t channel = group * group_outputs + k[0];
      if (row >= 0 && row < y[1] && column >= 0 && column < y[2])
        sums[static_cast<std::size_t>(offset_of(y, {p[0], row, column, channel}))] +=
            value * weight_at(a_case.inputs[1], offset_of(w, {channel, k[1], k[2], p[3] % w[3]}));
    });
  });
  return computed(y, [&](auto p) {
    const double bias = a_case.inputs.size() > 2 ? a_case.inputs[2].as<float>()[static_cast<std::size_t>(p[3])] : 0;
    return clamped(sums[static_cast<std::size_t>(offset_of(y, {p[0], p[1], p[2], p[3]}))] + bias, convolution.clamp);
  });
}

TEST(TransposedConvolution, Float32) {
  for_random_cases(100, [](Draw& draw) {
    const Case a_case = random_case(draw, false);
    check_linear(a_case, formula(a_case));
  });
}

TEST(TransposedConvolution, Int8) {
  for_random_cases(100, [](Draw& draw) {
    const Case a_case = random_case(draw, true);
    check_linear(a_case, formula(a_case));
  });
}

/// Output padding adds rows and columns behind, where only the bias is.
TEST(TransposedConvolution, OutputPaddingBelowStride) {
  op::TransposedConvolution convolution;
  convolution.window.stride = {2, 2};
  convolution.output_padding = {1, 1};
  Case a_case{.operation = convolution, .output = Shape{1, 2, 2, 1}, .constants = true};
  a_case.inputs.push_back(Tensor::of<float>(Shape{1, 1, 1, 1}, {3}));
  a_case.inputs.push_back(Tensor::of<float>(Shape{1, 1, 1, 1}, {5}));
  a_case.inputs.push_back(Tensor::of<float>(Shape{1}, {0.5F}));
  expect_equal(expect_backends_agree(a_case, {1e-6, 0}),
               Tensor::of<float>(Shape{1, 2, 2, 1}, {15.5F, 0.5F, 0.5F, 0.5F}));
}

} // namespace
} // namespace ganlet::testing
