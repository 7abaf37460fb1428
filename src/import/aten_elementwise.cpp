#include <algorithm>
#include <cmath>

#include "import/aten.h"

namespace ganlet::importing::aten {

namespace {

/// Of two operands, the type in which they meet.
Result<DataType> common_type(Call& call, std::string_view left, std::string_view right) {
  bool is_real = false, is_boolean = true;
  for (const std::string_view name : {left, right}) {
    if (!call.is_tensor(name)) {
      const double number = call.real(name, 0);
      is_real |= number != std::floor(number) || !std::isfinite(number);
      continue;
    }
    GANLET_TRY(const Value value, call.tensor(name));
    is_real |= value.type == DataType::float32;
    is_boolean &= value.type == DataType::boolean;
  }
  return is_real ? DataType::float32 : is_boolean ? DataType::boolean : DataType::int64;
}

/// The names that schemas have for the second operand.
std::string_view second(const Call& call) {
  for (const std::string_view name : {"other", "exponent"})
    if (call.has(name))
      return name;
  return "other";
}

Result<std::string> real_input(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  return call.cast(value, DataType::float32);
}

/// By way of whole numbers.
Result<std::string> towards_zero(Call& call, const std::string& name) {
  GANLET_TRY(const std::string whole, call.node("Cast", {name}, {attribute("to", std::int64_t{7})}));
  return call.node("Cast", {whole}, {attribute("to", std::int64_t{1})});
}

} // namespace

Result<void> convert_unary(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const std::string input, call.cast(value, declared.type));
  if (declared.type == DataType::int64 && (call.op() == "abs" || call.op() == "neg")) {
    GANLET_TRY(std::string negative, call.node("Sub", {call.number(0, DataType::int64), input}));
    if (call.op() == "abs") {
      GANLET_TRY(negative, call.node("Max", {input, negative}));
    }
    return call.give(negative);
  }
  GANLET_TRY(const std::string made, call.node(call.onnx(), {input}));
  return call.give(made);
}

Result<void> convert_binary(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  const bool is_division = call.op() == "div" || call.op() == "true_divide";
  const DataType type = is_division ? DataType::float32 : declared.type;
  GANLET_TRY(std::string left, call.operand("self", type));
  GANLET_TRY(std::string right, call.operand(second(call), type));
  if (call.op() == "rsub")
    std::swap(left, right);
  if (const double alpha = call.real("alpha", 1); alpha != 1) { // of what is added or taken away
    GANLET_TRY(right, call.node("Mul", {right, call.number(alpha, type)}));
  }
  GANLET_TRY(std::string made, call.node(call.onnx(), {left, right}));
  if (is_division && !call.text("rounding_mode").empty()) {
    const bool is_floor = call.text("rounding_mode") == "floor";
    GANLET_TRY(made, is_floor ? call.node("Floor", {made}) : towards_zero(call, made));
  }
  GANLET_TRY(made, call.cast({made, {}, type}, declared.type));
  return call.give(made);
}

namespace {

/// What isn't, by an operator that folds and runs everywhere.
Result<std::string> negated(Call& call, const std::string& flags) {
  GANLET_TRY(const std::string number, call.cast({flags, {}, DataType::boolean}, DataType::float32));
  return call.node("Equal", {number, call.number(0)});
}

/// Both flags, or one of them: their product isn't 0, or their sum.
Result<std::string> joined(Call& call, bool is_both) {
  std::vector<std::string> numbers;
  for (const char* const name : {"self", "other"}) {
    GANLET_TRY(const std::string flags, call.operand(name, DataType::boolean));
    GANLET_TRY(std::string number, call.cast({flags, {}, DataType::boolean}, DataType::float32));
    numbers.push_back(std::move(number));
  }
  GANLET_TRY(const std::string sum, call.node(is_both ? "Mul" : "Add", numbers));
  GANLET_TRY(const std::string none, call.node("Equal", {sum, call.number(0)}));
  return negated(call, none);
}

} // namespace

