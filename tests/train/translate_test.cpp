// The family that makes pictures of pictures, from its losses to what `ganlet apply` and ganlet-evaluate make of it.

#include <algorithm>

#include <gtest/gtest.h>

#include "batches.h"
#include "export.h"
#include "generator/model_folder.h"
#include "generator/translation.h"
#include "image/image_writer.h"
#include "onnx/writer.h"
#include "outline.h"
#include "pairs.h"
#include "runs.h"
#include "support/onnx_runtime.h"
#include "synthetic.h"
#include "tools/program.h"

namespace ganlet::train {
namespace {

using test::begun;
using test::content_of;
using test::Folder;
using test::Outcome;
using test::quiet_run;
using test::run_program;
using test::squares;

/// In a folder of idx files with 100 training and 120 test pictures.
void write_data(const Folder& folder) {
  test::write_idx(folder.path(), "train", squares(100, 1));
  test::write_idx(folder.path(), "t10k", squares(120, 2));
}

Settings small_settings(std::int64_t steps) {
  const FamilyEntry& family = *find_family("translate");
  Settings settings{.family = "translate", .batch = 10, .options = family.options};
  settings.options.steps = steps;
  settings.options.classes = 0;
  settings.options.input_channels = 1;
  settings.from = from_edges;
  return settings;
}

Dataset pairs(std::int64_t count, std::uint64_t seed) {
  Dataset data = squares(count, seed);
  pair_with_outlines(data);
  return data;
}

/// The numbers of one column of log.csv.
std::vector<double> column(const Folder& folder, const std::string& name) {
  const Result<LossTable> table = read_loss_table(folder / "log.csv");
  EXPECT_TRUE(table);
  const auto found = std::ranges::find(table->names, name);
  return table->columns[static_cast<std::size_t>(found - table->names.begin())];
}

TEST(Translate, ComesClosePixelByPixel) {
  const Folder folder;
  Checkpoint checkpoint = begun(folder, small_settings(40));
  ASSERT_TRUE(train(checkpoint, pairs(100, 1), quiet_run(folder)));
  const std::vector<double> difference = column(folder, "difference");
  EXPECT_LT(difference.back(), 0.5 * difference.front());
  const std::vector<torch::Tensor> examples = checkpoint.family->examples();
  ASSERT_EQ(examples.size(), 3U);
  EXPECT_EQ(examples[0].size(0), 10);
  EXPECT_EQ(examples[1].sizes(), examples[2].sizes());
}

TEST(Translate, OnnxRuntimeMakesWhatTorchMakesInColourAndOfLargerPicturesToo) {
  const Folder folder;
  Settings settings = small_settings(3);
  settings.batch = 4;
  settings.options.height = settings.options.width = 64;
  settings.options.channels = settings.options.input_channels = 3;
  Dataset data{8, 64, 64, 0, std::vector<std::uint8_t>(8 * 64 * 64 * 3), {}, 3, {}};
  for (std::size_t i = 0; i < data.pixels.size(); ++i)
    data.pixels[i] = static_cast<std::uint8_t>(i * 31 % 251);
  data.input_channels = 3;
  data.inputs.assign(data.pixels.rbegin(), data.pixels.rend());
  Checkpoint checkpoint = begun(folder, settings);
  const Result<void> outcome = train(checkpoint, data, quiet_run(folder));
  ASSERT_TRUE(outcome) << outcome.error().text();
  const std::vector<torch::Tensor> examples = checkpoint.family->examples();
  const torch::Tensor given = examples[0].contiguous(), expected = examples[1].contiguous();
  std::vector<test::NamedTensor> inputs;
  inputs.push_back({"input", Tensor(DataType::float32, Shape{4, 3, 64, 64})});
  std::copy_n(given.data_ptr<float>(), given.numel(), inputs[0].tensor.as<float>().begin());
  const Tensor actual = test::run_in_onnx_runtime(onnx::write(exported(checkpoint)), inputs);
  ASSERT_EQ(actual.shape(), (Shape{4, 3, 64, 64}));
  for (std::size_t i = 0; i < actual.as<float>().size(); ++i)
    ASSERT_NEAR(actual.as<float>()[i], expected.data_ptr<float>()[i], 1e-4F);
  EXPECT_GT(expected.std().item<float>(), 0.01F);
}

TEST(Translate, SizesThatCannotBeHalvedTwiceAreAnError) {
  Settings settings = small_settings(1);
  settings.options.width = 30;
  const Result<Checkpoint> checkpoint = new_checkpoint(settings);
  ASSERT_FALSE(checkpoint);
  EXPECT_EQ(checkpoint.error().text(), "translate: pictures of 30 x 28: both sides must be multiples of 4");
}

TEST(Batches, InksOfInputsVaryAndPicturesStay) {
  const Dataset data = pairs(10, 1);
  torch::manual_seed(5);
  const Batch plain = Batches(data, 10, 1).at(0), inked = Batches(data, 10, 1, {.ink = true}).at(0);
  EXPECT_TRUE(torch::equal(plain.images, inked.images));
  int dark_on_light = 0;
  for (std::int64_t i = 0; i < 10; ++i) {
    const bool is_turned = inked.inputs[i][0][0][0].item<float>() > 0;
    const torch::Tensor lines = (is_turned ? -1 : 1) * inked.inputs[i];
    const float strength = (lines.max().item<float>() + 1) / 2;
    EXPECT_GE(strength, 0.29F);
    EXPECT_LE((lines - (strength * (plain.inputs[i] + 1) - 1)).abs().max().item<float>(), 0.02F); // bytes are rounded
    dark_on_light += is_turned ? 1 : 0;
  }
  EXPECT_GT(dark_on_light, 1);
  EXPECT_LT(dark_on_light, 9);
}

class TranslateProgram : public ::testing::Test {
 protected:
  /// Trains with `more` options on the outlines of `data_`.
  Outcome trained(const std::string& more) {
    return run_program(run_, "translate --data " + data_.path().string() + " -o " + (run_ / "run").string() +
                                 " --threads 1 --batch 10 --precision f32 " + more);
  }

