#include "generator/roles.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "generator/value_range.h"

namespace ganlet {

bool is_channel_count(std::int64_t count) {
  return count == 1 || count == 3 || count == 4;
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

Result<void> find_latent(const Graph& graph, const ModelDescription& description, Roles& roles) {
  std::optional<std::size_t> found;
  if (!description.latent_input.empty()) {
    GANLET_TRY(found, index_by_name(graph, graph.inputs, description.latent_input, "latent"));
  } else {
    for (std::size_t i = 0; i < graph.inputs.size() && !found; ++i)
      if (is_vector(graph.input(i)) && graph.input(i).name != description.label_input)
        found = i;
  }
  if (!found || !is_vector(graph.input(*found)))
    return fail(ErrorCode::invalid_argument, "latent",
                concat("no input is one: it must be float32 of shape (N, Z) or (N, Z, 1, 1); the inputs are ",
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

Result<void> find_label(const Graph& graph, const ModelDescription& description, Roles& roles) {
  if (!description.label_input.empty()) {
    GANLET_TRY(roles.label, index_by_name(graph, graph.inputs, description.label_input, "label"));
  } else {
    for (std::size_t i = 0; i < graph.inputs.size() && !roles.label; ++i)
      if (i != roles.latent && (is_class_index(graph.input(i)) || is_vector(graph.input(i))))
        roles.label = i;
  }
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
                concat("must be int64 (N) or (N, 1), or float32 (N, classes), but is ", describe(label)));
  if (label.shape[0] != graph.input(roles.latent).shape[0])
    return fail(ErrorCode::invalid_argument, "label",
                concat(describe(label), " has another batch than ", describe(graph.input(roles.latent))));
  roles.label_is_one_hot = is_vector(label);
  const std::optional<std::int64_t> behind =
      roles.label_is_one_hot ? std::optional(label.shape[1].count) : classes_behind(graph, graph.inputs[*roles.label]);
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

Result<void> find_image(const Graph& graph, const ModelDescription& description, Roles& roles) {
  if (!description.image_output.empty()) {
    GANLET_TRY(roles.image, index_by_name(graph, graph.outputs, description.image_output, "image"));
    return {};
  }
  std::vector<std::size_t> pictures;
  std::vector<std::size_t> flat;
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const Value& output = graph.output(i);
    if (output.type != DataType::float32)
      continue;
    if (output.shape.size() == 4)
      pictures.push_back(i);
    else if (output.shape.size() == 2 || output.shape.size() == 3)
      flat.push_back(i);
  }
  const std::vector<std::size_t>& found = pictures.empty() ? flat : pictures;
  if (found.size() != 1)
    return fail(ErrorCode::invalid_argument, "image",
                concat(found.empty() ? "no output is one" : "more than one output could be it", ": ",
                       describe_all(graph, graph.outputs),
                       found.empty() ? "" : "; name it as roles.image in model.json"));
  roles.image = found[0];
  return {};
}

/// Finds width, height, channels and order of the output that `find_image` chose.
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
    if (!told)
      return fail(ErrorCode::invalid_argument, "image",
                  concat("the output ", describe(image),
                         " is flat: give image.width, image.height and image.channels in model.json"));
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

Result<Roles> find_roles(const Graph& graph, const ModelDescription& description) {
  Roles roles;
  GANLET_CHECK(find_latent(graph, description, roles));
  GANLET_CHECK(find_label(graph, description, roles));
  GANLET_CHECK(find_image(graph, description, roles));
  GANLET_CHECK(find_image_size(graph, description, roles));
  roles.value_range = description.value_range
                          ? *description.value_range
                          : value_range_of(graph, graph.outputs[roles.image]).value_or(ValueRange{});
  return roles;
}

} // namespace ganlet
