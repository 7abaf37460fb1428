#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>

#include "family.h"
#include "settings.h"
#include "trainer.h"

namespace ganlet::train {

/// What the command line of `ganlet-train FAMILY` says.
struct TrainArguments {
  const FamilyEntry* family = nullptr;
  std::string data;
  std::string from; ///< as in pairs.h, in families that take pairs
  std::string precision;
  std::string device = "cpu";
  int rank_timeout = 300; ///< seconds
  std::string config;
  std::int64_t epochs = 0;
  bool resume = false;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool strict = false;
  std::string augment;
  std::optional<double> rate; ///< of both networks, where `overrides` have none
  Overrides overrides;
  RunOptions run;
};

/// Options of the subcommand `command`, which land in `arguments`. Its family must be known, and it must outlive
/// `command`.
void add_train_options(CLI::App& command, TrainArguments& arguments);

/// Takes what stands for several settings into `overrides`: --lr, --precision and --augment.
/// Errors: invalid_argument for words that --augment does not have.
Result<void> complete_overrides(TrainArguments& arguments);

} // namespace ganlet::train
