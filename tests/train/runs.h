#pragma once

#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tools/program.h"
#include "trainer.h"

/// Short runs of the trainer, and what they leave.
namespace ganlet::test {

inline train::RunOptions quiet_run(const Folder& folder) {
  train::RunOptions run;
  run.folder = folder.path();
  run.log_every = 1;
  run.samples_every = 0;
  return run;
}

/// A fresh checkpoint, with the folder ready. One thread: the order of sums must not change.
inline train::Checkpoint begun(const Folder& folder, const train::Settings& settings) {
  at::set_num_threads(1);
  EXPECT_TRUE(train::prepare_folder(folder.path(), false));
  Result<train::Checkpoint> checkpoint = train::new_checkpoint(settings);
  EXPECT_TRUE(checkpoint) << checkpoint.error().text();
  return std::move(*checkpoint);
}

inline train::Checkpoint loaded(const Folder& folder, const train::Overrides& overrides = {}) {
  Result<train::Checkpoint> checkpoint = load_checkpoint(train::checkpoint_path(folder.path()), overrides);
  EXPECT_TRUE(checkpoint) << checkpoint.error().text();
  return std::move(*checkpoint);
}

/// Of latents, or what is made of the examples.
inline torch::Tensor drawn(const train::Checkpoint& checkpoint) {
  if (const std::vector<torch::Tensor> examples = checkpoint.family->examples(); !examples.empty())
    return examples[1];
  torch::manual_seed(5);
  return checkpoint.family->draw(torch::randn({20, checkpoint.settings.options.latent}),
                                 torch::arange(20).remainder(10));
}

/// log.csv without its last column, which tells speeds.
inline std::string losses_in(const Folder& folder) {
  std::string losses;
  std::istringstream log(content_of(folder / "log.csv"));
  for (std::string row; std::getline(log, row);)
    losses += row.substr(0, row.rfind(',')) + "\n";
  return losses;
}

} // namespace ganlet::test
