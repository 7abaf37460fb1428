#include "staged_folder.h"

#include <gtest/gtest.h>

#include "tools/program.h"

namespace ganlet::train {
namespace {

using test::content_of;
using test::Folder;
using test::write_content;
namespace fs = std::filesystem;

constexpr const char* first_model =
    R"({"parts": {"generator": {"file": "generator.onnx"}, "encoder": {"file": "encoder.onnx"},
  "bad": {"file": "../outside.txt"}}, "directions": {"file": "directions.npy"}})";

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// A place with a model, and a file of its user's.
void write_first(const fs::path& place) {
  fs::create_directories(place);
  write_content(place / "model.json", first_model);
  for (const char* const name : {"generator.onnx", "encoder.onnx", "directions.npy"})
    write_content(place / name, "first");
  write_content(place / "notes.txt", "mine");
}

TEST(StagedFolder, ReplacesAModelAndItsPartsButNothingElse) {
  const Folder folder;
  write_content(folder / "outside.txt", "stays");
  write_first(folder / "model");
  auto staged = StagedFolder::begin(folder / "model/");
  ASSERT_TRUE(staged) << staged.error().text();
  write_content(staged->path() / "model.json", "{}");
  write_content(staged->path() / "generator.onnx", "second");
  EXPECT_EQ(content_of(folder / "model/generator.onnx"), "first") << "before it is whole";
  const auto put = staged->put_in_place();
  ASSERT_TRUE(put) << put.error().text();
  EXPECT_EQ(content_of(folder / "model/model.json"), "{}");
  EXPECT_EQ(content_of(folder / "model/generator.onnx"), "second");
  EXPECT_EQ(content_of(folder / "model/notes.txt"), "mine");
  EXPECT_EQ(entries(folder / "model"), 3U) << "parts of the first model stayed";
  EXPECT_EQ(content_of(folder / "outside.txt"), "stays");
}

TEST(StagedFolder, LeavesAllAsItWasWhereItIsNotPutInPlace) {
  const Folder folder;
  write_first(folder / "model");
  {
    auto staged = StagedFolder::begin(folder / "model");
    ASSERT_TRUE(staged);
    write_content(staged->path() / "generator.onnx", "second");
  }
  EXPECT_EQ(content_of(folder / "model/generator.onnx"), "first");
  EXPECT_EQ(content_of(folder / "model/model.json"), first_model);
  EXPECT_EQ(entries(folder.path()), 1U) << "the staging folder";
}

TEST(StagedFolder, MakesAPlaceAndReadsNoBrokenDescription) {
  const Folder folder;
  fs::create_directory(folder / "broken");
  write_content(folder / "broken/model.json", "{");
  for (const char* const name : {"new/place", "broken"}) {
    auto staged = StagedFolder::begin(folder / name);
    ASSERT_TRUE(staged) << staged.error().text();
    write_content(staged->path() / "model.json", "{}");
    ASSERT_TRUE(staged->put_in_place());
    EXPECT_EQ(content_of(folder / name / "model.json"), "{}");
  }
  write_content(folder / "file", "");
  EXPECT_FALSE(StagedFolder::begin(folder / "file"));
}

} // namespace
} // namespace ganlet::train
