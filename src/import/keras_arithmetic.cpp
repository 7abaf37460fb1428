#include <algorithm>

#include "import/keras_network.h"

namespace ganlet::importing::keras {

namespace {

/// Brings all values into one order: if all are pictures of the same rank and at least one has its channels first,
/// channels first; otherwise Keras's order. Errors if their sizes can't be combined.
Result<std::vector<Value>> in_one_order(LayerCall& call, std::vector<Value> values) {
  const int rank = std::ranges::max(values, {}, &Value::rank).rank();
  const bool turns = std::ranges::any_of(values, &Value::channels_first) &&
                     std::ranges::all_of(values, [&](const Value& value) { return value.rank() == rank; });
  for (Value& value : values) {
    GANLET_TRY(value, call.graph.as_real(std::move(value)));
    GANLET_TRY(value.name, turns ? call.graph.with_channels_first(value) : call.graph.in_keras_order(value));
    value.channels_first = turns;
    if (value.rank() == rank)
      continue;
    // Keras inserts axes of size 1 after the batch.
    value.shape.insert(value.shape.begin(), static_cast<std::size_t>(rank - value.rank()), 1);
    Sizes sizes{-1};
    sizes.insert(sizes.end(), value.shape.begin(), value.shape.end());
    GANLET_TRY(value.name, call.graph.node("Reshape", {value.name, call.graph.integers(sizes)}));
  }
  return values;
}

Result<Sizes> broadcast(const LayerCall& call, const Sizes& a, const Sizes& b) {
  Sizes shape = a;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && a[i] != 1 && b[i] != 1)
      return call.error(ErrorCode::corrupt, concat("can't join ", std::span<const std::int64_t>(a), " and ",
                                                   std::span<const std::int64_t>(b)));
    shape[i] = a[i] == 1 ? b[i] : a[i];
  }
  return shape;
}

/// Applies a binary operator from the first input to the last.
Result<Value> joined(LayerCall& call, std::string_view op_type) {
  GANLET_TRY(const std::vector<Value> values, in_one_order(call, call.inputs));
  Value value = values.front();
  for (std::size_t i = 1; i < values.size(); ++i) {
    GANLET_TRY(value.shape, broadcast(call, value.shape, values[i].shape));
    GANLET_TRY(value.name, call.graph.node(op_type, {value.name, values[i].name}));
  }
  return value;
}

} // namespace

Result<Value> convert_add(LayerCall& call) {
  return joined(call, "Add");
}

Result<Value> convert_multiply(LayerCall& call) {
  return joined(call, "Mul");
}

Result<Value> convert_subtract(LayerCall& call) {
  if (call.inputs.size() != 2)
    return call.error(ErrorCode::corrupt, "subtracts two tensors");
  return joined(call, "Sub");
}

Result<Value> convert_maximum(LayerCall& call) {
  return joined(call, "Max");
}

Result<Value> convert_minimum(LayerCall& call) {
  return joined(call, "Min");
}

Result<Value> convert_average(LayerCall& call) {
  GANLET_TRY(Value sum, joined(call, "Add"));
  return call.each("Mul", std::move(sum), 1.0F / static_cast<float>(call.inputs.size()));
}

Result<Value> convert_concatenate(LayerCall& call) {
  GANLET_TRY(const std::int64_t given, call.integer("axis", -1));
  Value value = call.inputs.front();
  const int rank = value.rank();
  const std::int64_t axis = given < 0 ? given + rank + 1 : given;
  for (const Value& other : call.inputs)
    if (axis < 1 || axis > rank || other.rank() != rank)
      return call.error(ErrorCode::corrupt, "joins tensors along an axis that they don't have");
  GANLET_TRY(const std::vector<Value> values, in_one_order(call, call.inputs));
  value = values.front();
  const auto along = static_cast<std::size_t>(axis - 1);
  std::vector<std::string> names{value.name};
  for (std::size_t i = 1; i < values.size(); ++i) {
    Sizes same = values[i].shape;
    same[along] = value.shape[along];
    if (same != value.shape)
      return call.error(ErrorCode::corrupt, concat("can't join ", std::span<const std::int64_t>(value.shape), " and ",
                                                   std::span<const std::int64_t>(values[i].shape)));
    value.shape[along] += values[i].shape[along];
    names.push_back(values[i].name);
  }
  const std::int64_t own = !value.channels_first ? axis : axis == rank ? 1 : axis + 1;
  GANLET_TRY(value.name, call.graph.node("Concat", names, {attribute("axis", own)}));
  return value;
}

