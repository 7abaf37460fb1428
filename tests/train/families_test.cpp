// What holds for every family: it trains, resumes, and draws in ONNX Runtime what it draws in torch.

#include <algorithm>
#include <csignal>
#include <iterator>
#include <set>

#include <gtest/gtest.h>

#include "export.h"
#include "generator/model.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "pairs.h"
#include "precision.h"
#include "runs.h"
#include "support/onnx_runtime.h"
#include "synthetic.h"
#include "tools/program.h"
#include "xnn/xnn.h"

namespace ganlet::train {
namespace {

using test::begun;
using test::drawn;
using test::Folder;
using test::loaded;
using test::losses_in;
using test::quiet_run;
using test::squares;

/// A family's own defaults, but small batches and few critic steps.
Settings small_settings_of(const FamilyEntry& family, std::int64_t steps) {
  Settings settings{.family = std::string(family.name), .batch = 10, .options = family.options};
  settings.options.steps = steps;
  settings.options.critic_steps = std::min<std::int64_t>(settings.options.critic_steps, 2);
  settings.options.classes = family.takes_labels ? 10 : 0; // as the pictures of `squares` have
  settings.options.input_channels = family.takes_pairs ? 1 : 0;
  return settings;
}

/// `squares`, beside their outlines where the family takes pairs.
Dataset squares_for(const FamilyEntry& family, std::int64_t count) {
  Dataset data = squares(count, 1);
  if (family.takes_pairs)
    pair_with_outlines(data);
  return data;
}

std::vector<FamilyEntry> entries_of_latents() {
  std::vector<FamilyEntry> entries;
  std::ranges::copy_if(families(), std::back_inserter(entries),
                       [](const FamilyEntry& entry) { return !entry.takes_pairs; });
  return entries;
}

/// Families that put pictures into clusters, doing so.
std::vector<FamilyEntry> entries_with_clusters() {
  std::vector<FamilyEntry> entries;
  for (FamilyEntry entry : families())
    if (entry.takes_clusters) {
      entry.options.latent = 25;
      entry.options.clusters = 5;
      entries.push_back(entry);
    }
  return entries;
}

class EachFamily : public ::testing::TestWithParam<FamilyEntry> {};
class EachFamilyOfLatents : public EachFamily {};

TEST_P(EachFamily, ResumedRunGivesWhatAnUninterruptedOneGives) {
  const Dataset data = squares_for(GetParam(), 60); // an epoch ends after the third or the sixth step
  const Settings settings = small_settings_of(GetParam(), 7);
  const Folder whole_folder, stopped_folder;
  Checkpoint whole = begun(whole_folder, settings);
  ASSERT_TRUE(train(whole, data, quiet_run(whole_folder)));

  Checkpoint stopped = begun(stopped_folder, settings);
  volatile std::sig_atomic_t stop = 1;
  RunOptions one_step = quiet_run(stopped_folder);
  one_step.stop = &stop;
  for (int step = 1; step <= 4; ++step) {
    const Result<void> outcome = train(stopped, data, one_step);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), ErrorCode::cancelled) << outcome.error().text();
    stopped = loaded(stopped_folder);
    ASSERT_EQ(stopped.step, step);
  }
  torch::rand({3}); // what else has been drawn in between makes no difference
  ASSERT_TRUE(train(stopped, data, quiet_run(stopped_folder)));

  EXPECT_TRUE(torch::equal(drawn(loaded(whole_folder)), drawn(loaded(stopped_folder))));
  EXPECT_EQ(losses_in(whole_folder), losses_in(stopped_folder));
  // The next update depends on everything that a checkpoint keeps.
  const torch::Tensor blank = torch::zeros({settings.pictures_each_step(), 1, 28, 28});
  const Batch batch{blank, torch::arange(settings.pictures_each_step()).remainder(5), blank};
  torch::manual_seed(3);
  const std::vector<Loss> expected = loaded(whole_folder).family->update(batch, 7);
  torch::manual_seed(3);
  const std::vector<Loss> actual = loaded(stopped_folder).family->update(batch, 7);
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(actual[i].value, expected[i].value) << expected[i].name;
}

