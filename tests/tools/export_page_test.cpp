// ganlet export-page: what a page in one file holds, and what it refuses to hold.

#include <gtest/gtest.h>

#include "generator/tiny_model.h"
#include "program.h"

namespace ganlet::test {
namespace {

namespace fs = std::filesystem;

const fs::path models = fs::path(GANLET_SOURCE_DIR) / "models";

/// With a library whose engines are one word each, and whose only model is `digits`.
class ExportPage : public testing::Test {
 protected:
  ExportPage() {
    const fs::path digits = folder / "library" / "models" / "digits";
    fs::create_directories(digits);
    fs::copy_file(models / "digits" / "model.json", digits / "model.json");
    write_content(folder / "library/page.html", "{{element}}\n{{files}}\n{{script}}");
    write_content(folder / "library/ganlet-image.classic.js", "\nconst engine = 'plain';\n})({\"models\": 1});\n");
    write_content(folder / "library/ganlet-any.wasm", "the engine with all parts");
  }

  Outcome exported(const std::string& arguments) {
    fs::remove(folder / "page.html");
    const Outcome outcome =
        run_program(folder, "export-page " + arguments + " --library " + (folder / "library").string() + " -o " +
                                (folder / "page.html").string());
    page = fs::exists(folder / "page.html") ? content_of(folder / "page.html") : "";
    return outcome;
  }
  bool has(std::string_view part) const { return page.find(part) != page.npos; }

  Folder folder;
  std::string page;
};

TEST_F(ExportPage, PacksOnlyPartsThatAreAsTheModelSays) {
  const fs::path model = folder / "digits";
  fs::create_directory(model);
  for (const char* const file : {"model.json", "generator.onnx"})
    fs::copy_file(models / "digits" / file, model / file);
  ASSERT_EQ(exported(model.string()).status, 0);
  EXPECT_GT(page.size(), 300'000U);

  std::string weights = content_of(model / "generator.onnx");
  weights[weights.size() / 2] = static_cast<char>(~weights[weights.size() / 2]);
  write_content(model / "generator.onnx", weights);
  const Outcome changed = exported(model.string());
  EXPECT_EQ(changed.status, 1);
  EXPECT_NE(changed.err.find("generator.onnx"), std::string::npos) << changed.err;
  EXPECT_EQ(page, "");

  fs::remove(model / "generator.onnx");
  fs::create_symlink("/etc/passwd", model / "generator.onnx");
  EXPECT_EQ(exported(model.string()).status, 1);
  EXPECT_EQ(page, "");
}

TEST_F(ExportPage, RefusesWhatAPageCantDraw) {
  const std::string file = (folder / "bad.onnx").string();
  write_content(file, "a text\n");
  const auto error = [&](const std::string& arguments) {
    const Outcome outcome = exported(arguments);
    EXPECT_EQ(page, "") << arguments;
    return std::pair(outcome.status, outcome.err);
  };
  EXPECT_EQ(error(file), std::pair(1, "ganlet: " + file + ": model: not an ONNX file\n"));
  EXPECT_EQ(error("digits --text hello"),
            std::pair(1, std::string("ganlet: Request invalid. Should only contain digits "
                                     "(0-9).\n")));
  EXPECT_EQ(error("digits --label 10").first, 1);
  EXPECT_EQ(error("digits@2"), std::pair(1, std::string("ganlet: digits@2: isn't here; the newest version is 1\n")));
  EXPECT_EQ(
      error("edges2digits"),
      std::pair(1, std::string("ganlet: edges2digits: makes pictures of pictures, and a page in one file has none "
                               "to give it: use `ganlet apply`, or a page of your own with <ganlet-image> and its "
                               "apply()\n")));
  EXPECT_EQ(error("digits --text live:countdown:tomorrow"),
            std::pair(1, std::string("ganlet: text: must be live:countdown: and a date such as 2027-01-01\n")));
  EXPECT_EQ(error("nouns --text live:date").first, 1); // it writes no digits
}

TEST_F(ExportPage, HoldsTheOnnxFileThatAnotherFormatBecomes) {
  fs::create_directory(folder / "tiny");
  write_content(folder / "tiny/model.json",
                R"({"modelTopology": {"model_config": {"class_name": "Sequential", "config": [
    {"class_name": "Dense", "config": {"name": "d", "units": 6, "activation": "tanh", "use_bias": false,
                                       "batch_input_shape": [null, 4]}},
    {"class_name": "Reshape", "config": {"name": "r", "target_shape": [2, 3, 1]}}]}},
    "weightsManifest": [{"paths": ["w.bin"],
                         "weights": [{"name": "d/kernel", "shape": [4, 6], "dtype": "float32"}]}]})");
  write_content(folder / "tiny/w.bin", std::string(96, '\0'));
  const Outcome outcome = exported((folder / "tiny").string() + " --seed 3");
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(has("model=\"https://ganlet.invalid/models/tiny.onnx\" seed=\"3\"")) << page.substr(0, 200);
  const std::string converted = page, onnx = (folder / "tiny.onnx").string();
  ASSERT_EQ(run_program(folder, "export-onnx " + (folder / "tiny").string() + " -o " + onnx).status, 0);
  ASSERT_EQ(exported(onnx + " --seed 3").status, 0);
  EXPECT_EQ(page, converted);
  ASSERT_EQ(run_program(folder, "export-page - --seed 3 --library " + (folder / "library").string() + " -o " +
                                    (folder / "piped.html").string() + " <" + onnx)
                .status,
            0);
  EXPECT_NE(content_of(folder / "piped.html").find("models/standard_input.onnx"), std::string::npos);
}

