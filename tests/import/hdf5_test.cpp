// Files that h5py wrote, of every version and layout, are read as h5py reads them.

#include <algorithm>
#include <cstring>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "import/hdf5.h"
#include "imported.h"

namespace ganlet::test {
namespace {

using importing::Hdf5;

const Made& files() {
  static const Made made("make_hdf5.py");
  return made;
}

std::vector<fs::path> hdf5_files() {
  std::vector<fs::path> found = files().models();
  std::erase_if(found, [](const fs::path& file) { return file.extension() != ".h5"; });
  return found;
}

std::vector<std::byte> bytes_of(const Tensor& tensor) {
  const auto* const data = static_cast<const std::byte*>(tensor.view().data);
  return {data, data + tensor.bytes()};
}

TEST(Hdf5, ArraysAreAsH5pyReadsThem) {
  ASSERT_TRUE(files().works()) << "python3-h5py and python3-numpy are needed (tools/setup.sh)";
  ASSERT_EQ(hdf5_files().size(), 6u);
  for (const fs::path& path : hdf5_files()) {
    SCOPED_TRACE(path.filename());
    const std::vector<std::byte> bytes = content_of(path),
                                 wanted = content_of(fs::path(path).replace_extension(".bin"));
    Budget budget(Limits{}.load_units);
    const auto file = Hdf5::open(bytes, {}, budget);
    ASSERT_TRUE(file) << file.error().text();
    std::istringstream lines(words_of(fs::path(path).replace_extension(".txt")));
    std::size_t at = 0, arrays = 0;
    for (std::string line; std::getline(lines, line); ++arrays) {
      std::istringstream words(line);
      std::string name;
      std::size_t rank = 0;
      words >> name >> rank;
      std::vector<std::int64_t> sizes(rank);
      for (std::int64_t& size : sizes)
        words >> size;
      const auto object = file->find(file->root(), name);
      ASSERT_TRUE(object && *object) << name;
      const auto array = file->array(**object);
      ASSERT_TRUE(array) << array.error().text();
      EXPECT_EQ(array->shape(), Shape(std::span<const std::int64_t>(sizes))) << name;
      const std::vector<std::byte> given = bytes_of(*array);
      ASSERT_LE(at + given.size(), wanted.size()) << name;
      EXPECT_TRUE(std::equal(given.begin(), given.end(), wanted.begin() + static_cast<std::ptrdiff_t>(at))) << name;
      at += given.size();
    }
    EXPECT_EQ(at, wanted.size());
    EXPECT_GT(arrays, 350u);
  }
}

TEST(Hdf5, AttributesOfEveryStorage) {
  for (const fs::path& path : hdf5_files()) {
    SCOPED_TRACE(path.filename());
    const std::vector<std::byte> bytes = content_of(path);
    Budget budget(Limits{}.load_units);
    const auto file = Hdf5::open(bytes, {}, budget);
    ASSERT_TRUE(file) << file.error().text();
    const auto strings = [&](std::string_view name) {
      auto found = file->strings(file->root(), name);
      EXPECT_TRUE(found) << found.error().text();
      return found ? *found : std::nullopt;
    };
    using Strings = std::vector<std::string>;
    EXPECT_EQ(strings("text"), Strings{std::string(100000, 'x')});
    EXPECT_EQ(strings("fixed"), Strings{"fixed"});
    EXPECT_EQ(strings("list"), (Strings{"one", "two\xc3\xbc", ""}));
    EXPECT_EQ(strings("varying"), (Strings{"a", "bc", std::string(300, 'd')}));
    EXPECT_EQ(strings("nothing"), Strings{});
    EXPECT_EQ(strings("missing"), std::nullopt);
    const auto split = strings("long");
    ASSERT_TRUE(split && split->size() == 1000);
    EXPECT_EQ((*split)[999], "layer_000999" + std::string(60, 'z'));
  }
}

/// A file that is damaged anywhere is read or refused, and never takes more than its budget.
TEST(Hdf5, DamageIsRefusedOrRead) {
  const std::vector<std::byte> whole = content_of(files().folder() / "latest_True.h5");
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::vector<std::byte> bytes = whole;
    unsigned state = seed * 2654435761U + 1;
    for (int i = 0; i < 200; ++i) {
      state = state * 1664525U + 1013904223U;
      bytes[state % bytes.size()] = static_cast<std::byte>(state >> 24);
    }
    Budget budget(std::int64_t{1} << 22);
    const auto file = Hdf5::open(bytes, {}, budget);
    if (!file)
      continue;
    const auto top = file->children(file->root());
    if (!top)
      continue;
    for (const auto& [name, object] : *top) {
      const auto inner = file->children(object);
      for (const auto& [inner_name, array] : inner.value_or(std::map<std::string, Hdf5::Object>()))
        (void)file->array(array).has_value();
    }
  }
}

} // namespace
} // namespace ganlet::test