Result<void> convert_compare(Call& call) {
  const std::string& op = call.op();
  if (op == "logical_not" || op == "bitwise_not") {
    GANLET_TRY(const std::string input, call.operand("self", DataType::boolean));
    GANLET_TRY(const std::string made, negated(call, input));
    return call.give(made);
  }
  GANLET_TRY(const Value declared, call.declared());
  if (declared.type != DataType::boolean)
    return call.error(ErrorCode::unsupported, "computes with the bits of whole numbers");
  if (op.find("and") != std::string::npos || op.find("or") != std::string::npos) {
    GANLET_TRY(const std::string made, joined(call, op.find("and") != std::string::npos));
    return call.give(made);
  }
  GANLET_TRY(const DataType type, common_type(call, "self", "other"));
  GANLET_TRY(const std::string left, call.operand("self", type));
  GANLET_TRY(const std::string right, call.operand("other", type));
  // Of two numbers the larger is the left one: greater or equal; isn't the right one: greater.
  const bool is_more = op == "gt" || op == "ge", is_ordered = is_more || op == "lt" || op == "le";
  if (is_ordered) {
    GANLET_TRY(const std::string extreme, call.node(is_more ? "Max" : "Min", {left, right}));
    const bool is_strict = op == "gt" || op == "lt";
    GANLET_TRY(std::string same, call.node("Equal", {extreme, is_strict ? right : left}));
    if (is_strict) {
      GANLET_TRY(same, negated(call, same));
    }
    return call.give(same);
  }
  GANLET_TRY(std::string made, call.node(call.onnx(), {left, right}));
  if (op == "ne") {
    GANLET_TRY(made, negated(call, made));
  }
  return call.give(made);
}

Result<void> convert_clamp(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(std::string made, call.operand("self", declared.type));
  const bool is_fixed = call.op() == "relu6" || call.op() == "hardtanh";
  std::string_view low = "min", high = "max";
  if (call.op() == "hardtanh")
    low = "min_val", high = "max_val";
  if (is_fixed) {
    const double least = call.op() == "relu6" ? 0 : call.real(low, -1);
    const double most = call.op() == "relu6" ? 6 : call.real(high, 1);
    GANLET_TRY(made, call.node("Clip", {made, call.number(least), call.number(most)}));
    return call.give(made);
  }
  const bool is_plain = !call.is_tensor(low) && !call.is_tensor(high) && declared.type == DataType::float32;
  if (is_plain && call.has(low) && call.has(high)) {
    GANLET_TRY(made, call.node("Clip", {made, call.number(call.real(low, 0)), call.number(call.real(high, 0))}));
    return call.give(made);
  }
  for (const auto& [name, op_type] : {std::pair{low, "Max"}, std::pair{high, "Min"}})
    if (call.has(name)) {
      GANLET_TRY(const std::string bound, call.operand(name, declared.type));
      GANLET_TRY(made, call.node(op_type, {made, bound}));
    }
  return call.give(made);
}

Result<void> convert_gelu(Call& call) {
  GANLET_TRY(const std::string x, real_input(call));
  std::string gate;
  if (call.text("approximate") == "tanh") { // 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
    GANLET_TRY(gate, call.node("Mul", {x, x}));
    GANLET_TRY(gate, call.node("Mul", {gate, call.number(0.044715)}));
    GANLET_TRY(gate, call.node("Add", {gate, call.number(1)}));
    GANLET_TRY(gate, call.node("Mul", {gate, x}));
    GANLET_TRY(gate, call.node("Mul", {gate, call.number(0.7978845608)}));
    GANLET_TRY(gate, call.node("Tanh", {gate}));
  } else {
    GANLET_TRY(gate, call.node("Mul", {x, call.number(0.7071067812)}));
    GANLET_TRY(gate, call.node("Erf", {gate}));
  }
  GANLET_TRY(gate, call.node("Add", {gate, call.number(1)}));
  GANLET_TRY(gate, call.node("Mul", {gate, x}));
  GANLET_TRY(gate, call.node("Mul", {gate, call.number(0.5)}));
  return call.give(gate);
}

