#include "op_test.h"

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>

#include "backends/backends.h"
#include "graph/cost.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet::testing {

std::int64_t Draw::integer(std::int64_t low, std::int64_t high) {
  return low + rng_.below(static_cast<std::uint32_t>(high - low + 1), next_++);
}

Shape Draw::shape(int rank, std::int64_t largest) {
  std::vector<std::int64_t> sizes;
  for (int axis = 0; axis < rank; ++axis)
    sizes.push_back(integer(1, largest));
  return shape_of(sizes);
}

Tensor Draw::floats(const Shape& shape, float deviation) {
  Tensor tensor(DataType::float32, shape);
  for (float& value : tensor.as<float>())
    value = deviation * normal();
  return tensor;
}

Tensor Draw::integers(const Shape& shape, std::int64_t low, std::int64_t high) {
  Tensor tensor(DataType::int64, shape);
  for (std::int64_t& value : tensor.as<std::int64_t>())
    value = integer(low, high);
  return tensor;
}

Tensor Draw::booleans(const Shape& shape) {
  Tensor tensor(DataType::boolean, shape);
  for (std::uint8_t& value : tensor.as<std::uint8_t>())
    value = chance();
  return tensor;
}

Tensor Draw::counted(const Shape& shape) {
  Tensor tensor(one_of({DataType::float32, DataType::int64, DataType::boolean}), shape);
  for (std::size_t i = 0; i < static_cast<std::size_t>(shape.elements()); ++i) {
    if (tensor.type() == DataType::float32)
      tensor.as<float>()[i] = static_cast<float>(i);
    else if (tensor.type() == DataType::int64)
      tensor.as<std::int64_t>()[i] = static_cast<std::int64_t>(i);
    else
      tensor.as<std::uint8_t>()[i] = i % 2;
  }
  return tensor;
}

Tensor Draw::quantized(const Shape& shape) {
  Tensor tensor(DataType::int8, shape);
  for (std::int8_t& value : tensor.as<std::int8_t>())
    value = static_cast<std::int8_t>(integer(-127, 127));
  for (std::int64_t row = 0; row < shape[0]; ++row)
    tensor.scale.push_back(std::ldexp(static_cast<float>(integer(1, 100)), -13));
  return tensor;
}

void for_random_cases(int count, const std::function<void(Draw&)>& body) {
  const char* given = std::getenv("GANLET_TEST_SEED");
  const std::uint64_t first = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "GANLET_TEST_SEED=" << first << std::endl; // seen even where the test crashes
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(count); ++seed) {
    SCOPED_TRACE("GANLET_TEST_SEED=" + std::to_string(seed));
    Draw draw(seed);
    body(draw);
    if (::testing::Test::HasFailure())
      return;
  }
}

Shape shape_of(std::span<const std::int64_t> sizes) {
  const auto shape = Shape::make(sizes, {}, "test");
  EXPECT_TRUE(shape) << shape.error().text();
  return *shape;
}

std::int64_t offset_of(const Shape& shape, std::initializer_list<std::int64_t> place) {
  std::int64_t offset = 0;
  for (int axis = 0; axis < shape.rank(); ++axis)
    offset = offset * shape[axis] + place.begin()[axis];
  return offset;
}

void for_each_place(const Shape& shape, const std::function<void(std::span<const std::int64_t>)>& visit) {
  std::vector<std::int64_t> place(static_cast<std::size_t>(shape.rank()));
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    std::int64_t rest = i;
    for (int axis = shape.rank(); axis-- > 0; rest /= shape[axis])
      place[static_cast<std::size_t>(axis)] = rest % shape[axis];
    visit(place);
  }
}

Tensor computed(const Shape& shape, const std::function<double(std::span<const std::int64_t>)>& value) {
  Tensor tensor(DataType::float32, shape);
  std::size_t i = 0;
  for_each_place(
      shape, [&](std::span<const std::int64_t> place) { tensor.as<float>()[i++] = static_cast<float>(value(place)); });
  return tensor;
}

namespace {

std::vector<TensorView> views_of(std::span<const Tensor> tensors) {
  std::vector<TensorView> views;
  for (const Tensor& tensor : tensors)
    views.push_back(tensor.view());
  return views;
}

ValueId add_value(Graph& graph, DataType type, const Shape& shape, bool batched) {
  SymbolicShape symbolic;
  for (int axis = 0; axis < shape.rank(); ++axis)
    symbolic.push_back(batched && axis == 0 ? Dim{1, true} : Dim{shape[axis], false});
  const auto id = static_cast<ValueId>(graph.values.size());
  graph.values.push_back({"value " + std::to_string(id), type, std::move(symbolic), false, std::nullopt});
  return id;
}

Graph graph_of(const Case& a_case) {
  Graph graph;
  Node node{a_case.operation, {}, no_value, "node"};
  for (std::size_t i = 0; i < a_case.inputs.size(); ++i) {
    const Tensor& input = a_case.inputs[i];
    const ValueId id = add_value(graph, input.type(), input.shape(), a_case.batched && i == 0);
    node.inputs.push_back(id);
    if (a_case.constants && i > 0) {
      graph.values.back().constant = static_cast<std::int32_t>(graph.constants.size());
      graph.constants.push_back(input.clone());
    } else {
      graph.inputs.push_back(id);
    }
  }
  node.output = add_value(graph, a_case.type, a_case.output, a_case.batched);
  graph.outputs.push_back(node.output);
  graph.nodes.push_back(std::move(node));
  return graph;
}

} // namespace

