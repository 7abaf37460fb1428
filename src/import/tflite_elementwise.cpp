#include <algorithm>
#include <cmath>

#include "import/tflite_network.h"

namespace ganlet::importing::tflite {

namespace {

/// What an operation on each number reads, as it lies.
struct Lying {
  std::string name;
  bool is_first = false;
};

Result<Lying> lying(Call& call, std::size_t index) {
  const bool is_first = call.lies_first(index);
  GANLET_TRY(std::string name, is_first ? call.first(index) : call.last(index));
  return Lying{std::move(name), is_first};
}

/// Operands in one order: channels in front where one lies so. What has fewer axes gets some.
Result<std::vector<std::string>> together(Call& call, std::size_t count, bool& is_first) {
  is_first = false;
  std::size_t rank = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!call.has(i))
      return call.error(ErrorCode::corrupt, concat("has no input ", i));
    is_first |= call.lies_first(i);
    rank = std::max(rank, call.input(i).shape.size());
  }
  is_first &= rank == 4;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const Sizes& shape = call.input(i).shape;
    const bool is_one = std::ranges::all_of(shape, [](std::int64_t size) { return size == 1; });
    if (is_first && shape.size() == 4 && !is_one) {
      GANLET_TRY(std::string name, call.first(i));
      names.push_back(std::move(name));
      continue;
    }
    GANLET_TRY(std::string name, call.last(i));
    if (is_first && !is_one) { // along the channels
      Sizes wide(4 - shape.size(), 1);
      wide.insert(wide.end(), shape.begin(), shape.end());
      GANLET_TRY(name, call.node("Reshape", {name, call.graph().integers(wide)}));
      GANLET_TRY(name, call.transposed(name, {0, 3, 1, 2}));
    }
    names.push_back(std::move(name));
  }
  return names;
}

/// clip(x / 6 + 1 / 2, 0, 1) x
Result<std::string> hard_swish(Call& call, const std::string& x) {
  OnnxGraph& graph = call.graph();
  GANLET_TRY(std::string gate, call.node("Mul", {x, graph.number(1.0F / 6)}));
  GANLET_TRY(gate, call.node("Add", {gate, graph.number(0.5F)}));
  GANLET_TRY(gate, call.node("Clip", {gate, graph.number(0), graph.number(1)}));
  return call.node("Mul", {x, gate});
}

Result<std::string> gelu(Call& call, const std::string& x) {
  OnnxGraph& graph = call.graph();
  std::string gate;
  if (call.option(0, 1) != 0) { // 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
    GANLET_TRY(gate, call.node("Mul", {x, x}));
    GANLET_TRY(gate, call.node("Mul", {gate, graph.number(0.044715F)}));
    GANLET_TRY(gate, call.node("Add", {gate, graph.number(1)}));
    GANLET_TRY(gate, call.node("Mul", {gate, x}));
    GANLET_TRY(gate, call.node("Mul", {gate, graph.number(0.7978845608F)}));
    GANLET_TRY(gate, call.node("Tanh", {gate}));
  } else {
    GANLET_TRY(gate, call.node("Mul", {x, graph.number(0.7071067812F)}));
    GANLET_TRY(gate, call.node("Erf", {gate}));
  }
  GANLET_TRY(gate, call.node("Add", {gate, graph.number(1)}));
  GANLET_TRY(gate, call.node("Mul", {gate, x}));
  return call.node("Mul", {gate, graph.number(0.5F)});
}

} // namespace

Result<void> convert_unary(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_TRY(const Lying x, lying(call, 0));
  GANLET_TRY(const std::string made, call.node(call.onnx(), {x.name}));
  return call.give(made, x.is_first);
}

Result<void> convert_parametric(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_TRY(const Lying x, lying(call, 0));
  const std::string_view name = call.name();
  std::string made;
  if (name == "LEAKY_RELU") {
    GANLET_TRY(made, call.node("LeakyRelu", {x.name}, {attribute("alpha", call.real_option(0))}));
  } else if (name == "RSQRT") {
    GANLET_TRY(made, call.node("Sqrt", {x.name}));
    GANLET_TRY(made, call.node("Reciprocal", {made}));
  } else if (name == "SQUARE") {
    GANLET_TRY(made, call.node("Mul", {x.name, x.name}));
  } else if (name == "HARD_SWISH") {
    GANLET_TRY(made, hard_swish(call, x.name));
  } else if (name == "GELU") {
    GANLET_TRY(made, gelu(call, x.name));
  } else {
    const float low = name == "RELU_N1_TO_1" ? -1 : 0, high = name == "RELU6" ? 6 : 1;
    GANLET_TRY(made, call.node("Clip", {x.name, call.graph().number(low), call.graph().number(high)}));
  }
  return call.give(made, x.is_first);
}

