// ganlet-bench-ops: how many seconds a thousand million units of each operation take, by each backend. What bounds a
// file's work bounds its time only as far as these are alike: at most 2 seconds, in WebAssembly too.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "graph/cost.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double least_seconds = 0.2; ///< that an operation is measured for

/// An operation on arrays of these types and shapes, the first an input of the graph, the others constants.
struct Case {
  std::string name;
  op::Any operation;
  std::vector<Shape> inputs;
  Shape output;
  std::vector<DataType> types{}; ///< of the inputs; float32 where none is given
  DataType type = DataType::float32;
};

Tensor filled(DataType type, const Shape& shape) {
  Tensor tensor(type, shape);
  const Rng rng(1);
  if (type == DataType::float32)
    rng.fill_normal(tensor.as<float>());
  else if (type == DataType::int8) {
    for (std::size_t i = 0; std::int8_t& value : tensor.as<std::int8_t>())
      value = static_cast<std::int8_t>(i++ % 255 - 127);
    tensor.scale.assign(static_cast<std::size_t>(shape[0]), 0.01F);
  } else if (type == DataType::int64) {
    for (std::size_t i = 0; std::int64_t& value : tensor.as<std::int64_t>())
      value = static_cast<std::int64_t>(i++ % 7);
  } else {
    for (std::size_t i = 0; std::uint8_t& value : tensor.as<std::uint8_t>())
      value = static_cast<std::uint8_t>(i++ % 2);
  }
  return tensor;
}

SymbolicShape fixed(const Shape& shape) {
  SymbolicShape sizes;
  for (int axis = 0; axis < shape.rank(); ++axis)
    sizes.emplace_back(shape[axis], false);
  return sizes;
}

struct Prepared {
  Graph graph;
  Tensor input;
  std::int64_t units = 0;
};

Prepared prepared(const Case& one) {
  Prepared made;
  Node node{one.operation, {}, no_value, one.name};
  std::vector<TensorView> views;
  for (std::size_t i = 0; i < one.inputs.size(); ++i) {
    const DataType type = i < one.types.size() ? one.types[i] : DataType::float32;
    const auto id = static_cast<ValueId>(made.graph.values.size());
    node.inputs.push_back(id);
    made.graph.values.push_back({"x" + std::to_string(i), type, fixed(one.inputs[i]), false, {}});
    Tensor tensor = filled(type, one.inputs[i]);
    if (i == 0) {
      made.graph.inputs.push_back(id);
      made.input = std::move(tensor);
    } else {
      made.graph.values.back().constant = static_cast<std::int32_t>(made.graph.constants.size());
      made.graph.constants.push_back(std::move(tensor));
    }
    views.push_back({type, one.inputs[i], nullptr, {}});
  }
  node.output = static_cast<ValueId>(made.graph.values.size());
  made.graph.values.push_back({"y", one.type, fixed(one.output), false, {}});
  made.graph.outputs.push_back(node.output);
  made.units = cost_of(one.operation, views, {one.type, one.output, nullptr, {}}).units();
  made.graph.nodes.push_back(std::move(node));
  return made;
}

/// Seconds that one run takes, the shortest of as many as fit.
Result<double> seconds_of(const Backend& backend, const Prepared& prepared) {
  GANLET_TRY(const auto program, backend.compile(prepared.graph.clone(), {}));
  const TensorView input = prepared.input.view();
  GANLET_CHECK(program->run(std::span(&input, 1))); // memory is taken in the first
  double shortest = 1e9, all = 0;
  while (all < least_seconds) {
    const auto begin = Clock::now();
    GANLET_CHECK(program->run(std::span(&input, 1)));
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    shortest = std::min(shortest, seconds);
    all += seconds + 1e-6; // where the clock is coarse
  }
  return shortest;
}

constexpr DataType real = DataType::float32, whole = DataType::int64, flag = DataType::boolean, small = DataType::int8;

op::Window window(std::int64_t kernel, std::int64_t stride, std::int64_t pad) {
  return {.kernel = {kernel, kernel}, .stride = {stride, stride}, .pad_before = {pad, pad}, .pad_after = {pad, pad}};
}