namespace {

/// clip(x / 6 + 1 / 2, 0, 1)
Result<std::string> hard_gate(Call& call, const std::string& x) {
  GANLET_TRY(std::string gate, call.node("Mul", {x, call.number(1.0 / 6)}));
  GANLET_TRY(gate, call.node("Add", {gate, call.number(0.5)}));
  return call.node("Clip", {gate, call.number(0), call.number(1)});
}

/// elu and celu: scale * (exp(input_scale * x) - 1) below 0; Elu of ONNX has a factor alone.
Result<std::string> exponential(Call& call, const std::string& x) {
  const double alpha = call.real("alpha", 1);
  if (call.op() == "elu") {
    if (call.real("scale", 1) != 1 || call.real("input_scale", 1) != 1)
      return call.error(ErrorCode::unsupported, "a scale of ELU other than 1 can't be read");
    return call.node("Elu", {x}, {attribute("alpha", static_cast<float>(alpha))});
  }
  GANLET_TRY(std::string made, call.node("Div", {x, call.number(alpha)}));
  GANLET_TRY(made, call.node("Elu", {made}, {attribute("alpha", 1.0F)}));
  return call.node("Mul", {made, call.number(alpha)});
}

Result<std::string> softplus(Call& call, const std::string& x) {
  const double beta = call.real("beta", 1);
  GANLET_TRY(std::string made, call.node("Mul", {x, call.number(beta)}));
  GANLET_TRY(made, call.node("Softplus", {made}));
  return call.node("Div", {made, call.number(beta)});
}

/// One slope, or one for each channel.
Result<std::string> prelu(Call& call, const std::string& x) {
  GANLET_TRY(const Value input, call.tensor("self"));
  GANLET_TRY(const Value slope, call.tensor("weight"));
  std::string name = slope.name;
  if (slope.rank() == 1 && slope.sizes[0] != 1) {
    Sizes sizes(static_cast<std::size_t>(std::max(input.rank() - 1, 1)), 1);
    sizes[0] = slope.sizes[0];
    GANLET_TRY(name, call.reshape(name, sizes));
  }
  return call.node("PRelu", {x, name});
}

Result<std::string> gated(Call& call, const std::string& x) {
  std::string gate;
  if (call.op() == "mish") {
    GANLET_TRY(gate, call.node("Softplus", {x}));
    GANLET_TRY(gate, call.node("Tanh", {gate}));
  } else if (call.op() == "hardswish") {
    GANLET_TRY(gate, hard_gate(call, x));
  } else {
    GANLET_TRY(gate, call.node("Sigmoid", {x}));
  }
  return call.node("Mul", {x, gate});
}

Result<std::string> parametric(Call& call, const std::string& x) {
  const std::string& op = call.op();
  if (op == "leaky_relu")
    return call.node("LeakyRelu", {x}, {attribute("alpha", static_cast<float>(call.real("negative_slope", 0.01)))});
  if (op == "elu" || op == "celu")
    return exponential(call, x);
  if (op == "selu") { // Klambauer et al. 2017
    GANLET_TRY(const std::string made, call.node("Elu", {x}, {attribute("alpha", 1.67326324F)}));
    return call.node("Mul", {made, call.number(1.05070098)});
  }
  if (op == "softplus")
    return softplus(call, x);
  if (op == "hardsigmoid")
    return hard_gate(call, x);
  if (op == "prelu" || op == "_prelu_kernel")
    return prelu(call, x);
  if (op == "square")
    return call.node("Mul", {x, x});
  if (op == "rsqrt") {
    GANLET_TRY(const std::string root, call.node("Sqrt", {x}));
    return call.node("Reciprocal", {root});
  }
  if (op == "expm1") {
    GANLET_TRY(const std::string power, call.node("Exp", {x}));
    return call.node("Sub", {power, call.number(1)});
  }
  if (op == "log1p") {
    GANLET_TRY(const std::string sum, call.node("Add", {x, call.number(1)}));
    return call.node("Log", {sum});
  }
  if (op == "log_sigmoid") {
    GANLET_TRY(const std::string gate, call.node("Sigmoid", {x}));
    return call.node("Log", {gate});
  }
  return gated(call, x);
}

} // namespace

Result<void> convert_parametric(Call& call) {
  GANLET_TRY(const std::string x, real_input(call));
  GANLET_TRY(const std::string made, parametric(call, x));
  return call.give(made);
}

Result<void> convert_where(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  if (call.op() == "where" && !call.has("other"))
    return call.error(ErrorCode::unsupported, "where(condition) alone, which gives indices, can't be read");
  const bool is_fill = call.op() == "masked_fill";
  GANLET_TRY(const std::string mask, call.operand(is_fill ? "mask" : "condition", DataType::boolean));
  GANLET_TRY(const std::string left, call.operand(is_fill ? "value" : "self", declared.type));
  GANLET_TRY(const std::string right, call.operand(is_fill ? "self" : "other", declared.type));
  GANLET_TRY(const std::string made, call.node("Where", {mask, left, right}));
  return call.give(made);
}

