#include "graph/context.h"

#include <algorithm>

#include "core/text.h"
#include "graph/onnx_ops.h"
#include "graph/weights.h"

namespace ganlet {

Result<void> Context::expect_inputs(std::size_t least, std::size_t most) const {
  if (node_.inputs.size() < least || node_.inputs.size() > most) {
    const std::string wanted = least == most      ? concat(least)
                               : most == SIZE_MAX ? concat("at least ", least)
                                                  : concat(least, " to ", most);
    return builder.error(concat("needs ", wanted, " inputs, has ", node_.inputs.size()));
  }
  for (std::size_t i = 0; i < least; ++i)
    if (node_.inputs[i].empty())
      return builder.error(concat("input ", i, " is left out"));
  return {};
}

Result<void> Context::lower_as(const OnnxOp& operation) {
  GANLET_CHECK(expect_inputs(operation.least_inputs, operation.most_inputs));
  GANLET_CHECK(operation.lower(*this));
  return finish();
}

bool Context::is_volume(std::size_t index) const {
  const Meaning& given = meaning(index);
  return !given.integers && builder.rank(given.id) == 5;
}

Result<ValueId> Context::input(std::size_t index) {
  GANLET_TRY(const ValueId id, stored_input(index));
  return builder.plain(id);
}

Result<ValueId> Context::stored_input(std::size_t index) {
  if (!has_input(index))
    return builder.error(concat("input ", index, " is left out"));
  Meaning& found = meanings_.at(node_.inputs[index]);
  if (found.integers)
    return builder.unsupported(concat("input ", index, " '", printable(node_.inputs[index]),
                                      "' depends on the batch in a way that ", op_type(), " doesn't resolve"));
  if (found.quantized_axis)
    return builder.constant(dequantized(*builder.constant_of(found.id), *found.quantized_axis));
  if (builder.value(found.id).type == DataType::int8)
    return builder.unsupported(
        concat("input ", index, " '", printable(node_.inputs[index]), "' is int8 without DequantizeLinear"));
  return found.id;
}

Result<ValueId> Context::float_input(std::size_t index) {
  GANLET_TRY(const ValueId id, stored_float_input(index));
  return builder.plain(id);
}

Result<ValueId> Context::input_of(std::size_t index, DataType type) {
  GANLET_TRY(const ValueId id, input(index));
  if (builder.value(id).type != type)
    return builder.error(concat("input ", index, " is ", name_of(builder.value(id).type), ", must be ", name_of(type)));
  return id;
}

Result<ValueId> Context::stored_float_input(std::size_t index) {
  GANLET_TRY(const ValueId id, stored_input(index));
  if (builder.value(id).type != DataType::float32)
    return builder.unsupported(
        concat("input ", index, " is ", name_of(builder.value(id).type), ", only float32 is supported"));
  return id;
}

Result<std::vector<ValueId>> Context::inputs(std::size_t first) {
  std::vector<ValueId> out;
  for (std::size_t i = first; i < node_.inputs.size(); ++i) {
    if (!has_input(i))
      return builder.error(concat("input ", i, " is left out"));
    GANLET_TRY(const ValueId id, input(i));
    out.push_back(id);
  }
  return out;
}

Result<const Tensor*> Context::constant_input(std::size_t index) {
  GANLET_TRY(const ValueId id, input(index));
  const Tensor* constant = builder.constant_of(id);
  if (!constant)
    return builder.unsupported(concat("input ", index, " '", printable(node_.inputs[index]), "' must be a constant"));
  return constant;
}

Result<void> Context::expect_list(std::size_t length) const {
  constexpr std::size_t longest = 4096;
  if (length > longest)
    return fail(ErrorCode::limit_exceeded, builder.place(),
                concat("a list of ", length, " sizes is longer than the limit of ", longest));
  return {};
}

Result<std::vector<Dim>> Context::dims_input(std::size_t index) {
  if (const Meaning& found = meaning(index); found.integers)
    return *found.integers;
  GANLET_TRY(const Tensor* constant, constant_input(index));
  if (constant->type() != DataType::int64 || constant->shape().rank() > 1)
    return builder.error(concat("input ", index, " must be a list of integers"));
  GANLET_CHECK(expect_list(static_cast<std::size_t>(constant->shape().elements())));
  std::vector<Dim> out;
  for (const std::int64_t value : constant->as<std::int64_t>())
    out.push_back({value, false});
  return out;
}

Result<std::vector<std::int64_t>> Context::integers_input(std::size_t index) {
  GANLET_TRY(const std::vector<Dim> dims, dims_input(index));
  std::vector<std::int64_t> out;
  for (const Dim dim : dims) {
    if (dim.per_batch)
      return builder.unsupported(
          concat("input ", index, " '", printable(node_.inputs[index]), "' depends on the batch"));
    out.push_back(dim.count);
  }
  return out;
}

Result<float> Context::scalar_input(std::size_t index) {
  GANLET_TRY(const Tensor* constant, constant_input(index));
  if (constant->type() != DataType::float32 || constant->shape().elements() != 1)
    return builder.error(concat("input ", index, " must be one float32"));
  return constant->as<float>()[0];
}

std::map<std::string, Meaning> Context::seen() const {
  std::map<std::string, Meaning> seen;
  for (const std::string& name : node_.inputs)
    if (!name.empty())
      seen.emplace(name, meanings_.at(name));
  return seen;
}

std::string Context::named(ValueId id) {
  std::size_t number = meanings_.size();
  while (meanings_.contains(concat("computed ", number)))
    ++number;
  std::string name = concat("computed ", number);
  meanings_[name].id = id;
  return name;
}

Result<void> Context::pass_on(std::size_t output, const std::string& name) {
  set(output, Meaning(meanings_.at(name)));
  return {};
}

Result<ValueId> Context::value_named(const std::string& name) {
  const onnx::Node reader{op_type(), "", {name}, {}, {}};
  return Context(builder, reader, meanings_).input(0);
}

Result<std::string> Context::compute(std::string_view op_type, std::vector<std::string> inputs,
                                     std::vector<onnx::Attribute> attributes) {
  std::string output = named(no_value);
  const onnx::Node node{std::string(op_type), "", std::move(inputs), {output}, std::move(attributes)};
  Context inner(builder, node, meanings_);
  GANLET_CHECK(inner.lower_as(*find_onnx_op(op_type)));
  return output;
}

Result<void> Context::become(std::string_view op_type, std::vector<std::string> inputs,
                             std::vector<onnx::Attribute> attributes) {
  GANLET_TRY(const std::string output, compute(op_type, std::move(inputs), std::move(attributes)));
  set(0, meanings_.at(output));
  return {};
}

const onnx::AttributeValue* Context::attribute(std::string_view name) {
  asked_.push_back(std::string(name));
  return node_.find(name);
}

Result<std::int64_t> Context::integer(std::string_view name, std::int64_t otherwise) {
  const auto* value = attribute(name);
  if (!value)
    return otherwise;
  if (const auto* integer = std::get_if<std::int64_t>(value))
    return *integer;
  return builder.error(concat("attribute ", name, " must be an integer"));
}

Result<float> Context::number(std::string_view name, float otherwise) {
  const auto* value = attribute(name);
  if (!value)
    return otherwise;
  if (const auto* number = std::get_if<float>(value))
    return *number;
  return builder.error(concat("attribute ", name, " must be a number"));
}

Result<std::string> Context::word(std::string_view name, std::string_view otherwise) {
  const auto* value = attribute(name);
  if (!value)
    return std::string(otherwise);
  if (const auto* word = std::get_if<std::string>(value))
    return *word;
  return builder.error(concat("attribute ", name, " must be text"));
}

Result<std::vector<std::int64_t>> Context::integers(std::string_view name, std::vector<std::int64_t> otherwise) {
  const auto* value = attribute(name);
  if (!value)
    return otherwise;
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(value))
    return *list;
  return builder.error(concat("attribute ", name, " must be a list of integers"));
}

