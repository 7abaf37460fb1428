// What works on each number, and on two.

#include <algorithm>
#include <cmath>

#include "import/tf_graph.h"

namespace ganlet::importing::tf {

namespace {

struct Name {
  std::string_view op;
  const char* onnx;
};

/// Those that are one operation of ONNX.
constexpr Name same[] = {
    {"Abs", "Abs"},   {"Ceil", "Ceil"},   {"Cos", "Cos"}, {"Elu", "Elu"},         {"Erf", "Erf"},
    {"Exp", "Exp"},   {"Floor", "Floor"}, {"Log", "Log"}, {"Neg", "Neg"},         {"Reciprocal", "Reciprocal"},
    {"Relu", "Relu"}, {"Round", "Round"}, {"Sin", "Sin"}, {"Sigmoid", "Sigmoid"}, {"Softplus", "Softplus"},
    {"Sqrt", "Sqrt"}, {"Tanh", "Tanh"},
};
constexpr std::string_view composed[] = {"LeakyRelu", "Relu6", "Rsqrt", "Selu", "Softsign", "Square"};

constexpr Name pairs[] = {
    {"Add", "Add"},         {"AddV2", "Add"},
    {"Div", "Div"},         {"Equal", "Equal"},
    {"FloorDiv", "Div"},    {"FloorMod", "Mod"},
    {"Greater", "Greater"}, {"GreaterEqual", "GreaterOrEqual"},
    {"Less", "Less"},       {"LessEqual", "LessOrEqual"},
    {"LogicalAnd", "And"},  {"LogicalOr", "Or"},
    {"Maximum", "Max"},     {"Minimum", "Min"},
    {"Mul", "Mul"},         {"Pow", "Pow"},
    {"RealDiv", "Div"},     {"Sub", "Sub"},
};

std::int64_t floor_of(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

std::optional<std::int64_t> computed_whole(std::string_view op, std::int64_t a, std::int64_t b) {
  constexpr std::int64_t most = std::int64_t{1} << 40;
  if (std::abs(a) > most || std::abs(b) > most)
    return std::nullopt;
  if (op == "Add")
    return a + b;
  if (op == "Sub")
    return a - b;
  if (op == "Mul" && (b == 0 || std::abs(a) <= most / std::abs(b)))
    return a * b;
  if (op == "Div" && b != 0)
    return floor_of(a, b);
  if (op == "Mod" && b != 0)
    return a - b * floor_of(a, b);
  if (op == "Max")
    return std::max(a, b);
  if (op == "Min")
    return std::min(a, b);
  return std::nullopt;
}

/// As numpy spreads them; none if they don't fit.
std::optional<Dims> spread(const Dims& a, const Dims& b) {
  Dims all(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Size one{1, false};
    const Size left = i < a.size() ? a[a.size() - 1 - i] : one, right = i < b.size() ? b[b.size() - 1 - i] : one;
    if (left != right && left != one && right != one)
      return std::nullopt;
    all[all.size() - 1 - i] = left == one ? right : left;
  }
  return all;
}

/// Numbers of sizes, computed now.
std::optional<Value> folded(std::string_view op_type, const Value& left, const Value& right) {
  if (!left.numbers || !right.numbers)
    return std::nullopt;
  const auto shape = spread(left.shape, right.shape);
  const std::size_t most = std::max(left.numbers->size(), right.numbers->size());
  const bool fits = (left.numbers->size() == most || left.numbers->size() == 1) &&
                    (right.numbers->size() == most || right.numbers->size() == 1);
  if (!shape || !fits || product(*shape) != Size{static_cast<std::int64_t>(most), false})
    return std::nullopt;
  Dims numbers;
  for (std::size_t i = 0; i < most; ++i) {
    const auto one = computed(op_type, (*left.numbers)[left.numbers->size() == 1 ? 0 : i],
                              (*right.numbers)[right.numbers->size() == 1 ? 0 : i]);
    if (!one)
      return std::nullopt;
    numbers.push_back(*one);
  }
  return known(std::move(numbers), *shape);
}

/// A constant that is to be spread over (N,C,...): its channels in front of the other axes.
Result<std::string> constant_first(const Call& call, const Value& value, int rank) {
  const Tensor& from = *value.constant;
  Sizes sizes(static_cast<std::size_t>(rank - from.shape().rank()), 1), order{0, rank - 1};
  sizes.insert(sizes.end(), from.shape().sizes().begin(), from.shape().sizes().end());
  for (int axis = 1; axis + 1 < rank; ++axis)
    order.push_back(axis);
  GANLET_CHECK(call.graph.budget().take(2 * from.shape().elements() + 1));
  return call.graph.constant(permuted(from.clone().reshaped(Shape(std::span<const std::int64_t>(sizes))), order));
}

} // namespace

std::optional<Size> computed(std::string_view op_type, Size left, Size right) {
  if (!left.per_batch && !right.per_batch) {
    const auto whole = computed_whole(op_type, left.count, right.count);
    return whole ? std::optional(Size{*whole, false}) : std::nullopt;
  }
  if (left.per_batch && right.per_batch && op_type == "Div" && right.count != 0 && left.count % right.count == 0)
    return Size{left.count / right.count, false};
  if (left.per_batch && right.per_batch && left == right && (op_type == "Max" || op_type == "Min"))
    return left;
  const Size batch = left.per_batch ? left : right, other = left.per_batch ? right : left;
  if (other.per_batch)
    return std::nullopt;
  const bool is_first = left.per_batch;
  if (other.count == 0 && (op_type == "Add" || (op_type == "Sub" && is_first)))
    return batch;
  if (op_type == "Mul") {
    const auto count = computed_whole("Mul", batch.count, other.count);
    return count ? std::optional(Size{*count, *count != 0}) : std::nullopt;
  }
  if (op_type == "Div" && is_first && other.count > 0 && batch.count % other.count == 0)
    return Size{batch.count / other.count, true};
  return std::nullopt;
}

Tensor permuted(const Tensor& from, const Sizes& order) {
  const int rank = from.shape().rank();
  Sizes sizes(order.size()), steps(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    sizes[i] = from.shape()[static_cast<int>(order[i])];
    steps[i] = 1;
    for (int axis = static_cast<int>(order[i]) + 1; axis < rank; ++axis)
      steps[i] *= from.shape()[axis];
  }
  Tensor to(from.type(), Shape(std::span<const std::int64_t>(sizes)));
  const std::size_t bytes = bytes_of(from.type());
  const auto* const source = static_cast<const std::byte*>(from.view().data);
  auto* const target = static_cast<std::byte*>(to.view().data);
  Sizes at(order.size(), 0);
  for (std::int64_t i = 0, place = 0; i < from.shape().elements(); ++i) {
    std::copy_n(source + static_cast<std::size_t>(place) * bytes, bytes, target + static_cast<std::size_t>(i) * bytes);
    for (std::size_t axis = order.size(); axis-- > 0;) {
      place += steps[axis];
      if (++at[axis] < sizes[axis])
        break;
      place -= sizes[axis] * steps[axis];
      at[axis] = 0;
    }
  }
  return to;
}

Result<Value> combined(const Call& call, std::string_view op_type, const Value& left, const Value& right) {
  if (auto value = folded(op_type, left, right))
    return std::move(*value);
  const auto shape = spread(left.shape, right.shape);
  if (!shape)
    return call.error(ErrorCode::corrupt, "joins tensors whose sizes don't fit");
  const int rank = static_cast<int>(shape->size());
  const auto can_turn = [&](const Value& value) {
    return value.channels_first || value.constant != nullptr || value.rank() == rank;
  };
  const bool turns = (left.channels_first || right.channels_first) && can_turn(left) && can_turn(right);
  std::vector<std::string> names;
  for (const Value* value : {&left, &right}) {
    if (turns && value->constant != nullptr && value->constant->shape().elements() != 1) {
      GANLET_TRY(std::string name, constant_first(call, *value, rank));
      names.push_back(std::move(name));
    } else if (value->constant != nullptr) {
      GANLET_TRY(std::string name, call.name_of(*value));
      names.push_back(std::move(name));
    } else {
      GANLET_TRY(Value lies, turns ? call.with_channels_first(*value) : call.in_order(*value));
      names.push_back(std::move(lies.name));
    }
  }
  Value value;
  GANLET_TRY(value.name, call.graph.node(op_type, std::move(names)));
  value.shape = *shape;
  value.type = left.type;
  value.channels_first = turns;
  return value;
}

bool is_unary(std::string_view op) {
  return std::ranges::count(composed, op) > 0 || std::ranges::find(same, op, &Name::op) != std::end(same);
}

Result<Value> unary(const Call& call, std::string_view op, Value value) {
  if (const auto* const one = std::ranges::find(same, op, &Name::op); one != std::end(same))
    return call.each(one->onnx, std::move(value));
  if (op == "LeakyRelu") {
    const float alpha = call.real("leakyrelu_alpha", call.real("alpha", 0.2F));
    return call.each("LeakyRelu", std::move(value), {attribute("alpha", alpha)});
  }
  if (op == "Relu6") {
    GANLET_TRY(const std::string name, call.name_of(value));
    GANLET_TRY(value.name, call.graph.node("Clip", {name, call.graph.number(0), call.graph.number(6)}));
    return value;
  }
  if (op == "Rsqrt") {
    GANLET_TRY(value, call.each("Sqrt", std::move(value)));
    return call.each("Reciprocal", std::move(value));
  }
  if (op == "Square")
    return combined(call, "Mul", value, value);
  if (op == "Selu") { // Klambauer et al. 2017
    GANLET_TRY(value, call.each("Elu", std::move(value), {attribute("alpha", 1.67326324F)}));
    return call.each("Mul", std::move(value), 1.05070098F);
  }
  if (op == "Softsign") {
    GANLET_TRY(Value below, call.each("Abs", value));
    GANLET_TRY(below, call.each("Add", std::move(below), 1.0F));
    return combined(call, "Div", value, below);
  }
  return call.error(ErrorCode::unsupported, concat("'", printable(op), "' isn't known here"));
}

Result<Values> convert_unary(Call& call) {
  return only(unary(call, call.op, call.inputs[0]));
}

Result<Values> convert_binary(Call& call) {
  if (call.op == "SquaredDifference") {
    GANLET_TRY(const Value difference, combined(call, "Sub", call.inputs[0], call.inputs[1]));
    return only(combined(call, "Mul", difference, difference));
  }
  const auto* const pair = std::ranges::find(pairs, call.op, &Name::op);
  GANLET_TRY(Value value, combined(call, pair->onnx, call.inputs[0], call.inputs[1]));
  const std::string_view onnx = pair->onnx;
  if (onnx == "Equal" || onnx == "And" || onnx == "Or" || onnx.starts_with("Less") || onnx.starts_with("Greater"))
    value.type = DataType::boolean;
  if (call.op == "FloorDiv" && value.type == DataType::float32)
    return only(call.each("Floor", std::move(value)));
  return only(std::move(value));
}

Result<Values> convert_add_n(Call& call) {
  Value sum = call.inputs[0];
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    GANLET_TRY(sum, combined(call, "Add", sum, call.inputs[i]));
  }
  return only(std::move(sum));
}

Result<Values> convert_bias(Call& call) {
  if (call.text("data_format") == "NCHW" && call.inputs[0].rank() > 2)
    return call.error(ErrorCode::unsupported, "adds to channels in front of the other axes");
  return only(combined(call, "Add", call.inputs[0], call.inputs[1]));
}

Result<Values> convert_prelu(Call& call) {
  // max(x, 0) + slope * min(x, 0), for slopes that are spread in any way
  GANLET_TRY(const Value above, call.each("Relu", call.inputs[0]));
  GANLET_TRY(Value below, call.each("Min", call.inputs[0], 0.0F));
  GANLET_TRY(below, combined(call, "Mul", below, call.inputs[1]));
  return only(combined(call, "Add", above, below));
}

Result<Values> convert_cast(Call& call) {
  constexpr std::int64_t float32 = 1, int64 = 7, boolean = 9;
  Value value = call.inputs[0];
  const Json* const attribute_ = call.find("DstT");
  const Json* const type = attribute_ == nullptr ? nullptr : attribute_->find("type");
  const std::string_view name = type == nullptr ? std::string_view() : std::string_view(type->string);
  const bool is_whole = name.starts_with("DT_INT") || name.starts_with("DT_UINT"), is_truth = name == "DT_BOOL";
  const DataType to = is_whole ? DataType::int64 : is_truth ? DataType::boolean : DataType::float32;
  if (to == value.type || (to == DataType::int64 && value.numbers))
    return only(std::move(value));
  GANLET_TRY(value, call.each("Cast", std::move(value),
                              {attribute("to", is_whole   ? int64
                                               : is_truth ? boolean
                                                          : float32)}));
  value.type = to;
  return only(std::move(value));
}

Result<Values> convert_select(Call& call) {
  std::vector<std::string> names;
  Dims shape;
  for (const Value& input : call.inputs) {
    GANLET_TRY(const Value lies, call.in_order(input));
    names.push_back(lies.name);
    const auto wider = spread(shape, input.shape);
    if (!wider)
      return call.error(ErrorCode::corrupt, "joins tensors whose sizes don't fit");
    shape = *wider;
  }
  Value value;
  GANLET_TRY(value.name, call.graph.node("Where", std::move(names)));
  value.shape = std::move(shape);
  value.type = call.inputs[1].type;
  return only(std::move(value));
}

Result<Values> convert_softmax(Call& call) {
  const Value& input = call.inputs[0];
  return only(call.each("Softmax", input, {attribute("axis", std::int64_t{input.channels_first ? 1 : -1})}));
}

} // namespace ganlet::importing::tf
