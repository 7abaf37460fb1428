#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.h"

/// What to draw, and the one table that defines the name, type and range of each field. Command line flags, links,
/// attributes of an element, JSON lines and the C ABI are all read by that table.
namespace ganlet {

struct Json;

/// A range of layers of a style-based generator, counted from 0 (the coarsest): [first, last], both included.
struct LayerRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool operator==(const LayerRange&) const = default;
};

/// Another seed, whose style replaces the image's own in some layers. Written `7:0-3`, or `7:2` for one layer.
struct StyleMix {
  std::uint64_t seed = 0;
  LayerRange layers;
  bool operator==(const StyleMix&) const = default;
};

/// The noise for the layers of a style-based model. Written `fixed`, `off`, `each` or a seed.
struct Noise {
  enum class Kind : std::uint8_t {
    fixed,  ///< the grain that the model was trained with, the same in all images
    off,    ///< none
    each,   ///< drawn from each image's own seed
    seeded, ///< drawn from `seed`, the same in all images
  };
  Kind kind = Kind::fixed;
  std::uint64_t seed = 0;
  bool operator==(const Noise&) const = default;
};

/// What to draw. The default value draws one image of seed 0. Owns its data.
struct DrawRequest {
  std::optional<std::string> text; ///< one image per symbol, of that class; overrides `count`, `label` and `labels`
  std::int64_t text_limit = 1000;  ///< the most symbols in a text
  bool vary = false;               ///< with text: each symbol in its own hand
  float jitter = 0;                ///< with text in one hand: how far each image's latent is from the hand's, [0, 1]
  std::int64_t count = 1;
  std::optional<std::int64_t> label; ///< default for models with classes: image i has class i modulo their number
  std::vector<std::int64_t> labels;  ///< instead of `label`: a class for each image
  std::uint64_t seed = 0;            ///< image i has seed + i; with `text`, unless `vary`, all have `seed`
  std::vector<std::uint64_t> seeds;  ///< instead of `seed`: one for each image
  std::vector<float> latents;        ///< instead of seeds: (count, Z) row-major; one row will do for a text in one hand
  float truncation = 1;              ///< psi in [0, 1]: 0 draws the mean image, 1 the model's full variety
  std::optional<std::int64_t> cutoff; ///< style-based models: how many layers are truncated, from the coarsest
  std::optional<StyleMix> mix;        ///< style-based models
  Noise noise;                        ///< style-based models
  std::vector<float> style_shifts;    ///< style-based models: (count, W), or (W) for all; added to every layer's style
  std::optional<std::int64_t> step;   ///< draws with the generator whose step of training is nearest
  std::int64_t columns = 0;           ///< images side by side; 0: a text in one row, else nearly a square

  bool operator==(const DrawRequest&) const = default;
};

/// One field of a request.
struct RequestField {
  using Member =
      std::variant<bool DrawRequest::*, std::int64_t DrawRequest::*, std::uint64_t DrawRequest::*, float DrawRequest::*,
                   std::optional<std::string> DrawRequest::*, std::optional<std::int64_t> DrawRequest::*,
                   std::vector<std::int64_t> DrawRequest::*, std::vector<std::uint64_t> DrawRequest::*,
                   std::vector<float> DrawRequest::*, std::optional<StyleMix> DrawRequest::*, Noise DrawRequest::*>;

  std::string_view name; ///< as in JSON: `text_limit`; flags, links and attributes write `text-limit`
  Member member;
  double low, high;              ///< the range of integers and real numbers, both included
  std::string_view takes;        ///< the accepted values, for messages: "0 to 1"
  std::string_view help;         ///< one sentence about the field; empty in WebAssembly
  std::string_view aliases = {}; ///< names that it has had, separated by spaces
};

/// All fields, in the order in which manuals explain them.
std::span<const RequestField> request_fields();
/// The field with this name or alias, or null. `-`, `_` and capitals (`textLimit`) don't make a difference.
const RequestField* request_field(std::string_view name);

/// Builds a request from named values, whatever their source.
///
///     RequestReader reader;
///     reader.set("text", "2026");
///     reader.set("psi", "70");
///     GANLET_TRY(const DrawRequest request, std::move(reader).finish());
class RequestReader {
 public:
  /// `defaults` has the values of fields that aren't set.
  explicit RequestReader(DrawRequest defaults = {}) : request_(std::move(defaults)) {}

  /// Sets a field from the text of a link, flag or attribute. False if there is no field of this name. Errors:
  /// invalid_argument, at the field's name.
  Result<bool> set(std::string_view name, std::string_view text);
  /// The same with a JSON value.
  Result<bool> set(std::string_view name, const Json& value);
  /// Sets each member of a JSON object, but for one called `other`, which isn't the request's. Errors: invalid_argument
  /// for an unknown field or a value that a field doesn't accept.
  Result<void> set_all(const Json& object, std::string_view other = "");
  /// The error for a name that no field has.
  static tl::unexpected<Error> unknown(std::string_view name);
  /// Errors: invalid_argument if only one of `with` and `layers` was given.
  Result<DrawRequest> finish() &&;

 private:
  DrawRequest request_;
  std::optional<std::uint64_t> with_;
  std::optional<LayerRange> layers_;
};

/// Reads a JSON object of fields. Errors: corrupt if it isn't JSON, invalid_argument for an unknown field or a value
/// that a field doesn't accept.
Result<DrawRequest> request_of_json(std::string_view json);
/// The fields that differ from their defaults, as a JSON object, and as the settings of a link or a tag, in the table's
/// order.
std::string json_of(const DrawRequest& request);
std::vector<std::pair<std::string, std::string>> settings_of(const DrawRequest& request);

/// Latents set by hand, as links write them: a signed byte for each number, in base64url, in steps of `latent_step`.
inline constexpr float latent_step = 0.04F; ///< one byte a number reaches from -5.12 to 5.08
/// Empty unless the text is base64url.
std::optional<std::vector<std::int8_t>> steps_of(std::string_view base64);
std::vector<float> from_steps(std::span<const std::int8_t> steps);

} // namespace ganlet
