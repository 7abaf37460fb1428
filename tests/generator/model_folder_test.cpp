#include "generator/model_folder.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "core/sha256.h"
#include "generator/tiny_model.h"
#include "image/whole_file.h"

namespace ganlet {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class ModelFolderTest : public ::testing::Test {
 protected:
  ModelFolderTest() {
    std::string name = (fs::temp_directory_path() / "ganlet-model-XXXXXX").string();
    models = ::mkdtemp(name.data());
    folder = models / "tiny";
    fs::create_directory(folder);
    file = test::tiny_file();
    write(folder / "tiny.onnx", file);
    good = {{"id", "tiny"},
            {"title", "Tiny"},
            {"parts",
             {{"generator", {{"file", "tiny.onnx"}, {"bytes", file.size()}, {"sha256", sha256_text(file)}}},
              {"generator_f32", {{"file", "tiny.onnx"}, {"bytes", file.size()}, {"sha256", sha256_text(file)}}}}},
            {"latent", {{"size", 4}, {"distribution", "normal"}}},
            {"labels", {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}},
            {"image", {{"width", 3}, {"height", 2}, {"channels", 1}, {"range", {-1, 1}}}},
            {"license", "MIT"},
            {"metrics", {{"f32", {{"precision", 0.5}}}, {"note", "none"}}}};
    write_json(good.dump());
  }
  ~ModelFolderTest() override { fs::remove_all(models); }

  static void write(const fs::path& path, std::span<const std::byte> bytes) {
    const auto written = write_whole(path, bytes);
    ASSERT_TRUE(written) << written.error().text();
  }
  void write_json(std::string_view text) const { write(folder / "model.json", std::as_bytes(std::span(text))); }

  std::string error_of(const std::string& name) const {
    LoadOptions options;
    options.models = {models};
    const auto generator = load_model(name, options);
    return generator ? "no error" : generator.error().text();
  }
  /// The error of a model.json with one change, without the folder's path in front.
  std::string error_with(const char* pointer, const json& value) const {
    json changed = good;
    changed[json::json_pointer(pointer)] = value;
    write_json(changed.dump());
    const std::string text = error_of(folder.string());
    const std::string start = folder.string() + "/";
    return text.starts_with(start) ? text.substr(start.size()) : text;
  }
  std::string error_without(const char* parent, const char* key) const {
    json changed = good;
    changed[json::json_pointer(parent)].erase(key);
    write_json(changed.dump());
    return error_of(folder.string()).substr(folder.string().size() + 1);
  }

  fs::path models;
  fs::path folder;
  std::vector<std::byte> file;
  json good;
};

TEST_F(ModelFolderTest, LoadsByFolderByIdByJsonAndBare) {
  for (const std::string& name :
       {folder.string(), std::string("tiny"), (folder / "model.json").string(), (folder / "tiny.onnx").string()})
    EXPECT_EQ(error_of(name), "no error") << name;
}

TEST_F(ModelFolderTest, TellsWhatModelJsonTells) {
  const auto model = find_model("tiny", {models});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->description.title, "Tiny");
  EXPECT_EQ(model->description.labels.size(), 10U);
  EXPECT_EQ(model->description.image_size, (ImageSize{3, 2, 1}));
  EXPECT_EQ(model->description.license, "MIT");
  EXPECT_EQ(model->description.parts.size(), 2U);
  EXPECT_EQ(model->description.metrics,
            (std::vector<std::pair<std::string, std::string>>{{"f32.precision", "0.5"}, {"note", "none"}}));
}

TEST_F(ModelFolderTest, ABareFileHasOnePartAndItsNameForAnId) {
  const auto model = find_model((folder / "tiny.onnx").string(), {});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->description.id, "tiny");
  EXPECT_TRUE(model->description.part("generator"));
  EXPECT_EQ(model->description.part("mapping").error().text(), "tiny: has no part 'mapping', only generator");
}

TEST_F(ModelFolderTest, AnUnknownIdIsAnsweredWithThoseThereAre) {
  EXPECT_EQ(error_of("tinny"),
            "tinny: there is no such file, and no model of this name in " + models.string() + "; there is tiny");
  EXPECT_EQ(error_of("no/such/file.onnx").substr(0, 17), "no/such/file.onnx");
  fs::create_directory(models / "empty");
  EXPECT_EQ(error_of((models / "empty").string()), (models / "empty").string() + ": this folder has no model.json");
}

