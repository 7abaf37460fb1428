#include "import/tfjs_weights.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/checked.h"
#include "core/text.h"
#include "import/numbers.h"

namespace ganlet::importing {

namespace {

constexpr std::string_view place = "weightsManifest";

std::string_view text_in(const Json& object, std::string_view name) {
  const Json* const found = object.find(name);
  return found == nullptr ? std::string_view() : std::string_view(found->string);
}

double number_in(const Json& object, std::string_view name) {
  const Json* const found = object.find(name);
  return found == nullptr || found->kind != Json::Kind::number ? 0 : found->number();
}

bool is_plain(std::string_view name) {
  return !name.empty() && !name.starts_with('.') && name.find_first_of("/\\:?#") == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

/// How weights are stored: value = number * scale + least.
struct Stored {
  std::string type;
  std::size_t bytes = 0;
  double scale = 1, least = 0;
};

Result<Stored> storage_of(const Json& weight) {
  Stored stored;
  stored.type = text_in(weight, "dtype");
  if (const Json* const quantized = weight.find("quantization"); quantized != nullptr) {
    stored.type = text_in(*quantized, "dtype");
    if (stored.type != "float16") {
      stored.scale = number_in(*quantized, "scale");
      stored.least = number_in(*quantized, "min");
    }
  }
  for (const auto& [name, bytes] : {std::pair{"float32", 4}, std::pair{"float16", 2}, std::pair{"int32", 4},
                                    std::pair{"uint8", 1}, std::pair{"uint16", 2}, std::pair{"bool", 1}})
    if (stored.type == name)
      stored.bytes = static_cast<std::size_t>(bytes);
  if (stored.bytes == 0)
    return fail(ErrorCode::unsupported, place,
                concat("weights of the type '", printable(stored.type), "' can't be read"));
  return stored;
}

double number_of(const Stored& stored, std::uint64_t bits) {
  if (stored.type == "float32")
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  if (stored.type == "float16")
    return float_of_half(static_cast<std::uint16_t>(bits));
  const double whole =
      stored.type == "int32" ? static_cast<double>(static_cast<std::int32_t>(bits)) : static_cast<double>(bits);
  return whole * stored.scale + stored.least;
}

Result<keras::Variable> read_weight(const Json& weight, Cursor& bytes, const WeightOptions& options,
                                    const Limits& limits, Budget& budget, HeldBytes& held) {
  keras::Variable variable;
  variable.path = text_in(weight, "name");
  const std::string where = concat(place, " '", printable(variable.path), "'");
  const auto sizes = keras::sizes_of(weight.find("shape"));
  if (!sizes)
    return fail(ErrorCode::corrupt, where, "has no shape");
  GANLET_TRY(const Shape shape, Shape::make(*sizes, limits, where));
  GANLET_TRY(const Stored stored, storage_of(weight));
  const auto count = static_cast<std::uint64_t>(shape.elements());
  GANLET_CHECK(take_for_bytes(budget, 4 * count, where));
  if (count * stored.bytes > bytes.left())
    return fail(ErrorCode::corrupt, where, "lies behind the end of its files, which may be truncated");
  const bool is_whole = options.keep_whole_numbers && text_in(weight, "dtype") != "float32";
  GANLET_CHECK(held.take((is_whole ? 8 : 4) * shape.elements(), where));
  variable.value = Tensor(is_whole ? DataType::int64 : DataType::float32, shape);
  if (is_whole)
    for (std::int64_t& value : variable.value.as<std::int64_t>())
      value = truncated(std::nearbyint(number_of(stored, bytes.number(stored.bytes))));
  else
    for (float& value : variable.value.as<float>())
      value = static_cast<float>(number_of(stored, bytes.number(stored.bytes)));
  return variable;
}

Result<std::vector<std::string>> names_in(const Json& group) {
  std::vector<std::string> names;
  const Json* const paths = group.find("paths");
  for (std::size_t i = 0; paths != nullptr && i < paths->elements.size(); ++i) {
    const std::string& name = paths->elements[i].string;
    if (!is_plain(name))
      return fail(ErrorCode::corrupt, place,
                  concat("'", printable(name), "' isn't the name of a file beside model.json"));
    names.push_back(name);
  }
  return names;
}

/// The shards of a group, one behind the other.
Result<std::vector<std::byte>> read_shards(const Json& group, const Beside& beside, const Limits& limits) {
  std::vector<std::byte> bytes;
  GANLET_TRY(const std::vector<std::string> names, names_in(group));
  for (const std::string& name : names) {
    if (!beside)
      return fail(ErrorCode::not_found, place, concat("its file '", printable(name), "' isn't at hand"));
    GANLET_TRY(const std::vector<std::byte> shard, beside(name));
    if (bytes.size() + shard.size() > static_cast<std::uint64_t>(limits.file_bytes))
      return fail(ErrorCode::limit_exceeded, place, concat("has more than ", limits.file_bytes, " bytes"));
    bytes.insert(bytes.end(), shard.begin(), shard.end());
  }
  return bytes;
}

} // namespace

Result<std::vector<std::string>> shards_of(const Json& manifest) {
  std::vector<std::string> names;
  for (const Json& group : manifest.elements) {
    GANLET_TRY(std::vector<std::string> some, names_in(group));
    names.insert(names.end(), some.begin(), some.end());
  }
  return names;
}

Result<std::vector<keras::Variable>> read_tfjs_weights(const Json& manifest, const WeightOptions& options,
                                                       const Limits& limits, Budget& budget) {
  std::vector<keras::Variable> variables;
  HeldBytes held(limits);
  for (const Json& group : manifest.elements) {
    GANLET_TRY(const std::vector<std::byte> bytes, read_shards(group, options.beside, limits));
    GANLET_CHECK(take_for_bytes(budget, bytes.size(), place));
    Cursor cursor(bytes);
    const Json* const weights = group.find("weights");
    for (std::size_t i = 0; weights != nullptr && i < weights->elements.size(); ++i) {
      GANLET_TRY(keras::Variable variable, read_weight(weights->elements[i], cursor, options, limits, budget, held));
      variables.push_back(std::move(variable));
    }
    if (cursor.left() != 0)
      return fail(ErrorCode::corrupt, place, concat("its files have ", cursor.left(), " bytes that no weight takes"));
  }
  return variables;
}

} // namespace ganlet::importing
