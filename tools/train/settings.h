#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace ganlet::train {

/// What decides a network and how it is trained, apart from its family.
struct FamilyOptions {
  std::int64_t latent = 64;
  std::int64_t classes = 10;
  std::int64_t height = 28;
  std::int64_t width = 28;
  std::int64_t steps = 24000; ///< learning rates fall towards the last of them
  double generator_rate = 2e-4;
  double discriminator_rate = 4e-4;
  double class_weight = 0.1; ///< of the class head's loss in the generator's loss
  bool bf16 = false;         ///< autocast to bfloat16

  bool operator==(const FamilyOptions&) const = default;
};

/// A run as a whole: the same settings on the same data, with as many threads, give the same network.
struct Settings {
  std::string family = "cgan";
  std::int64_t batch = 128;
  std::uint64_t seed = 1;
  FamilyOptions options;

  bool operator==(const Settings&) const = default;
};

/// What a command line says otherwise than defaults or a checkpoint do.
struct Overrides {
  std::optional<std::string> family;
  std::optional<std::int64_t> batch;
  std::optional<std::uint64_t> seed;
  std::optional<std::int64_t> latent;
  std::optional<std::int64_t> steps;
  std::optional<double> generator_rate;
  std::optional<double> discriminator_rate;
  std::optional<double> class_weight;
  std::optional<bool> bf16;
};
void apply(const Overrides& overrides, Settings& settings);

/// JSON, one line a value, for config.json and checkpoints.
std::string text_of(const Settings& settings);
/// Takes back what `text_of` gave; a value that is missing keeps its default. Errors: corrupt, with `place`.
Result<Settings> settings_of(std::string_view text, const std::string& place);

} // namespace ganlet::train