Result<Value> convert_dot(LayerCall& call) {
  if (call.inputs.size() != 2)
    return call.error(ErrorCode::corrupt, "multiplies two tensors");
  GANLET_TRY(const Sizes axes, call.integers("axes", 2, -1));
  GANLET_TRY(const bool normalizes, call.flag("normalize", false));
  std::vector<Value> sides = call.inputs;
  for (std::size_t i = 0; i < 2; ++i) {
    Value& side = sides[i];
    GANLET_TRY(side, call.graph.as_real(std::move(side)));
    GANLET_TRY(side.name, call.graph.in_keras_order(side));
    const std::int64_t axis = axes[i] < 0 ? axes[i] + side.rank() + 1 : axes[i];
    if (side.rank() < 1 || side.rank() > 2 || axis < 1 || axis > side.rank() || normalizes)
      return call.error(ErrorCode::unsupported, "multiplies tensors of more than 2 axes, or normalizes them");
    // For a matrix product, the summed axis must be the last of the left side and the first of the right.
    if (side.rank() == 1) {
      GANLET_TRY(side.name,
                 call.graph.node("Reshape", {side.name, call.graph.integers(i == 0 ? Sizes{-1, 1, side.shape[0]}
                                                                                   : Sizes{-1, side.shape[0], 1})}));
      side.shape.insert(i == 0 ? side.shape.begin() : side.shape.end(), 1);
    } else if ((i == 0) != (axis == 2)) {
      GANLET_TRY(side.name, call.graph.node("Transpose", {side.name}, {attribute("perm", Sizes{0, 2, 1})}));
      std::swap(side.shape[0], side.shape[1]);
    }
  }
  if (sides[0].shape[1] != sides[1].shape[0])
    return call.error(ErrorCode::corrupt, "multiplies tensors of different sizes");
  Value value;
  Sizes sizes{-1};
  GANLET_TRY(value.name, call.graph.node("MatMul", {sides[0].name, sides[1].name}));
  for (const std::int64_t size :
       {call.inputs[0].rank() == 2 ? sides[0].shape[0] : 0, call.inputs[1].rank() == 2 ? sides[1].shape[1] : 0})
    if (size > 0)
      value.shape.push_back(size);
  if (value.shape.empty())
    value.shape = {1};
  sizes.insert(sizes.end(), value.shape.begin(), value.shape.end());
  GANLET_TRY(value.name, call.graph.node("Reshape", {value.name, call.graph.integers(sizes)}));
  return value;
}

Result<Value> combine(LayerCall& call, std::string_view op_type, std::vector<Operand> operands) {
  if (operands.size() != 2 || (!operands[0].value && !operands[1].value))
    return call.error(ErrorCode::corrupt, concat("needs two operands, has ", operands.size()));
  if (operands[0].value && operands[1].value) {
    call.inputs = {*operands[0].value, *operands[1].value};
    return joined(call, op_type);
  }
  const bool is_left = operands[0].value.has_value();
  GANLET_TRY(Value value, call.graph.as_real(*operands[is_left ? 0 : 1].value));
  const std::string number = call.graph.number(operands[is_left ? 1 : 0].number);
  std::vector<std::string> inputs{value.name, number};
  if (!is_left)
    std::swap(inputs[0], inputs[1]);
  GANLET_TRY(value.name, call.graph.node(op_type, inputs));
  return value;
}

