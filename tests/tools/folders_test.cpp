// Model folders that don't hold what they say, and commands that run inside of them.

#include <gtest/gtest.h>

#include "program.h"

namespace ganlet::test {
namespace {

namespace fs = std::filesystem;

const fs::path digits = fs::path(GANLET_SOURCE_DIR) / "models" / "digits";

/// ganlet export-page of a model folder, with a library of empty scripts.
Outcome exported(const Folder& folder, const fs::path& model) {
  fs::create_directory(folder / "library");
  write_content(folder / "library/page.html", "{{files}}");
  write_content(folder / "library/ganlet-image.classic.js", "");
  return run_program(folder, "export-page " + model.string() + " --library " + (folder / "library").string() + " -o " +
                                 (folder / "page.html").string());
}

TEST(ExportPage, PacksOnlyPartsThatAreAsTheModelSays) {
  const Folder folder;
  const fs::path model = folder / "digits";
  fs::create_directory(model);
  for (const char* const file : {"model.json", "generator.onnx"})
    fs::copy_file(digits / file, model / file);
  ASSERT_EQ(exported(folder, model).status, 0);
  EXPECT_GT(fs::file_size(folder / "page.html"), 300'000U);

  fs::remove(folder / "page.html");
  std::string weights = content_of(model / "generator.onnx");
  weights[weights.size() / 2] = static_cast<char>(~weights[weights.size() / 2]);
  write_content(model / "generator.onnx", weights);
  const Outcome changed = exported(folder, model);
  EXPECT_EQ(changed.status, 1);
  EXPECT_NE(changed.err.find("generator.onnx"), std::string::npos) << changed.err;
  EXPECT_FALSE(fs::exists(folder / "page.html"));

  fs::remove(model / "generator.onnx");
  fs::create_symlink("/etc/passwd", model / "generator.onnx");
  EXPECT_EQ(exported(folder, model).status, 1);
  EXPECT_FALSE(fs::exists(folder / "page.html"));
}

TEST(Import, TakesAModelJsonInItsOwnFolder) {
  const Folder folder;
  fs::copy_file(digits / "model.json", folder / "model.json");
  const std::string inside = "cd " + folder.path().string() + " && " GANLET_PROGRAM " import model.json -o out.onnx";
  const int status = std::system((inside + " 2>err").c_str());
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status; // its parts are missing
  EXPECT_NE(content_of(folder / "err").find("generator"), std::string::npos) << content_of(folder / "err");
}

} // namespace
} // namespace ganlet::test