/// Encoders of pictures, besides.
TEST(VaeGan, OnnxRuntimeEncodesWhatTorchEncodes) {
  const Folder folder;
  Checkpoint checkpoint = begun(folder, small_settings_of(*find_family("vae-gan"), 10));
  ASSERT_TRUE(train(checkpoint, squares(60, 1), quiet_run(folder)));
  std::vector<ExportedPart> parts = checkpoint.family->parts();
  ASSERT_EQ(parts.size(), 2U);
  ASSERT_EQ(parts[1].name, "encoder");
  std::vector<test::NamedTensor> image, latent;
  image.push_back({"image", Tensor(DataType::float32, Shape{3, 1, 28, 28})});
  Rng(3).fill_normal(image[0].tensor.as<float>());
  const torch::Tensor pictures = torch::from_blob(image[0].tensor.as<float>().data(), {3, 1, 28, 28}, torch::kFloat);
  latent.push_back({"z", test::run_in_onnx_runtime(onnx::write(parts[1].model), image)});
  ASSERT_EQ(latent[0].tensor.shape(), (Shape{3, 64}));
  // Through the exported generator the exported latents give torch's own reconstruction.
  const Tensor seen = test::run_in_onnx_runtime(onnx::write(parts[0].model), latent);
  const torch::Tensor expected = checkpoint.family->reconstruct(pictures).contiguous();
  for (std::size_t i = 0; i < seen.as<float>().size(); ++i)
    ASSERT_NEAR(seen.as<float>()[i], expected.data_ptr<float>()[i], 1e-4F);
  EXPECT_GT(latent[0].tensor.as<float>()[0], -100);
}

TEST_P(EachFamily, LearnsInBfloat16Too) {
  if (!is_bf16_right())
    GTEST_SKIP() << "libtorch's bfloat16 isn't right on this processor";
  const Folder folder;
  Settings settings = small_settings_of(GetParam(), 3);
  settings.options.bf16 = true;
  Checkpoint checkpoint = begun(folder, settings);
  const Result<void> outcome = train(checkpoint, squares_for(GetParam(), 60), quiet_run(folder));
  EXPECT_TRUE(outcome) << outcome.error().text();
}

TEST_P(EachFamilyOfLatents, OnnxRuntimeDrawsWhatTorchDraws) {
  const Folder folder;
  Checkpoint checkpoint = begun(folder, small_settings_of(GetParam(), 20)); // normalization gets statistics of its own
  ASSERT_TRUE(train(checkpoint, squares_for(GetParam(), 100), quiet_run(folder)));
  const Checkpoint read_back = loaded(folder);

  constexpr std::int64_t count = 16;
  const std::int64_t size = read_back.settings.options.latent;
  std::vector<test::NamedTensor> inputs;
  inputs.push_back({"z", Tensor(DataType::float32, Shape{count, size})});
  Rng(3).fill_normal(inputs[0].tensor.as<float>());
  if (GetParam().takes_labels) {
    inputs.push_back({"label", Tensor(DataType::int64, Shape{count})});
    for (std::int64_t i = 0; i < count; ++i)
      inputs[1].tensor.as<std::int64_t>()[static_cast<std::size_t>(i)] = i % 10;
  }
  const torch::Tensor latents = torch::from_blob(inputs[0].tensor.as<float>().data(), {count, size}, torch::kFloat);
  const torch::Tensor expected = read_back.family->draw(latents, torch::arange(count).remainder(10)).contiguous();

  const Tensor actual = test::run_in_onnx_runtime(onnx::write(exported(read_back)), inputs);
  ASSERT_EQ(actual.shape(), (Shape{count, 1, 28, 28}));
  const torch::Tensor difference =
      torch::from_blob(const_cast<float*>(actual.as<float>().data()), {count, 1, 28, 28}, torch::kFloat) - expected;
  EXPECT_LE(difference.abs().max().item<float>(), 1e-4F);
  EXPECT_GT(expected.std().item<float>(), 0.01F); // not the same grey everywhere
  // And so does ganlet.
  auto model = Model::open_file(onnx::write(exported(read_back)), "exported", {.backend = &xnn::backend});
  ASSERT_TRUE(model) << model.error().text();
  DrawRequest request{.count = count};
  const auto given = inputs[0].tensor.as<float>();
  request.latents.assign(given.begin(), given.end());
  auto drawing = model->draw(request, Keep::nothing); // labels take turns
  ASSERT_TRUE(drawing) << drawing.error().text();
  const auto images = drawing->step();
  ASSERT_TRUE(images) << images.error().text();
  ASSERT_EQ(images->count, count);
  float largest = 0;
  for (std::size_t i = 0; i < images->values.size(); ++i)
    largest = std::max(largest, std::abs(images->values[i] - expected.data_ptr<float>()[i]));
  EXPECT_LE(largest, 1e-4F);
}