  Folder data_, run_;
};

TEST_F(TranslateProgram, TrainsResumesExportsAppliesAndIsJudged) {
  write_data(data_);
  const Outcome first = trained("--from edges --steps 3 --along 0 --log-every 1 --augment ink,shift");
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_NE(content_of(run_ / "run/log.csv").find("step,discriminator,generator,difference,"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(run_ / "run/samples/step_000003.png"));
  const Outcome second = trained("--from edges --steps 6 --resume");
  ASSERT_EQ(second.status, 0) << second.err;
  const std::string model = (run_ / "mine").string();
  const Outcome exported = run_program(run_, "export " + (run_ / "run").string() + " -o " + model);
  ASSERT_EQ(exported.status, 0) << exported.err;
  const std::string json = content_of(run_ / "mine/model.json"), card = content_of(run_ / "mine/README.md");
  EXPECT_NE(json.find("\"kind\": \"pictures\""), std::string::npos) << json;
  EXPECT_EQ(json.find("\"latent\": {"), std::string::npos) << json;
  EXPECT_NE(card.find("--data DIR --from edges --out RUN"), std::string::npos) << card;

  Image picture{90, 50, {}};
  picture.pixels.assign(std::size_t(4) * 90 * 50, 255);
  ASSERT_TRUE(write_image(run_ / "in.png", picture));
  const Outcome applied = run_program(run_, "--help > /dev/null; " GANLET_CLI " apply " + model + " " +
                                                (run_ / "in.png").string() + " -o " + (run_ / "out.png").string());
  EXPECT_EQ(applied.status, 0) << applied.err;
  EXPECT_NE(applied.err.find("90 x 50 to 90 x 50 pixels; numbers in: -1 to 1, out: -1 to 1"), std::string::npos)
      << applied.err;

  const Outcome judged = run_program(
      run_, "--help > /dev/null; " GANLET_EVALUATE " " + model + " --threads 1 --data " + data_.path().string() +
                " --from edges --sheet " + (run_ / "sheet.png").string() +
                " --samples 100 --schedule 64 --seeds 1 --precision f32 --cache " + (run_ / "cache").string());
  ASSERT_EQ(judged.status, 0) << judged.err;
  EXPECT_NE(judged.out.find("\"edges\": {"), std::string::npos) << judged.out;
  EXPECT_NE(judged.out.find("\"class_kept\": "), std::string::npos) << judged.out;
  EXPECT_TRUE(std::filesystem::exists(run_ / "sheet.png"));
}

TEST_F(TranslateProgram, SaysWhatIsWrongWithPairs) {
  write_data(data_);
  EXPECT_EQ(trained("--steps 1").status, 2); // without --from
  EXPECT_EQ(trained("--steps 1 --from " + data_.path().string()).err,
            "ganlet-train: --from: is a folder of pictures, and --data has idx files, whose pictures have no names: "
            "take edges\n");
  EXPECT_EQ(trained("--steps 1 --from edgse").err, "ganlet-train: --from: 'edgse' is neither edges nor a folder\n");
  EXPECT_EQ(trained("--steps 1 --from edges --augment hue").err,
            "ganlet-train: --augment: 'hue' would turn the colours of one picture of a pair\n");
  const Outcome trained_once = trained("--steps 1 --from edges --along 0");
  ASSERT_EQ(trained_once.status, 0) << trained_once.err;
  const Outcome spread =
      run_program(run_, "export " + (run_ / "run").string() + " --spread 1.1 -o " + (run_ / "x.onnx").string());
  EXPECT_EQ(spread.err, "ganlet-train: --spread: multiplies latents, and networks of the family translate have none\n");
  const Outcome not_pictures = run_program(run_, "--help > /dev/null; " GANLET_EVALUATE " models/digits --data " +
                                                     data_.path().string() + " --from edges");
  EXPECT_NE(not_pictures.err.find("models/digits: doesn't make pictures of pictures: leave --from out"),
            std::string::npos)
      << not_pictures.err;
}

} // namespace
} // namespace ganlet::train
