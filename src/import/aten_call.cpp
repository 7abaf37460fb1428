#include <algorithm>
#include <cmath>

#include "core/checked.h"
#include "import/aten.h"

namespace ganlet::importing::aten {

const Json* held(const Json& argument, std::string_view kind) {
  return argument.kind == Json::Kind::object ? argument.find(kind) : nullptr;
}

std::string name_in(const Json* object) {
  const Json* const name = object == nullptr ? nullptr : object->find("name");
  return name == nullptr ? std::string() : name->string;
}

std::int64_t size_of(const Json& size) {
  if (const Json* const number = held(size, "as_int"))
    return number->integer().value_or(-1);
  return size.integer().value_or(-1);
}

void add_names(const Json& argument, std::vector<std::string>& names) {
  if (const Json* const one = held(argument, "as_tensor"))
    names.push_back(name_in(one));
  for (const char* const list : {"as_tensors", "as_optional_tensors"})
    if (const Json* const many = held(argument, list))
      for (const Json& one : many->elements)
        names.push_back(held(one, "as_tensor") != nullptr ? name_in(held(one, "as_tensor")) : name_in(&one));
}

namespace {

double real_of(const Json& number) {
  if (number.kind == Json::Kind::string)
    return number.string == "-Infinity" ? -INFINITY : number.string == "Infinity" ? INFINITY : NAN;
  return number.kind == Json::Kind::boolean ? number.boolean : number.number();
}

std::int64_t code_of(DataType type) {
  constexpr std::int64_t float32 = 1, int64 = 7, boolean = 9;
  return type == DataType::float32 ? float32 : type == DataType::boolean ? boolean : int64;
}

} // namespace

Call::Call(Converter& converter, const Json& node, std::string op)
    : converter_(converter), node_(node), op_(std::move(op)) {
  if (const Json* const outputs = node.find("outputs"))
    for (const Json& output : outputs->elements)
      add_names(output, outputs_);
}

const char* Call::onnx() const {
  return std::ranges::lower_bound(op_kinds(), std::string_view(op_), {}, &OpKind::name)->onnx;
}

tl::unexpected<Error> Call::error(ErrorCode code, std::string_view message) const {
  return fail(code, concat("torch '", printable(outputs_.empty() ? op_ : outputs_.front()), "' (", printable(op_), ")"),
              message);
}

const Json* Call::find(std::string_view argument) const {
  const Json* const inputs = node_.find("inputs");
  for (std::size_t i = 0; inputs != nullptr && i < inputs->elements.size(); ++i) {
    const Json* const name = inputs->elements[i].find("name");
    if (name == nullptr || name->string != argument)
      continue;
    const Json* const value = inputs->elements[i].find("arg");
    return value == nullptr || held(*value, "as_none") != nullptr ? nullptr : value;
  }
  return nullptr;
}

bool Call::is_tensor(std::string_view argument) const {
  const Json* const found = find(argument);
  return found != nullptr && held(*found, "as_tensor") != nullptr;
}

Result<Value> Call::tensor(std::string_view argument) {
  const Json* const found = find(argument);
  const Json* const tensor = found == nullptr ? nullptr : held(*found, "as_tensor");
  if (tensor == nullptr)
    return error(ErrorCode::corrupt, concat("has no tensor '", argument, "'"));
  const std::string name = name_in(tensor);
  GANLET_TRY(const Value value, converter_.value(name));
  graph().begin(outputs_.empty() ? op_ : outputs_.front());
  return value;
}

Result<std::vector<std::optional<Value>>> Call::tensors(std::string_view argument) {
  std::vector<std::optional<Value>> values;
  const Json* const found = find(argument);
  const Json* list = found == nullptr ? nullptr : held(*found, "as_tensors");
  if (list == nullptr && found != nullptr)
    list = held(*found, "as_optional_tensors");
  for (std::size_t i = 0; list != nullptr && i < list->elements.size(); ++i) {
    const Json& element = list->elements[i];
    const std::string name =
        held(element, "as_tensor") != nullptr ? name_in(held(element, "as_tensor")) : name_in(&element);
    if (name.empty()) {
      values.emplace_back();
      continue;
    }
    GANLET_TRY(Value value, converter_.value(name));
    values.push_back(std::move(value));
  }
  graph().begin(outputs_.empty() ? op_ : outputs_.front());
  if (values.empty())
    return error(ErrorCode::corrupt, concat("has no tensors '", argument, "'"));
  return values;
}

std::int64_t Call::integer(std::string_view argument, std::int64_t otherwise) const {
  const Json* const found = find(argument);
  if (found == nullptr)
    return otherwise;
  if (const Json* const flag = held(*found, "as_bool"))
    return flag->boolean ? 1 : 0;
  const Json* const number = held(*found, "as_int");
  return number == nullptr ? otherwise : number->integer().value_or(otherwise);
}

double Call::real(std::string_view argument, double otherwise) const {
  const Json* const found = find(argument);
  if (found == nullptr)
    return otherwise;
  for (const char* const kind : {"as_float", "as_int", "as_bool"})
    if (const Json* const number = held(*found, kind))
      return real_of(*number);
  return otherwise;
}

std::string_view Call::text(std::string_view argument) const {
  const Json* const found = find(argument);
  const Json* const text = found == nullptr ? nullptr : held(*found, "as_string");
  return text == nullptr ? std::string_view() : std::string_view(text->string);
}

Sizes Call::integers(std::string_view argument, std::size_t count, std::int64_t otherwise) const {
  const Json* const found = find(argument);
  Sizes numbers;
  for (const char* const kind : {"as_ints", "as_sym_ints"})
    if (const Json* const list = found == nullptr ? nullptr : held(*found, kind))
      for (const Json& element : list->elements)
        numbers.push_back(size_of(element));
  if (numbers.empty() && count > 0)
    numbers.push_back(integer(argument, otherwise));
  if (numbers.size() == 1 && count > 1)
    numbers.resize(count, numbers.front());
  return numbers;
}

std::vector<double> Call::reals(std::string_view argument) const {
  const Json* const found = find(argument);
  const Json* const list = found == nullptr ? nullptr : held(*found, "as_floats");
  std::vector<double> numbers;
  for (std::size_t i = 0; list != nullptr && i < list->elements.size(); ++i)
    numbers.push_back(real_of(list->elements[i]));
  return numbers;
}

Result<std::int64_t> Call::axis(std::string_view argument, std::int64_t otherwise, int rank) const {
  const std::int64_t said = integer(argument, otherwise);
  const std::int64_t counted = said < 0 ? said + rank : said;
  if (counted < 0 || counted >= std::max(rank, 1))
    return error(ErrorCode::corrupt, concat("has no axis ", said));
  return counted;
}

Result<Value> Call::declared(std::size_t output) const {
  if (output >= outputs_.size())
    return error(ErrorCode::corrupt, "has too few outputs");
  return converter_.declared(outputs_[output]);
}

Result<std::string> Call::node(std::string_view op_type, Names inputs, std::vector<Attribute> attributes) {
  return graph().node(op_type, std::move(inputs), std::move(attributes));
}

std::string Call::number(double value, DataType type) {
  if (type == DataType::int64)
    return graph().constant(Tensor::of<std::int64_t>(Shape{}, {truncated(value)}));
  if (type == DataType::boolean)
    return graph().constant(Tensor::of<std::uint8_t>(Shape{}, {static_cast<std::uint8_t>(value != 0)}));
  return graph().number(static_cast<float>(value));
}

Result<std::string> Call::operand(std::string_view argument, DataType type) {
  if (!is_tensor(argument)) {
    if (!has(argument))
      return error(ErrorCode::corrupt, concat("has no '", argument, "'"));
    return number(real(argument, NAN), type);
  }
  GANLET_TRY(const Value value, tensor(argument));
  return cast(value, type);
}

Result<std::string> Call::cast(const Value& value, DataType type) {
  if (value.type == type)
    return value.name;
  return node("Cast", {value.name}, {attribute("to", code_of(type))});
}

Result<std::string> Call::reshape(const std::string& name, const Sizes& sizes) {
  if (std::ranges::count(sizes, -1) > 1)
    return error(ErrorCode::unsupported, "leaves two sizes open: export it with all but the batch fixed");
  return node("Reshape", {name, integers_of(sizes)});
}

Result<std::string> Call::shape(const Sizes& sizes) {
  if (std::ranges::count(sizes, -1) == 0)
    return integers_of(sizes);
  if (std::ranges::count(sizes, -1) > 1 || converter_.first_input_.empty())
    return error(ErrorCode::unsupported, "leaves a size open: export it with all but the batch fixed");
  GANLET_TRY(const std::string whole, node("Shape", {converter_.first_input_}));
  GANLET_TRY(const std::string batch, node("Slice", {whole, integers_of({0}), integers_of({1}), integers_of({0})}));
  std::vector<std::string> parts;
  const auto open = std::ranges::find(sizes, -1);
  if (open != sizes.begin())
    parts.push_back(integers_of(Sizes(sizes.begin(), open)));
  parts.push_back(batch);
  if (open + 1 != sizes.end())
    parts.push_back(integers_of(Sizes(open + 1, sizes.end())));
  if (parts.size() == 1)
    return batch;
  return node("Concat", parts, {attribute("axis", std::int64_t{0})});
}

Result<void> Call::give(const std::string& name, std::size_t index) {
  GANLET_TRY(Value value, declared(index));
  value.name = name;
  converter_.values_[outputs_[index]] = std::move(value);
  return {};
}

} // namespace ganlet::importing::aten
