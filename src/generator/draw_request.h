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

/// What to draw, and the one table that says how each of its fields is named, typed and bounded: command line flags,
/// links, attributes of an element, JSON lines and the C ABI are read by it.
namespace ganlet {

struct Json;

/// Layers of a style-based generator, counted from 0 at the coarsest: [first, last], both included.
struct LayerRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool operator==(const LayerRange&) const = default;
};

/// Another seed, whose style takes the place of the image's own in some layers. Written `7:0-3`, or `7:2` for one
/// layer.
struct StyleMix {
  std::uint64_t seed = 0;
  LayerRange layers;
  bool operator==(const StyleMix&) const = default;
};

/// The noise that a style-based model's layers get. Written `fixed`, `off`, `each` or a seed.
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

/// What to draw. The zero value draws one image of seed 0. Owns its data; a value.
struct DrawRequest {
  std::optional<std::string>
      text; ///< one image a symbol, drawn in the class of that name; overrides `count` and `label`
  std::int64_t text_limit = 1000; ///< most symbols of a text
  bool vary = false;              ///< with text: each symbol in a hand of its own
  float jitter = 0;               ///< with text in one hand: how far each image's latent lies from the hand's, [0, 1]
  std::int64_t count = 1;
  std::optional<std::int64_t> label; ///< default for models with classes: image i has class i modulo their number
  std::vector<std::int64_t> labels;  ///< instead of `label`: a class for each image
  std::uint64_t seed = 0;            ///< image i has seed + i; with `text`, unless `vary`, all have `seed`
  std::vector<std::uint64_t> seeds;  ///< instead of `seed`: one for each image
  std::vector<float> latents;        ///< instead of seeds: (count, Z) row-major; one row will do for a text in one hand
  float truncation = 1;              ///< psi in [0, 1]: 0 draws the mean image, 1 the model's full variety
  std::optional<std::int64_t> cutoff; ///< of a style-based model: layers that are truncated, from the coarsest
  std::optional<StyleMix> mix;        ///< of a style-based model
  Noise noise;                        ///< of a style-based model
  std::vector<float> style_shifts; ///< of a style-based model: (count, W), or (W) for all, added to every layer's style
  std::optional<std::int64_t> step; ///< draw with the generator kept nearest to this step of training
  std::int64_t columns = 0;         ///< images side by side; 0: a text in one row, else nearly a square

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
  double low, high;       ///< of whole and real numbers, both included
  std::string_view takes; ///< what it takes, for messages: "0 to 1"
  std::string_view help;  ///< what it does, in a sentence; empty in WebAssembly
};

/// All fields, in the order in which they are explained.
std::span<const RequestField> request_fields();
/// Null where no field has this name, or an alias of it. `-`, `_` and capitals (`textLimit`) are told apart by nobody.
const RequestField* request_field(std::string_view name);

/// Puts a request together from named values, whatever they came from.
///
///     RequestReader reader;
///     reader.set("text", "2026");
///     reader.set("psi", "70");
///     GANLET_TRY(const DrawRequest request, std::move(reader).finish());
class RequestReader {
 public:
  /// `defaults` is what stays where no value is given.
  explicit RequestReader(DrawRequest defaults = {}) : request_(std::move(defaults)) {}

  /// A value as links, flags and attributes have it. False where there is no field of this name.
  /// Errors: invalid_argument, at the field's name.
  Result<bool> set(std::string_view name, std::string_view text);
  /// The same as JSON has it.
  Result<bool> set(std::string_view name, const Json& value);
  /// Errors: invalid_argument where only half of `with` and `layers` was given.
  Result<DrawRequest> finish() &&;

 private:
  DrawRequest request_;
  std::optional<std::uint64_t> with_;
  std::optional<LayerRange> layers_;
};

/// Reads a JSON object of fields. Errors: corrupt where it isn't JSON, invalid_argument for an unknown field or a value
/// that a field doesn't take.
Result<DrawRequest> request_of_json(std::string_view json);
/// The fields that aren't at their defaults, as a JSON object and as settings of a link or a tag, in the table's order.
std::string json_of(const DrawRequest& request);
std::vector<std::pair<std::string, std::string>> settings_of(const DrawRequest& request);

} // namespace ganlet
