// Files that others wrote: none of ONNX's own test models is taken for damaged.

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "onnx/reader.h"
#include "onnx/writer.h"
#include "same_model.h"

namespace ganlet::test {
namespace {

const std::filesystem::path test_data = GANLET_ONNX_TEST_DATA;

std::vector<char> bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::filesystem::path> files_named(std::string_view name) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test_data))
    if (entry.path().filename() == name)
      files.push_back(entry.path());
  return files;
}

TEST(ConformanceFiles, ModelsAreReadOrSayWhatIsUnsupported) {
  int read = 0;
  for (const auto& file : files_named("model.onnx")) {
    SCOPED_TRACE(file.string());
    const auto bytes = bytes_of(file);
    const auto model = onnx::read(std::as_bytes(std::span(bytes)), Limits{});
    if (!model) {
      const bool is_of_other_domains = model.error().place() == "model.opset_import"; // alone
      EXPECT_TRUE(model.error().code() == ErrorCode::unsupported || model.error().code() == ErrorCode::limit_exceeded ||
                  is_of_other_domains)
          << model.error().text();
      EXPECT_FALSE(model.error().place().empty()) << model.error().text();
      continue;
    }
    ++read;
    const auto again = onnx::read(onnx::write(*model), Limits{});
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->nodes.size(), model->nodes.size());
    EXPECT_EQ(onnx::write(*again), onnx::write(*model));
  }
  EXPECT_GT(read, 1000);
}

TEST(ConformanceFiles, TensorsAreReadOrSayWhatIsUnsupported) {
  int read = 0;
  for (const auto& file : files_named("output_0.pb")) {
    const auto bytes = bytes_of(file);
    const auto tensor = onnx::read_tensor(std::as_bytes(std::span(bytes)), Limits{});
    read += tensor.has_value();
  }
  EXPECT_GT(read, 1000);
}

} // namespace
} // namespace ganlet::test
