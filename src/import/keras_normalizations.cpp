#include <algorithm>

#include "import/keras_network.h"

namespace ganlet::importing::keras {

namespace {

/// The variable of this name; null if the layer doesn't have it.
Result<const Tensor*> named(const LayerCall& call, std::string_view name, const Sizes& shape) {
  const std::vector<VariableName> names = variable_names(call.layer);
  const auto found = std::ranges::find(names, name, &VariableName::name);
  if (found == names.end())
    return nullptr;
  return call.variable(static_cast<std::size_t>(found - names.begin()), name, shape);
}

/// The tensor, or, if it is null, the number `otherwise` repeated; reshaped to `shape`.
Result<std::string> constant_of(const LayerCall& call, const Tensor* tensor, float otherwise, const Sizes& shape) {
  const Shape to{std::span<const std::int64_t>(shape)};
  if (tensor != nullptr)
    return call.graph.weight(*tensor, [&](const Tensor& from) { return from.clone().reshaped(to); });
  Tensor repeated(DataType::float32, to);
  std::ranges::fill(repeated.as<float>(), otherwise);
  return call.graph.constant(std::move(repeated));
}

/// The only axis along which a normalization works; 1 is the first after the batch.
Result<int> axis_of(const LayerCall& call, std::int64_t otherwise) {
  GANLET_TRY(const Sizes axes, call.integers("axis", 0, otherwise));
  std::int64_t axis = axes.empty() ? otherwise : axes[0];
  if (axis < 0)
    axis += call.input().rank() + 1;
  if (axes.size() > 1 || axis < 1 || axis > call.input().rank())
    return call.error(ErrorCode::unsupported, "normalizes along an axis that isn't there, or several");
  return static_cast<int>(axis);
}

/// The value transposed so that its channels, axis `axis` of Keras's order, are axis 1.
Result<Value> channels_in_front(const LayerCall& call, int axis) {
  GANLET_TRY(Value value, call.graph.as_real(call.input()));
  const bool is_last = axis == value.rank();
  if (is_last && value.rank() > 1) {
    GANLET_TRY(value.name, call.graph.with_channels_first(value));
    value.channels_first = true;
  } else {
    GANLET_TRY(value.name, call.graph.in_keras_order(value));
    value.channels_first = false;
    if (axis != 1)
      return call.error(ErrorCode::unsupported, concat("normalizes along axis ", axis, " of ", value.rank()));
  }
  return value;
}

/// Multiplies by gamma and adds beta along axis 1 of the value as stored.
Result<Value> scaled(const LayerCall& call, Value value, const Tensor* gamma, const Tensor* beta) {
  for (const auto& [tensor, op_type] : {std::pair{gamma, "Mul"}, std::pair{beta, "Add"}}) {
    if (tensor == nullptr)
      continue;
    Sizes shape(static_cast<std::size_t>(value.rank()), 1);
    shape[0] = tensor->shape().elements();
    GANLET_TRY(const std::string operand, constant_of(call, tensor, 0, shape));
    GANLET_TRY(value.name, call.graph.node(op_type, {value.name, operand}));
  }
  return value;
}

} // namespace

Result<Value> convert_batch_normalization(LayerCall& call) {
  GANLET_TRY(const std::int64_t mode, call.integer("mode", 0)); // Keras 1: modes 1 and 2 use the batch's own statistics
  if (mode != 0)
    return call.error(ErrorCode::unsupported, "takes the statistics of the batch that is given, not those it learned");
  GANLET_TRY(const int axis, axis_of(call, -1));
  GANLET_TRY(const float epsilon, call.real("epsilon", 0.001F));
  const std::int64_t channels = call.input().shape[static_cast<std::size_t>(axis - 1)];
  const Sizes shape{channels};
  GANLET_TRY(const Tensor* const gamma, named(call, "gamma", shape));
  GANLET_TRY(const Tensor* const beta, named(call, "beta", shape));
  GANLET_TRY(const Tensor* const mean, named(call, "moving_mean", shape));
  GANLET_TRY(const Tensor* const variance, named(call, "moving_variance", shape));
  GANLET_TRY(Value value, channels_in_front(call, axis));
  GANLET_TRY(const std::string scale, constant_of(call, gamma, 1, shape));
  GANLET_TRY(const std::string offset, constant_of(call, beta, 0, shape));
  GANLET_TRY(const std::string middle, constant_of(call, mean, 0, shape));
  GANLET_TRY(const std::string spread, constant_of(call, variance, 1, shape));
  GANLET_TRY(value.name, call.graph.node("BatchNormalization", {value.name, scale, offset, middle, spread},
                                         {attribute("epsilon", epsilon)}));
  return value;
}

Result<Value> convert_group_normalization(LayerCall& call) {
  const bool is_instance = call.layer.class_name == "InstanceNormalization";
  GANLET_TRY(const int axis, axis_of(call, -1));
  GANLET_TRY(const float epsilon, call.real("epsilon", 0.001F));
  const std::int64_t channels = call.input().shape[static_cast<std::size_t>(axis - 1)];
  GANLET_TRY(const std::int64_t given, call.integer("groups", is_instance ? -1 : 32));
  const std::int64_t groups = given == -1 ? channels : given;
  if (groups < 1 || channels % groups != 0)
    return call.error(ErrorCode::corrupt, concat("has ", groups, " groups for ", channels, " channels"));
  GANLET_TRY(const Tensor* const gamma, named(call, "gamma", {channels}));
  GANLET_TRY(const Tensor* const beta, named(call, "beta", {channels}));
  GANLET_TRY(Value value, channels_in_front(call, axis));
  // Each group of channels becomes one channel of a picture with one spatial axis.
  GANLET_TRY(const std::string joined, call.graph.node("Reshape", {value.name, call.graph.integers({0, groups, -1})}));
  GANLET_TRY(const std::string ones, constant_of(call, nullptr, 1, {groups}));
  GANLET_TRY(const std::string zeros, constant_of(call, nullptr, 0, {groups}));
  GANLET_TRY(const std::string normal,
             call.graph.node("InstanceNormalization", {joined, ones, zeros}, {attribute("epsilon", epsilon)}));
  Sizes sizes{-1, channels};
  for (int i = 1; i <= value.rank(); ++i)
    if (i != axis)
      sizes.push_back(value.shape[static_cast<std::size_t>(i - 1)]);
  GANLET_TRY(value.name, call.graph.node("Reshape", {normal, call.graph.integers(sizes)}));
  return scaled(call, std::move(value), gamma, beta);
}

Result<Value> convert_layer_normalization(LayerCall& call) {
  GANLET_TRY(Value value, call.graph.as_real(call.input()));
  GANLET_TRY(const Sizes given, call.integers("axis", 0, -1));
  GANLET_TRY(const float epsilon, call.real("epsilon", 0.001F));
  Sizes axes = given.empty() ? Sizes{-1} : given;
  for (std::int64_t& axis : axes)
    axis += axis < 0 ? value.rank() + 1 : 0;
  std::ranges::sort(axes);
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i] < 1 || axes[i] != value.rank() + 1 - static_cast<std::int64_t>(axes.size() - i))
      return call.error(ErrorCode::unsupported, "normalizes along other axes than the last ones");
  const Sizes shape(value.shape.end() - static_cast<std::ptrdiff_t>(axes.size()), value.shape.end());
  GANLET_TRY(const Tensor* const gamma, named(call, "gamma", shape));
  GANLET_TRY(const Tensor* const beta, named(call, "beta", shape));
  GANLET_TRY(value.name, call.graph.in_keras_order(value));
  value.channels_first = false;
  GANLET_TRY(const std::string scale, constant_of(call, gamma, 1, shape));
  GANLET_TRY(const std::string offset, constant_of(call, beta, 0, shape));
  GANLET_TRY(value.name, call.graph.node("LayerNormalization", {value.name, scale, offset},
                                         {attribute("axis", -static_cast<std::int64_t>(axes.size())),
                                          attribute("epsilon", epsilon)}));
  return value;
}

Result<Value> convert_unit_normalization(LayerCall& call) {
  GANLET_TRY(const int axis, axis_of(call, -1));
  GANLET_TRY(Value value, call.graph.as_real(call.input()));
  GANLET_TRY(value.name, call.graph.in_keras_order(value));
  value.channels_first = false;
  GANLET_TRY(const std::string length,
             call.graph.node("ReduceL2", {value.name},
                             {attribute("axes", Sizes{axis}), attribute("keepdims", std::int64_t{1})}));
  GANLET_TRY(const std::string least, call.graph.node("Max", {length, call.graph.number(1e-6F)}));
  GANLET_TRY(value.name, call.graph.node("Div", {value.name, least}));
  return value;
}

} // namespace ganlet::importing::keras
