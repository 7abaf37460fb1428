#include "generator/model_json.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/text.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

constexpr std::int64_t most_latent_size = std::int64_t{1} << 20;
constexpr std::int64_t most_image_side = 1 << 15;

Result<std::vector<std::string>> read_names(const JsonValue& list) {
  std::vector<std::string> names;
  GANLET_TRY(const std::vector<JsonValue> elements, list.elements());
  for (const JsonValue& element : elements) {
    GANLET_TRY(std::string name, element.string());
    names.push_back(std::move(name));
  }
  return names;
}

Result<ModelPart> read_part_entry(const std::string& name, const JsonValue& entry) {
  ModelPart part{name, {}, {}, {}};
  GANLET_TRY(const JsonValue file, entry.member("file"));
  GANLET_TRY(const std::string file_name, file.string());
  if (!is_plain_name(file_name))
    return file.error(concat("must be the name of a file in this folder, is '", printable(file_name), "'"));
  part.file = file_name;
  GANLET_TRY(const JsonValue bytes, entry.member("bytes"));
  GANLET_TRY(part.bytes, bytes.integer(1, INT64_MAX));
  GANLET_TRY(const JsonValue digest, entry.member("sha256"));
  GANLET_TRY(part.sha256, digest.string());
  const bool is_digest = part.sha256.size() == 64 && std::ranges::all_of(part.sha256, [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                         });
  if (!is_digest)
    return digest.error("must be 64 lower-case hexadecimal digits");
  GANLET_TRY(const std::optional<JsonValue> names, entry.optional_member("names"));
  if (names) {
    GANLET_TRY(part.names, read_names(*names));
  }
  return part;
}

/// One range as a text, or a list of them: [{ "size": 62, "distribution": "normal" }, ...].
Result<void> read_latent_ranges(const JsonValue& value, ModelDescription& description) {
  if (!has_rare_parts())
    return needs_rare_parts();
  const auto read = [&](const JsonValue& text, std::int64_t size) -> Result<void> {
    GANLET_TRY(const std::string sum, text.string());
    auto range = read_latent_range(sum, size);
    if (!range)
      return text.error(range.error().message());
    description.latent_ranges.push_back(*range);
    return {};
  };
  if (value.raw().kind == Json::Kind::string)
    return read(value, 0);
  GANLET_TRY(const std::vector<JsonValue> elements, value.elements());
  for (const JsonValue& element : elements) {
    GANLET_TRY(const JsonValue text, element.member("distribution"));
    GANLET_TRY(const std::optional<JsonValue> size, element.optional_member("size"));
    std::int64_t numbers = 0;
    if (size) {
      GANLET_TRY(numbers, size->integer(1, most_latent_size));
    }
    GANLET_CHECK(read(text, numbers));
    if (description.latent_ranges.back().size == 0)
      return element.error("has no size");
  }
  if (elements.empty())
    return value.error("is empty");
  if (std::ranges::count_if(description.latent_ranges, &LatentRange::has_classes) > 1)
    return value.error("names classes twice");
  return {};
}

Result<void> read_latent(const JsonValue& root, ModelDescription& description) {
  GANLET_TRY(const std::optional<JsonValue> latent, root.optional_member("latent"));
  if (!latent)
    return {};
  GANLET_TRY(const std::optional<JsonValue> size, latent->optional_member("size"));
  if (size) {
    GANLET_TRY(description.latent_size, size->integer(1, most_latent_size));
  }
  GANLET_TRY(const std::optional<JsonValue> distribution, latent->optional_member("distribution"));
  if (distribution) {
    const std::string& name = distribution->raw().string;
    if (name != "normal" && name != "uniform")
      return read_latent_ranges(*distribution, description);
    description.distribution = name == "uniform" ? Distribution::uniform : Distribution::normal;
  }
  return {};
}

Result<void> read_value_range(const JsonValue& range, ModelDescription& description) {
  GANLET_TRY(const std::vector<JsonValue> ends, range.elements());
  if (ends.size() != 2)
    return range.error("must be two numbers, [low, high]");
  GANLET_TRY(const double low, ends[0].number());
  GANLET_TRY(const double high, ends[1].number());
  description.value_range = ValueRange{static_cast<float>(low), static_cast<float>(high)};
  if (!(description.value_range->low < description.value_range->high) || !std::isfinite(low) || !std::isfinite(high))
    return range.error("must be two numbers, [low, high], the first below the second");
  return {};
}

