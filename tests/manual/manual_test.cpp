// What the comment of ganlet.h shows is compiled and run here, so that it can't differ from the library.

#include <ganlet.h>

#undef NDEBUG // the examples assert what they claim
#include <cassert>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

namespace ganlet {
namespace {

namespace fs = std::filesystem;

Result<void> run_examples() {
#include "examples.inc"
  return {};
}

/// An empty working directory with the project's models.
class Manual : public testing::Test {
 protected:
  Manual() {
    std::string name = (fs::temp_directory_path() / "ganlet-manual-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    fs::create_directory_symlink(fs::path(GANLET_SOURCE_DIR) / "models", folder / "models");
    fs::current_path(folder);
  }
  ~Manual() override {
    fs::current_path(before);
    fs::remove_all(folder);
  }

  const fs::path before = fs::current_path();
  fs::path folder;
};

TEST_F(Manual, ExamplesDoWhatTheySay) {
  const Result<void> outcome = run_examples();
  ASSERT_TRUE(outcome) << outcome.error().text();
  for (const char* const file : {"2026.png", "mixed.jpg"}) {
    const auto bytes = read_whole(file, 1 << 20);
    ASSERT_TRUE(bytes) << bytes.error().text();
    EXPECT_TRUE(decode_image(*bytes, file));
  }
  EXPECT_TRUE(fs::exists("walk.gif"));
}

} // namespace
} // namespace ganlet
