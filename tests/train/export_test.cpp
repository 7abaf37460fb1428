// What an exported model is: a folder that ganlet loads.

#include <algorithm>

#include <gtest/gtest.h>

#include "export.h"
#include "generator/model_folder.h"
#include "onnx/writer.h"
#include "runs.h"
#include "samples.h"
#include "support/onnx_runtime.h"
#include "synthetic.h"

namespace ganlet::train {
namespace {

using test::begun;
using test::content_of;
using test::Folder;
using test::quiet_run;
using test::squares;

Settings small_settings(std::int64_t steps, const std::string& family = "cgan") {
  Settings settings{.family = family, .batch = 10, .options = find_family(family)->options};
  settings.options.steps = steps;
  settings.options.classes = find_family(family)->takes_labels ? 10 : 0;
  return settings;
}

/// Trains three steps and exports the whole model.
void train_and_export(const Folder& run, const std::filesystem::path& model, const Settings& settings,
                      const ExportOptions& options = {}) {
  Checkpoint checkpoint = begun(run, settings);
  RunOptions quiet = quiet_run(run);
  quiet.along = 1;
  ASSERT_TRUE(train(checkpoint, squares(60, 1), quiet));
  const Result<void> outcome = export_folder(run.path(), model, options);
  ASSERT_TRUE(outcome) << outcome.error().text();
}

TEST(Export, SpreadMultipliesLatents) {
  const Checkpoint checkpoint = std::move(*new_checkpoint(small_settings(9)));
  std::vector<test::NamedTensor> inputs;
  inputs.push_back({"z", Tensor(DataType::float32, Shape{2, 64})});
  inputs.push_back({"label", Tensor(DataType::int64, Shape{2})});
  Rng(3).fill_normal(inputs[0].tensor.as<float>());
  const Tensor actual = test::run_in_onnx_runtime(onnx::write(exported(checkpoint, 0.5)), inputs);
  for (float& value : inputs[0].tensor.as<float>())
    value *= 0.5F;
  const Tensor expected = test::run_in_onnx_runtime(onnx::write(exported(checkpoint)), inputs);
  EXPECT_TRUE(std::ranges::equal(actual.as<float>(), expected.as<float>()));
}

TEST(Export, MetadataTellsTheRun) {
  Checkpoint checkpoint = std::move(*new_checkpoint(small_settings(9)));
  checkpoint.step = 4;
  const onnx::Model model = exported(checkpoint);
  const std::vector<std::pair<std::string, std::string>> expected{{"family", "cgan"}, {"steps", "4"}, {"seed", "1"}};
  EXPECT_EQ(model.metadata, expected);
  EXPECT_EQ(model.opset, 17);
}

TEST(ExportFolder, IsAModelThatTheEngineLoadsAndDraws) {
  const Folder run, models;
  Settings settings = small_settings(3);
  settings.class_names = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  settings.pictures = 60;
  settings.data_sha256 = "0123abcd";
  ExportOptions options;
  options.card = {"Squares", 1, "CC0-1.0", "drawn by a test", "", {}};
  train_and_export(run, models / "squares", settings, options);

  const Result<ModelFolder> folder = find_model("squares", {models.path()});
  ASSERT_TRUE(folder) << folder.error().text();
  EXPECT_EQ(folder->description.id, "squares");
  EXPECT_EQ(folder->description.title, "Squares");
  EXPECT_EQ(folder->description.license, "CC0-1.0");
  EXPECT_EQ(folder->description.training_data, "drawn by a test");
  EXPECT_EQ(folder->description.labels, settings.class_names);
  EXPECT_EQ(folder->description.latent_size, settings.options.latent);
  for (const char* part : {"generator", "generator_f32", "along_000000", "along_000003"})
    EXPECT_TRUE(folder->description.part(part)) << part;
  for (const ModelPart& part : folder->description.parts) { // sizes and SHA-256 are what model.json promises
    const auto bytes = read_part(*folder, part, {});
    ASSERT_TRUE(bytes) << bytes.error().text();
    EXPECT_TRUE(check_part(part, *bytes, {})) << part.name;
  }
  EXPECT_NE(content_of(models / "squares/model.json").find("\"file\": \"directions.npy\""), std::string::npos);

  LoadOptions load;
  load.models = {models.path()};
  for (const char* part : {"generator", "generator_f32", "along_000003"}) {
    load.part = part;
    Result<Model> model = load_model("squares", load);
    ASSERT_TRUE(model) << model.error().text();
    EXPECT_TRUE(model->picture({.count = 4, .seed = 3}));
  }
}

TEST(ExportFolder, ReplacesAnEarlierExportWholeOrNotAtAll) {
  const Folder run, models;
  train_and_export(run, models / "squares", small_settings(3));
  test::write_content(models / "squares/notes.txt", "mine");
  const std::string before = content_of(models / "squares/model.json");
  std::filesystem::remove_all(run / "along");
  test::write_content(run / "log.csv", "step,generator\n2,0.5\n4\n"); // found out after the networks are written
  EXPECT_FALSE(export_folder(run.path(), models / "squares", {}));
  EXPECT_EQ(content_of(models / "squares/model.json"), before);
  EXPECT_TRUE(std::filesystem::exists(models / "squares/along-000003.onnx"));
  test::write_content(run / "log.csv", "step,generator\n2,0.5\n");
  const Result<void> again = export_folder(run.path(), models / "squares", {});
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_FALSE(std::filesystem::exists(models / "squares/along-000003.onnx"));
  EXPECT_EQ(content_of(models / "squares/notes.txt"), "mine");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(models.path()), std::filesystem::directory_iterator()),
            1);
}