Result<void> read_image(const JsonValue& root, ModelDescription& description) {
  GANLET_TRY(const std::optional<JsonValue> image, root.optional_member("image"));
  if (!image)
    return {};
  GANLET_TRY(const std::optional<JsonValue> range, image->optional_member("range"));
  if (range)
    GANLET_CHECK(read_value_range(*range, description));
  GANLET_TRY(const std::optional<JsonValue> any_width, image->optional_member("width"));
  GANLET_TRY(const std::optional<JsonValue> any_height, image->optional_member("height"));
  if (!any_width && !any_height)
    return {};
  GANLET_TRY(const JsonValue width, image->member("width"));
  GANLET_TRY(const JsonValue height, image->member("height"));
  GANLET_TRY(const std::optional<JsonValue> channels, image->optional_member("channels"));
  ImageSize size;
  GANLET_TRY(size.width, width.integer(1, most_image_side));
  GANLET_TRY(size.height, height.integer(1, most_image_side));
  if (channels) {
    GANLET_TRY(size.channels, channels->integer(1, 4));
    if (size.channels == 2)
      return channels->error("must be 1, 3 or 4");
  }
  description.image_size = size;
  return {};
}

Result<void> read_labels(const JsonValue& root, ModelDescription& description) {
  GANLET_TRY(const std::optional<JsonValue> labels, root.optional_member("labels"));
  if (!labels)
    return {};
  GANLET_TRY(description.labels, read_names(*labels));
  return {};
}

Result<void> read_preparation(const JsonValue& root, ModelDescription& description) {
  GANLET_TRY(const std::optional<JsonValue> preparation, root.optional_member("preparation"));
  if (!preparation)
    return {};
  GANLET_TRY(const std::string name, preparation->string());
  if (name != "square" && name != "digit")
    return preparation->error(concat("must be \"square\" or \"digit\", is \"", printable(name), "\""));
  description.preparation = name == "digit" ? Preparation::digit : Preparation::square;
  return {};
}

Result<void> read_roles(const JsonValue& root, ModelDescription& description) {
  GANLET_TRY(const std::optional<JsonValue> roles, root.optional_member("roles"));
  if (!roles)
    return {};
  GANLET_TRY(description.latent_input, text_or_nothing(*roles, "latent"));
  GANLET_TRY(description.label_input, text_or_nothing(*roles, "label"));
  GANLET_TRY(description.image_output, text_or_nothing(*roles, "image"));
  return {};
}

/// The leaves of a nested object, named like "f32.precision" with values like "0.86"; false where these have more than
/// `room` bytes, since each repeats the names that it lies below.
bool flatten(const Json& value, const std::string& name, std::size_t& room,
             std::vector<std::pair<std::string, std::string>>& out) {
  if (value.kind != Json::Kind::object) {
    std::string text = value.kind == Json::Kind::string ? value.string : std::string(value.source);
    const std::size_t bytes = name.size() + text.size();
    if (bytes > room)
      return false;
    room -= bytes;
    out.emplace_back(name, std::move(text));
    return true;
  }
  for (std::size_t i = 0; i < value.names.size(); ++i)
    if (!flatten(value.elements[i], name.empty() ? value.names[i] : concat(name, ".", value.names[i]), room, out))
      return false;
  return true;
}

Result<std::vector<ModelPart>> read_parts(const JsonValue& object) {
  std::vector<ModelPart> parts;
  GANLET_TRY(const auto entries, object.members());
  for (const auto& [name, entry] : entries) {
    GANLET_TRY(ModelPart part, read_part_entry(name, entry));
    parts.push_back(std::move(part));
  }
  return parts;
}

/// {"generator": 0.9, "discriminator": 1.2}
Result<std::vector<std::pair<std::string, double>>> read_losses(const JsonValue& object) {
  std::vector<std::pair<std::string, double>> losses;
  GANLET_TRY(const std::optional<JsonValue> field, object.optional_member("losses"));
  if (!field)
    return losses;
  GANLET_TRY(const auto entries, field->members());
  for (const auto& [name, value] : entries) {
    GANLET_TRY(const double loss, value.number());
    losses.emplace_back(name, loss);
  }
  return losses;
}

Result<TrainingStep> read_step(const JsonValue& entry, std::string_view step_name) {
  TrainingStep step;
  GANLET_TRY(const JsonValue number, entry.member(step_name));
  GANLET_TRY(step.step, number.integer(0, most_training_step));
  GANLET_TRY(step.losses, read_losses(entry));
  return step;
}