/// An input for 3 pictures: normal numbers, or labels.
test::NamedTensor random_input(const onnx::ValueInfo& info) {
  std::vector<std::int64_t> sizes{3};
  for (std::size_t axis = 1; axis < info.shape->size(); ++axis)
    sizes.push_back((*info.shape)[axis].size.value());
  test::NamedTensor input{info.name, Tensor(info.type, *Shape::make(sizes, {}, info.name))};
  if (info.type == DataType::float32)
    Rng(3).fill_normal(input.tensor.as<float>());
  return input;
}

Tensor run_in_onnx_runtime(const std::filesystem::path& file) {
  const std::string bytes = test::content_of(file);
  const auto content = std::as_bytes(std::span<const char>(bytes));
  std::vector<test::NamedTensor> inputs;
  const onnx::Model model = std::move(*onnx::read(content, {}));
  for (const onnx::ValueInfo& info : model.inputs)
    inputs.push_back(random_input(info));
  return test::run_in_onnx_runtime(content, inputs);
}

/// Root mean square, as a share of the expected values'.
double relative_difference(const Tensor& actual, const Tensor& expected) {
  EXPECT_EQ(actual.shape(), expected.shape());
  double difference = 0, all = 0;
  for (std::size_t i = 0; i < actual.as<float>().size(); ++i) {
    difference += std::pow(actual.as<float>()[i] - expected.as<float>()[i], 2);
    all += std::pow(expected.as<float>()[i], 2);
  }
  return std::sqrt(difference / all);
}

TEST_P(EachFamily, AllExportedPartsRunInOnnxRuntime) {
  const Folder folder;
  Checkpoint checkpoint = begun(folder, small_settings_of(GetParam(), 3));
  RunOptions run = quiet_run(folder);
  run.along = 1;
  ASSERT_TRUE(train(checkpoint, squares_for(GetParam(), 60), run));
  ASSERT_TRUE(export_folder(folder.path(), folder / "model", {}));
  for (const ExportedPart& part : checkpoint.family->parts()) {
    const Tensor exact = run_in_onnx_runtime(folder / ("model/" + part.name + "-f32.onnx"));
    const Tensor small = run_in_onnx_runtime(folder / ("model/" + part.name + ".onnx"));
    EXPECT_LE(relative_difference(small, exact), 0.1) << part.name;
  }
  const Tensor last = run_in_onnx_runtime(folder / "along/step_000003.onnx");
  EXPECT_EQ(run_in_onnx_runtime(folder / "along/step_000000.onnx").shape(), last.shape());
  if (!std::filesystem::exists(folder / "model/generator.onnx"))
    return; // of two networks, which whole generators would repeat
  EXPECT_EQ(test::content_of(folder / "model/along-000003.onnx"), test::content_of(folder / "along/step_000003.onnx"));
  EXPECT_EQ(relative_difference(last, run_in_onnx_runtime(folder / "model/generator.onnx")), 0);
  EXPECT_EQ(run_in_onnx_runtime(folder / "model/along-000000.onnx").shape(), last.shape());
}

