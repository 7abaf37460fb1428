#include <cmath>

#include "import/keras_network.h"

namespace ganlet::importing::keras {

namespace {

Result<Value> leaky_relu(const LayerCall& call, Value value, float slope) {
  return call.each("LeakyRelu", std::move(value), {attribute("alpha", slope)});
}

Result<Value> clip(const LayerCall& call, Value value, float low, float high) {
  GANLET_TRY(value, call.graph.as_real(std::move(value)));
  GANLET_TRY(value.name, call.graph.node("Clip", {value.name, call.graph.number(low), call.graph.number(high)}));
  return value;
}

/// Combines two values of the same shape and order.
Result<Value> pair(const LayerCall& call, std::string_view op_type, const Value& left, const Value& right) {
  Value value = left;
  GANLET_TRY(value.name, call.graph.node(op_type, {left.name, right.name}));
  return value;
}

/// clip(slope x + offset, 0, 1)
Result<Value> hard_sigmoid(const LayerCall& call, Value value) {
  // Keras 3 uses relu6(x + 3) / 6; earlier versions 0.2 x + 0.5.
  GANLET_TRY(value, call.each("Mul", std::move(value), call.version >= 3 ? 1.0F / 6 : 0.2F));
  GANLET_TRY(value, call.each("Add", std::move(value), 0.5F));
  return clip(call, std::move(value), 0, 1);
}

Result<Value> gelu(const LayerCall& call, const Value& value, bool is_approximate) {
  Value gate;
  if (is_approximate) { // Hendrycks and Gimpel 2016: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
    GANLET_TRY(gate, pair(call, "Mul", value, value));
    GANLET_TRY(gate, call.each("Mul", std::move(gate), 0.044715F));
    GANLET_TRY(gate, call.each("Add", std::move(gate), 1.0F));
    GANLET_TRY(gate, pair(call, "Mul", gate, value));
    GANLET_TRY(gate, call.each("Mul", std::move(gate), 0.7978845608F));
    GANLET_TRY(gate, call.each("Tanh", std::move(gate)));
  } else {
    GANLET_TRY(gate, call.each("Mul", value, 0.7071067812F));
    GANLET_TRY(gate, call.each("Erf", std::move(gate)));
  }
  GANLET_TRY(gate, call.each("Add", std::move(gate), 1.0F));
  GANLET_TRY(gate, pair(call, "Mul", gate, value));
  return call.each("Mul", std::move(gate), 0.5F);
}

/// Softmax along an axis of Keras's order.
Result<Value> softmax(const LayerCall& call, Value value, std::int64_t axis) {
  GANLET_TRY(value, call.graph.as_real(std::move(value)));
  const bool is_last = axis == -1 || axis == value.rank();
  if (!is_last) {
    GANLET_TRY(value.name, call.graph.in_keras_order(value));
    value.channels_first = false;
  }
  const std::int64_t own = is_last ? (value.channels_first ? 1 : -1) : axis;
  GANLET_TRY(value.name, call.graph.node("Softmax", {value.name}, {attribute("axis", own)}));
  return value;
}

/// Activations that are a single ONNX operation.
struct Same {
  std::string_view name;
  const char* op_type;
};
constexpr Same same[] = {
    {"relu", "Relu"}, {"sigmoid", "Sigmoid"}, {"tanh", "Tanh"}, {"exponential", "Exp"},      {"softplus", "Softplus"},
    {"exp", "Exp"},   {"abs", "Abs"},         {"sqrt", "Sqrt"}, {"negative", "Neg"},         {"absolute", "Abs"},
    {"neg", "Neg"},   {"log", "Log"},         {"erf", "Erf"},   {"reciprocal", "Reciprocal"}};

/// Activations with a gate: x times a function of x.
Result<Value> gated(LayerCall& call, const Value& value, std::string_view name) {
  Value gate;
  if (name == "mish") {
    GANLET_TRY(gate, call.each("Softplus", value));
    GANLET_TRY(gate, call.each("Tanh", std::move(gate)));
  } else if (name == "swish" || name == "silu") {
    GANLET_TRY(gate, call.each("Sigmoid", value));
  } else { // hard_silu, hard_swish: only Keras 3 has them
    GANLET_TRY(gate, call.each("Mul", value, 1.0F / 6));
    GANLET_TRY(gate, call.each("Add", std::move(gate), 0.5F));
    GANLET_TRY(gate, clip(call, std::move(gate), 0, 1));
  }
  return pair(call, "Mul", value, gate);
}

Result<Value> softsign(const LayerCall& call, const Value& value) {
  GANLET_TRY(Value below, call.each("Abs", value));
  GANLET_TRY(below, call.each("Add", std::move(below), 1.0F));
  return pair(call, "Div", value, below);
}

Result<Value> selu(const LayerCall& call, Value value) {
  // SELU's constants: Klambauer et al. 2017.
  GANLET_TRY(value, call.each("Elu", std::move(value), {attribute("alpha", 1.67326324F)}));
  return call.each("Mul", std::move(value), 1.05070098F);
}

} // namespace

Result<Value> activate(LayerCall& call, Value value, std::string_view name) {
  if (name == "linear" || name.empty())
    return value;
  GANLET_TRY(value, call.graph.as_real(std::move(value)));
  for (const Same& one : same)
    if (one.name == name)
      return call.each(one.op_type, std::move(value));
  if (name == "softmax")
    return softmax(call, std::move(value), -1);
  if (name == "log_softmax") {
    GANLET_TRY(value, softmax(call, std::move(value), -1));
    return call.each("Log", std::move(value));
  }
  if (name == "relu6")
    return clip(call, std::move(value), 0, 6);
  if (name == "leaky_relu")
    return leaky_relu(call, std::move(value), 0.2F);
  if (name == "elu")
    return call.each("Elu", std::move(value), {attribute("alpha", 1.0F)});
  if (name == "selu")
    return selu(call, std::move(value));
  if (name == "softsign")
    return softsign(call, value);
  if (name == "hard_sigmoid")
    return hard_sigmoid(call, std::move(value));
  if (name == "gelu")
    return gelu(call, value, false);
  if (name == "square")
    return pair(call, "Mul", value, value);
  if (name == "rsqrt") {
    GANLET_TRY(value, call.each("Sqrt", std::move(value)));
    return call.each("Reciprocal", std::move(value));
  }
  if (name == "mish" || name == "swish" || name == "silu" || name == "hard_silu" || name == "hard_swish")
    return gated(call, value, name);
  return call.error(ErrorCode::unsupported, concat("the activation '", printable(name), "' isn't known"));
}

Result<Value> activate(LayerCall& call, Value value, const Json* activation) {
  if (activation == nullptr)
    return value;
  if (activation->kind == Json::Kind::string)
    return activate(call, std::move(value), activation->string);
  // {"class_name": "LeakyReLU", "config": {...}}, or {"class_name": "function", "config": "relu"}
  const Json* const class_name = activation->find("class_name");
  const Json* const config = activation->find("config");
  if (class_name != nullptr && class_name->kind == Json::Kind::string && config != nullptr) {
    if (config->kind == Json::Kind::string)
      return activate(call, std::move(value), config->string);
    const LayerKind* const kind = find_layer_kind(class_name->string);
    if (kind != nullptr && kind->variables.empty() && class_name->string != "Activation") {
      Layer layer;
      layer.class_name = class_name->string;
      layer.name = call.layer.name;
      layer.config = config;
      LayerCall inner{call.graph, layer, {}, {std::move(value)}, call.version};
      return kind->convert(inner);
    }
  }
  return call.error(ErrorCode::unsupported, "its activation isn't known");
}

Result<Value> convert_activation(LayerCall& call) {
  return activate(call, call.input(), call.find("activation"));
}

Result<Value> convert_leaky_relu(LayerCall& call) {
  GANLET_TRY(const float older, call.real("alpha", 0.3F));
  GANLET_TRY(const float slope, call.real("negative_slope", older));
  return leaky_relu(call, call.input(), slope);
}

Result<Value> convert_elu(LayerCall& call) {
  GANLET_TRY(const float alpha, call.real("alpha", 1));
  return call.each("Elu", call.input(), {attribute("alpha", alpha)});
}

Result<Value> convert_relu(LayerCall& call) {
  GANLET_TRY(const float slope, call.real("negative_slope", 0));
  GANLET_TRY(const float threshold, call.real("threshold", 0));
  GANLET_TRY(const float most, call.real("max_value", INFINITY));
  if (threshold != 0)
    return call.error(ErrorCode::unsupported, "a threshold other than 0 can't be read");
  GANLET_TRY(Value value, slope == 0 ? call.each("Relu", call.input()) : leaky_relu(call, call.input(), slope));
  if (most == INFINITY)
    return value;
  GANLET_TRY(value.name, call.graph.node("Min", {value.name, call.graph.number(most)}));
  return value;
}

Result<Value> convert_thresholded_relu(LayerCall& call) {
  GANLET_TRY(const float theta, call.real("theta", 1));
  // x if it is above theta, else 0: x * (max(x, theta) != theta), in operations that the engine has.
  GANLET_TRY(Value value, call.graph.as_real(call.input()));
  const std::string limit = call.graph.number(theta);
  GANLET_TRY(const std::string most, call.graph.node("Max", {value.name, limit}));
  GANLET_TRY(const std::string is_below, call.graph.node("Equal", {most, limit}));
  GANLET_TRY(value.name, call.graph.node("Where", {is_below, call.graph.number(0), value.name}));
  return value;
}

Result<Value> convert_softmax(LayerCall& call) {
  GANLET_TRY(const Sizes axes, call.integers("axis", 1, -1));
  return softmax(call, call.input(), axes[0]);
}

Result<Value> convert_prelu(LayerCall& call) {
  GANLET_TRY(Value value, call.graph.as_real(call.input()));
  GANLET_TRY(value.name, call.graph.in_keras_order(value));
  value.channels_first = false;
  Sizes shape = value.shape;
  GANLET_TRY(const Sizes shared, call.integers("shared_axes", 0, 0));
  for (const std::int64_t axis : shared)
    if (axis >= 1 && axis <= value.rank())
      shape[static_cast<std::size_t>(axis - 1)] = 1;
  GANLET_TRY(const Tensor* const alpha, call.variable(0, "alpha", shape));
  GANLET_TRY(const std::string slope, call.graph.weight(*alpha, [](const Tensor& from) { return from.clone(); }));
  GANLET_TRY(value.name, call.graph.node("PRelu", {value.name, slope}));
  return value;
}

Result<Value> convert_rescaling(LayerCall& call) {
  GANLET_TRY(Value value, call.graph.as_real(call.input()));
  const Json* const scale = call.find("scale");
  const Json* const offset = call.find("offset");
  for (const auto& [json, op_type] : {std::pair{scale, "Mul"}, std::pair{offset, "Add"}}) {
    if (json == nullptr)
      continue;
    if (json->kind == Json::Kind::number) {
      GANLET_TRY(value, call.each(op_type, std::move(value), static_cast<float>(json->number())));
      continue;
    }
    std::vector<float> numbers; // one per channel
    for (const Json& number : json->elements)
      numbers.push_back(static_cast<float>(number.number()));
    if (value.shape.empty() || static_cast<std::int64_t>(numbers.size()) != value.shape.back())
      return call.error(ErrorCode::corrupt, "has not one scale and offset for each channel");
    GANLET_TRY(value.name, call.graph.in_keras_order(value));
    value.channels_first = false;
    const Tensor list = Tensor::of<float>(Shape{value.shape.back()}, std::span<const float>(numbers));
    GANLET_TRY(value.name, call.graph.node(op_type, {value.name, call.graph.constant(list.clone())}));
  }
  return value;
}

} // namespace ganlet::importing::keras
