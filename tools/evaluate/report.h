#pragma once

#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>

#include "evaluation.h"

/// Figures as JSON, and those of several judges together.
namespace ganlet::evaluate {

/// What real pictures get.
nlohmann::ordered_json json_of(const Reference& reference);

/// What samples get beside them.
nlohmann::ordered_json json_of(const Scores& scores, const Reference& reference);

/// Samples' figures by a judge, or those that an earlier call left in `cache` for the same judge, samples and options.
Result<nlohmann::ordered_json> judged(Source& source, const train::Dataset& samples, const Reference& reference,
                                      const std::filesystem::path& cache, const Options& options);

/// Distances of damaged real pictures, each kind of damage from none to the worst, and `in_order`: whether each is
/// worse than the one before. A judge that is blind to one of them can't judge generators either.
nlohmann::ordered_json judged_damage(const Reference& reference, const Options& options);

/// Of figures of the same kind by several judges: {"mean": m, "deviation": d} for each number, with the deviation of a
/// sample. Those of one judge as they are.
nlohmann::ordered_json over_seeds(const std::vector<nlohmann::ordered_json>& each);

} // namespace ganlet::evaluate