TEST_F(ExportPage, HoldsTheEngineWithAllPartsForOnesOwnModel) {
  ASSERT_EQ(exported("digits").status, 0);
  EXPECT_TRUE(has("\nconst engine = 'plain';\n})({});\n"));
  const auto file = test::tiny_file();
  write_content(folder / "v1.2.onnx", {reinterpret_cast<const char*>(file.data()), file.size()});
  ASSERT_EQ(exported((folder / "v1.2.onnx").string() + " --text 31").status, 0);
  EXPECT_FALSE(has("'plain'"));
  EXPECT_TRUE(has("\nconst engine = 'H4sI")) << "no gzip in base64";
  fs::remove(folder / "library/ganlet-any.wasm");
  const Outcome outcome = exported((folder / "v1.2.onnx").string());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("library/ganlet-any.wasm"), std::string::npos) << outcome.err;
}

TEST_F(ExportPage, CallsAModelByWhatTagsTakeForAnId) {
  const fs::path model = folder / "v1.2 @ home";
  fs::copy(models / "digits", model);
  ASSERT_EQ(exported("'" + model.string() + "/'").status, 0);
  EXPECT_TRUE(has("<ganlet-image model=\"v1_2___home\"")) << page.substr(0, 200);
  EXPECT_TRUE(has("\"models/v1_2___home/model.json\""));
}

TEST_F(ExportPage, DrawsByThePartThatWasChosen) {
  ASSERT_EQ(exported("digits --part generator_f32").status, 0);
  EXPECT_TRUE(has("model-part=\"generator_f32\"")) << page.substr(0, 200);
  EXPECT_TRUE(has("generator-f32.onnx"));
  ASSERT_EQ(exported("digits").status, 0);
  EXPECT_FALSE(has("model-part"));
}

TEST_F(ExportPage, KeepsALiveTextAndChoosesARandomSeedOnce) {
  ASSERT_EQ(exported("digits --text 'live:HH mm'").status, 0);
  EXPECT_TRUE(has("text=\"live:HH mm\"")) << page.substr(0, 200);
  ASSERT_EQ(exported("digits --text live:countdown:2027-01-01 --seed random").status, 0);
  EXPECT_TRUE(has("text=\"live:countdown:2027-01-01\" seed=\"")) << page.substr(0, 200);
  EXPECT_FALSE(has("random"));
}

} // namespace
} // namespace ganlet::test
