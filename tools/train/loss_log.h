#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "family.h"

namespace ganlet::train {

/// log.csv: a row for a step now and then. Written with each checkpoint, so that the two never disagree.
class LossLog {
 public:
  LossLog() = default;
  /// Takes over the rows up to `step` of a run that is resumed. Errors: io.
  static Result<LossLog> open(std::filesystem::path file, std::int64_t step);

  void add(std::int64_t step, const std::vector<Loss>& losses, double images_a_second);
  Result<void> write() const;

 private:
  std::filesystem::path file_;
  std::string text_;
};

} // namespace ganlet::train
