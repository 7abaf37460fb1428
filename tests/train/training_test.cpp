#include <algorithm>
#include <csignal>
#include <sstream>

#include <gtest/gtest.h>

#include "export.h"
#include "image/whole_file.h"
#include "onnx/writer.h"
#include "runs.h"
#include "support/onnx_runtime.h"
#include "synthetic.h"
#include "tools/program.h"
#include "trainer.h"

namespace ganlet::train {
namespace {

using test::begun;
using test::drawn;
using test::Folder;
using test::loaded;
using test::losses_in;
using test::quiet_run;
using test::squares;

Settings small_settings(std::int64_t steps) {
  Settings settings;
  settings.batch = 10;
  settings.options.steps = steps;
  return settings;
}

TEST(Train, LossesFallOnEasyPictures) {
  const Folder folder;
  const Dataset data = squares(200, 1);
  Checkpoint checkpoint = begun(folder, small_settings(40));
  ASSERT_TRUE(train(checkpoint, data, quiet_run(folder)));
  std::vector<double> discriminator;
  std::istringstream log(losses_in(folder));
  std::string row;
  std::getline(log, row);
  EXPECT_EQ(row, "step,discriminator,generator");
  while (std::getline(log, row))
    discriminator.push_back(std::stod(row.substr(row.find(',') + 1)));
  ASSERT_EQ(discriminator.size(), 40U);
  EXPECT_LT(discriminator.back(), 0.8 * discriminator.front());
}

TEST(Train, SeedDecidesTheNetwork) {
  Settings other = small_settings(1);
  other.seed = 2;
  EXPECT_TRUE(torch::equal(drawn(*new_checkpoint(small_settings(1))), drawn(*new_checkpoint(small_settings(1)))));
  EXPECT_FALSE(torch::equal(drawn(*new_checkpoint(small_settings(1))), drawn(*new_checkpoint(other))));
}

TEST(Train, LossThatIsNotFiniteEndsTheRunAndKeepsTheCheckpointBefore) {
  const Folder folder;
  const Dataset data = squares(30, 1);
  Settings settings = small_settings(50);
  settings.options.generator_rate = 1e30;
  Checkpoint checkpoint = begun(folder, settings);
  RunOptions run = quiet_run(folder);
  run.save_every = 1;
  const Result<void> outcome = train(checkpoint, data, run);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), ErrorCode::corrupt);
  EXPECT_EQ(outcome.error().place(), "step " + std::to_string(checkpoint.step));
  EXPECT_NE(outcome.error().message().find("the last good checkpoint is " + checkpoint_path(folder.path()).string()),
            std::string::npos)
      << outcome.error().text();
  EXPECT_EQ(loaded(folder).step, checkpoint.step);
  EXPECT_TRUE(loaded(folder).family->is_finite());
}

// The averaged generator is in no loss. It is moved by so much that its weights are large after one update, and
// infinite after two.
TEST(Train, WeightsThatAreNotFiniteAreNotSaved) {
  const Folder folder;
  Settings settings = small_settings(1010);
  settings.options.average_decay = -3e38; // from step 1000 on
  Checkpoint checkpoint = begun(folder, settings);
  checkpoint.step = 1000;
  RunOptions run = quiet_run(folder);
  run.save_every = 1;
  run.along = 0;
  const Result<void> outcome = train(checkpoint, squares(30, 1), run);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().text(), "step 1002: the weights aren't finite; the last good checkpoint is " +
                                        checkpoint_path(folder.path()).string() + ", of step 1001");
  EXPECT_EQ(loaded(folder).step, 1001);
  EXPECT_TRUE(loaded(folder).family->is_finite());
}

TEST(Train, SampleGridHasAColumnForEachClass) {
  const Result<Checkpoint> checkpoint = new_checkpoint(small_settings(1));
  const Image grid = sample_grid(*checkpoint->family, checkpoint->settings, 3);
  EXPECT_EQ(grid.width, 280);
  EXPECT_EQ(grid.height, 84);
}

TEST(Checkpoint, WithoutSettingsIsOneOfDefaultSettings) {
  const Folder folder;
  const Result<Checkpoint> written = new_checkpoint(Settings{});
  torch::serialize::OutputArchive archive;
  written->family->save(archive);
  archive.write("step", torch::tensor(7)); // 32 bits, where `save_checkpoint` writes 64
  archive.save_to(checkpoint_path(folder.path()).string());
  const Checkpoint read = loaded(folder);
  EXPECT_EQ(read.step, 7);
  EXPECT_EQ(read.settings, Settings{});
  EXPECT_TRUE(torch::equal(drawn(read), drawn(*written)));
}

TEST(Checkpoint, KeepsSettingsUnlessTheyAreOverridden) {
  const Folder folder;
  Settings settings = small_settings(9);
  settings.seed = 0xfedcba9876543210;
  settings.options.class_weight = 0.3;
  settings.options.bf16 = true;
  const Checkpoint written = std::move(*new_checkpoint(settings));
  ASSERT_TRUE(save_checkpoint(checkpoint_path(folder.path()), written));
  EXPECT_EQ(loaded(folder).settings, settings);
  Overrides overrides;
  overrides.steps = 30;
  overrides.bf16 = false;
  settings.options.steps = 30;
  settings.options.bf16 = false;
  EXPECT_EQ(loaded(folder, overrides).settings, settings);
}

TEST(Checkpoint, OfAnotherNetworkIsAnError) {
  const Folder folder;
  ASSERT_TRUE(save_checkpoint(checkpoint_path(folder.path()), *new_checkpoint(small_settings(1))));
  Overrides overrides;
  overrides.latent = 32;
  const Result<Checkpoint> read = load_checkpoint(checkpoint_path(folder.path()), overrides);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text(), checkpoint_path(folder.path()).string() + ": 'g' is a network of other sizes");
}

TEST(Checkpoint, TruncatedFileIsAnError) {
  const Folder folder;
  const auto file = checkpoint_path(folder.path());
  ASSERT_TRUE(save_checkpoint(file, *new_checkpoint(small_settings(1))));
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1000);
  const Result<Checkpoint> read = load_checkpoint(file);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().place(), file.string());
}

TEST(Families, UnsuitablePictureSizeIsAnError) {
  Settings settings;
  settings.options.width = 30;
  const Result<Checkpoint> checkpoint = new_checkpoint(settings);
  ASSERT_FALSE(checkpoint);
  EXPECT_EQ(checkpoint.error().text(), "cgan: pictures of 30 x 28: both sides must be multiples of 4");
}

} // namespace
} // namespace ganlet::train
