#include <algorithm>

#include "import/keras_network.h"

namespace ganlet::importing::keras {

tl::unexpected<Error> LayerCall::error(ErrorCode code, std::string_view message) const {
  return fail(code, place_of(layer), message);
}

const Json* LayerCall::find(std::string_view name) const {
  const Json* const found = layer.config->kind == Json::Kind::object ? layer.config->find(name) : nullptr;
  if (found == nullptr)
    return nullptr;
  const Json& value = unwrapped(*found);
  return value.kind == Json::Kind::null ? nullptr : &value;
}

namespace {
/// A whole number, even if Python wrote it as 2.0.
std::optional<std::int64_t> whole(const Json& value) {
  if (value.kind != Json::Kind::number)
    return std::nullopt;
  constexpr double most = 1 << 30;
  const double number = value.number();
  if (!(number >= -most && number <= most) || number != static_cast<double>(static_cast<std::int64_t>(number)))
    return std::nullopt;
  return static_cast<std::int64_t>(number);
}
} // namespace

Result<std::int64_t> LayerCall::integer(std::string_view name, std::int64_t otherwise) const {
  const Json* const value = find(name);
  if (value == nullptr)
    return otherwise;
  const std::optional<std::int64_t> number = whole(*value);
  if (!number)
    return error(ErrorCode::corrupt, concat(name, " is no whole number"));
  return *number;
}

Result<float> LayerCall::real(std::string_view name, float otherwise) const {
  const Json* const value = find(name);
  if (value == nullptr)
    return otherwise;
  if (value->kind != Json::Kind::number)
    return error(ErrorCode::corrupt, concat(name, " is no number"));
  return static_cast<float>(value->number());
}

Result<bool> LayerCall::flag(std::string_view name, bool otherwise) const {
  const Json* const value = find(name);
  if (value == nullptr)
    return otherwise;
  if (value->kind != Json::Kind::boolean)
    return error(ErrorCode::corrupt, concat(name, " is neither true nor false"));
  return value->boolean;
}

Result<std::string> LayerCall::text(std::string_view name, std::string_view otherwise) const {
  const Json* const value = find(name);
  if (value == nullptr)
    return std::string(otherwise);
  if (value->kind != Json::Kind::string)
    return error(ErrorCode::corrupt, concat(name, " is no text"));
  return value->string;
}

Result<Sizes> LayerCall::integers(std::string_view name, std::size_t count, std::int64_t otherwise) const {
  const Json* const value = find(name);
  if (value == nullptr)
    return Sizes(count, otherwise);
  Sizes numbers;
  if (value->kind == Json::Kind::list) {
    for (const Json& element : value->elements)
      if (const auto number = whole(unwrapped(element)))
        numbers.push_back(*number);
    if (numbers.size() != value->elements.size() || (count > 0 && numbers.size() != count))
      return error(ErrorCode::corrupt, concat(name, " isn't a list of ", count, " whole numbers"));
    return numbers;
  }
  const auto number = whole(*value);
  if (!number)
    return error(ErrorCode::corrupt, concat(name, " is no whole number"));
  return Sizes(std::max<std::size_t>(count, 1), *number);
}

Result<const Tensor*> LayerCall::variable(std::size_t index, std::string_view name, const Sizes& shape) const {
  if (index >= layer.variables.size())
    return error(ErrorCode::corrupt, concat("the file has no ", name, " for it"));
  const Variable& variable = layer.variables[index];
  const auto given = variable.value.shape().sizes();
  if (!std::ranges::equal(given, shape, [](std::int64_t has, std::int64_t wants) { return wants < 0 || has == wants; }))
    return error(ErrorCode::corrupt,
                 concat("its ", name, " needs the shape ", std::span<const std::int64_t>(shape), ", but '",
                        printable(variable.path), "' has ", std::span<const std::int64_t>(given)));
  if (variable.value.type() != DataType::float32)
    return error(ErrorCode::unsupported, concat("its ", name, " holds whole numbers"));
  return &variable.value;
}

Result<Value> LayerCall::each(std::string_view op_type, Value value, std::vector<Attribute> attributes) const {
  GANLET_TRY(value, graph.as_real(std::move(value)));
  GANLET_TRY(value.name, graph.node(op_type, {value.name}, std::move(attributes)));
  return value;
}

Result<Value> LayerCall::each(std::string_view op_type, Value value, float operand) const {
  GANLET_TRY(value, graph.as_real(std::move(value)));
  GANLET_TRY(value.name, graph.node(op_type, {value.name, graph.number(operand)}));
  return value;
}

} // namespace ganlet::importing::keras