TEST_P(EachFamilyOfLatents, TakesColoursAndLargerPictures) {
  const Folder folder;
  Settings settings = small_settings_of(GetParam(), 2);
  settings.batch = 4;
  settings.options.height = settings.options.width = 64;
  settings.options.channels = 3;
  settings.options.classes = GetParam().takes_labels ? 2 : 0;
  Dataset data{8, 64, 64, 2, std::vector<std::uint8_t>(8 * 64 * 64 * 3), {0, 1, 0, 1, 0, 1, 0, 1}, 3, {}};
  for (std::size_t i = 0; i < data.pixels.size(); ++i)
    data.pixels[i] = static_cast<std::uint8_t>(i * 31 % 251);
  settings.options.critic_steps = 1;
  Checkpoint checkpoint = begun(folder, settings);
  const Result<void> outcome = train(checkpoint, data, quiet_run(folder));
  ASSERT_TRUE(outcome) << outcome.error().text();
  const Checkpoint read_back = loaded(folder);
  const torch::Tensor z = torch::randn({2, settings.options.latent});
  const torch::Tensor expected = read_back.family->draw(z, torch::tensor({0, 1}, torch::kLong)).contiguous();
  EXPECT_EQ(expected.sizes(), (std::vector<std::int64_t>{2, 3, 64, 64}));
  std::vector<test::NamedTensor> inputs;
  inputs.push_back({"z", Tensor(DataType::float32, Shape{2, settings.options.latent})});
  std::copy(z.data_ptr<float>(), z.data_ptr<float>() + z.numel(), inputs[0].tensor.as<float>().begin());
  if (GetParam().takes_labels) {
    inputs.push_back({"label", Tensor(DataType::int64, Shape{2})});
    inputs[1].tensor.as<std::int64_t>()[1] = 1;
  }
  const Tensor actual = test::run_in_onnx_runtime(onnx::write(exported(read_back)), inputs);
  ASSERT_EQ(actual.shape(), (Shape{2, 3, 64, 64}));
  for (std::size_t i = 0; i < actual.as<float>().size(); ++i)
    ASSERT_NEAR(actual.as<float>()[i], expected.data_ptr<float>()[i], 1e-4F);
}

TEST_P(EachFamily, KeepsGeneratorsOnTheWay) {
  const Folder folder;
  Checkpoint checkpoint = begun(folder, small_settings_of(GetParam(), 9));
  RunOptions run = quiet_run(folder);
  run.along = 3;
  ASSERT_TRUE(train(checkpoint, squares_for(GetParam(), 60), run));
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "along"))
    names.insert(entry.path().filename().string());
  EXPECT_EQ(names,
            (std::set<std::string>{"step_000000.onnx", "step_000001.onnx", "step_000004.onnx", "step_000009.onnx"}));
}

std::string name_of(const ::testing::TestParamInfo<FamilyEntry>& info) {
  std::string name(info.param.name);
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, EachFamily, ::testing::ValuesIn(families().begin(), families().end()), name_of);
INSTANTIATE_TEST_SUITE_P(All, EachFamilyOfLatents, ::testing::ValuesIn(entries_of_latents()), name_of);
INSTANTIATE_TEST_SUITE_P(WithClusters, EachFamily, ::testing::ValuesIn(entries_with_clusters()), name_of);
INSTANTIATE_TEST_SUITE_P(WithClusters, EachFamilyOfLatents, ::testing::ValuesIn(entries_with_clusters()), name_of);

} // namespace
} // namespace ganlet::train