/// What is left of a division rounded towards 0 (fmod) or down (remainder).
Result<void> convert_remainder(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const std::string left, call.operand("self", declared.type));
  GANLET_TRY(const std::string right, call.operand("other", declared.type));
  const bool is_whole = declared.type == DataType::int64;
  std::string made;
  if (call.op() == "remainder" && is_whole) {
    GANLET_TRY(made, call.node("Mod", {left, right}));
    return call.give(made);
  }
  GANLET_TRY(made, call.node("Div", {left, right})); // of whole numbers rounds towards 0
  if (!is_whole && call.op() == "remainder") {
    GANLET_TRY(made, call.node("Floor", {made}));
  } else if (!is_whole) {
    GANLET_TRY(made, towards_zero(call, made));
  }
  GANLET_TRY(made, call.node("Mul", {made, right}));
  GANLET_TRY(made, call.node("Sub", {left, made}));
  return call.give(made);
}

/// addcmul, addcdiv: self + value * a * b, or a / b; lerp: self + weight * (end - self).
Result<void> convert_three(Call& call) {
  constexpr DataType real = DataType::float32;
  GANLET_TRY(const std::string self, call.operand("self", real));
  std::string made;
  if (call.op() == "lerp") {
    GANLET_TRY(const std::string end, call.operand("end", real));
    GANLET_TRY(const std::string weight, call.operand("weight", real));
    GANLET_TRY(made, call.node("Sub", {end, self}));
    GANLET_TRY(made, call.node("Mul", {made, weight}));
  } else {
    GANLET_TRY(const std::string a, call.operand("tensor1", real));
    GANLET_TRY(const std::string b, call.operand("tensor2", real));
    GANLET_TRY(made, call.node(call.op() == "addcmul" ? "Mul" : "Div", {a, b}));
    if (const double value = call.real("value", 1); value != 1) {
      GANLET_TRY(made, call.node("Mul", {made, call.number(value)}));
    }
  }
  GANLET_TRY(made, call.node("Add", {self, made}));
  return call.give(made);
}

Result<void> convert_cast(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const std::string made, call.cast(value, declared.type));
  return call.give(made);
}

Result<void> convert_identity(Call& call) {
  if (call.integer("train", 0) != 0 || call.integer("training", 0) != 0)
    return call.error(ErrorCode::unsupported, "drops out at random, as in training: call net.eval() before exporting");
  GANLET_TRY(const Value value, call.tensor(call.has("self") ? "self" : "input"));
  return call.give(value.name);
}

Result<void> convert_nothing(Call&) {
  return {};
}

/// Of the shape that the file states; what is drawn over (`self`) doesn't matter.
Result<void> convert_random(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  if (declared.type != DataType::float32 || call.is_tensor("mean") || call.is_tensor("std"))
    return call.error(ErrorCode::unsupported, "only draws float32 numbers of one distribution: torch.randn, rand");
  const bool is_uniform = call.op() == "uniform" || call.op().starts_with("rand_") || call.op() == "rand";
  const std::pair<const char*, double> uniform[] = {{"low", call.real("from", 0)}, {"high", call.real("to", 1)}};
  const std::pair<const char*, double> normal[] = {{"mean", call.real("mean", 0)}, {"scale", call.real("std", 1)}};
  std::vector<Attribute> attributes;
  for (const auto& [name, number] : is_uniform ? uniform : normal)
    attributes.push_back(attribute(name, static_cast<float>(number)));
  GANLET_TRY(const std::string shape, call.shape(declared.sizes));
  GANLET_TRY(const std::string like, call.node("ConstantOfShape", {shape}));
  GANLET_TRY(const std::string made,
             call.node(is_uniform ? "RandomUniformLike" : "RandomNormalLike", {like}, std::move(attributes)));
  return call.give(made);
}

Result<void> convert_embedding(Call& call) {
  GANLET_TRY(const Value table, call.tensor("weight"));
  GANLET_TRY(const std::string indices, call.operand("indices", DataType::int64));
  GANLET_TRY(const std::string made, call.node("Gather", {table.name, indices}));
  return call.give(made);
}

} // namespace ganlet::importing::aten
