#include "gpu/self_check.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/rng.h"
#include "core/sha256.h"
#include "core/text.h"
#include "shaders/convolution.h"
#include "shaders/copy.h"
#include "shaders/elementwise.h"
#include "shaders/gather.h"
#include "shaders/matrix_multiply.h"
#include "shaders/one_hot.h"
#include "shaders/pool.h"
#include "shaders/reduce.h"
#include "shaders/resize.h"
#include "shaders/softmax.h"
#include "shaders/sum_parts.h"
#include "shaders/tiled_convolution.h"

namespace ganlet::gpu {

namespace {

/// An operation on its own: inputs[0] is given to the program, the others are constants.
struct CheckCase {
  op::Any operation;
  std::vector<Tensor> inputs;
  Shape output;
  DataType type = DataType::float32;
};

/// Numbers of about 1, others for each seed.
Tensor numbers(const Shape& shape, std::uint32_t seed) {
  Tensor tensor(DataType::float32, shape);
  Rng(1, seed).fill_normal(tensor.as<float>());
  return tensor;
}

/// Weights in int8, any of them, with a scale for each of the first axis.
Tensor bytes(const Shape& shape) {
  Tensor tensor(DataType::int8, shape);
  int next = 0;
  for (std::int8_t& weight : tensor.as<std::int8_t>())
    weight = static_cast<std::int8_t>(next++ * 37 % 255 - 127);
  for (std::int64_t channel = 0; channel < shape[0]; ++channel)
    tensor.scale.push_back(0.01F * static_cast<float>(channel + 1));
  return tensor;
}

template <typename... Tensors> std::vector<Tensor> list(Tensors... tensors) {
  std::vector<Tensor> all;
  (all.push_back(std::move(tensors)), ...);
  return all;
}

/// Shapes are no multiples of what an invocation or a work group computes.
void add_linear(std::vector<CheckCase>& cases) {
  cases.push_back({op::FullyConnected{}, list(numbers({3, 5}, 1), numbers({6, 5}, 2), numbers({6}, 3)), {3, 6}});
  const op::Window strided{{3, 3}, {1, 2}, {1, 1}, {1, 1}, {1, 1}}, doubling{{4, 4}, {2, 2}, {1, 1}, {1, 1}, {1, 1}};
  cases.push_back({op::Convolution{strided, 1, {}},
                   list(numbers({2, 5, 6, 3}, 4), numbers({5, 3, 3, 3}, 5), numbers({5}, 6)),
                   {2, 5, 3, 5}});
  cases.push_back({op::TransposedConvolution{doubling, {0, 0}, 1, {}},
                   list(numbers({2, 3, 4, 3}, 7), numbers({5, 4, 4, 3}, 8), numbers({5}, 9)),
                   {2, 6, 8, 5}});
  // Weights in int8 have shaders of their own.
  cases.push_back({op::FullyConnected{}, list(numbers({3, 5}, 34), bytes({6, 5}), numbers({6}, 35)), {3, 6}});
  cases.push_back({op::Convolution{strided, 1, {}},
                   list(numbers({2, 5, 6, 3}, 36), bytes({5, 3, 3, 3}), numbers({5}, 37)),
                   {2, 5, 3, 5}});
  cases.push_back({op::TransposedConvolution{doubling, {0, 0}, 1, {}},
                   list(numbers({2, 3, 4, 3}, 38), bytes({5, 4, 4, 3}), numbers({5}, 39)),
                   {2, 6, 8, 5}});
  cases.push_back({op::MatrixMultiply{}, list(numbers({2, 5, 7}, 10), numbers({2, 7, 6}, 11)), {2, 5, 6}});
}

void add_elementwise(std::vector<CheckCase>& cases) {
  using enum op::UnaryKind;
  const Shape shape{2, 7, 5};
  for (const op::UnaryKind kind :
       {absolute, clamp, elu, error_function, exponential, gelu, gelu_tanh, leaky_relu, negate, sigmoid, softplus, tanh,
        arc_tangent, ceiling, cosine, floor, round, sign, sine})
    cases.push_back({op::Unary{kind, -0.5F, 0.7F}, list(numbers(shape, 12)), shape});
  for (const op::BinaryKind kind : {op::BinaryKind::add, op::BinaryKind::divide, op::BinaryKind::maximum,
                                    op::BinaryKind::multiply, op::BinaryKind::subtract})
    cases.push_back({op::Binary{kind}, list(numbers(shape, 13), numbers({5}, 14)), shape});
  cases.push_back(
      {op::Binary{op::BinaryKind::less}, list(numbers(shape, 15), numbers({7, 1}, 16)), shape, DataType::boolean});
  Tensor truths(DataType::boolean, {7, 5});
  for (std::size_t i = 0; i < 35; i += 3)
    truths.as<std::uint8_t>()[i] = 1;
  cases.push_back({op::Cast{}, list(truths.clone()), {7, 5}});
  cases.push_back({op::Select{}, list(std::move(truths), numbers(shape, 17), numbers({5}, 18)), shape});
}

void add_moves(std::vector<CheckCase>& cases) {
  cases.push_back({op::Reshape{}, list(numbers({6, 15}, 19)), {9, 10}});
  cases.push_back({op::Transpose{{2, 0, 1}}, list(numbers({3, 4, 5}, 20)), {5, 3, 4}});
  cases.push_back({op::Concat{1}, list(numbers({3, 4}, 21), numbers({3, 5}, 22)), {3, 9}});
  cases.push_back({op::Slice{{1, 6}, {1, -2}}, list(numbers({4, 7}, 23)), {3, 3}});
  cases.push_back({op::Pad{op::PadMode::reflect, 0, {1, 2}}, list(numbers({4, 5}, 24)), {6, 8}});
  cases.push_back({op::Expand{}, list(numbers({1, 7}, 25)), {10, 7}});
  cases.push_back({op::Tile{}, list(numbers({2, 3}, 26)), {4, 9}});
  cases.push_back({op::DepthToSpace{2, true}, list(numbers({1, 3, 5, 12}, 27)), {1, 6, 10, 3}});
  cases.push_back({op::Gather{1}, list(numbers({4, 6, 3}, 28), Tensor::of<std::int64_t>({3}, {5, -6, 2})), {4, 3, 3}});
  cases.push_back({op::OneHot{1}, list(Tensor::of<std::int64_t>({4}, {2, 0, 9, -1}), numbers({2}, 29)), {4, 5}});
}

void add_the_rest(std::vector<CheckCase>& cases) {
  for (const op::ReduceKind kind : {op::ReduceKind::mean, op::ReduceKind::maximum, op::ReduceKind::product})
    cases.push_back({op::Reduce{kind, {1}}, list(numbers({3, 70, 2}, 30)), {3, 1, 2}});
  cases.push_back({op::Softmax{1}, list(numbers({5, 9, 3}, 31)), {5, 9, 3}});
  op::Resize larger{op::ResizeMode::linear};
  larger.scale = {2, 2};
  cases.push_back({larger, list(numbers({2, 3, 4, 3}, 32)), {2, 6, 8, 3}});
  const op::Window halving{{2, 2}, {2, 2}, {1, 1}, {0, 0}, {0, 0}};
  for (const op::PoolKind kind : {op::PoolKind::maximum, op::PoolKind::average})
    cases.push_back({op::Pool{kind, halving, false}, list(numbers({2, 6, 4, 3}, 33)), {2, 3, 2, 3}});
}

SymbolicShape symbolic(const Shape& shape) {
  SymbolicShape out;
  for (const std::int64_t size : shape.sizes())
    out.push_back({size, false});
  return out;
}

Graph graph_of(const CheckCase& a_case) {
  Graph graph;
  Node node{a_case.operation, {}, no_value, "self-check"};
  const auto add = [&](DataType type, const Shape& shape) {
    graph.values.push_back({"value", type, symbolic(shape), false, std::nullopt});
    return static_cast<ValueId>(graph.values.size() - 1);
  };
  for (std::size_t i = 0; i < a_case.inputs.size(); ++i) {
    node.inputs.push_back(add(a_case.inputs[i].type(), a_case.inputs[i].shape()));
    if (i == 0) {
      graph.inputs.push_back(node.inputs[0]);
    } else {
      graph.values.back().constant = static_cast<std::int32_t>(graph.constants.size());
      graph.constants.push_back(a_case.inputs[i].clone());
    }
  }
  node.output = add(a_case.type, a_case.output);
  graph.outputs.push_back(node.output);
  graph.nodes.push_back(std::move(node));
  return graph;
}

/// What is wrong with the numbers, in words; empty if they are right.
std::string difference(const TensorView& given, const TensorView& wanted) {
  if (wanted.type == DataType::boolean)
    return std::ranges::equal(given.as<const std::uint8_t>(), wanted.as<const std::uint8_t>()) ? "" : "a comparison";
  double largest = 1;
  for (const float value : wanted.as<const float>())
    largest = std::max(largest, std::fabs(double{value}));
  for (std::size_t i = 0; i < wanted.as<const float>().size(); ++i) {
    const double found = given.as<const float>()[i], right = wanted.as<const float>()[i];
    if (!(std::fabs(found - right) <= 1e-3 * largest)) // a fault is no matter of rounding
      return concat(found, " where ", right, " is right");
  }
  return "";
}

} // namespace

/// A case, and its run on the device.
struct SelfCheck::Case {
  explicit Case(CheckCase a_case) : check(std::move(a_case)) {}