void add_linear(std::vector<Case>& cases) {
  for (const DataType weights : {real, small}) {
    const std::string name = weights == small ? ", int8" : "";
    cases.push_back(
        {"FullyConnected" + name, op::FullyConnected{}, {{16, 512}, {512, 512}}, {16, 512}, {real, weights}});
    cases.push_back({"Convolution 3x3" + name,
                     op::Convolution{.window = window(3, 1, 1)},
                     {{1, 16, 16, 64}, {64, 3, 3, 64}},
                     {1, 16, 16, 64},
                     {real, weights}});
    cases.push_back({"Convolution, a group each" + name,
                     op::Convolution{.window = window(3, 1, 1), .groups = 64},
                     {{1, 32, 32, 64}, {64, 3, 3, 1}},
                     {1, 32, 32, 64},
                     {real, weights}});
    cases.push_back({"TransposedConvolution 4x4" + name,
                     op::TransposedConvolution{.window = window(4, 2, 1)},
                     {{1, 8, 8, 64}, {64, 4, 4, 64}},
                     {1, 16, 16, 64},
                     {real, weights}});
    cases.push_back({"TransposedConvolution 5x5" + name,
                     op::TransposedConvolution{.window = window(5, 2, 2), .output_padding = {1, 1}},
                     {{1, 8, 8, 64}, {3, 5, 5, 64}},
                     {1, 16, 16, 3},
                     {real, weights}});
  }
  cases.push_back({"MatrixMultiply", op::MatrixMultiply{}, {{4, 64, 128}, {4, 128, 64}}, {4, 64, 64}});
}

void add_elementwise(std::vector<Case>& cases) {
  const Shape image{1, 64, 64, 32};
  for (int kind = 0; kind <= static_cast<int>(op::UnaryKind::tangent); ++kind) {
    const auto unary = static_cast<op::UnaryKind>(kind);
    const op::Unary operation{unary, unary == op::UnaryKind::clamp ? -1.0F : 0.2F, 1};
    cases.push_back({std::string(op::names_of(operation).name), operation, {image}, image});
  }
  for (int kind = 0; kind <= static_cast<int>(op::BinaryKind::shift_right); ++kind) {
    const op::Binary operation{static_cast<op::BinaryKind>(kind)};
    const bool of_bits = operation.kind >= op::BinaryKind::bit_and;
    const std::vector<DataType> types(2, of_bits ? whole : real);
    const DataType type = op::compares(operation.kind) ? flag : types[0];
    const std::string name(op::names_of(operation).name);
    cases.push_back({name, operation, {image, image}, image, types, type});
    cases.push_back({name + ", a number a channel", operation, {image, {32}}, image, types, type});
  }
  cases.push_back({"Softmax", op::Softmax{1}, {{256, 512}}, {256, 512}});
  cases.push_back({"Softmax, first axis", op::Softmax{0}, {{256, 512}}, {256, 512}});
  cases.push_back({"Select", op::Select{}, {image, image, image}, image, {flag}});
  cases.push_back({"Cast to float16", op::Cast{op::Narrow::float16}, {image}, image});
  cases.push_back({"Cast to int64", op::Cast{}, {image}, image, {}, whole});
}

