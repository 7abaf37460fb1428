#include "import/aten.h"

#include <algorithm>
#include <cmath>

namespace ganlet::importing::aten {

namespace {

constexpr std::string_view prefix = "torch.ops.aten.";

/// ScalarType of the schema, by number or name.
std::optional<DataType> type_of(const Json& type) {
  constexpr std::string_view names[] = {"UNKNOWN",      "BYTE",          "CHAR",  "SHORT",   "INT",
                                        "LONG",         "HALF",          "FLOAT", "DOUBLE",  "COMPLEXHALF",
                                        "COMPLEXFLOAT", "COMPLEXDOUBLE", "BOOL",  "BFLOAT16"};
  std::int64_t code = type.integer().value_or(0);
  if (type.kind == Json::Kind::string)
    code = std::ranges::find(names, std::string_view(type.string)) - std::begin(names);
  if (code >= 1 && code <= 5)
    return DataType::int64;
  if (code == 6 || code == 7 || code == 8 || code == 13)
    return DataType::float32;
  return code == 12 ? std::optional(DataType::boolean) : std::nullopt;
}

} // namespace

Converter::Converter(const Json& graph, Weights weights, const Limits& limits, Budget& budget)
    : graph_(graph), weights_(std::move(weights)), onnx_("torch", limits, budget) {
  if (const Json* const declared = graph.find("tensor_values"))
    for (std::size_t i = 0; i < declared->names.size(); ++i)
      declared_[declared->names[i]] = &declared->elements[i];
}

Result<Value> Converter::declared(const std::string& name) const {
  const std::string place = concat("torch '", printable(name), "'");
  const auto found = declared_.find(name);
  const Json* const sizes = found == declared_.end() ? nullptr : found->second->find("sizes");
  const Json* const type = found == declared_.end() ? nullptr : found->second->find("dtype");
  if (sizes == nullptr || type == nullptr)
    return fail(ErrorCode::corrupt, place, "has no shape or no type in tensor_values");
  Value value{name, {}, type_of(*type).value_or(DataType::int8)};
  if (value.type == DataType::int8)
    return fail(ErrorCode::unsupported, place, "is of a type that can't be read, such as complex numbers");
  for (const Json& size : sizes->elements)
    value.sizes.push_back(size_of(size));
  if (value.rank() > Shape::max_rank)
    return fail(ErrorCode::unsupported, place, concat("has more than ", Shape::max_rank, " axes"));
  Sizes known = value.sizes;
  std::ranges::replace(known, -1, 1);
  if (auto fits = Shape::make(known, onnx_.limits(), place); !fits)
    return tl::unexpected(std::move(fits).error());
  return value;
}

Result<Value> Converter::value(const std::string& name) {
  if (const auto found = values_.find(name); found != values_.end())
    return found->second;
  GANLET_TRY(Value value, declared(name));
  GANLET_TRY(std::optional<Tensor> weight, weights_(name));
  if (!weight)
    return fail(ErrorCode::corrupt, concat("torch '", printable(name), "'"), "is read, and nothing makes it");
  if (value.type == DataType::boolean && weight->type() == DataType::int64) {
    Tensor flags(DataType::boolean, weight->shape());
    std::ranges::transform(weight->as<std::int64_t>(), flags.as<std::uint8_t>().begin(),
                           [](std::int64_t one) { return static_cast<std::uint8_t>(one != 0); });
    weight = std::move(flags);
  }
  value.sizes.assign(weight->shape().sizes().begin(), weight->shape().sizes().end());
  value.type = weight->type();
  onnx_.begin(name);
  value.name = onnx_.constant(std::move(*weight));
  values_[name] = value;
  return value;
}

Result<void> Converter::add_input(const std::string& name) {
  GANLET_TRY(Value value, declared(name));
  if (std::ranges::any_of(value.sizes.begin() + (value.sizes.empty() ? 0 : 1), value.sizes.end(),
                          [](std::int64_t size) { return size < 0; }))
    return fail(ErrorCode::unsupported, concat("torch '", printable(name), "'"),
                "leaves another size open than the first one, the batch: export it with that size fixed");
  value.name = onnx_.add_input(name, value.type, value.sizes);
  if (first_input_.empty() && !value.sizes.empty())
    first_input_ = value.name;
  values_[name] = std::move(value);
  return {};
}

Result<void> Converter::add_output(const std::string& name) {
  GANLET_TRY(const Value made, value(name));
  return onnx_.add_output(name, made.name, made.type, made.sizes);
}

void Converter::find_last_uses() {
  const Json* const nodes = graph_.find("nodes");
  for (std::size_t i = 0; i < nodes->elements.size(); ++i)
    if (const Json* const inputs = nodes->elements[i].find("inputs"))
      for (const Json& input : inputs->elements)
        if (const Json* const argument = input.find("arg")) {
          std::vector<std::string> names;
          add_names(*argument, names);
          for (const std::string& name : names)
            last_uses_[name] = i;
        }
  if (const Json* const outputs = graph_.find("outputs"))
    for (const Json& output : outputs->elements)
      last_uses_[name_in(held(output, "as_tensor"))] = nodes->elements.size();
}

Result<void> Converter::convert_nodes() {
  const Json* const nodes = graph_.find("nodes");
  if (nodes == nullptr)
    return fail(ErrorCode::corrupt, "torch", "the program has no nodes");
  find_last_uses();
  for (std::size_t i = 0; i < nodes->elements.size(); ++i) {
    GANLET_CHECK(onnx_.budget().take(256));
    GANLET_CHECK(convert_node(nodes->elements[i], i));
  }
  return {};
}

/// What changes a tensor in place changes its views and what it is a view of, which ONNX doesn't have.
Result<void> Converter::check_in_place(const std::string& name, const std::string& op, std::size_t index) {
  const auto root_of = [&](const std::string& one) {
    const auto found = roots_.find(one);
    return found == roots_.end() ? one : found->second;
  };
  const std::string root = root_of(name);
  GANLET_CHECK(onnx_.budget().take(64 * static_cast<std::int64_t>(last_uses_.size())));
  for (const auto& [other, last] : last_uses_)
    if (other != name && last > index && root_of(other) == root && values_.contains(other))
      return fail(ErrorCode::unsupported, concat("torch '", printable(name), "' (", printable(op), ")"),
                  "changes a part of another tensor: save ep.run_decompositions() instead of ep");
  return {};
}

Result<void> Converter::convert_node(const Json& node, std::size_t index) {
  const Json* const target = node.find("target");
  const std::string whole = target == nullptr ? std::string() : target->string;
  if (!std::string_view(whole).starts_with(prefix)) {
    // Arithmetic with sizes, which shapes in the file have the results of.
    if (whole.starts_with("_operator.") || whole.starts_with("math.") || whole.starts_with("torch.sym_"))
      return {};
    return fail(ErrorCode::unsupported, concat("torch '", printable(whole), "'"),
                "isn't an operation of ATen: export without operations of your own, or save an .onnx file with "
                "torch.onnx.export");
  }
  std::string op = whole.substr(prefix.size());
  op.resize(std::min(op.find('.'), op.size()));
  const bool is_in_place = op.size() > 1 && op.ends_with('_') && !op.ends_with("__");
  if (is_in_place)
    op.pop_back();
  Call call(*this, node, op);
  onnx_.begin(call.outputs().empty() ? op : call.outputs().front());
  const auto kinds = op_kinds();
  const auto kind = std::ranges::lower_bound(kinds, std::string_view(op), {}, &OpKind::name);
  if (kind == kinds.end() || kind->name != op)
    return call.error(ErrorCode::unsupported,
                      "this operation isn't known (docs/importing.md lists those that are): save an .onnx file with "
                      "torch.onnx.export instead");
  const Json* const self = call.find("self") != nullptr ? call.find("self") : call.find("input");
  const std::string changed = self == nullptr ? std::string() : name_in(held(*self, "as_tensor"));
  if (is_in_place)
    GANLET_CHECK(check_in_place(changed, op, index));
  GANLET_CHECK(kind->convert(call));
  if (call.outputs().empty())
    return {};
  if (is_in_place && values_.contains(call.outputs().front()))
    values_[changed] = values_[call.outputs().front()];
  if (is_in_place || makes_view(op))
    for (const std::string& output : call.outputs())
      roots_[output] = roots_.contains(changed) ? roots_[changed] : changed;
  return {};
}

} // namespace ganlet::importing::aten
