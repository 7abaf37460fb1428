#include <csignal>
#include <sstream>

#include <gtest/gtest.h>

#include "export.h"
#include "image/whole_file.h"
#include "onnx/writer.h"
#include "support/onnx_runtime.h"
#include "synthetic.h"
#include "tools/program.h"
#include "trainer.h"

namespace ganlet::train {
namespace {

using test::Folder;
using test::squares;

Settings small_settings(std::int64_t steps) {
  Settings settings;
  settings.batch = 10;
  settings.options.steps = steps;
  return settings;
}

RunOptions quiet_run(const Folder& folder) {
  RunOptions run;
  run.folder = folder.path();
  run.log_every = 1;
  run.samples_every = 0;
  return run;
}

/// A fresh checkpoint, with the folder ready. One thread: the order of sums must not change.
Checkpoint begun(const Folder& folder, const Settings& settings) {
  at::set_num_threads(1);
  EXPECT_TRUE(prepare_folder(folder.path(), false));
  Result<Checkpoint> checkpoint = new_checkpoint(settings);
  EXPECT_TRUE(checkpoint) << checkpoint.error().text();
  return std::move(*checkpoint);
}

Checkpoint loaded(const Folder& folder, const Overrides& overrides = {}) {
  Result<Checkpoint> checkpoint = load_checkpoint(checkpoint_path(folder.path()), overrides);
  EXPECT_TRUE(checkpoint) << checkpoint.error().text();
  return std::move(*checkpoint);
}

torch::Tensor drawn(const Checkpoint& checkpoint) {
  torch::manual_seed(5);
  return checkpoint.family->draw(torch::randn({20, checkpoint.settings.options.latent}),
                                 torch::arange(20).remainder(10));
}

/// log.csv without its last column, which tells speeds.
std::string losses_in(const Folder& folder) {
  std::string losses;
  std::istringstream log(test::content_of(folder / "log.csv"));
  for (std::string row; std::getline(log, row);)
    losses += row.substr(0, row.rfind(',')) + "\n";
  return losses;
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

TEST(Train, ResumedRunGivesWhatAnUninterruptedOneGives) {
  const Dataset data = squares(30, 1); // an epoch ends after the third step
  const Folder whole_folder, stopped_folder;
  Checkpoint whole = begun(whole_folder, small_settings(7));
  ASSERT_TRUE(train(whole, data, quiet_run(whole_folder)));

  Checkpoint stopped = begun(stopped_folder, small_settings(7));
  volatile std::sig_atomic_t stop = 1;
  RunOptions one_step = quiet_run(stopped_folder);
  one_step.stop = &stop;
  for (int step = 1; step <= 4; ++step) {
    const Result<void> outcome = train(stopped, data, one_step);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), ErrorCode::cancelled);
    stopped = loaded(stopped_folder);
    ASSERT_EQ(stopped.step, step);
  }
  torch::rand({3}); // what else has been drawn in between makes no difference
  ASSERT_TRUE(train(stopped, data, quiet_run(stopped_folder)));

  EXPECT_TRUE(torch::equal(drawn(loaded(whole_folder)), drawn(loaded(stopped_folder))));
  EXPECT_EQ(losses_in(whole_folder), losses_in(stopped_folder));
  // The next update depends on everything that a checkpoint keeps.
  const Batch batch{torch::zeros({10, 1, 28, 28}), torch::arange(10)};
  torch::manual_seed(3);
  const std::vector<Loss> expected = loaded(whole_folder).family->update(batch, 7);
  torch::manual_seed(3);
  const std::vector<Loss> actual = loaded(stopped_folder).family->update(batch, 7);
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(actual[i].value, expected[i].value) << expected[i].name;
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
}

TEST(Train, SampleGridHasAColumnForEachClass) {
  const Result<Checkpoint> checkpoint = new_checkpoint(small_settings(1));
  const Image grid = sample_grid(*checkpoint->family, checkpoint->settings, 3);
  EXPECT_EQ(grid.width, 280);
  EXPECT_EQ(grid.height, 84);
}

TEST(Export, OnnxRuntimeDrawsWhatTorchDraws) {
  const Folder folder;
  const Dataset data = squares(100, 1);
  Checkpoint checkpoint = begun(folder, small_settings(20)); // so that normalization has statistics of its own
  ASSERT_TRUE(train(checkpoint, data, quiet_run(folder)));
  const Checkpoint read_back = loaded(folder);

  constexpr std::int64_t count = 16;
  std::vector<test::NamedTensor> inputs;
  inputs.push_back({"z", Tensor(DataType::float32, Shape{count, 64})});
  inputs.push_back({"label", Tensor(DataType::int64, Shape{count})});
  Rng(3).fill_normal(inputs[0].tensor.as<float>());
  for (std::int64_t i = 0; i < count; ++i)
    inputs[1].tensor.as<std::int64_t>()[static_cast<std::size_t>(i)] = i % 10;
  const torch::Tensor latents = torch::from_blob(inputs[0].tensor.as<float>().data(), {count, 64}, torch::kFloat);
  const torch::Tensor expected = read_back.family->draw(latents, torch::arange(count).remainder(10));

  const Tensor actual = test::run_in_onnx_runtime(onnx::write(exported(read_back)), inputs);
  ASSERT_EQ(actual.shape(), (Shape{count, 1, 28, 28}));
  const torch::Tensor difference =
      torch::from_blob(const_cast<float*>(actual.as<float>().data()), {count, 1, 28, 28}, torch::kFloat) - expected;
  EXPECT_LE(difference.abs().max().item<float>(), 1e-4F);
  EXPECT_GT(expected.std().item<float>(), 0.01F); // not the same grey everywhere
}

TEST(Export, MetadataTellsTheRun) {
  Checkpoint checkpoint = std::move(*new_checkpoint(small_settings(9)));
  checkpoint.step = 4;
  const onnx::Model model = exported(checkpoint);
  const std::vector<std::pair<std::string, std::string>> expected{{"family", "cgan"}, {"steps", "4"}, {"seed", "1"}};
  EXPECT_EQ(model.metadata, expected);
  EXPECT_EQ(model.opset, 17);
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
