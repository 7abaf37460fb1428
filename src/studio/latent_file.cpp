#include "studio/latent_file.h"

#include "core/json.h"
#include "core/text.h"
#include "image/npy.h"

namespace ganlet::studio {

namespace {

Result<std::vector<float>> read_json(std::span<const std::byte> bytes, const std::string& place) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  GANLET_TRY(const Json document, parse_json(text, place));
  const bool is_nested = document.elements.size() == 1 && document.elements[0].kind == Json::Kind::list;
  const Json& list = is_nested ? document.elements[0] : document;
  GANLET_TRY(const std::vector<JsonValue> elements, JsonValue(list, place).elements());
  std::vector<float> latent;
  for (const JsonValue& element : elements) {
    GANLET_TRY(const double number, element.number());
    latent.push_back(static_cast<float>(number));
  }
  return latent;
}

Result<std::vector<float>> read_array(std::span<const std::byte> bytes, const std::string& place) {
  GANLET_TRY(const Tensor tensor, read_npy(bytes, Limits{}, place));
  if (tensor.type() != DataType::float32)
    return fail(ErrorCode::invalid_argument, place, "must hold float32 numbers");
  const auto values = tensor.as<float>();
  return std::vector<float>(values.begin(), values.end());
}

} // namespace

std::vector<std::byte> write_latent(std::span<const float> latent, LatentFormat format) {
  if (format == LatentFormat::npy) {
    const Shape shape{1, static_cast<std::int64_t>(latent.size())};
    return write_npy({DataType::float32, shape, const_cast<float*>(latent.data()), {}});
  }
  std::string text = "[";
  for (const float number : latent)
    text += concat(text.size() > 1 ? ", " : "", double{number});
  text += "]\n";
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Result<std::vector<float>> read_latent(std::span<const std::byte> bytes, std::int64_t size, const std::string& place) {
  const bool is_array = !bytes.empty() && bytes[0] == std::byte{0x93}; // as .npy files begin
  GANLET_TRY(std::vector<float> latent, is_array ? read_array(bytes, place) : read_json(bytes, place));
  if (static_cast<std::int64_t>(latent.size()) != size)
    return fail(ErrorCode::invalid_argument, place,
                concat("isn't a latent of this model: it must hold ", size, " numbers, has ", latent.size()));
  return latent;
}

} // namespace ganlet::studio
