#include "xnn/product_convolution.h"

#include <gtest/gtest.h>

#include "graph_builder.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

constexpr std::uint64_t seed = 20241108;
constexpr int cases = 200;

/// Runs a one-node graph on both backends; gives the largest difference over the largest value of the reference.
double relative_difference(const op::Any& operation, const Shape& input, const Tensor& weights, const Tensor& bias,
                           const Shape& output) {
  testing::GraphBuilder build;
  const auto symbolic = [](const Shape& shape) {
    SymbolicShape sizes{testing::batch_dim()};
    for (int axis = 1; axis < shape.rank(); ++axis)
      sizes.push_back(testing::fixed(shape[axis]));
    return sizes;
  };
  const ValueId x = build.input(symbolic(input));
  const ValueId y =
      build.node(operation, {x, build.constant(weights.clone()), build.constant(bias.clone())}, symbolic(output));
  auto program = xnn::backend.compile(build.finish({y}), {});
  EXPECT_TRUE(program) << program.error().text();
  EXPECT_EQ((*program)->runs_on(0), "xnn");
  const Tensor values = testing::random_tensor(input, 30);
  const TensorView view = values.view();
  const auto outputs = (*program)->run(std::span(&view, 1));
  EXPECT_TRUE(outputs) << outputs.error().text();

  Tensor expected(DataType::float32, output);
  const TensorView inputs[] = {view, weights.view(), bias.view()};
  EXPECT_TRUE(reference::evaluate(operation, inputs, expected.view()));
  double largest = 1e-6, difference = 0;
  const std::span<const float> made = (*outputs)[0].as<const float>();
  for (std::size_t i = 0; i < made.size(); ++i) {
    const double wanted = expected.as<float>()[i];
    largest = std::max(largest, std::fabs(wanted));
    difference = std::max(difference, std::fabs(made[i] - wanted));
  }
  return difference / largest;
}

/// Numbers from a seed, one after another.
class Numbers {
 public:
  explicit Numbers(std::uint32_t stream) : rng_(seed, stream) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + rng_.below(static_cast<std::uint32_t>(high - low + 1), next_++);
  }

 private:
  Rng rng_;
  std::uint64_t next_ = 0;
};

struct Case {
  Shape input, weights, output;
};

std::string text_of(const op::Window& window, const Case& it) {
  std::string text =
      "seed " + std::to_string(seed) + ": " + it.input.text() + " * " + it.weights.text() + " -> " + it.output.text();
  for (const auto& pair : {window.stride, window.dilation, window.pad_before, window.pad_after})
    text += " [" + std::to_string(pair[0]) + ", " + std::to_string(pair[1]) + "]";
  return text;
}

void fill_window(Numbers& numbers, op::Window& window, bool with_stride) {
  for (std::size_t axis = 0; axis < 2; ++axis) {
    window.kernel[axis] = numbers.between(2, 6);
    window.stride[axis] = with_stride ? numbers.between(1, 4) : 1;
    window.dilation[axis] = numbers.between(1, 2);
    window.pad_before[axis] = numbers.between(0, 3);
    window.pad_after[axis] = numbers.between(0, 3);
  }
}

constexpr op::Clamp clamp_of(bool bounded) {
  return bounded ? op::Clamp{-0.5F, 2.0F} : op::Clamp{};
}

void check(const op::Any& operation, const op::Window& window, const Case& it, double int8_limit = 0.03) {
  // Sums of deviation 1, so that a clamp leaves enough of them to compare errors with.
  const auto terms = static_cast<float>(it.weights[1] * it.weights[2] * it.weights[3]);
  const Tensor weights = testing::random_tensor(it.weights, 31, 1 / std::sqrt(terms)),
               bias = testing::random_tensor(Shape{it.weights[0]}, 32);
  EXPECT_LT(relative_difference(operation, it.input, weights, bias, it.output), 2e-6) << text_of(window, it);
  EXPECT_LT(relative_difference(operation, it.input, testing::quantized(weights), bias, it.output), int8_limit)
      << "int8, " << text_of(window, it);
}

