#include "generator/input_roles.h"

#include <algorithm>

#include "core/text.h"
#include "generator/role_values.h"
#include "graph/onnx_ops.h"

namespace ganlet::role {

namespace {

constexpr std::int64_t most_latent_numbers = std::int64_t{1} << 22, most_classes = std::int64_t{1} << 16;
static_assert(most_latent_numbers == 4194304 && most_classes == 65536, "messages have them as text, which is shorter");

/// The error for an input that has no batch: what the network's training found is an input then, without a value.
tl::unexpected<Error> lacks_weight(const Value& value) {
  return fail(ErrorCode::invalid_argument, "inputs",
              concat(describe(value), " isn't of the latent's batch: it seems to be a weight that is missing from the "
                                      "file; export it with its weights (torch.onnx.export: export_params=True)"));
}

/// What is guessed of a further input.
LatentRange guessed_range(const Value& value, std::int64_t size, Distribution distribution) {
  if (is_full(value))
    return {.size = size, .constant = 1}; // all of the model's variety, or of its newest layers
  if (is_time(value))
    return {.size = size};
  if (is_code(value) && distribution == Distribution::normal)
    return {.size = size, .uniform = ValueRange{-1, 1}};
  return {.size = size, .normal = 1};
}

/// Finds the inputs beside latent and label. Errors: invalid_argument for one that isn't a row of numbers.
Result<void> find_further(const Graph& graph, const ModelDescription& description, Roles& roles) {
  std::vector<LatentRange> guessed{{.size = roles.own_latent_size, .normal = 1}};
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const Value& value = graph.input(i);
    if (i == roles.latent || i == roles.label || !(is_number(value) || is_vector(value) || is_column(value)))
      continue;
    if (!is_number(value) && value.shape[0] != graph.input(roles.latent).shape[0])
      return lacks_weight(value);
    const std::int64_t size = is_vector(value) ? value.shape[1].count : 1;
    if (roles.further.size() + 2 == most_generator_inputs)
      return fail(ErrorCode::limit_exceeded, "inputs", concat("are more than ", most_generator_inputs));
    roles.further.push_back({i, size, is_number(value)});
    roles.latent_size += size;
    guessed.push_back(guessed_range(value, size, description.distribution));
  }
  if (!roles.further.empty())
    roles.latent_ranges = std::move(guessed);
  return {};
}

/// "the input is 'z' float32 (N, 4)"
std::string numbers_text(const Graph& graph, const Roles& roles) {
  if (roles.further.empty())
    return concat("the input is ", describe(graph.input(roles.latent)));
  return concat("the inputs ", describe_all(graph, graph.inputs), " take ", roles.latent_size);
}

/// Takes over how the latent's numbers are drawn, if that is told by ranges.
Result<void> take_ranges(const Graph& graph, const ModelDescription& description, Roles& roles) {
  if (description.latent_ranges.empty())
    return {};
  roles.latent_ranges = description.latent_ranges;
  if (roles.latent_ranges.size() == 1 && roles.latent_ranges[0].size == 0)
    roles.latent_ranges[0].size = roles.latent_size; // it is about all numbers
  std::int64_t numbers = 0;
  for (const LatentRange& range : roles.latent_ranges)
    numbers += range.size;
  if (numbers != roles.latent_size)
    return fail(ErrorCode::invalid_argument, "latent.distribution",
                concat("is of ", numbers, " numbers, but ", numbers_text(graph, roles)));
  return {};
}

} // namespace

Result<void> check_latent(const Graph& graph, const ModelDescription& description, std::optional<std::size_t> found,
                          Roles& roles) {
  const bool is_found = found && (is_vector(graph.input(*found)) || is_map(graph.input(*found)));
  if (!is_found && !has_rare_parts())
    return needs_rare_parts();
  if (!is_found)
    return fail(
        ErrorCode::invalid_argument, "latent",
        concat("no input is one: it must be float32 (N, Z), (N, Z, 1, 1) or a map that is no picture; the inputs are ",
               describe_all(graph, graph.inputs)));
  roles.latent = *found;
  const Value& latent = graph.input(roles.latent);
  roles.own_latent_size = numbers_of(latent);
  if (!latent.shape[0].per_batch)
    roles.fixed_batch = latent.shape[0].count;
  if (roles.fixed_batch == 0)
    return fail(ErrorCode::invalid_argument, "latent", concat("takes no images: the input is ", describe(latent)));
  roles.latent_size = roles.own_latent_size;
  if (has_rare_parts())
    GANLET_CHECK(find_further(graph, description, roles));
  if (roles.latent_size > most_latent_numbers)
    return fail(ErrorCode::limit_exceeded, "latent", "has more than 4194304 numbers");
  if (description.latent_size.value_or(roles.latent_size) != roles.latent_size)
    return fail(ErrorCode::invalid_argument, "latent.size",
                concat("is ", *description.latent_size, ", but ", numbers_text(graph, roles)));
  return has_rare_parts() ? take_ranges(graph, description, roles) : Result<void>();
}