TEST_F(ModelFolderTest, AnIdMayNameItsVersion) {
  EXPECT_EQ(error_of("tiny@1"), "no error");
  EXPECT_EQ(error_of("tiny@2"), "tiny@2: isn't here; the newest version is 1");
  EXPECT_NE(error_of("tiny@01").find("there is no such file"), std::string::npos);
  EXPECT_NE(error_of("@1").find("there is no such file"), std::string::npos);
  fs::copy(folder, models / "tiny@1");
  json newest = good;
  newest["version"] = 2;
  write_json(newest.dump());
  EXPECT_EQ(find_model("tiny@2", {models})->path, folder);
  EXPECT_EQ(find_model("tiny@1", {models})->path, models / "tiny@1");
  EXPECT_EQ(find_model("tiny", {models})->path, folder);
  EXPECT_EQ(error_of("tiny@3"), "tiny@3: isn't here; the newest version is 2");
}

TEST_F(ModelFolderTest, AnIdCantLeadOutOfTheModels) {
  EXPECT_TRUE(error_of("../" + models.filename().string() + "/tiny").find("there is no such file") !=
              std::string::npos);
}

TEST_F(ModelFolderTest, AChangedFileIsNoticed) {
  std::vector<std::byte> changed = file;
  changed.back() ^= std::byte{1};
  write(folder / "tiny.onnx", changed);
  EXPECT_EQ(error_of("tiny"), (folder / "tiny.onnx").string() + ": has SHA-256 " + sha256_text(changed) +
                                  ", model.json says " + sha256_text(file));
  changed.pop_back();
  write(folder / "tiny.onnx", changed);
  EXPECT_EQ(error_of("tiny"), (folder / "tiny.onnx").string() + ": has " + std::to_string(file.size() - 1) +
                                  " bytes, model.json says " + std::to_string(file.size()));
}

TEST_F(ModelFolderTest, AMissingFileIsNamed) {
  fs::remove(folder / "tiny.onnx");
  EXPECT_EQ(error_of("tiny"), (folder / "tiny.onnx").string() + ": can't be read: No such file or directory");
}

TEST_F(ModelFolderTest, WebPagesAndPointersAreRecognized) {
  const std::string_view page = "\n<!DOCTYPE html><html><title>404</title></html>";
  write(models / "page.onnx", std::as_bytes(std::span(page)));
  EXPECT_EQ(error_of((models / "page.onnx").string()),
            (models / "page.onnx").string() + ": model: not an ONNX file: got HTML, probably a 404");
  const std::string_view pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\n";
  write(models / "pointer.onnx", std::as_bytes(std::span(pointer)));
  EXPECT_EQ(error_of((models / "pointer.onnx").string()),
            (models / "pointer.onnx").string() +
                ": model: not an ONNX file: got a Git LFS pointer (the file itself was never fetched)");
}

TEST_F(ModelFolderTest, ErrorsInModelJsonHaveTheirPlace) {
  EXPECT_EQ(error_with("/parts/generator/sha256", 5), "model.json: parts.generator.sha256: must be a string");
  EXPECT_EQ(error_with("/parts/generator/sha256", "abc"),
            "model.json: parts.generator.sha256: must be 64 lower-case hexadecimal digits");
  EXPECT_EQ(error_with("/parts/generator/bytes", -1),
            "model.json: parts.generator.bytes: must be a whole number from 1 to 9223372036854775807");
  EXPECT_EQ(error_with("/parts/generator/bytes", 1e30),
            "model.json: parts.generator.bytes: must be a whole number from 1 to 9223372036854775807");
  EXPECT_EQ(error_with("/parts/generator", "tiny.onnx"), "model.json: parts.generator: must be an object");
  EXPECT_EQ(error_with("/parts", json::object()), "model.json: parts: must have at least one part");
  EXPECT_EQ(
      error_with("/latent/distribution", "cauchy"),
      "model.json: latent.distribution: 'cauchy' isn't normal, uniform [LOW, HIGH], sphere, one-hot of K or a number, "
      "or one of them * NUMBER");
  EXPECT_EQ(error_with("/latent/distribution", 5), "model.json: latent.distribution: must be a list");
  EXPECT_EQ(error_with("/latent/distribution", {{{"distribution", "normal"}}}),
            "model.json: latent.distribution[0]: has no size");
  EXPECT_EQ(
      error_with("/latent/distribution", {{{"distribution", "one-hot of 2"}}, {{"distribution", "one-hot of 2"}}}),
      "model.json: latent.distribution: names classes twice");
  EXPECT_EQ(error_with("/latent/distribution", {{{"size", 3}, {"distribution", "normal"}}}),
            "tiny.onnx: latent.distribution: is of 3 numbers, but the input is 'z' float32 (N, 4)");
  EXPECT_EQ(error_with("/latent/size", 0), "model.json: latent.size: must be a whole number from 1 to 1048576");
  EXPECT_EQ(error_with("/labels/3", 3), "model.json: labels[3]: must be a string");
  EXPECT_EQ(error_with("/labels", "0123456789"), "model.json: labels: must be a list");
  EXPECT_EQ(error_with("/image/range", {1, -1}),
            "model.json: image.range: must be two numbers, [low, high], the first below the second");
  EXPECT_EQ(error_with("/image/range", {1}), "model.json: image.range: must be two numbers, [low, high]");
  EXPECT_EQ(error_with("/image/channels", 2), "model.json: image.channels: must be 1, 3 or 4");
  EXPECT_EQ(error_with("/image/width", 40000), "model.json: image.width: must be a whole number from 1 to 32768");
  EXPECT_EQ(error_with("/id", nullptr), "model.json: id: is missing");
  EXPECT_EQ(error_without("/parts/generator", "sha256"), "model.json: parts.generator.sha256: is missing");
  EXPECT_EQ(error_without("/image", "height"), "model.json: image.height: is missing");
}

