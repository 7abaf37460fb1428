#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "generator/latent.h"
#include "generator/latent_ranges.h"
#include "image/image.h"

namespace ganlet {

struct ImageSize {
  int width = 0;
  int height = 0;
  int channels = 1; ///< 1 (grey), 3 (RGB) or 4 (RGBA)
  bool operator==(const ImageSize&) const = default;
};

/// How a picture of any size and colour is converted to the form that an encoder was trained on.
enum class Preparation {
  /// The largest centred square, scaled.
  square,
  /// Like MNIST (LeCun et al. 1998, section III.A): white ink on black, scaled to fit a box of 20/28 of the side, and
  /// moved so that its centre of mass is in the middle. Dark ink on a light ground is inverted first.
  digit,
};

/// One file of a model: a network, or an array of numbers (.npy).
struct ModelPart {
  std::string name;                  ///< "generator", "mapping_f32", "mean_style"
  std::string file;                  ///< a plain name in the model's folder; empty for a bare file
  std::optional<std::int64_t> bytes; ///< as declared in model.json; empty for a bare file
  std::string sha256;                ///< 64 hexadecimal digits, or empty for a bare file
  std::vector<std::string> names{};  ///< of an array's rows, if model.json names them
};

/// In model.json and in requests.
inline constexpr std::int64_t most_training_step = std::int64_t{1} << 40;

/// A generator that was kept during training.
struct TrainingStep {
  std::string part; ///< its name; "generator" is the final model
  std::int64_t step = 0;
  std::vector<std::pair<std::string, double>> losses; ///< by name, if they were recorded
};

/// A model's description without its networks: the content of model.json, or defaults for a bare file.
struct ModelDescription {
  std::string id;
  std::string title;
  std::int64_t version = 1; ///< a seed's picture never changes within an id and version
  std::string summary;      ///< a sentence or two for people
  std::string license;
  std::string training_data;
  std::vector<ModelPart> parts;
  std::vector<TrainingStep> training; ///< in order of steps, the last one the model itself; empty if none were kept
  std::vector<std::pair<std::string, std::string>> metrics; ///< "f32.precision", "0.86"
  std::string training_json, metrics_json;                  ///< the two members as text from model.json, or empty

  Distribution distribution = Distribution::normal;
  std::vector<LatentRange> latent_ranges;  ///< if its numbers aren't all of `distribution`, which is normal then
  std::vector<std::string> labels;         ///< names of the classes; "0", "1", ... if the file has none
  std::optional<ValueRange> value_range;   ///< default: by the graph's last ops (`find_roles`), else measured
  std::optional<std::int64_t> latent_size; ///< checked against the graph
  std::optional<ImageSize> image_size;     ///< checked against the graph; required if the output is a flat (N, pixels)
  Preparation preparation = Preparation::square; ///< how pictures become the encoder's input
  std::string latent_input;                      ///< names in the graph, if type and shape aren't enough
  std::string label_input;
  std::string image_output;

  /// Null if there is no part of this name.
  const ModelPart* find_part(std::string_view name) const;
  /// Errors: not_found, with a list of the existing parts.
  Result<ModelPart> part(std::string_view name) const;
};

/// The kept generator whose step of training is nearest; null for the last one, which is the model itself, without a
/// step, and if none were kept.
const TrainingStep* nearest_step(const std::vector<TrainingStep>& training, std::optional<std::int64_t> step);

/// Whether a mapping and a synthesis network together make up the generator whose name ends in `suffix`, "" or "_f32".
bool has_styles(const ModelDescription& description, const std::string& suffix);

} // namespace ganlet
