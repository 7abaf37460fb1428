#include "generator/roles.h"

#include <algorithm>
#include <cmath>

#include "core/channels.h"
#include "core/text.h"
#include "generator/value_range.h"
#include "graph/onnx_ops.h"

namespace ganlet {

std::string_view name_of(Role role) {
  return role == Role::latent ? "latent" : role == Role::label ? "label" : "image";
}

namespace {

/// "'z' float32 (N, 128)"
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

/// Whether all sizes from `axis` on are known and positive; false if one depends on the batch or the rank is too small.
bool is_fixed_from(const Value& value, std::size_t axis) {
  return value.shape.size() >= axis &&
         std::all_of(value.shape.begin() + static_cast<std::ptrdiff_t>(axis), value.shape.end(),
                     [](const Dim& dim) { return !dim.per_batch && dim.count > 0; });
}

/// Whether the value is a row of numbers for each image: (N,Z), or (N,Z,1,1) as in PyTorch's DCGANs.
bool is_vector(const Value& value) {
  const std::size_t rank = value.shape.size();
  return value.type == DataType::float32 && (rank == 2 || rank == 4) && is_fixed_from(value, 1) &&
         (rank == 2 || (value.shape[2].count == 1 && value.shape[3].count == 1));
}

bool is_class_index(const Value& value) {
  const std::size_t rank = value.shape.size();
  return value.type == DataType::int64 && (rank == 1 || (rank == 2 && value.shape[1] == Dim{1, false}));
}

Result<std::size_t> index_by_name(const Graph& graph, const std::vector<ValueId>& ids, std::string_view name,
                                  std::string_view role) {
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (graph.values[ids[i]].name == name)
      return i;
  return fail(ErrorCode::invalid_argument, concat("roles.", role),
              concat("the graph has no '", printable(name), "', only ", describe_all(graph, ids)));
}

/// A name says what a value is if it is one of the words, or has one of more than four letters inside. Pages have names
/// told apart by the engine with all parts.
bool is_called(const Value& value, std::initializer_list<std::string_view> words) {
  if (!has_rare_parts())
    return false;
  std::string name;
  for (const char letter : value.name)
    name += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  return std::ranges::any_of(words, [&](std::string_view word) {
    return name == word || (word.size() > 4 && name.find(word) != std::string::npos);
  });
}

bool is_labelling_vector(const Graph& graph, const Value& value) {
  const auto is_one = [&](ValueId id) { return is_vector(graph.values[id]); };
  return is_vector(value) && std::ranges::count_if(graph.inputs, is_one) > 1 &&
         is_called(value, {"label", "class", "cond", "onehot", "one_hot", "y", "c"});
}

bool is_picture(const Graph&, const Value& value) {
  return value.type == DataType::float32 && value.shape.size() == 4 &&
         (is_channel_count(value.shape[1].count) || is_channel_count(value.shape[3].count));
}

// By types first, then by names, then by shapes; the order counts last.
constexpr RoleRule rules[] = {
    {Role::label, [](const Graph&, const Value& value) { return is_class_index(value); },
     help("whole numbers of shape (N) or (N, 1)")},
    {Role::label, is_labelling_vector,
     help("float32 (N, classes), or (N, 1) with the class's number, one of several such inputs, whose name has label, "
          "class, cond or onehot in it, or is y "
          "or c")},
    {Role::latent,
     [](const Graph&, const Value& value) { return is_vector(value) && is_called(value, {"z", "latent", "noise"}); },
     help("float32 (N, Z) or (N, Z, 1, 1), called z, latent or noise")},
    {Role::latent, [](const Graph&, const Value& value) { return is_vector(value); },
     help("the first float32 (N, Z) or (N, Z, 1, 1)")},
    {Role::label, [](const Graph&, const Value& value) { return is_vector(value); }, help("the next one")},
    {Role::image, is_picture,
     help("the only float32 output of rank 4 with 1, 3 or 4 channels, or that with picture, "
          "image or sample in its name")},
    {Role::image,
     [](const Graph&, const Value& value) { return value.type == DataType::float32 && value.shape.size() == 4; },
     help("the same of other channels, which are refused")},
    {Role::image,
     [](const Graph&, const Value& value) {
       return value.type == DataType::float32 && (value.shape.size() == 2 || value.shape.size() == 3);
     },
     help("the same of rank 3 (N, H, W), or of rank 2: a square, grey or in colour, unless model.json has its size")},
};

/// Which input or output has a role, by `Role`.
using Found = std::array<std::optional<std::size_t>, 3>;

/// Finds the output that a rule means: of several, that with the name of a picture. Empty if none or several are left.
std::optional<std::size_t> only_one(const Graph& graph, const std::vector<std::size_t>& fitting) {
  std::optional<std::size_t> found;
  for (const std::size_t i : fitting)
    if (fitting.size() == 1 || is_called(graph.output(i), {"picture", "image", "sample", "img", "rgb"})) {
      if (found)
        return std::nullopt;
      found = i;
    }
  return found;
}

/// Goes through the rules; those found already, which the description names, stay. Errors: invalid_argument if several
/// outputs could be the image.
Result<void> follow_rules(const Graph& graph, Found& found) {
  for (const RoleRule& rule : rules) {
    std::optional<std::size_t>& wanted = found[static_cast<std::size_t>(rule.role)];
    const bool is_output = rule.role == Role::image;
    std::vector<std::size_t> fitting;
    const std::vector<ValueId>& ids = is_output ? graph.outputs : graph.inputs;
    for (std::size_t i = 0; i < ids.size() && !wanted; ++i)
      if ((is_output || (found[0] != i && found[1] != i)) && rule.holds(graph, graph.values[ids[i]]))
        fitting.push_back(i);
    if (fitting.empty())
      continue;
    wanted = is_output ? only_one(graph, fitting) : fitting[0];
    const bool needs_names = !has_rare_parts() && fitting.size() > 1;
    if (needs_names)
      return fail(ErrorCode::unsupported, "roles", "this engine doesn't tell values by their names");
    if (!wanted)
      return fail(ErrorCode::invalid_argument, "image",
                  concat("more than one output could be it: ", describe_all(graph, graph.outputs),
                         "; name it as roles.image in model.json"));
  }
  return {};
}

/// The roles that the description or the rules give.
Result<Found> find_all(const Graph& graph, const ModelDescription& description) {
  Found found;
  const auto name = [&](Role role, const std::vector<ValueId>& ids, const std::string& name) -> Result<void> {
    if (name.empty())
      return {};
    GANLET_TRY(found[static_cast<std::size_t>(role)], index_by_name(graph, ids, name, name_of(role)));
    return {};
  };
  GANLET_CHECK(name(Role::latent, graph.inputs, description.latent_input));
  GANLET_CHECK(name(Role::label, graph.inputs, description.label_input));
  GANLET_CHECK(name(Role::image, graph.outputs, description.image_output));
  GANLET_CHECK(follow_rules(graph, found));
  return found;
}

Result<void> check_latent(const Graph& graph, const ModelDescription& description, std::optional<std::size_t> found,
                          Roles& roles) {
  if (!found || !is_vector(graph.input(*found)))
    return fail(ErrorCode::invalid_argument, "latent",
                concat("no input is one: it must be float32 (N, Z) or (N, Z, 1, 1); the inputs are ",
                       describe_all(graph, graph.inputs)));
  roles.latent = *found;
  const Value& latent = graph.input(roles.latent);
  roles.latent_size = latent.shape[1].count;
  if (!latent.shape[0].per_batch)
    roles.fixed_batch = latent.shape[0].count;
  if (roles.fixed_batch == 0)
    return fail(ErrorCode::invalid_argument, "latent", concat("takes no images: the input is ", describe(latent)));
  if (description.latent_size.value_or(roles.latent_size) != roles.latent_size)
    return fail(ErrorCode::invalid_argument, "latent.size",
                concat("is ", *description.latent_size, ", but the input is ", describe(latent)));
  return {};
}

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

Result<void> check_label(const Graph& graph, const ModelDescription& description, Roles& roles) {
  for (std::size_t i = 0; i < graph.inputs.size(); ++i)
    if (i != roles.latent && i != roles.label)
      return fail(ErrorCode::invalid_argument, "inputs",
                  concat("a generator takes a latent and at most a label; what is ", describe(graph.input(i)), "?"));
  const auto named = static_cast<std::int64_t>(description.labels.size());
  if (!roles.label) {
    if (named > 0)
      return fail(ErrorCode::invalid_argument, "labels", "are given, but the graph takes none");
    return {};
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
    return fail(ErrorCode::unsupported, "roles", "this engine doesn't tell values by their names");
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
  return {};
}

/// The size of a flat picture: that of its rows, or a square.
Result<ImageSize> guessed_size(const Value& image, std::int64_t values) {
  if (image.shape.size() == 3)
    return ImageSize{static_cast<int>(image.shape[2].count), static_cast<int>(image.shape[1].count), 1};
  for (const int channels : {1, 3}) {
    const auto side = static_cast<int>(std::lround(std::sqrt(static_cast<double>(values) / channels)));
    if (std::int64_t{side} * side * channels == values)
      return ImageSize{side, side, channels};
  }
  return fail(ErrorCode::invalid_argument, "image",
              concat("the output ", describe(image),
                     " is flat, and no square: give image.width, image.height and "
                     "image.channels in model.json"));
}

/// Finds width, height, channels and order of the image.
Result<void> find_image_size(const Graph& graph, const ModelDescription& description, Roles& roles) {
  const Value& image = graph.output(roles.image);
  const std::optional<ImageSize>& told = description.image_size;
  if (image.type != DataType::float32 || !is_fixed_from(image, 1) ||
      image.shape[0] != graph.input(roles.latent).shape[0])
    return fail(ErrorCode::invalid_argument, "image",
                concat("must hold float32 values of one image for each latent, but is ", describe(image)));
  if (image.shape.size() != 4) {
    std::int64_t values = 1;
    for (std::size_t axis = 1; axis < image.shape.size(); ++axis)
      values *= image.shape[axis].count;
    if (!told && !has_rare_parts())
      return fail(ErrorCode::unsupported, "image", "this engine doesn't guess sizes");
    if (!told) {
      GANLET_TRY(roles.image_size, guessed_size(image, values));
      return {};
    }
    if (std::int64_t{told->width} * told->height * told->channels != values)
      return fail(
          ErrorCode::invalid_argument, "image",
          concat("the output ", describe(image), " isn't ", told->width, " x ", told->height, " x ", told->channels));
    roles.image_size = *told;
    return {};
  }
  const std::int64_t sizes[] = {image.shape[1].count, image.shape[2].count, image.shape[3].count};
  roles.image_is_channels_last = image.channels_last || (!is_channel_count(sizes[0]) && is_channel_count(sizes[2]));
  const bool last = roles.image_is_channels_last;
  const ImageSize size{static_cast<int>(sizes[last ? 1 : 2]), static_cast<int>(sizes[last ? 0 : 1]),
                       static_cast<int>(sizes[last ? 2 : 0])};
  if (!is_channel_count(size.channels))
    return fail(ErrorCode::invalid_argument, "image",
                concat("must have 1, 3 or 4 channels, but the output is ", describe(image)));
  if (told && *told != size)
    return fail(ErrorCode::invalid_argument, "image",
                concat("is said to be ", told->width, " x ", told->height, " x ", told->channels,
                       ", but the graph gives ", size.width, " x ", size.height, " x ", size.channels));
  roles.image_size = size;
  return {};
}

} // namespace

void write_label(const Roles& roles, std::int64_t label, std::span<float> row) {
  if (has_rare_parts() && row.size() == 1 && roles.label_count > 1)
    row[0] = static_cast<float>(label);
  else
    row[static_cast<std::size_t>(label)] = 1;
}

std::span<const RoleRule> role_rules() {
  return rules;
}

Result<Roles> find_roles(const Graph& graph, const ModelDescription& description) {
  GANLET_TRY(const Found found, find_all(graph, description));
  Roles roles;
  GANLET_CHECK(check_latent(graph, description, found[0], roles));
  roles.label = found[1];
  GANLET_CHECK(check_label(graph, description, roles));
  if (!found[2])
    return fail(ErrorCode::invalid_argument, "image", concat("no output is one: ", describe_all(graph, graph.outputs)));
  roles.image = *found[2];
  GANLET_CHECK(find_image_size(graph, description, roles));
  roles.value_range = description.value_range
                          ? *description.value_range
                          : value_range_of(graph, graph.outputs[roles.image]).value_or(ValueRange{});
  return roles;
}

} // namespace ganlet
