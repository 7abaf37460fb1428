#include "report.h"

#include <cmath>
#include <span>

#include "core/sha256.h"
#include "core/text.h"
#include "damage.h"
#include "image/whole_file.h"

namespace ganlet::evaluate {

namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

ordered_json json_of(const Memorisation& distances) {
  return {{"generated", distances.generated},
          {"unseen", distances.real},
          {"closest_hundredth", distances.closest_hundredth}};
}

void put(ordered_json& json, const Neighbours& neighbours) {
  json["precision"] = neighbours.precision;
  json["recall"] = neighbours.recall;
  json["density"] = neighbours.density;
  json["coverage"] = neighbours.coverage;
}

/// What decides the figures of samples.
std::string origin_of(const train::Dataset& samples, const Reference& reference, const Options& options) {
  return concat("figures 1, ", reference.origin, ", samples ", train::fingerprint(samples), ", of ", options.samples,
                ", gan_train ", options.gan_train, ", k ", options.k, ", memorisation ", options.memorisation);
}

ordered_json with_deviation(const std::vector<ordered_json>& each) {
  const auto count = static_cast<double>(each.size());
  double mean = 0, squares = 0;
  for (const ordered_json& value : each)
    mean += value.get<double>() / count;
  for (const ordered_json& value : each)
    squares += (value.get<double>() - mean) * (value.get<double>() - mean);
  return {{"mean", mean}, {"deviation", std::sqrt(squares / (count - 1))}};
}

} // namespace

ordered_json json_of(const Reference& reference) {
  ordered_json json;
  if (reference.has_classes()) {
    json["real_train"] = reference.accuracy;
    json["real_train_by_class"] = reference.accuracy_by_class;
  } else if (reference.lost > 0) {
    json["autoencoder_error"] = reference.lost;
  }
  json["frechet_floor"] = reference.frechet_floor;
  json["kernel_distance"] = reference.kernel_distance;
  put(json, reference.real);
  return json;
}

ordered_json json_of(const Scores& scores, const Reference& reference) {
  ordered_json json = ordered_json::object();
  if (scores.class_accuracy)
    json["class_accuracy"] = *scores.class_accuracy;
  if (scores.class_kept)
    json["class_kept"] = *scores.class_kept;
  if (scores.gan_train)
    json["gan_train"] = *scores.gan_train;
  json["frechet_distance"] = scores.frechet_distance;
  json["frechet_over_floor"] = scores.frechet_distance / reference.frechet_floor;
  json["frechet_excess"] = scores.frechet_distance - reference.frechet_floor;
  json["kernel_distance"] = scores.kernel_distance;
  put(json, scores.neighbours);
  if (scores.neighbours_of_few) {
    json["as_many_as_unseen"]["recall"] = scores.neighbours_of_few->recall;
    json["as_many_as_unseen"]["coverage"] = scores.neighbours_of_few->coverage;
  }
  json["nearest_training_picture"] = {{"features", json_of(scores.in_features)}, {"pixels", json_of(scores.in_pixels)}};
  for (const auto& [name, shares] : {std::pair("class_shares", &scores.class_shares),
                                     std::pair("class_accuracy_by_class", &scores.class_accuracy_by_class),
                                     std::pair("gan_train_by_class", &scores.gan_train_by_class)})
    if (!shares->empty())
      json[name] = *shares;
  return json;
}

Result<ordered_json> judged(Source& source, const train::Dataset& samples, const Reference& reference,
                            const fs::path& cache, const Options& options) {
  const std::string origin = origin_of(samples, reference, options);
  const std::string digest = sha256_text(std::as_bytes(std::span(origin)));
  const fs::path file = cache / concat("figures-", digest.substr(0, 16), ".json");
  if (fs::exists(file)) {
    constexpr std::int64_t most_bytes = std::int64_t{1} << 20;
    GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
    const auto* const text = reinterpret_cast<const char*>(bytes.data());
    ordered_json kept = ordered_json::parse(text, text + bytes.size(), nullptr, false);
    if (kept.is_object() && kept.value("origin", "") == origin && kept.contains("figures"))
      return std::move(kept["figures"]);
  }
  GANLET_TRY(const Scores scores, evaluate(source, samples, reference, options));
  ordered_json figures = json_of(scores, reference);
  const std::string text = ordered_json{{"origin", origin}, {"figures", figures}}.dump(2) + "\n";
  std::error_code error;
  fs::create_directories(cache, error);
  if (error)
    return fail(ErrorCode::io, cache.string(), error.message());
  GANLET_CHECK(write_whole(file, std::as_bytes(std::span(text))));
  return figures;
}

ordered_json judged_damage(const Reference& reference, const Options& options) {
  ordered_json report{{"in_order", true}, {"damage", ordered_json::array()}};
  const std::vector<Damage> damages = damages_of(reference.pictures->train);
  double before = 0;
  for (const Damage& damage : damages) {
    const train::Dataset damaged = damaged_pictures(reference.pictures->train, options.samples, damage, reference.seed);
    const torch::Tensor features = reference.features_of(damaged);
    const double distance = frechet_distance(reference.test_features, features);
    if (damage.strength > 0 && distance <= before)
      report["in_order"] = false;
    before = distance;
    report["damage"].push_back({{"kind", name_of(damage.kind)},
                                {"strength", damage.strength},
                                {"frechet_distance", distance},
                                {"kernel_distance", kernel_distance(reference.test_features, features)}});
  }
  return report;
}

ordered_json over_seeds(const std::vector<ordered_json>& each) {
  const ordered_json& first = each.front();
  if (each.size() == 1 || first.is_string() || first.is_boolean() || first.is_null())
    return first;
  if (first.is_number())
    return with_deviation(each);
  ordered_json all = first;
  for (const auto& item : all.items()) {
    std::vector<ordered_json> inner;
    for (const ordered_json& one : each)
      inner.push_back(first.is_array() ? one.at(std::stoul(item.key())) : one.at(item.key()));
    item.value() = over_seeds(inner);
  }
  return all;
}

} // namespace ganlet::evaluate