Tensor evaluated(const Case& a_case) {
  Tensor output(a_case.type, a_case.output);
  const std::vector<TensorView> inputs = views_of(a_case.inputs);
  Budget budget(std::int64_t{1} << 40);
  const auto done = reference::evaluate(a_case.operation, inputs, output.view(), budget);
  EXPECT_TRUE(done) << done.error().text();
  EXPECT_EQ(budget.used(), cost_of(a_case.operation, inputs, output.view()).units());
  return output;
}

/// What GANLET_TEST_KERNELS says, "TILE PARTS HALF": numbers of KernelChoice.
const KernelChoice& forced_kernels() {
  static const KernelChoice forced = [] {
    KernelChoice choice;
    if (const char* const text = std::getenv("GANLET_TEST_KERNELS")) {
      std::istringstream words(text);
      EXPECT_TRUE(words >> choice.tile >> choice.parts >> choice.half_weights) << text;
    }
    return choice;
  }();
  return forced;
}

Tensor run_on(const Backend& backend, const Case& a_case) {
  Graph graph = graph_of(a_case);
  const bool can_run = backend.can_run(graph, graph.nodes[0]).has_value();
  CompileOptions options;
  options.kernels = forced_kernels();
  const auto program = backend.compile(std::move(graph), options);
  EXPECT_TRUE(program) << program.error().text();
  std::vector<TensorView> views = views_of(a_case.inputs);
  if (a_case.constants)
    views.resize(1);
  EXPECT_TRUE((*program)->runs_on(0) == backend.name || &backend == &xnn::backend || !can_run);
  const auto outputs = (*program)->run(views);
  EXPECT_TRUE(outputs) << outputs.error().text();
  if (!outputs)
    return {};
  const TensorView& view = (*outputs)[0];
  Tensor output(view.type, view.shape);
  EXPECT_TRUE(reference::evaluate(op::Reshape{}, std::span(&view, 1), output.view()));
  return output;
}

void expect_near(const Tensor& given, const Tensor& wanted, const std::function<double(std::size_t)>& tolerance) {
  ASSERT_EQ(given.type(), wanted.type());
  ASSERT_EQ(given.shape(), wanted.shape()) << given.shape().text() << ", must be " << wanted.shape().text();
  for (std::size_t i = 0; i < static_cast<std::size_t>(given.shape().elements()); ++i) {
    if (given.type() == DataType::int64) {
      ASSERT_EQ(given.as<std::int64_t>()[i], wanted.as<std::int64_t>()[i]) << "element " << i;
    } else if (given.type() == DataType::boolean) {
      ASSERT_EQ(given.as<std::uint8_t>()[i], wanted.as<std::uint8_t>()[i]) << "element " << i;
    } else {
      const double a = given.as<float>()[i], b = wanted.as<float>()[i];
      const bool both_nan = a != a && b != b;
      ASSERT_TRUE(a == b || both_nan || std::fabs(a - b) <= tolerance(i))
          << "element " << i << " is " << a << ", must be " << b;
    }
  }
}

void expect_near(const Tensor& given, const Tensor& wanted, Tolerance tolerance) {
  expect_near(given, wanted, [&](std::size_t i) {
    return tolerance.absolute + tolerance.relative * std::fabs(static_cast<double>(wanted.as<float>()[i]));
  });
}

const Backend& compared_backend() {
  static const Backend* const compared = [] {
    const char* const name = std::getenv("GANLET_TEST_BACKEND");
    const auto found = backend_named(name == nullptr ? "xnn" : name);
    EXPECT_TRUE(found) << found.error().text();
    return found ? *found : &xnn::backend;
  }();
  return *compared;
}

Tolerance tolerance_of_compared(Tolerance of_xnn, const Tensor& wanted) {
  if (compared_backend().name == "xnn" || wanted.type() != DataType::float32)
    return of_xnn;
  double largest = 1;
  for (const float value : wanted.as<float>())
    if (std::isfinite(value))
      largest = std::max(largest, std::fabs(static_cast<double>(value)));
  return {(forced_kernels().half_weights ? 1e-2 : 1e-4) * largest, 0};
}

Tensor expect_backends_agree(const Case& a_case, Tolerance tolerance) {
  Tensor wanted = evaluated(a_case);
  {
    SCOPED_TRACE("Reference's program against evaluate");
    expect_equal(run_on(reference::backend, a_case), wanted);
  }
  SCOPED_TRACE("the compared backend against Reference");
  expect_near(run_on(compared_backend(), a_case), wanted, tolerance_of_compared(tolerance, wanted));
  return wanted;
}

} // namespace ganlet::testing