namespace {

/// The number of classes of an int64 input: the rows of the table that it indexes, or the length of its one-hot vector.
std::optional<std::int64_t> classes_behind(const Graph& graph, ValueId label) {
  std::vector<ValueId> same{label}; // values that equal the label
  for (const Node& node : graph.nodes) {
    const auto reads_label = [&](std::size_t input) {
      return input < node.inputs.size() && std::ranges::count(same, node.inputs[input]) > 0;
    };
    if (const auto* gather = std::get_if<op::Gather>(&node.operation); gather && reads_label(1)) {
      const Dim rows = graph.values[node.inputs[0]].shape[static_cast<std::size_t>(gather->axis)];
      return rows.per_batch ? std::nullopt : std::optional(rows.count);
    }
    if (const auto* one_hot = std::get_if<op::OneHot>(&node.operation); one_hot && reads_label(0))
      return graph.values[node.output].shape[static_cast<std::size_t>(one_hot->axis)].count;
    if ((std::holds_alternative<op::Reshape>(node.operation) || std::holds_alternative<op::Cast>(node.operation)) &&
        reads_label(0))
      same.push_back(node.output);
  }
  return std::nullopt;
}

Result<void> check_class_count(const Roles& roles) {
  if (roles.label_count > most_classes)
    return fail(ErrorCode::limit_exceeded, "labels", "are more than 65536");
  return {};
}

} // namespace

Result<void> check_inputs(const Graph& graph, const Roles& roles) {
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    if (i == roles.latent || i == roles.label)
      continue;
    if (!has_rare_parts())
      return needs_rare_parts();
    if (std::ranges::count(roles.further, i, &FurtherInput::input) > 0)
      continue;
    const Value& value = graph.input(i);
    if (value.shape.size() > 1 && value.shape[0] != graph.input(roles.latent).shape[0])
      return lacks_weight(value);
    return fail(
        ErrorCode::invalid_argument, "inputs",
        concat("a generator takes a latent, at most a label, and rows of numbers; what is ", describe(value), "?"));
  }
  return {};
}

Result<void> check_label(const Graph& graph, const ModelDescription& description, Roles& roles) {
  const auto named = static_cast<std::int64_t>(description.labels.size());
  const std::int64_t of_latent = has_rare_parts() ? classes_of(roles.latent_ranges) : 0;
  if (of_latent > 0 && roles.label)
    return fail(ErrorCode::invalid_argument, "latent.distribution",
                concat("has classes, but so has ", describe(graph.input(*roles.label))));
  if (!roles.label && named > of_latent)
    return of_latent > 0 ? fail(ErrorCode::invalid_argument, "labels",
                                concat("names ", named, " classes, but the latent has ", of_latent))
                         : fail(ErrorCode::invalid_argument, "labels", "are given, but the graph takes none");
  if (!roles.label) {
    roles.label_count = named > 0 ? named : of_latent;
    return check_class_count(roles);
  }
  const Value& label = graph.input(*roles.label);
  if (roles.label == roles.latent || (!is_vector(label) && !is_class_index(label)))
    return fail(ErrorCode::invalid_argument, "label",
                concat("must be int64 (N), float32 (N, classes), or either (N, 1), but is ", describe(label)));
  if (label.shape[0] != graph.input(roles.latent).shape[0])
    return fail(ErrorCode::invalid_argument, "label",
                concat(describe(label), " has another batch than ", describe(graph.input(roles.latent))));
  roles.label_is_float = is_vector(label);
  const bool is_number = roles.label_is_float && label.shape[1].count == 1;
  if (is_number && !has_rare_parts())
    return needs_rare_parts();
  std::optional<std::int64_t> behind = roles.label_is_float && !is_number
                                           ? std::optional(label.shape[1].count)
                                           : classes_behind(graph, graph.inputs[*roles.label]);
  if (is_number && !behind && named == 0)
    behind = 1; // a number that isn't a class's
  if (named == 0 && !behind)
    return fail(ErrorCode::invalid_argument, "labels",
                concat("can't be counted from the graph: name the classes of ", describe(label), " in model.json"));
  if (behind == 0)
    return fail(ErrorCode::invalid_argument, "labels", concat("there are no classes for ", describe(label)));
  if (behind && named > *behind)
    return fail(ErrorCode::invalid_argument, "labels",
                concat("names ", named, " classes, but ", describe(label), " takes ", *behind));
  roles.label_count = named > 0 ? named : *behind;
  return check_class_count(roles);
}

} // namespace ganlet::role