namespace {

struct Arithmetic {
  std::string_view name; ///< of the function, without what stands before its last dot
  std::string_view op_type;
};
constexpr Arithmetic two_sided[] = {
    {"add", "Add"},      {"__add__", "Add"},     {"__radd__", "Add"},    {"addv2", "Add"},        {"biasadd", "Add"},
    {"sub", "Sub"},      {"subtract", "Sub"},    {"__sub__", "Sub"},     {"__rsub__", "Sub"},     {"mul", "Mul"},
    {"multiply", "Mul"}, {"__mul__", "Mul"},     {"__rmul__", "Mul"},    {"div", "Div"},          {"divide", "Div"},
    {"truediv", "Div"},  {"true_divide", "Div"}, {"__truediv__", "Div"}, {"__rtruediv__", "Div"}, {"realdiv", "Div"},
    {"maximum", "Max"},  {"minimum", "Min"},     {"pow", "Pow"},         {"power", "Pow"},        {"__pow__", "Pow"}};

/// The name as the table has it: from "math.multiply", "__operators__.add", "Multiply" and "LeakyRelu".
std::string function_of(const LayerCall& call) {
  std::string name;
  if (const Json* const function = call.find("function"); function != nullptr)
    name = function->string;
  else if (const Json* const definition = call.find("node_def"); definition != nullptr)
    name = definition->string;
  else
    name = call.layer.class_name;
  name.erase(0, name.rfind('.') + 1);
  std::string plain;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool is_upper = name[i] >= 'A' && name[i] <= 'Z';
    const bool was_lower = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
    if (is_upper && was_lower)
      plain += '_';
    plain += is_upper ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
  }
  return plain;
}

/// The operands, tensors and numbers: first those by position, then those by name, under the names that arithmetic
/// uses.
Result<std::vector<Operand>> operands_of(LayerCall& call) {
  std::vector<Operand> operands;
  std::size_t tensor = 0;
  for (const NamedArgument& argument : call.arguments) {
    if (std::holds_alternative<Source>(argument.value)) {
      operands.push_back({call.inputs[tensor++], 0});
    } else if (const Json& value = unwrapped(*std::get<const Json*>(argument.value));
               value.kind == Json::Kind::number &&
               (argument.name.empty() || argument.name == "x" || argument.name == "y" || argument.name == "x2" ||
                argument.name == "x1")) {
      operands.push_back({std::nullopt, static_cast<float>(value.number())});
    }
  }
  if (call.arguments.empty())
    operands.push_back({call.input(), 0});
  // TensorFlowOpLayer: {"0": 2.0}, by position
  if (const Json* const constants = call.find("constants"); constants != nullptr)
    for (std::size_t i = 0; i < constants->names.size() && constants->kind == Json::Kind::object; ++i) {
      const Json& number = unwrapped(constants->elements[i]);
      if (number.kind != Json::Kind::number)
        return call.error(ErrorCode::unsupported, "computes with a constant that isn't one number");
      const bool is_left = constants->names[i] == "0";
      operands.insert(is_left ? operands.begin() : operands.end(),
                      Operand{std::nullopt, static_cast<float>(number.number())});
    }
  return operands;
}

} // namespace

Result<Value> convert_operation(LayerCall& call) {
  std::string function = function_of(call);
  if (call.find("node_def") != nullptr) { // text: its op is the word after "op"
    const std::string definition = call.find("node_def")->string;
    const std::size_t at = definition.find("\"op\": \"");
    function = at == std::string::npos ? "" : definition.substr(at + 7, definition.find('"', at + 7) - at - 7);
    for (char& c : function)
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  GANLET_TRY(std::vector<Operand> operands, operands_of(call));
  const auto* const found = std::ranges::find(two_sided, function, &Arithmetic::name);
  if (found != std::end(two_sided)) {
    const bool is_reversed = function.starts_with("__r");
    if (is_reversed)
      std::ranges::reverse(operands);
    return combine(call, found->op_type, std::move(operands));
  }
  if (function == "concat" || function == "concatenate")
    return convert_concatenate(call);
  if (operands.size() != 1 || !operands[0].value)
    return call.error(ErrorCode::unsupported, concat("the function '", printable(function), "' isn't known"));
  return activate(call, *operands[0].value, function);
}

} // namespace ganlet::importing::keras