void add_moves(std::vector<Case>& cases) {
  const Shape image{1, 64, 64, 32};
  const std::pair<const char*, op::ReduceKind> reductions[] = {{"ReduceMean", op::ReduceKind::mean},
                                                               {"ReduceSum", op::ReduceKind::sum},
                                                               {"ReduceMax", op::ReduceKind::maximum},
                                                               {"ReduceMin", op::ReduceKind::minimum},
                                                               {"ReduceProd", op::ReduceKind::product}};
  for (const auto& [name, kind] : reductions) {
    cases.push_back({std::string(name) + " of images", op::Reduce{kind, {1, 2}}, {image}, {1, 1, 1, 32}});
    cases.push_back({std::string(name) + " of channels", op::Reduce{kind, {3}}, {image}, {1, 64, 64, 1}});
  }
  cases.push_back({"Reshape", op::Reshape{}, {image}, {64, 2048}});
  cases.push_back({"Transpose", op::Transpose{{0, 3, 1, 2}}, {image}, {1, 32, 64, 64}});
  cases.push_back({"Transpose, all axes", op::Transpose{{3, 2, 1, 0}}, {image}, {32, 64, 64, 1}});
  cases.push_back({"Concat", op::Concat{3}, {image, image}, {1, 64, 64, 64}});
  cases.push_back({"Slice", op::Slice{{0, 1, 1, 0}, {1, 1, 1, 1}}, {image}, {1, 62, 62, 32}});
  cases.push_back({"Slice, every other", op::Slice{{0, 0, 0, 31}, {1, 2, 2, -1}}, {image}, {1, 32, 32, 32}});
  for (const op::PadMode mode : {op::PadMode::constant, op::PadMode::edge, op::PadMode::reflect})
    cases.push_back({std::string("Pad ") + (mode == op::PadMode::constant ? "constant"
                                            : mode == op::PadMode::edge   ? "edge"
                                                                          : "reflect"),
                     op::Pad{mode, 0, {0, 1, 1, 0}},
                     {image},
                     {1, 66, 66, 32}});
  const std::pair<const char*, op::ResizeMode> modes[] = {
      {"nearest", op::ResizeMode::nearest}, {"linear", op::ResizeMode::linear}, {"cubic", op::ResizeMode::cubic}};
  for (const auto& [name, mode] : modes) {
    cases.push_back(
        {std::string("Resize ") + name, op::Resize{.mode = mode, .scale = {2, 2}}, {image}, {1, 128, 128, 32}});
    cases.push_back(
        {std::string("GridSample ") + name, op::GridSample{.mode = mode}, {image, {1, 64, 64, 2}}, {1, 64, 64, 32}});
  }
  cases.push_back({"DepthToSpace", op::DepthToSpace{2}, {image}, {1, 128, 128, 8}});
  for (const op::PoolKind kind : {op::PoolKind::average, op::PoolKind::maximum})
    cases.push_back({kind == op::PoolKind::average ? "AveragePool" : "MaxPool",
                     op::Pool{kind, window(3, 2, 1)},
                     {image},
                     {1, 32, 32, 32}});
  cases.push_back({"Gather", op::Gather{0}, {{4096, 64}, {4096}}, {4096, 64}, {real, whole}});
  for (const auto kind : {op::RandomKind::normal, op::RandomKind::uniform})
    cases.push_back({kind == op::RandomKind::normal ? "Random normal" : "Random uniform",
                     op::Random{.kind = kind, .axis = 0},
                     {{1}},
                     image,
                     {whole}});
  cases.push_back({"Expand", op::Expand{}, {{1, 1, 1, 32}}, image});
  cases.push_back({"Tile", op::Tile{}, {{1, 32, 32, 32}}, image});
  cases.push_back({"OneHot", op::OneHot{1}, {{4096}, {2}}, {4096, 64}, {whole}});
  const Shape rows{4096, 64}; // indices are from 0 to 6
  cases.push_back({"GatherElements", op::GatherElements{1}, {rows, rows}, rows, {real, whole}});
  for (const auto kind : {op::ScatterKind::assign, op::ScatterKind::add})
    cases.push_back({kind == op::ScatterKind::add ? "ScatterElements, add" : "ScatterElements",
                     op::ScatterElements{1, kind},
                     {rows, rows, rows},
                     rows,
                     {real, whole}});
  cases.push_back({"TopK", op::TopK{1}, {rows}, {4096, 8}, {}, whole});
  cases.push_back({"CumulativeSum", op::CumulativeSum{1}, {rows}, rows});
}

int run() {
  std::vector<Case> cases;
  add_linear(cases);
  add_elementwise(cases);
  add_moves(cases);
  for (std::size_t i = 0; i < op::table().size(); ++i)
    if (std::ranges::none_of(cases, [i](const Case& one) { return one.operation.index() == i; })) {
      std::fprintf(stderr, "no case for %s\n", std::string(op::table()[i].name).c_str());
      return 1;
    }
  double slowest = 0;
  std::printf("%-36s %12s %12s %12s   seconds for 10^9 units\n", "", "units", "reference", "xnn");
  for (const Case& one : cases) {
    const Prepared made = prepared(one);
    std::printf("%-36s %12lld", one.name.c_str(), static_cast<long long>(made.units));
    for (const Backend* const backend : {&reference::backend, &xnn::backend}) {
      const Result<double> seconds = seconds_of(*backend, made);
      if (!seconds) {
        std::fprintf(stderr, "\n%s: %s\n", one.name.c_str(), seconds.error().text().c_str());
        return 1;
      }
      const double relative = *seconds / static_cast<double>(made.units) * 1e9;
      slowest = std::max(slowest, relative);
      std::printf(" %12.3f", relative);
    }
    std::printf("\n");
  }
  std::printf("%-36s %12s %12.3f\n", "the most", "", slowest);
  return 0;
}

} // namespace
} // namespace ganlet

int main() {
  return ganlet::run();
}
