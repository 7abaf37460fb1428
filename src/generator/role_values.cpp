#include "generator/role_values.h"

#include <algorithm>

#include "core/channels.h"
#include "core/text.h"
#include "generator/translator.h"
#include "graph/onnx_ops.h"

namespace ganlet {

bool is_called(std::string_view name, std::initializer_list<std::string_view> words) {
  if (!has_rare_parts())
    return false;
  std::string small;
  for (const char letter : name)
    small += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  return std::ranges::any_of(words, [&](std::string_view word) {
    return small == word || (word.size() > 4 && small.find(word) != std::string::npos);
  });
}

bool is_called_latent(std::string_view name) {
  return is_called(name, {"z", "latent", "noise"});
}

namespace role {

std::string describe(const Value& value) {
  std::string text = concat("'", printable(value.name), "' ", name_of(value.type), " (");
  const SymbolicShape shape = file_shape(value);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const Dim& dim = shape[axis];
    text += axis > 0 ? ", " : "";
    text += dim.per_batch ? (dim.count == 1 ? "N" : concat(dim.count, " N")) : concat(dim.count);
  }
  return text + ")";
}

std::string describe_all(const Graph& graph, const std::vector<ValueId>& ids) {
  std::string text;
  for (const ValueId id : ids)
    text += concat(text.empty() ? "" : ", ", describe(graph.values[id]));
  return text.empty() ? "none" : text;
}

bool is_fixed_from(const Value& value, std::size_t axis) {
  return value.shape.size() >= axis &&
         std::all_of(value.shape.begin() + static_cast<std::ptrdiff_t>(axis), value.shape.end(),
                     [](const Dim& dim) { return !dim.per_batch && dim.count > 0; });
}

bool is_vector(const Value& value) {
  const std::size_t rank = value.shape.size();
  return value.type == DataType::float32 && (rank == 2 || rank == 4) && is_fixed_from(value, 1) &&
         (rank == 2 || (value.shape[2].count == 1 && value.shape[3].count == 1));
}

bool is_map(const Value& value) {
  const std::size_t rank = value.shape.size();
  if (!has_rare_parts() || value.type != DataType::float32 || rank < 3 || rank > 4 || !is_fixed_from(value, 1))
    return false;
  const auto pictures = Translator::pictures_of(value.shape);
  return !pictures || Translator::are_small(*pictures) || is_called_latent(value.name);
}

std::int64_t numbers_of(const Value& value) {
  std::int64_t numbers = 1;
  for (std::size_t axis = 1; axis < value.shape.size(); ++axis)
    numbers *= value.shape[axis].count;
  return numbers;
}

bool is_number(const Value& value) {
  return value.type == DataType::float32 &&
         std::ranges::all_of(value.shape, [](const Dim& dim) { return dim == Dim{1, false}; });
}

bool is_column(const Value& value) {
  return value.type == DataType::float32 && value.shape.size() == 1;
}

bool is_class_index(const Value& value) {
  const std::size_t rank = value.shape.size();
  return value.type == DataType::int64 && (rank == 1 || (rank == 2 && value.shape[1] == Dim{1, false}));
}

bool is_called(const Value& value, std::initializer_list<std::string_view> words) {
  return ganlet::is_called(value.name, words);
}

bool is_full(const Value& value) {
  return is_called(value, {"psi", "truncation", "alpha"});
}

bool is_time(const Value& value) {
  return is_called(value, {"t", "time", "timestep", "sigma"});
}

bool is_code(const Value& value) {
  return is_called(value, {"code", "codes"});
}

} // namespace role
} // namespace ganlet