  Result<void> start(const Backend& backend, const CompileOptions& options) {
    GANLET_TRY(program, backend.compile(graph_of(check), options));
    budget = options.run_budget();
    const Buffer given{check.inputs[0].view(), nullptr};
    GANLET_TRY(run, program->start(std::span(&given, 1), budget));
    return {};
  }

  /// What is wrong with the outputs, in words; empty if they are right.
  Result<std::string> difference_from(Evaluate evaluate, const CompileOptions& options) const {
    std::vector<TensorView> inputs;
    for (const Tensor& input : check.inputs)
      inputs.push_back(input.view());
    const Tensor wanted(check.type, check.output);
    Budget left = options.run_budget();
    GANLET_CHECK(evaluate(check.operation, inputs, wanted.view(), left));
    return difference(run->outputs()[0].view, wanted.view());
  }

  CheckCase check;
  std::unique_ptr<Program> program;
  Budget budget{0};
  std::optional<Run> run;
};

SelfCheck::SelfCheck(const Backend& backend, const CompileOptions& options, std::string device, Evaluate evaluate,
                     const std::function<bool(std::size_t)>& is_wanted)
    : backend_(&backend), options_(options), device_(std::move(device)), evaluate_(evaluate) {
  std::vector<CheckCase> cases;
  add_linear(cases);
  add_elementwise(cases);
  add_moves(cases);
  add_the_rest(cases);
  for (CheckCase& a_case : cases)
    if (is_wanted(a_case.operation.index()))
      cases_.push_back(std::make_unique<Case>(std::move(a_case)));
}

SelfCheck::SelfCheck(SelfCheck&&) noexcept = default;
SelfCheck& SelfCheck::operator=(SelfCheck&&) noexcept = default;
SelfCheck::~SelfCheck() = default;

void SelfCheck::judge(const Case& a_case, Result<std::string> difference) {
  const std::size_t operation = a_case.check.operation.index();
  const std::string what = difference ? *difference : difference.error().text(); // such as a kernel that isn't compiled
  if (!what.empty() && std::ranges::find(faults_, operation, &Fault::operation) == faults_.end())
    faults_.push_back({operation, concat("it is wrong on ", printable(device_), ": ", what)});
}

/// Each is handed over before the next is compiled, so that a device which tells later of what it refuses means it.
Result<bool> SelfCheck::advance(bool may_block) {
  bool all_done = true;
  for (std::unique_ptr<Case>& a_case : cases_) {
    if (!a_case)
      continue;
    Result<bool> done = false;
    if (!a_case->run)
      if (auto started = a_case->start(*backend_, options_); !started)
        done = tl::unexpected<Error>(std::move(started).error());
    if (done)
      done = a_case->run->advance(may_block);
    if (done && !*done) {
      all_done = false;
      continue;
    }
    if (!done && done.error().code() == ErrorCode::device_lost)
      return done;
    if (done)
      judge(*a_case, a_case->difference_from(evaluate_, options_));
    else
      judge(*a_case, tl::unexpected<Error>(std::move(done).error()));
    a_case.reset();
  }
  return all_done;
}

std::string kernels_digest() {
  std::string all = "cases 2"; // counted up when they change
  const auto add = [&](const auto& shaders) {
    for (const shaders::Shader& shader : shaders)
      all += concat(shader.head, shader.body);
  };
  add(shaders::Convolution::shaders);
  add(shaders::Copy::shaders);
  add(shaders::Elementwise::shaders);
  add(shaders::Gather::shaders);
  add(shaders::MatrixMultiply::shaders);
  add(shaders::OneHot::shaders);
  add(shaders::Pool::shaders);
  add(shaders::Reduce::shaders);
  add(shaders::Resize::shaders);
  add(shaders::Softmax::shaders);
  add(shaders::SumParts::shaders);
  add(shaders::TiledConvolution::shaders);
  for (const op::Row& row : op::table()) // faults are kept by their place in it
    all += row.name;
  return sha256_text(std::as_bytes(std::span(all)));
}

} // namespace ganlet::gpu