Result<void> convert_binary(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  bool is_first = false;
  GANLET_TRY(const std::vector<std::string> names,
             together(call, call.name() == "ADD_N" ? call.input_count() : 2, is_first));
  GANLET_TRY(std::string made, call.node(call.onnx(), {names[0], names[1]}));
  for (std::size_t i = 2; i < names.size(); ++i) {
    GANLET_TRY(made, call.node("Add", {made, names[i]}));
  }
  if (call.name() == "SQUARED_DIFFERENCE") {
    GANLET_TRY(made, call.node("Mul", {made, made}));
  }
  if (call.name() == "ADD" || call.name() == "SUB" || call.name() == "MUL" || call.name() == "DIV")
    call.fuse(0);
  return call.give(made, is_first);
}

Result<void> convert_compare(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  bool is_first = false;
  GANLET_TRY(const std::vector<std::string> names, together(call, 2, is_first));
  GANLET_TRY(std::string made, call.node(call.onnx(), names));
  if (call.name() == "NOT_EQUAL") {
    GANLET_TRY(made, call.node("Not", {made}));
  }
  return call.give(made, is_first);
}

Result<void> convert_select(Call& call) {
  GANLET_CHECK(call.expect_inputs(3));
  bool is_first = false;
  GANLET_TRY(const std::vector<std::string> names, together(call, 3, is_first));
  GANLET_TRY(const std::string made, call.node("Where", names));
  return call.give(made, is_first);
}

Result<void> convert_prelu(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  bool is_first = false;
  GANLET_TRY(const std::vector<std::string> names, together(call, 2, is_first));
  GANLET_TRY(const std::string made, call.node("PRelu", names));
  return call.give(made, is_first);
}

/// Quantized numbers are computed with as the real ones that they stand for.
Result<void> convert_identity(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  if (call.pass_constant()) // weights in float16 are read as such
    return {};
  GANLET_TRY(const Lying x, lying(call, 0));
  return call.give(x.name, x.is_first);
}

Result<void> convert_cast(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  const DataType to = call.output().becomes();
  constexpr std::int64_t float32 = 1, int64 = 7, boolean = 9;
  GANLET_TRY(const Lying x, lying(call, 0));
  if (call.input(0).becomes() == to)
    return call.give(x.name, x.is_first);
  const std::int64_t code = to == DataType::float32 ? float32 : to == DataType::boolean ? boolean : int64;
  GANLET_TRY(const std::string made, call.node("Cast", {x.name}, {attribute("to", code)}));
  return call.give(made, x.is_first);
}

Result<void> convert_softmax(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_TRY(std::string made, call.last(0));
  if (const float beta = call.real_option(0, 1); call.name() == "SOFTMAX" && beta != 1) {
    GANLET_TRY(made, call.node("Mul", {made, call.graph().number(beta)}));
  }
  GANLET_TRY(made, call.node("Softmax", {made}, {attribute("axis", std::int64_t{-1})}));
  if (call.name() == "LOG_SOFTMAX") {
    GANLET_TRY(made, call.node("Log", {made}));
  }
  return call.give(made, false);
}

/// x / sqrt(max(sum of squares, 1e-12)) along the channels
Result<void> convert_normalization(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_TRY(const std::string x, call.last(0));
  GANLET_TRY(std::string made, call.node("Mul", {x, x}));
  GANLET_TRY(made, call.node("ReduceSum", {made, call.graph().integers({-1})}));
  GANLET_TRY(made, call.node("Max", {made, call.graph().number(1e-12F)}));
  GANLET_TRY(made, call.node("Sqrt", {made}));
  GANLET_TRY(made, call.node("Div", {x, made}));
  return call.give(made, false);
}

Result<void> convert_matrix_product(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < 2; ++i) {
    GANLET_TRY(std::string name, call.last(i));
    const std::size_t rank = call.input(i).shape.size();
    if (rank < 2)
      return call.error(ErrorCode::corrupt, "takes matrices");
    if (call.option(static_cast<int>(i), 1) != 0) {
      Sizes order(rank);
      for (std::size_t axis = 0; axis < rank; ++axis)
        order[axis] = static_cast<std::int64_t>(axis);
      std::swap(order[rank - 1], order[rank - 2]);
      GANLET_TRY(name, call.transposed(name, order));
    }
    names.push_back(std::move(name));
  }
  GANLET_TRY(const std::string made, call.node("MatMul", names));
  return call.give(made, false);
}

} // namespace ganlet::importing::tflite
