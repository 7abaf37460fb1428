#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/text.h"
#include "graph/onnx_ops.h"
#include "onnx/reader.h"
#include "support/model_builder.h"

namespace ganlet {
namespace {

/// An operation has one basename everywhere.
TEST(OpTable, EveryRowHasItsReferenceAndItsTest) {
  const std::filesystem::path root = GANLET_SOURCE_DIR;
  std::set<std::string_view> names;
  for (const op::Row& row : op::table()) {
    names.insert(row.basename);
    EXPECT_TRUE(std::filesystem::exists(root / "src/reference" / (std::string(row.basename) + ".cpp"))) << row.basename;
    EXPECT_TRUE(std::filesystem::exists(root / "tests/ops" / (std::string(row.basename) + "_test.cpp")))
        << row.basename;
    EXPECT_EQ(std::filesystem::exists(root / "src/xnn" / (std::string(row.basename) + ".cpp")), row.on_xnn)
        << row.basename;
    EXPECT_LE(row.least_inputs, row.most_inputs) << row.basename;
  }
  EXPECT_EQ(names.size(), std::variant_size_v<op::Any>);
}

TEST(OpTable, OnnxsOperationsTakeWhatTheTableSays) {
  for (const OnnxOp* const listed : onnx_ops()) {
    const OnnxOp& row = *listed;
    SCOPED_TRACE(row.op_type);
    EXPECT_LE(row.least_inputs, row.most_inputs);
    EXPECT_TRUE(row.since >= 1 && row.since <= onnx::last_opset);
    EXPECT_FALSE(row.becomes.empty());
    if (row.least_inputs == 0)
      continue;
    test::ModelBuilder build;
    build.input("x", {-1, 2});
    build.node(std::string(row.op_type), std::vector<std::string>(row.least_inputs - 1, "x"), {"y"}).output("y");
    const auto graph = build.lower();
    ASSERT_FALSE(graph);
    EXPECT_NE(graph.error().message().find(concat(" inputs, has ", row.least_inputs - 1)), std::string::npos)
        << graph.error().text();
  }
}

/// docs/operations.md is this page; GANLET_WRITE_DOCS=1 writes it.
std::string page() {
  std::string text = "# Operations\n\n";
  text += concat("ONNX files of opset ", onnx::first_opset, " to ", onnx::last_opset,
                 " run where each of their operations is in this list. It is written by\n"
                 "`GANLET_WRITE_DOCS=1 build/desktop/bin/ganlet_ops_tests --gtest_filter='OpTable.*'` from "
                 "`src/graph/onnx_ops.cpp`.\n\n"
                 "| ONNX | since opset | inputs | becomes | not supported |\n|---|---|---|---|---|\n");
  for (const OnnxOp* const listed : onnx_ops()) {
    const OnnxOp& row = *listed;
    const std::string inputs = row.most_inputs == SIZE_MAX ? concat(row.least_inputs, " or more")
                               : row.least_inputs == row.most_inputs
                                   ? concat(row.least_inputs)
                                   : concat(row.least_inputs, " to ", row.most_inputs);
    text += concat("| ", row.op_type, " | ", row.since, " | ", inputs, " | ", row.becomes, " | ", row.without, " |\n");
  }
  text +=
      "\n## What they become\n\nA graph has these operations. The reference runs all of them; XNNPACK those marked, "
      "where their attributes allow.\n\n| operation | inputs | XNNPACK |\n|---|---|---|\n";
  for (const op::Row& row : op::table()) {
    const std::string most = row.most_inputs == SIZE_MAX ? "any" : concat(row.most_inputs);
    text += concat("| ", row.name, " | ",
                   row.least_inputs == row.most_inputs ? most : concat(row.least_inputs, " to ", most), " | ",
                   row.on_xnn ? "yes" : "", " |\n");
  }
  return text;
}

TEST(OpTable, ThePageOfOperationsIsCurrent) {
  const std::filesystem::path file = std::filesystem::path(GANLET_SOURCE_DIR) / "docs/operations.md";
  if (std::getenv("GANLET_WRITE_DOCS"))
    std::ofstream(file) << page();
  std::ifstream stream(file);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), page());
}

} // namespace
} // namespace ganlet
