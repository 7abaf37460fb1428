#include "core/user_cache.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "support/own_cache.h"

namespace ganlet::test {
namespace {

namespace fs = std::filesystem;

TEST(UserCache, GivesBackWhatWasKeptUnderTheSameKindAndKey) {
  const OwnCache folder;
  const std::string content("two\nlines\0", 10);
  EXPECT_EQ(cached("speed", "a GPU"), std::nullopt);
  keep_cached("speed", "a GPU", content);
  keep_cached("speed", "another", "");
  EXPECT_EQ(cached("speed", "a GPU"), content);
  EXPECT_EQ(cached("speed", "another"), "");
  EXPECT_EQ(cached("faults", "a GPU"), std::nullopt);
  keep_cached("speed", "a GPU", "instead");
  EXPECT_EQ(cached("speed", "a GPU"), "instead");
  int files = 0;
  for (const auto& file : fs::directory_iterator(folder.path() / "ganlet"))
    files += file.is_regular_file();
  EXPECT_EQ(files, 2);
}

TEST(UserCache, TakesNothingThatIsntWhole) {
  const OwnCache folder;
  keep_cached("speed", "a GPU", "0.5 0.25");
  for (const auto& file : fs::directory_iterator(folder.path() / "ganlet"))
    fs::resize_file(file, fs::file_size(file) - 1);
  EXPECT_EQ(cached("speed", "a GPU"), std::nullopt);
}

TEST(UserCache, DoesWithoutAFolder) {
  const OwnCache folder("/dev/null/nothing");
  keep_cached("speed", "a GPU", "0.5 0.25");
  EXPECT_EQ(cached("speed", "a GPU"), std::nullopt);
}

} // namespace
} // namespace ganlet::test
