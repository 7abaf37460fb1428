#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"

namespace ganlet::train {

/// What a run's log.csv says: a row for a step now and then, a column for each loss.
struct LossTable {
  std::vector<std::string> names;           ///< of the columns behind `step`, "images_per_second" being the last
  std::vector<std::int64_t> steps;          ///< of the rows, ascending
  std::vector<std::vector<double>> columns; ///< by column, then by row

  /// Every column's value, by name, in the last row up to `step`; empty where there is none.
  std::vector<std::pair<std::string, double>> at(std::int64_t step) const;
};

/// Reads log.csv. Errors: not_found, io, corrupt (the place has the line).
Result<LossTable> read_loss_table(const std::filesystem::path& file);

} // namespace ganlet::train
