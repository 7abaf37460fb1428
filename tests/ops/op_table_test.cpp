#include <filesystem>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "graph/ops.h"

namespace ganlet {
namespace {

/// An operation has one basename everywhere.
TEST(OpTable, EveryRowHasItsReferenceAndItsTest) {
  const std::filesystem::path root = GANLET_SOURCE_DIR;
  std::set<std::string_view> names;
  for (const op::Names& row : op::all_names()) {
    names.insert(row.basename);
    EXPECT_TRUE(std::filesystem::exists(root / "src/reference" / (std::string(row.basename) + ".cpp"))) << row.basename;
    EXPECT_TRUE(std::filesystem::exists(root / "tests/ops" / (std::string(row.basename) + "_test.cpp")))
        << row.basename;
  }
  EXPECT_EQ(names.size(), std::variant_size_v<op::Any>);
}

} // namespace
} // namespace ganlet