TEST(ExportFolder, CardTellsDataLicenceSeedAndHowToRepeatIt) {
  const Folder run, models;
  Settings settings = small_settings(3, "dcgan");
  settings.pictures = 60;
  settings.data_sha256 = "0123abcd";
  test::write_content(run / "report.json",
                      R"({"samples": 100, "real": {"recall": 0.5},
                          "models": [{"model": "x#generator_f32", "precision": 0.25, "nearest": {"pixels": 0.12345}},
                                     {"model": "x", "recall": {"mean": 0.375, "deviation": 0.125},
                                      "class_shares": [0.5, 0.5]}]})");
  ExportOptions options;
  options.spread = 1.5;
  options.card = {"Squares", 1, "CC0-1.0", "drawn by a test", "", run / "report.json", "Two grey squares."};
  train_and_export(run, models / "squares", settings, options);
  const std::string card = content_of(models / "squares/README.md");
  for (const char* text :
       {"# Squares", "Data: drawn by a test; 60 pictures (SHA-256 of sizes, pixels and labels 0123abcd)", "seed 1",
        "ganlet-train dcgan --config config.json --data DIR --out RUN",
        "ganlet-train export RUN --spread 1.5 -o squares", "Licence: CC0-1.0.",
        "By `ganlet-evaluate` (samples 100):", "| | real | generator_f32 | generator |",
        "| recall | 0.5 |  | 0.375 ± 0.125 |", "| precision |  | 0.25 |  |", "| nearest, pixels |  | 0.1235 |  |",
        "Two grey squares.", "| generator.onnx | generator, int8 weights |", "weights in the generator"})
    EXPECT_NE(card.find(text), std::string::npos) << text << "\nisn't in\n" << card;
  const Result<ModelFolder> folder = find_model((models / "squares").string(), {});
  ASSERT_TRUE(folder) << folder.error().text();
  EXPECT_TRUE(std::ranges::count(folder->description.metrics,
                                 std::pair<std::string, std::string>{"generator_f32.precision", "0.25"}));
  EXPECT_TRUE(std::ranges::count(folder->description.metrics,
                                 std::pair<std::string, std::string>{"generator.recall", "0.375"}));
  EXPECT_EQ(card.find("class shares"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(models / "squares/preview.png"));
  EXPECT_EQ(content_of(models / "squares/losses.csv"), content_of(run / "log.csv"));
}

