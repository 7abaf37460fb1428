#include "description.h"

#include <bit>
#include <cmath>

#include "core/sha256.h"
#include "core/text.h"

namespace ganlet::c {

namespace {

constexpr std::int64_t most_image_side = 1 << 15;

/// The text up to the next NUL, which is taken off the front with it; nothing where there is no NUL.
std::optional<std::string_view> take_text(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  if (end == rest.npos)
    return std::nullopt;
  const std::string_view text = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return text;
}

Result<std::int64_t> read_integer(std::string_view key, std::string_view text, std::int64_t low, std::int64_t high) {
  std::int64_t number = 0;
  bool good = !text.empty() && text.size() < 18; // so that it can't overflow
  for (const char c : text) {
    good = good && c >= '0' && c <= '9';
    number = good ? number * 10 + (c - '0') : 0;
  }
  if (!good || number < low || number > high)
    return fail(ErrorCode::invalid_argument, std::string(key),
                concat("must be ", low, " to ", high, ", is '", printable(text), "'"));
  return number;
}

Result<void> read_image_size(std::string_view key, std::string_view text, ModelDescription& model) {
  if (!model.image_size)
    model.image_size.emplace();
  int& side = key == "width" ? model.image_size->width : model.image_size->height;
  GANLET_TRY(side, read_integer(key, text, 1, most_image_side));
  return {};
}

Result<void> read_channels(std::string_view text, ModelDescription& model) {
  if (!model.image_size)
    model.image_size.emplace();
  GANLET_TRY(model.image_size->channels, read_integer("channels", text, 1, 4));
  if (model.image_size->channels == 2)
    return fail(ErrorCode::invalid_argument, "channels", "must be 1, 3 or 4");
  return {};
}

Result<void> read_distribution(std::string_view text, ModelDescription& model) {
  if (text != "normal" && text != "uniform")
    return fail(ErrorCode::invalid_argument, "distribution",
                concat("must be \"normal\" or \"uniform\", is \"", printable(text), "\""));
  model.distribution = text == "uniform" ? Distribution::uniform : Distribution::normal;
  return {};
}

Result<void> read_preparation(std::string_view text, ModelDescription& model) {
  if (text != "square" && text != "digit")
    return fail(ErrorCode::invalid_argument, "preparation",
                concat("must be \"square\" or \"digit\", is \"", printable(text), "\""));
  model.preparation = text == "digit" ? Preparation::digit : Preparation::square;
  return {};
}

Result<void> read_range(std::string_view key, std::string_view text, ModelDescription& model) {
  if (!model.value_range)
    model.value_range.emplace();
  GANLET_TRY(const std::int64_t bits, read_integer(key, text, 0, UINT32_MAX));
  (key == "low" ? model.value_range->low : model.value_range->high) =
      std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  return {};
}

Result<void> read_pair(std::string_view key, std::string_view text, Description& out) {
  ModelDescription& model = out.model;
  if (key == "bytes") {
    GANLET_TRY(out.bytes, read_integer(key, text, 1, INT64_MAX));
  } else if (key == "latent_size") {
    GANLET_TRY(model.latent_size, read_integer(key, text, 1, std::int64_t{1} << 20));
  } else if (key == "width" || key == "height") {
    return read_image_size(key, text, model);
  } else if (key == "channels") {
    return read_channels(text, model);
  } else if (key == "distribution") {
    return read_distribution(text, model);
  } else if (key == "preparation") {
    return read_preparation(text, model);
  } else if (key == "low" || key == "high") {
    return read_range(key, text, model);
  } else if (key == "class") {
    model.labels.emplace_back(text);
  } else {
    std::string* const named = key == "sha256"   ? &out.sha256
                               : key == "id"     ? &model.id
                               : key == "title"  ? &model.title
                               : key == "latent" ? &model.latent_input
                               : key == "label"  ? &model.label_input
                               : key == "image"  ? &model.image_output
                                                 : nullptr;
    if (!named)
      return fail(ErrorCode::invalid_argument, printable(key), "is no key of a description");
    *named = text;
  }
  return {};
}

} // namespace

Result<Description> read_description(std::string_view pairs) {
  Description description;
  while (!pairs.empty()) {
    const std::optional<std::string_view> key = take_text(pairs);
    const std::optional<std::string_view> text = take_text(pairs);
    if (!key || !text)
      return fail(ErrorCode::invalid_argument, "description", "ends in the middle of a pair");
    GANLET_CHECK(read_pair(*key, *text, description));
  }
  const std::optional<ValueRange>& range = description.model.value_range;
  if (range && !(range->low < range->high && std::isfinite(range->low) && std::isfinite(range->high)))
    return fail(ErrorCode::invalid_argument, "image.range",
                "must be two numbers, [low, high], the first below the second");
  return description;
}

Result<void> check_file(const Description& description, std::span<const std::byte> file) {
  const auto size = static_cast<std::int64_t>(file.size());
  if (description.bytes && *description.bytes != size)
    return fail(ErrorCode::corrupt, "", concat("has ", size, " bytes, model.json says ", *description.bytes));
  if (!description.sha256.empty()) {
    const std::string digest = sha256_text(file);
    if (digest != description.sha256)
      return fail(ErrorCode::corrupt, "", concat("has SHA-256 ", digest, ", model.json says ", description.sha256));
  }
  return {};
}

} // namespace ganlet::c