TEST(ProductConvolution, NarrowConvolutionsAgreeWithTheReference) {
  Numbers numbers(1);
  for (int i = 0; i < cases; ++i) {
    op::Convolution operation;
    fill_window(numbers, operation.window, false);
    operation.clamp = clamp_of(i % 3 == 0);
    const op::Window& window = operation.window;
    std::array<std::int64_t, 2> in{}, to{};
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const std::int64_t extent = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
      in[axis] = extent + numbers.between(0, axis == 0 ? 60 : 12);
      to[axis] = in[axis] + window.pad_before[axis] + window.pad_after[axis] - extent + 1;
    }
    const std::int64_t batch = numbers.between(1, 3), inputs = numbers.between(16, 40), outputs = numbers.between(1, 3);
    check(operation, window,
          {Shape{batch, in[0], in[1], inputs}, Shape{outputs, window.kernel[0], window.kernel[1], inputs},
           Shape{batch, to[0], to[1], outputs}});
  }
}

TEST(ProductConvolution, TransposedConvolutionsAgreeWithTheReference) {
  Numbers numbers(2);
  for (int i = 0; i < cases; ++i) {
    op::TransposedConvolution operation;
    fill_window(numbers, operation.window, true);
    operation.clamp = clamp_of(i % 3 == 0);
    const op::Window& window = operation.window;
    std::array<std::int64_t, 2> in{}, to{};
    for (std::size_t axis = 0; axis < 2; ++axis) {
      in[axis] = numbers.between(3, 12);
      operation.output_padding[axis] = numbers.between(0, window.stride[axis] - 1);
      to[axis] = (in[axis] - 1) * window.stride[axis] + window.dilation[axis] * (window.kernel[axis] - 1) + 1 +
                 operation.output_padding[axis] - window.pad_before[axis] - window.pad_after[axis];
      if (to[axis] < 1) {
        operation.output_padding[axis] += 1 - to[axis];
        to[axis] = 1;
      }
    }
    const std::int64_t batch = numbers.between(1, 3), inputs = numbers.between(1, 40), outputs = numbers.between(1, 20);
    check(operation, window,
          {Shape{batch, in[0], in[1], inputs}, Shape{outputs, window.kernel[0], window.kernel[1], inputs},
           Shape{batch, to[0], to[1], outputs}});
  }
}

/// Sides odd and even, channels in vectors and not, and some pictures of several strips. Differences have a larger
/// range than pixels, and sums of weights are rounded once more, so that int8 errs by more.
TEST(WinogradTransposedConvolution, AgreesWithTheReference) {
  Numbers numbers(3);
  for (int i = 0; i < cases; ++i) {
    op::TransposedConvolution operation;
    operation.window = {.kernel = {4, 4}, .stride = {2, 2}, .pad_before = {1, 1}, .pad_after = {1, 1}};
    operation.clamp = clamp_of(i % 3 == 0);
    const bool is_large = i % 20 == 0;
    const std::int64_t height = is_large ? numbers.between(30, 41) : numbers.between(4, 11);
    const std::int64_t width = is_large ? numbers.between(58, 61) : numbers.between(4, 11);
    const std::int64_t batch = numbers.between(1, 2), inputs = numbers.between(16, 40),
                       outputs = numbers.between(16, 40);
    check(operation, operation.window,
          {Shape{batch, height, width, inputs}, Shape{outputs, 4, 4, inputs},
           Shape{batch, 2 * height, 2 * width, outputs}},
          0.05);
  }
}

TEST(ProductConvolution, IsNotTakenWhereXnnpackFillsItsTiles) {
  testing::GraphBuilder build;
  const ValueId x = build.input({testing::batch_dim(), testing::fixed(8), testing::fixed(8), testing::fixed(32)});
  const auto made = [&](std::int64_t outputs, std::int64_t kernel) {
    op::Convolution operation;
    operation.window.kernel = {kernel, kernel};
    const ValueId weights = build.constant(testing::random_tensor(Shape{outputs, kernel, kernel, 32}, 33));
    const ValueId y = build.node(
        operation, {x, weights},
        {testing::batch_dim(), testing::fixed(9 - kernel), testing::fixed(9 - kernel), testing::fixed(outputs)});
    return std::pair(operation, y);
  };
  const auto [wide, wide_output] = made(16, 3);
  const auto [pointwise, pointwise_output] = made(1, 1);
  const auto [narrow, narrow_output] = made(1, 3);
  const Graph graph = build.finish({wide_output, pointwise_output, narrow_output});
  ASSERT_TRUE(xnn::backend.compile(graph.clone(), {})); // which initializes XNNPACK
  EXPECT_EQ(xnn::make_product_convolution(wide, {graph, graph.nodes[0]}), nullptr);
  EXPECT_EQ(xnn::make_product_convolution(pointwise, {graph, graph.nodes[1]}), nullptr);
  EXPECT_NE(xnn::make_product_convolution(narrow, {graph, graph.nodes[2]}), nullptr);
}

} // namespace
} // namespace ganlet
