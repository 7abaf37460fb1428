#include "generator/roles.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/channels.h"
#include "core/text.h"
#include "generator/input_roles.h"
#include "generator/role_values.h"
#include "generator/value_range.h"
#include "graph/onnx_ops.h"
#include "image/class_map.h"

namespace ganlet {

using namespace role;

std::string_view name_of(Role role) {
  return role == Role::latent ? "latent" : role == Role::label ? "label" : "image";
}

namespace {

Result<std::size_t> index_by_name(const Graph& graph, const std::vector<ValueId>& ids, std::string_view name,
                                  std::string_view role) {
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (graph.values[ids[i]].name == name)
      return i;
  return fail(ErrorCode::invalid_argument, concat("roles.", role),
              concat("the graph has no '", printable(name), "', only ", describe_all(graph, ids)));
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
    {Role::latent, [](const Graph&, const Value& value) { return is_vector(value) && is_called_latent(value.name); },
     help("float32 (N, Z) or (N, Z, 1, 1), called z, latent or noise")},
    {Role::latent, [](const Graph&, const Value& value) { return is_vector(value); },
     help("the first float32 (N, Z) or (N, Z, 1, 1)")},
    {Role::latent, [](const Graph&, const Value& value) { return is_map(value); },
     help("the first map, float32 (N, C, H, W) or (N, H, W, C) of other channels than pictures or sides below 8, or "
          "called z, latent or noise; or styles (N, L, Z)")},
    {Role::label,
     [](const Graph&, const Value& value) {
       return is_vector(value) && !is_full(value) && !is_time(value) && !is_code(value);
     },
     help("the next one, unless its name is that of a setting: psi, truncation, alpha, time, sigma, code")},
    {Role::image, is_picture,
     help("the only float32 output of rank 4 with 1, 3 or 4 channels, or that with picture, "
          "image or sample in its name")},
    {Role::image,
     [](const Graph&, const Value& value) { return value.type == DataType::float32 && value.shape.size() == 4; },
     help("the same of other channels: a map of classes, each pixel of the colour of the largest")},
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
    const bool needs_names = !has_rare_parts() && fitting.size() > 1;
    if (needs_names)
      return needs_rare_parts();
    wanted = has_rare_parts() && is_output ? only_one(graph, fitting) : fitting[0];
    if (has_rare_parts() && !wanted)
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
  const bool is_one_each = image.type == DataType::float32 && is_fixed_from(image, 1) &&
                           image.shape[0] == graph.input(roles.latent).shape[0];
  if (!is_one_each && !has_rare_parts())
    return needs_rare_parts();
  if (!is_one_each)
    return fail(ErrorCode::invalid_argument, "image",
                concat("must hold float32 values of one image for each latent, but is ", describe(image)));
  if (image.shape.size() != 4) {
    std::int64_t values = 1;
    for (std::size_t axis = 1; axis < image.shape.size(); ++axis)
      values *= image.shape[axis].count;
    if (!told && !has_rare_parts())
      return needs_rare_parts();
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
  const bool may_be_first = is_channel_count(sizes[0]), may_be_last = is_channel_count(sizes[2]);
  roles.image_is_channels_last =
      image.channels_last || (!may_be_first && (may_be_last || (has_rare_parts() && sizes[2] < sizes[0])));
  const bool last = roles.image_is_channels_last;
  const ImageSize size{static_cast<int>(sizes[last ? 1 : 2]), static_cast<int>(sizes[last ? 0 : 1]),
                       static_cast<int>(sizes[last ? 2 : 0])};
  if (!has_rare_parts() && !is_channel_count(size.channels))
    return needs_rare_parts();
  if (has_rare_parts() && size.channels > most_classes_of_a_map)
    return fail(ErrorCode::invalid_argument, "image",
                concat("must have 1, 3 or 4 channels, or up to ", most_classes_of_a_map, " classes, but the output is ",
                       describe(image)));
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
  roles.label = found[1];
  GANLET_CHECK(check_latent(graph, description, found[0], roles));
  GANLET_CHECK(check_inputs(graph, roles));
  GANLET_CHECK(check_label(graph, description, roles));
  if (!found[2] && !has_rare_parts())
    return needs_rare_parts();
  if (!found[2])
    return fail(ErrorCode::invalid_argument, "image", concat("no output is one: ", describe_all(graph, graph.outputs)));
  roles.image = *found[2];
  GANLET_CHECK(find_image_size(graph, description, roles));
  roles.value_range = known_range(description, graph, graph.outputs[roles.image]);
  return roles;
}

} // namespace ganlet