Result<std::vector<std::int64_t>> Context::integers(std::string_view name, std::vector<std::int64_t> otherwise,
                                                    std::size_t count) {
  GANLET_TRY(auto list, integers(name, std::move(otherwise)));
  if (list.size() != count)
    return builder.error(concat(name, " needs ", count, " values, has ", list.size()));
  return list;
}

Result<void> Context::finish() const {
  for (const onnx::Attribute& attribute : node_.attributes)
    if (std::ranges::find(asked_, attribute.name) == asked_.end())
      return builder.unsupported(concat("attribute ", printable(attribute.name), " isn't known"));
  return {};
}

void Context::set(std::size_t output, ValueId id) {
  set(output, Meaning{id, std::nullopt, false, std::nullopt});
}

void Context::set(std::size_t output, Meaning meaning) {
  if (output >= node_.outputs.size() || node_.outputs[output].empty())
    return;
  meanings_[node_.outputs[output]] = std::move(meaning);
}

Result<void> Context::give(Result<ValueId> out) {
  GANLET_TRY(const ValueId id, std::move(out));
  set(0, id);
  return {};
}

Result<void> Context::set_integers(std::size_t output, std::vector<Dim> integers, bool scalar) {
  if (!is_concrete(integers)) {
    set(output, Meaning{no_value, std::move(integers), scalar, std::nullopt});
    return {};
  }
  Tensor constant(DataType::int64, scalar ? Shape{} : Shape{static_cast<std::int64_t>(integers.size())});
  for (std::size_t i = 0; i < integers.size(); ++i)
    constant.as<std::int64_t>()[i] = integers[i].count;
  GANLET_TRY(const ValueId id, builder.constant(std::move(constant)));
  set(output, id);
  return {};
}

std::vector<onnx::Attribute> attributes_with(std::string name, onnx::AttributeValue value) {
  std::vector<onnx::Attribute> attributes;
  attributes.push_back({std::move(name), std::move(value)});
  return attributes;
}

Result<int> checked_axis(const Builder& builder, std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank)
    return builder.error(concat("axis ", axis, " is outside a value of rank ", rank));
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

} // namespace ganlet
