// Each file of make_bad_files.py is refused with its message, and so is every prefix of a good one, within the budget.

#include <algorithm>

#include <gtest/gtest.h>

#include "imported.h"

namespace ganlet::test {
namespace {

TEST(BadFiles, AreRefusedWithTheirMessages) {
  const Made made("make_bad_files.py");
  ASSERT_TRUE(made.works()) << "python3-h5py and python3-numpy are needed (tools/setup.sh)";
  EXPECT_GE(made.models().size(), 30u);
  for (const fs::path& file : made.models()) {
    const auto model = import_model(file);
    EXPECT_FALSE(model) << file.filename();
    if (!model)
      EXPECT_EQ(model.error().text(), words_of(file.string() + ".txt")) << file.filename();
  }
}

TEST(BadFiles, APrefixOfAGoodFileIsRefused) {
  const Made made("make_files.py");
  for (const char* name : {"dcgan_keras2.h5", "dcgan_compressed.h5", "dcgan_keras3.keras"}) {
    const std::vector<std::byte> whole = content_of(made.folder() / name);
    ASSERT_FALSE(whole.empty());
    for (std::size_t size = 0; size + 2048 < whole.size(); size += whole.size() / 97 + 1) {
      Budget budget(Limits{}.load_units);
      const auto model = importing::read(std::span(whole).first(size), {}, {}, budget);
      EXPECT_FALSE(model) << name << ' ' << size;
    }
  }
}

} // namespace
} // namespace ganlet::test