TEST(ExportFolder, NamesClassesAsAsked) {
  const Folder run, models;
  ExportOptions options;
  options.card.class_names = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  train_and_export(run, models / "squares", small_settings(3), options);
  EXPECT_EQ(find_model((models / "squares").string(), {})->description.labels, options.card.class_names);
  options.card.class_names.pop_back();
  const Result<void> failed = export_folder(run.path(), models / "fewer", options);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().text(), "--class-names: 9 names for 10 classes");
  EXPECT_FALSE(std::filesystem::exists(models / "fewer"));
}

TEST(ExportFolder, ShipsTheEncoderOfAnAutoencoder) {
  const Folder run, models;
  train_and_export(run, models / "squares", small_settings(3, "vae-gan"));
  const std::string model = (models / "squares").string();
  Result<Model> loaded = load_model(model);
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_TRUE(loaded->encoder());

  // ganlet-evaluate reconstructs with it as with the checkpoint.
  const Dataset pictures = squares(20, 2);
  const auto reconstructed = [&pictures](Result<std::unique_ptr<evaluate::Source>> source) {
    return (*source)->reconstruct(pictures)->value();
  };
  const Dataset expected = reconstructed(evaluate::open_checkpoint(run.path()));
  const Dataset actual = reconstructed(evaluate::open_model(model + "#generator_f32", 1));
  EXPECT_EQ(actual.labels, pictures.labels);
  ASSERT_EQ(actual.pixels.size(), expected.pixels.size());
  for (std::size_t i = 0; i < actual.pixels.size(); ++i)
    ASSERT_NEAR(actual.pixels[i], expected.pixels[i], 1) << i;
  EXPECT_NE(reconstructed(evaluate::open_model(model, 1)).pixels, actual.pixels) << "int8 is another part";
  EXPECT_FALSE((*evaluate::open_model(model + "#along_000003", 1))->reconstruct(pictures)->has_value());
}

TEST(ExportFolder, ShipsMappingSynthesisAndMeanStyle) {
  const Folder run, models;
  train_and_export(run, models / "squares", small_settings(3, "stylegan"));
  Result<Model> model = load_model((models / "squares").string());
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_TRUE(model->has_styles());
  EXPECT_TRUE(model->picture({.truncation = 0.5F})); // takes the mean style
}

TEST(ExportFolder, LoadsInTheCommandLineProgram) {
  const Folder run, models;
  train_and_export(run, models / "squares", small_settings(3, "dcgan"));
  const std::string model = (models / "squares").string(), picture = (run / "picture.png").string();
  for (const std::string& arguments : {"info " + model, "generate " + model + " --count 4 -o " + picture}) {
    const int status = std::system((GANLET_CLI " " + arguments + " > " + (run / "out").string()).c_str());
    EXPECT_EQ(status, 0) << arguments;
  }
  EXPECT_GT(std::filesystem::file_size(run / "picture.png"), 100U);
}

TEST(LossTable, TellsTheLastRowUpToAStep) {
  const Folder folder;
  test::write_content(folder / "log.csv", "step,generator,images_per_second\n2,0.5,10\n4,-0.25,11\n");
  const Result<LossTable> table = read_loss_table(folder / "log.csv");
  ASSERT_TRUE(table) << table.error().text();
  using Values = std::vector<std::pair<std::string, double>>;
  EXPECT_EQ(table->at(1), Values{});
  EXPECT_EQ(table->at(3), (Values{{"generator", 0.5}, {"images_per_second", 10}}));
  EXPECT_EQ(table->at(9), (Values{{"generator", -0.25}, {"images_per_second", 11}}));
}

TEST(LossTable, SaysWhichLineIsBroken) {
  const Folder folder;
  test::write_content(folder / "log.csv", "step,generator\n2,0.5\n4\n");
  const Result<LossTable> table = read_loss_table(folder / "log.csv");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().text(), (folder / "log.csv").string() + ":3: must be 2 numbers with commas between");
}

} // namespace
} // namespace ganlet::train
