#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace ganlet::train {

/// Random changes to pictures while training.
struct Augment {
  bool mirror = false;      ///< of the data: left for right in half of the pictures
  std::int64_t shift = 0;   ///< of the data: by up to so many pixels, edges repeated
  bool hue = false;         ///< of the data: colours turned about the greys
  bool ink = false;         ///< of the inputs of pairs: paler lines, and dark ones on a light ground in half of them
  bool color = false;       ///< brightness, saturation, contrast; this and the following in front of the discriminator
  bool translation = false; ///< by up to an eighth of the sides
  bool cutout = false;      ///< a square of half the sides in grey

  bool operator==(const Augment&) const = default;
};

/// What decides a network and how it is trained, apart from its family.
struct FamilyOptions {
  std::int64_t latent = 64;
  std::int64_t classes = 10; ///< 0 where the family takes no labels
  std::int64_t clusters = 0; ///< of pictures, that the last so many of the latent's numbers choose from (clusters.h)
  std::int64_t height = 28;
  std::int64_t width = 28;
  std::int64_t channels = 1;  ///< 1 is grey, 3 is RGB
  std::int64_t steps = 24000; ///< learning rates fall towards the last of them
  double generator_rate = 2e-4;
  double discriminator_rate = 4e-4;
  double class_weight = 0.1;       ///< of the class head's loss in the generator's loss
  double average_decay = 0.9995;   ///< of the averaged generator, once it has left its beginning behind
  std::int64_t critic_steps = 1;   ///< updates of the discriminator or critic for each of the generator
  double penalty = 0;              ///< weight of the gradient penalty, in families that have one
  double similarity = 0;           ///< of features: their inverse variance, in families that reconstruct
  double clip = 0;                 ///< largest absolute weight of the critic, in families that clip
  double separation = 0;           ///< weight of the loss that parts layout from colour, in families with styles
  double l1_weight = 0;            ///< of pixels' absolute differences, in families from pictures to pictures
  std::int64_t input_channels = 0; ///< in families from pictures to pictures
  Augment augment;
  bool bf16 = false; ///< autocast to bfloat16

  bool operator==(const FamilyOptions&) const = default;
};

/// `options` with the shape that the pictures of a folder are brought to unless told otherwise: 32 x 32 RGB.
FamilyOptions with_folder_shape(FamilyOptions options);

/// A run as a whole: the same settings on the same data, with as many threads, give the same network.
struct Settings {
  std::string family = "cgan";
  std::int64_t batch = 128; ///< of each rank
  std::uint64_t seed = 1;
  FamilyOptions options;
  std::string ground = "white"; ///< this, `crop` and `validation` are of folders of pictures, as `PictureOptions` are
  std::string crop = "center";
  std::string from; ///< what pictures are made of: edges, or pictures of a second folder; empty in other families
  double validation = 0;
  std::int64_t ranks = 1;               ///< processes that train together, each with batches of its own
  std::int64_t pictures = 0;            ///< of the data; this and what follows tell what the run learned from
  std::string data_sha256;              ///< `fingerprint` of the data
  std::vector<std::string> class_names; ///< empty where classes are numbers

  /// Real pictures that an update takes, of all ranks.
  std::int64_t pictures_each_step() const { return batch * ranks * options.critic_steps; }

  bool operator==(const Settings&) const = default;
};

/// What a command line says otherwise than defaults or a checkpoint do.
struct Overrides {
  std::optional<std::string> family;
  std::optional<std::int64_t> batch;
  std::optional<std::uint64_t> seed;
  std::optional<std::int64_t> latent;
  std::optional<std::int64_t> clusters;
  std::optional<std::int64_t> steps;
  std::optional<double> generator_rate;
  std::optional<double> discriminator_rate;
  std::optional<double> class_weight;
  std::optional<double> average_decay;
  std::optional<std::int64_t> critic_steps;
  std::optional<double> penalty;
  std::optional<double> similarity;
  std::optional<double> clip;
  std::optional<double> separation;
  std::optional<double> l1_weight;
  std::optional<Augment> augment;
  std::optional<bool> bf16;
  std::optional<std::int64_t> size; ///< both height and width
  std::optional<std::int64_t> channels;
  std::optional<std::string> ground;
  std::optional<std::string> crop;
  std::optional<std::string> from;
  std::optional<double> validation;
};
void apply(const Overrides& overrides, Settings& settings);

/// JSON, one line a value, for config.json and checkpoints.
std::string text_of(const Settings& settings);
/// Takes back what `text_of` gave; a value that is missing is that of `defaults`. Errors: corrupt, with `place`.
Result<Settings> settings_of(std::string_view text, const std::string& place, const Settings& defaults = {});

} // namespace ganlet::train
