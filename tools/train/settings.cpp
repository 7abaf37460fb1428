#include "settings.h"

#include <nlohmann/json.hpp>

namespace ganlet::train {

namespace {

/// The one list of what is kept, walked both ways.
template <typename S, typename Visit> void each_value(S& settings, Visit visit) {
  visit("family", settings.family);
  visit("batch", settings.batch);
  visit("seed", settings.seed);
  visit("latent", settings.options.latent);
  visit("classes", settings.options.classes);
  visit("clusters", settings.options.clusters);
  visit("height", settings.options.height);
  visit("width", settings.options.width);
  visit("channels", settings.options.channels);
  visit("steps", settings.options.steps);
  visit("generator_rate", settings.options.generator_rate);
  visit("discriminator_rate", settings.options.discriminator_rate);
  visit("class_weight", settings.options.class_weight);
  visit("average_decay", settings.options.average_decay);
  visit("critic_steps", settings.options.critic_steps);
  visit("penalty", settings.options.penalty);
  visit("similarity", settings.options.similarity);
  visit("clip", settings.options.clip);
  visit("separation", settings.options.separation);
  visit("l1_weight", settings.options.l1_weight);
  visit("input_channels", settings.options.input_channels);
  visit("augment_mirror", settings.options.augment.mirror);
  visit("augment_shift", settings.options.augment.shift);
  visit("augment_hue", settings.options.augment.hue);
  visit("augment_ink", settings.options.augment.ink);
  visit("augment_color", settings.options.augment.color);
  visit("augment_translation", settings.options.augment.translation);
  visit("augment_cutout", settings.options.augment.cutout);
  visit("bf16", settings.options.bf16);
  visit("ground", settings.ground);
  visit("crop", settings.crop);
  visit("from", settings.from);
  visit("validation", settings.validation);
  visit("ranks", settings.ranks);
  visit("pictures", settings.pictures);
  visit("data_sha256", settings.data_sha256);
  visit("class_names", settings.class_names);
}

} // namespace

void apply(const Overrides& overrides, Settings& settings) {
  const auto set = [](auto& value, const auto& other) {
    if (other)
      value = *other;
  };
  set(settings.family, overrides.family);
  set(settings.batch, overrides.batch);
  set(settings.seed, overrides.seed);
  set(settings.options.latent, overrides.latent);
  set(settings.options.clusters, overrides.clusters);
  set(settings.options.steps, overrides.steps);
  set(settings.options.generator_rate, overrides.generator_rate);
  set(settings.options.discriminator_rate, overrides.discriminator_rate);
  set(settings.options.class_weight, overrides.class_weight);
  set(settings.options.average_decay, overrides.average_decay);
  set(settings.options.critic_steps, overrides.critic_steps);
  set(settings.options.penalty, overrides.penalty);
  set(settings.options.similarity, overrides.similarity);
  set(settings.options.clip, overrides.clip);
  set(settings.options.separation, overrides.separation);
  set(settings.options.l1_weight, overrides.l1_weight);
  set(settings.options.augment, overrides.augment);
  set(settings.options.bf16, overrides.bf16);
  set(settings.options.height, overrides.size);
  set(settings.options.width, overrides.size);
  set(settings.options.channels, overrides.channels);
  set(settings.ground, overrides.ground);
  set(settings.crop, overrides.crop);
  set(settings.from, overrides.from);
  set(settings.validation, overrides.validation);
}

std::string text_of(const Settings& settings) {
  nlohmann::ordered_json json;
  each_value(settings, [&json](const char* name, const auto& value) { json[name] = value; });
  return json.dump(2) + "\n";
}

FamilyOptions with_folder_shape(FamilyOptions options) {
  options.height = options.width = 32;
  options.channels = 3;
  return options;
}

Result<Settings> settings_of(std::string_view text, const std::string& place, const Settings& defaults) {
  Settings settings = defaults;
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    each_value(settings, [&json](const char* name, auto& value) {
      if (json.contains(name))
        json.at(name).get_to(value);
    });
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::corrupt, place, error.what());
  }
  return settings;
}

} // namespace ganlet::train