TEST_F(ModelFolderTest, NamesOfFilesStayInTheFolder) {
  for (const char* name : {"../tiny/tiny.onnx", "/etc/passwd", "..", "", "a\\b", ".hidden", "a\nb"})
    EXPECT_TRUE(error_with("/parts/generator/file", name)
                    .starts_with("model.json: parts.generator.file: must be the name of a file in this folder, is '"))
        << name;
}

TEST_F(ModelFolderTest, WhatTheGraphContradictsIsAnError) {
  EXPECT_EQ(error_with("/latent/size", 5), "tiny.onnx: latent.size: is 5, but the input is 'z' float32 (N, 4)");
  EXPECT_EQ(error_with("/image/width", 4), "tiny.onnx: image: is said to be 4 x 2 x 1, but the graph gives 3 x 2 x 1");
}

TEST_F(ModelFolderTest, RolesMayBeNamed) {
  EXPECT_EQ(error_with("/roles", {{"latent", "z"}, {"label", "label"}, {"image", "image"}}), "no error");
  EXPECT_EQ(error_with("/roles", {{"image", "picture"}}),
            "tiny.onnx: roles.image: the graph has no 'picture', only 'image' float32 (N, 1, 2, 3)");
}

TEST_F(ModelFolderTest, DeepModelJsonIsRefused) {
  for (const std::string_view open : {"{\"a\":", "["}) {
    std::string deep = "{\"metrics\": ";
    for (int i = 0; i < 150'000; ++i)
      deep += open;
    write_json(deep);
    EXPECT_NE(error_of("tiny").find("nested deeper than 32 levels"), std::string::npos);
  }
}

TEST_F(ModelFolderTest, APipeInPlaceOfAPartIsRefused) {
  fs::remove(folder / "tiny.onnx");
  ASSERT_EQ(::mkfifo((folder / "tiny.onnx").c_str(), 0600), 0);
  EXPECT_EQ(error_of("tiny"), (folder / "tiny.onnx").string() + ": can't be read: it isn't a regular file");
}

TEST_F(ModelFolderTest, FilesBesideAForeignModelJsonLieInItsFolder) {
  write_json(R"({"modelTopology": {"model_config": {"class_name": "Sequential", "config": {"name": "m", "layers": [
    {"class_name": "Dense", "config": {"name": "d", "units": 4, "use_bias": false, "batch_input_shape": [null, 1]}},
    {"class_name": "Reshape", "config": {"name": "r", "target_shape": [2, 2, 1]}}]}}}, "weightsManifest": [
    {"paths": ["weights"], "weights": [{"name": "d/kernel", "shape": [1, 4], "dtype": "float32"}]}]})");
  const fs::path weights = folder / "weights", store = models / "store";
  const std::string start = (folder / "model.json").string() + ": " + weights.string() + ": ";
  fs::create_directory(store);
  write(store / "numbers", std::vector<std::byte>(16));
  fs::create_symlink(store / "numbers", weights);
  EXPECT_EQ(error_of("tiny"), start + "is a link to another folder: copy the file itself there");
  // A store may have all files of a model, with links to them in its folder.
  fs::rename(folder / "model.json", store / "json");
  fs::create_symlink(store / "json", folder / "model.json");
  EXPECT_EQ(error_of("tiny"), "no error");
  fs::remove(weights);
  ASSERT_EQ(::mkfifo(weights.c_str(), 0600), 0);
  EXPECT_EQ(error_of("tiny"), start + "can't be read: it isn't a regular file");
  fs::remove(weights);
  EXPECT_EQ(error_of("tiny"), start + "can't be read: No such file or directory");
  write(weights, std::vector<std::byte>(16));
  EXPECT_EQ(error_of("tiny"), "no error");
}

