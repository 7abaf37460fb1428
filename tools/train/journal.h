#pragma once

#include <filesystem>
#include <optional>

#include "checkpoint.h"
#include "event_file.h"
#include "loss_log.h"
#include "progress.h"
#include "trainer.h"

namespace ganlet::train {

/// What the first rank leaves in a run's folder while it trains: checkpoints, losses, events, sample pictures, and
/// generators on the way.
class Journal {
 public:
  /// Writes config.json, and continues what a run that is resumed left up to the checkpoint's step. Errors: io.
  static Result<Journal> open(const Checkpoint& checkpoint, const RunOptions& run, std::int64_t steps_each_epoch);

  /// Before the first update.
  Result<void> begin(const Checkpoint& checkpoint);
  /// After each update: what is due, and a checkpoint where it is the last (`ends`). Errors: io; corrupt where a
  /// checkpoint's weights wouldn't be finite: the one before stays.
  Result<void> note(const Checkpoint& checkpoint, const std::vector<Loss>& losses, bool ends);

 private:
  Journal(const Checkpoint& checkpoint, const RunOptions& run, std::int64_t steps_each_epoch);
  bool samples_are_due(std::int64_t step) const;
  bool checkpoint_is_due(std::int64_t step) const;
  Result<void> log(std::int64_t step, const std::vector<Loss>& losses);
  Result<void> write_samples(const Checkpoint& checkpoint);
  Result<void> save(const Checkpoint& checkpoint);
  Result<void> keep_along(const Checkpoint& checkpoint);

  RunOptions run_;
  std::int64_t steps_, steps_each_epoch_;
  LossLog losses_;
  EventFile events_;
  std::unique_ptr<ProgressBar> bar_;
};

} // namespace ganlet::train
