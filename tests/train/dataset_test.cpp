#include "dataset.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "synthetic.h"
#include "tools/program.h"

namespace ganlet::train {
namespace {

using test::Folder;
using test::idx_bytes;
using test::squares;
using test::write_content;

std::string error_of(const Folder& folder) {
  const Result<Dataset> data = read_idx(folder.path(), Split::train);
  return data ? "no error" : data.error().text();
}

void gzip(const std::filesystem::path& file) {
  const std::string bytes = test::content_of(file);
  const gzFile packed = gzopen((file.string() + ".gz").c_str(), "wb");
  ASSERT_EQ(gzwrite(packed, bytes.data(), static_cast<unsigned>(bytes.size())), static_cast<int>(bytes.size()));
  ASSERT_EQ(gzclose(packed), Z_OK);
  std::filesystem::remove(file);
}

TEST(ReadIdx, GivesWhatWasWritten) {
  const Folder folder;
  const Dataset written = squares(30, 1);
  test::write_idx(folder.path(), "train", written);
  const Result<Dataset> read = read_idx(folder.path(), Split::train);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->count, 30);
  EXPECT_EQ(read->height, 28);
  EXPECT_EQ(read->width, 28);
  EXPECT_EQ(read->classes, 10);
  EXPECT_EQ(read->pixels, written.pixels);
  EXPECT_EQ(read->labels, written.labels);
}

TEST(ReadIdx, ReadsGzippedFilesAlike) {
  const Folder folder;
  const Dataset written = squares(30, 2);
  test::write_idx(folder.path(), "t10k", written);
  gzip(folder / "t10k-images-idx3-ubyte");
  gzip(folder / "t10k-labels-idx1-ubyte");
  const Result<Dataset> read = read_idx(folder.path(), Split::test);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->pixels, written.pixels);
  EXPECT_EQ(read->labels, written.labels);
}

TEST(ReadIdx, TruncatedGzipIsAnError) {
  const Folder folder;
  test::write_idx(folder.path(), "train", squares(30, 3));
  gzip(folder / "train-images-idx3-ubyte");
  const auto file = folder / "train-images-idx3-ubyte.gz";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  EXPECT_EQ(error_of(folder), file.string() + ": is truncated");
}

TEST(ReadIdx, TruncatedPlainFileIsAnError) {
  const Folder folder;
  test::write_idx(folder.path(), "train", squares(30, 3));
  const auto file = folder / "train-images-idx3-ubyte";
  std::filesystem::resize_file(file, 16 + 1000);
  EXPECT_EQ(error_of(folder), file.string() + ": its header promises 23520 bytes for [30, 28, 28], but 1000 follow");
}

TEST(ReadIdx, MissingFilesAreNamed) {
  const Folder folder;
  EXPECT_EQ(error_of(folder), (folder / "train-images-idx3-ubyte").string() + ": no such file, nor one with .gz");
}

TEST(ReadIdx, SomethingElseIsAnError) {
  const Folder folder;
  write_content(folder / "train-images-idx3-ubyte", "<!doctype html><title>404</title>");
  EXPECT_EQ(error_of(folder),
            (folder / "train-images-idx3-ubyte").string() + ": isn't an idx file of unsigned bytes with rank 3");
}

TEST(ReadIdx, CountsMustAgree) {
  const Folder folder;
  test::write_idx(folder.path(), "train", squares(30, 4));
  write_content(folder / "train-labels-idx1-ubyte", idx_bytes({2}, {1, 2}));
  EXPECT_EQ(error_of(folder),
            (folder / "train-images-idx3-ubyte").string() + ": has 30 pictures, but there are 2 labels");
}

TEST(ReadIdx, NoPicturesAreAnError) {
  const Folder folder;
  write_content(folder / "train-images-idx3-ubyte", idx_bytes({0, 28, 28}, {}));
  write_content(folder / "train-labels-idx1-ubyte", idx_bytes({0}, {}));
  EXPECT_EQ(error_of(folder), (folder / "train-images-idx3-ubyte").string() + ": holds no pictures");
}

TEST(ReadIdx, HugeSizesAreAnErrorBeforeAnythingIsAllocated) {
  const Folder folder;
  write_content(folder / "train-images-idx3-ubyte", idx_bytes({0xffffffff, 0xffffffff, 0xffffffff}, {1, 2, 3}));
  EXPECT_NE(error_of(folder).find("but 3 follow"), std::string::npos) << error_of(folder);
}

TEST(Fingerprint, TellsDataSetsApart) {
  Dataset data = squares(30, 5);
  const std::string before = fingerprint(data);
  EXPECT_EQ(fingerprint(squares(30, 5)), before);
  data.labels[7] = 0;
  EXPECT_NE(fingerprint(data), before);
}

} // namespace
} // namespace ganlet::train