/// The generators kept during training, followed by the model itself.
Result<std::vector<TrainingStep>> read_training(const JsonValue& root) {
  std::vector<TrainingStep> steps;
  GANLET_TRY(const std::optional<JsonValue> training, root.optional_member("training"));
  if (!training)
    return steps;
  GANLET_TRY(const std::optional<JsonValue> along, training->optional_member("along"));
  if (!along)
    return steps;
  GANLET_TRY(const std::vector<JsonValue> entries, along->elements());
  for (const JsonValue& entry : entries) {
    GANLET_TRY(TrainingStep step, read_step(entry, "step"));
    GANLET_TRY(const JsonValue part, entry.member("part"));
    GANLET_TRY(step.part, part.string());
    if (!steps.empty() && steps.back().step >= step.step)
      return entry.error("its step must be above that before it");
    steps.push_back(std::move(step));
  }
  if (steps.empty())
    return steps;
  GANLET_TRY(TrainingStep last, read_step(*training, "steps"));
  last.part = "generator";
  steps.push_back(std::move(last));
  return steps;
}

/// A member that is an object, as its text; empty if there is none.
Result<std::string> text_of_object(const JsonValue& root, std::string_view name) {
  GANLET_TRY(const std::optional<JsonValue> member, root.optional_member(name));
  if (!member)
    return std::string();
  GANLET_CHECK(member->members());
  return std::string(member->raw().source);
}

} // namespace

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::ranges::none_of(name, [](char c) {
    return c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20;
  });
}

Result<std::string> text_or_nothing(const JsonValue& object, std::string_view name) {
  GANLET_TRY(const std::optional<JsonValue> field, object.optional_member(name));
  return field ? field->string() : std::string();
}

const ModelPart* ModelDescription::find_part(std::string_view name) const {
  const auto found = std::ranges::find(parts, name, &ModelPart::name);
  return found == parts.end() ? nullptr : &*found;
}

Result<ModelPart> ModelDescription::part(std::string_view name) const {
  if (const ModelPart* found = find_part(name))
    return *found;
  std::string names;
  for (const ModelPart& candidate : parts)
    names += concat(names.empty() ? "" : ", ", printable(candidate.name));
  return fail(ErrorCode::not_found, id, concat("has no part '", printable(name), "', only ", names));
}

Result<ModelDescription> read_model_json(std::span<const std::byte> bytes, const std::string& place) {
  if (bytes.size() > most_json_bytes)
    return fail(ErrorCode::limit_exceeded, place, concat("has more than ", most_json_bytes, " bytes"));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  GANLET_TRY(const Json document, parse_json(text, place));
  const JsonValue root(document, place);
  ModelDescription model;
  GANLET_TRY(const JsonValue id, root.member("id"));
  GANLET_TRY(model.id, id.string());
  if (!is_plain_name(model.id))
    return id.error("must be a plain name: files are called by it");
  GANLET_TRY(model.title, text_or_nothing(root, "title"));
  GANLET_TRY(const std::optional<JsonValue> version, root.optional_member("version"));
  if (version) {
    GANLET_TRY(model.version, version->integer(1, 1'000'000));
  }
  GANLET_TRY(model.summary, text_or_nothing(root, "description"));
  GANLET_TRY(model.license, text_or_nothing(root, "license"));
  GANLET_TRY(model.training_data, text_or_nothing(root, "training_data"));
  GANLET_TRY(const JsonValue parts, root.member("parts"));
  GANLET_TRY(model.parts, read_parts(parts));
  if (model.parts.empty())
    return parts.error("must have at least one part");
  GANLET_TRY(const std::optional<JsonValue> arrays, root.optional_member("arrays"));
  if (arrays) {
    GANLET_TRY(std::vector<ModelPart> more, read_parts(*arrays));
    std::ranges::move(more, std::back_inserter(model.parts));
  }
  GANLET_TRY(model.training, read_training(root));
  GANLET_CHECK(read_latent(root, model));
  GANLET_CHECK(read_image(root, model));
  GANLET_CHECK(read_labels(root, model));
  GANLET_CHECK(read_preparation(root, model));
  GANLET_CHECK(read_roles(root, model));
  GANLET_TRY(model.metrics_json, text_of_object(root, "metrics"));
  std::size_t room = most_json_bytes;
  if (!model.metrics_json.empty() && !flatten(*document.find("metrics"), "", room, model.metrics))
    return fail(ErrorCode::limit_exceeded, concat(place, ": metrics"),
                concat("have more than ", most_json_bytes, " bytes with their full names"));
  GANLET_TRY(model.training_json, text_of_object(root, "training"));
  return model;
}

} // namespace ganlet