TEST_F(ModelFolderTest, AnIdIsAPlainName) {
  for (const char* id : {"../outside/victim", "/victim", "a\x1b[2J", ""})
    EXPECT_EQ(error_with("/id", id), "model.json: id: must be a plain name: files are called by it");
}

TEST_F(ModelFolderTest, NamesOfMetricsAreNotRepeatedWithoutEnd) {
  json many;
  for (int i = 0; i < 20'000; ++i)
    many[std::to_string(i)] = 1;
  EXPECT_EQ(error_with("/metrics", {{std::string(400'000, 'a'), many}}),
            "model.json: metrics: have more than 1048576 bytes with their full names");
}

TEST_F(ModelFolderTest, WhatIsntJsonIsAnswered) {
  write_json("{\"id\": \"tiny\",\n \"title\" }");
  const std::string text = error_of("tiny");
  EXPECT_TRUE(
      text.starts_with((folder / "model.json").string() + ": isn't JSON: a colon is missing at line 2, column "))
      << text;
  write_json("[]");
  EXPECT_EQ(error_of("tiny"), (folder / "model.json").string() + ": must be an object");
}

TEST_F(ModelFolderTest, EveryTruncationOfModelJsonIsAnError) {
  const std::string text = good.dump();
  for (std::size_t size = 0; size < text.size(); ++size) {
    write_json(std::string_view(text).substr(0, size));
    EXPECT_FALSE(find_model("tiny", {models})) << size;
  }
}

TEST_F(ModelFolderTest, ListsArraysAndGeneratorsKeptOnTheWay) {
  json changed = good;
  const json file_entry = good["parts"]["generator"];
  changed["parts"]["along_000005"] = file_entry;
  changed["arrays"]["directions"] = file_entry;
  changed["arrays"]["directions"]["names"] = {"slant", "weight"};
  changed["training"] = {{"steps", 20},
                         {"losses", {{"generator", 0.5}}},
                         {"along", {{{"part", "along_000005"}, {"step", 5}, {"losses", {{"generator", 1.5}}}}}}};
  write_json(changed.dump());
  const auto model = find_model(folder.string(), {});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_TRUE(model->description.find_part("along_000005"));
  const ModelPart* const directions = model->description.find_part("directions");
  ASSERT_TRUE(directions);
  EXPECT_EQ(directions->names, (std::vector<std::string>{"slant", "weight"}));
  ASSERT_EQ(model->description.training.size(), 2U);
  EXPECT_EQ(model->description.training[0].part, "along_000005");
  EXPECT_EQ(model->description.training[0].step, 5);
  EXPECT_EQ(model->description.training[0].losses[0].second, 1.5);
  EXPECT_EQ(model->description.training[1].part, "generator");
  EXPECT_EQ(model->description.training[1].step, 20);
  EXPECT_EQ(model->description.training[1].losses[0].second, 0.5);

  const auto problem = [&](const json& along) {
    changed["training"]["along"] = along;
    write_json(changed.dump());
    return find_model(folder.string(), {}).error().text().substr((folder / "model.json: ").string().size());
  };
  EXPECT_EQ(problem({{{"part", "along_000005"}}}), "training.along[0].step: is missing");
  EXPECT_EQ(problem({{{"part", "a"}, {"step", 5}}, {{"part", "b"}, {"step", 5}}}),
            "training.along[1]: its step must be above that before it");
}

TEST_F(ModelFolderTest, TheCatalogListsModels) {
  const std::string_view text = R"({"models": [{"id": "tiny", "title": "Tiny"}, {"id": "other"}]})";
  write(models / "index.json", std::as_bytes(std::span(text)));
  const auto catalog = read_catalog(models);
  ASSERT_TRUE(catalog) << catalog.error().text();
  ASSERT_EQ(catalog->size(), 2U);
  EXPECT_EQ((*catalog)[0].id, "tiny");
  EXPECT_EQ((*catalog)[0].title, "Tiny");
  EXPECT_TRUE(read_catalog(models, catalog_of_translators)->empty());
  const std::string_view more = R"({"models": [], "translators": [{"id": "edges", "title": "Edges"}]})";
  write(models / "index.json", std::as_bytes(std::span(more)));
  EXPECT_TRUE(read_catalog(models)->empty());
  EXPECT_EQ(read_catalog(models, catalog_of_translators)->at(0).id, "edges");
  const std::string_view bad = R"({"models": [{"id": "../x"}]})";
  write(models / "index.json", std::as_bytes(std::span(bad)));
  EXPECT_EQ(read_catalog(models).error().text(),
            (models / "index.json").string() +
                ": models[0].id: must be the name of a folder beside index.json, is '../x'");
}

} // namespace
} // namespace ganlet
