#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "family.h"

namespace ganlet::train {

/// log.csv: a row for a step now and then. Rows are written with each checkpoint, before it, so that a checkpoint is
/// never without the rows up to its step.
class LossLog {
 public:
  LossLog() = default;
  /// Begins a file, or continues one of a run that is resumed after `step`: rows behind that step, and a last row that
  /// was not written whole, go. Errors: io.
  static Result<LossLog> open(std::filesystem::path file, std::int64_t step);

  void add(std::int64_t step, const std::vector<Loss>& losses, double images_a_second);
  /// Appends to the file what was added since. Errors: io.
  Result<void> write();

 private:
  std::filesystem::path file_;
  std::string pending_;
  bool has_header_ = false;
};

} // namespace ganlet::train
