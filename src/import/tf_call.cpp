// What a node is asked for: its attributes, as TensorFlow.js writes them, and its inputs.

#include <algorithm>
#include <cmath>

#include "import/tf_graph.h"

namespace ganlet::importing::tf {

namespace {

/// RFC 4648, for the short names that graphs have in it; up to the first character that isn't one of base64's.
std::string from_base64(std::string_view text) {
  constexpr std::string_view symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char symbol : text) {
    const std::size_t value = symbols.find(symbol);
    if (value == std::string_view::npos)
      break;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return bytes;
}

/// Text is base64, or a list of its bytes.
std::string text_of(const Json& json) {
  if (json.kind == Json::Kind::string)
    return from_base64(json.string);
  std::string text;
  for (const Json& byte : json.elements)
    text += static_cast<char>(byte.integer().value_or(0));
  return text;
}

/// A number, or text that is one.
std::optional<std::int64_t> whole_of(const Json& json) {
  if (json.kind == Json::Kind::number)
    return json.integer();
  if (json.kind != Json::Kind::string)
    return std::nullopt;
  const auto number = number_of(json.string);
  constexpr double most = 9e15;
  return number && std::floor(*number) == *number && std::abs(*number) < most
             ? std::optional(static_cast<std::int64_t>(*number))
             : std::nullopt;
}

} // namespace

tl::unexpected<Error> Call::error(ErrorCode code, std::string_view message) const {
  return fail(code, concat("node '", printable(node.name), "' (", printable(node.op), ")"), message);
}

const Json* Call::find(std::string_view name) const {
  return node.attributes == nullptr ? nullptr : node.attributes->find(name);
}

std::int64_t Call::integer(std::string_view name, std::int64_t otherwise) const {
  const Json* const attribute = find(name);
  const Json* const value = attribute == nullptr ? nullptr : attribute->find("i");
  return value == nullptr ? otherwise : whole_of(*value).value_or(otherwise);
}

float Call::real(std::string_view name, float otherwise) const {
  const Json* const attribute = find(name);
  const Json* const value = attribute == nullptr ? nullptr : attribute->find("f");
  return value == nullptr || value->kind != Json::Kind::number ? otherwise : static_cast<float>(value->number());
}

bool Call::flag(std::string_view name) const {
  const Json* const attribute = find(name);
  const Json* const value = attribute == nullptr ? nullptr : attribute->find("b");
  return value != nullptr && value->kind == Json::Kind::boolean && value->boolean;
}

std::string Call::text(std::string_view name) const {
  const Json* const attribute = find(name);
  const Json* const value = attribute == nullptr ? nullptr : attribute->find("s");
  return value == nullptr ? std::string() : text_of(*value);
}

Sizes Call::integers(std::string_view name) const {
  Sizes numbers;
  const Json* const attribute = find(name);
  const Json* const list = attribute == nullptr ? nullptr : attribute->find("list");
  const Json* const values = list == nullptr ? nullptr : list->find("i");
  for (std::size_t i = 0; values != nullptr && i < values->elements.size(); ++i)
    numbers.push_back(whole_of(values->elements[i]).value_or(0));
  return numbers;
}

std::vector<std::string> Call::texts(std::string_view name) const {
  std::vector<std::string> all;
  const Json* const attribute = find(name);
  const Json* const list = attribute == nullptr ? nullptr : attribute->find("list");
  const Json* const values = list == nullptr ? nullptr : list->find("s");
  for (std::size_t i = 0; values != nullptr && i < values->elements.size(); ++i)
    all.push_back(text_of(values->elements[i]));
  return all;
}

Result<std::string> Call::name_of(const Value& value) const {
  if (!value.name.empty())
    return value.name;
  if (value.constant != nullptr)
    return graph.weight(*value.constant, [](const Tensor& from) { return from.clone(); });
  Sizes numbers, shape;
  for (const Size& size : value.numbers.value_or(Dims())) {
    if (size.per_batch)
      return error(ErrorCode::unsupported, "computes with the size of the batch, which this reader leaves open");
    numbers.push_back(size.count);
  }
  for (const Size& size : value.shape)
    shape.push_back(size.count);
  return graph.constant(
      Tensor::of<std::int64_t>(Shape(std::span<const std::int64_t>(shape)), std::span<const std::int64_t>(numbers)));
}

namespace {
/// For `keras::Graph`, which asks for the number of axes alone.
keras::Value turning(std::string name, const Value& value) {
  return {std::move(name), Sizes(static_cast<std::size_t>(std::max(value.rank() - 1, 0))), value.channels_first};
}
} // namespace

Result<Value> Call::in_order(Value value) const {
  GANLET_TRY(std::string name, name_of(value));
  GANLET_TRY(value.name, graph.in_keras_order(turning(std::move(name), value)));
  value.channels_first = false;
  return value;
}

Result<Value> Call::with_channels_first(Value value) const {
  GANLET_TRY(std::string name, name_of(value));
  GANLET_TRY(value.name, graph.with_channels_first(turning(std::move(name), value)));
  value.channels_first = value.rank() > 2;
  return value;
}

Result<Sizes> Call::whole(std::size_t input, std::string_view what) const {
  Sizes numbers;
  if (input >= inputs.size() || !inputs[input].numbers)
    return error(ErrorCode::unsupported, concat("its ", what, " must be known before the network runs"));
  for (const Size& size : *inputs[input].numbers) {
    if (size.per_batch)
      return error(ErrorCode::unsupported, concat("its ", what, " depends on the size of the batch"));
    numbers.push_back(size.count);
  }
  return numbers;
}

Result<std::int64_t> Call::whole_number(std::size_t input, std::string_view what) const {
  GANLET_TRY(const Sizes numbers, whole(input, what));
  if (numbers.size() != 1)
    return error(ErrorCode::corrupt, concat("its ", what, " must be one number"));
  return numbers[0];
}

Result<const Tensor*> Call::constant(std::size_t input, std::string_view what) const {
  if (input >= inputs.size() || inputs[input].constant == nullptr ||
      inputs[input].constant->type() != DataType::float32)
    return error(ErrorCode::unsupported, concat("its ", what, " must be constant numbers of the file"));
  return inputs[input].constant;
}

Result<float> Call::constant_number(std::size_t input, std::string_view what) const {
  GANLET_TRY(const Tensor* const tensor, constant(input, what));
  if (tensor->shape().elements() != 1)
    return error(ErrorCode::corrupt, concat("its ", what, " must be one number"));
  return tensor->as<float>()[0];
}

Result<std::size_t> Call::axis_of(std::int64_t axis, int rank) const {
  const std::int64_t own = axis < 0 ? axis + rank : axis;
  if (own < 0 || own >= rank)
    return error(ErrorCode::corrupt, concat("axis ", axis, " is none of ", rank));
  return static_cast<std::size_t>(own);
}

Result<std::int64_t> Call::fixed(const Value& value, std::size_t axis) const {
  if (axis >= value.shape.size())
    return error(ErrorCode::corrupt, "reads a tensor of fewer axes than it needs");
  if (value.shape[axis].per_batch)
    return error(ErrorCode::unsupported, "works along the batch, which this reader leaves open");
  return value.shape[axis].count;
}

Result<Value> Call::each(std::string_view op_type, Value value, std::vector<Attribute> attributes) const {
  GANLET_TRY(std::string name, name_of(value));
  GANLET_TRY(name, graph.node(op_type, {name}, std::move(attributes)));
  return Value{std::move(name), std::move(value.shape), value.type, value.channels_first};
}

Result<Value> Call::each(std::string_view op_type, Value value, float operand) const {
  GANLET_TRY(std::string name, name_of(value));
  GANLET_TRY(name, graph.node(op_type, {name, graph.number(operand)}));
  return Value{std::move(name), std::move(value.shape), value.type, value.channels_first};
}

Result<Values> only(Result<Value> value) {
  if (!value)
    return tl::unexpected(std::move(value).error());
  Values values;
  values.push_back(std::move(*value));
  return values;
}

Value known(Dims numbers, Dims shape) {
  Value value;
  value.shape = std::move(shape);
  value.type = DataType::int64;
  value.numbers = std::move(numbers);
  return value;
}

std::optional<Size> product(const Dims& sizes) {
  Size all{1, false};
  for (const Size& size : sizes) {
    const auto more = computed("Mul", all, size);
    if (!more)
      return std::nullopt;
    all = *more;
  }
  return all;
}

} // namespace ganlet::importing::tf
