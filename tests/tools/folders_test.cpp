// Commands that run inside of a model's folder.

#include <gtest/gtest.h>

#include "program.h"

namespace ganlet::test {
namespace {

namespace fs = std::filesystem;

const fs::path digits = fs::path(GANLET_SOURCE_DIR) / "models" / "digits";

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
