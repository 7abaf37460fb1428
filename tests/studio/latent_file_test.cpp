#include "studio/files.h"

#include <gtest/gtest.h>

namespace ganlet::studio {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

TEST(LatentFile, IsTakenBack) {
  const std::vector<float> latent{0.1F, -2.5F, 3e-8F, 4096};
  for (const LatentFormat format : {LatentFormat::npy, LatentFormat::json}) {
    const auto again = read_latent(write_latent(latent, format), 4, "latent");
    ASSERT_TRUE(again) << again.error().text();
    for (std::size_t i = 0; i < latent.size(); ++i)
      EXPECT_NEAR((*again)[i], latent[i], 1e-6F * std::abs(latent[i]));
  }
}

TEST(LatentFile, TakesARowOfAList) {
  EXPECT_EQ(*read_latent(bytes_of("[[1, 2]]"), 2, "a.json"), (std::vector<float>{1, 2}));
}

TEST(LatentFile, SaysWhatIsWrong) {
  const auto problem = [](std::string_view text) { return read_latent(bytes_of(text), 2, "a.json").error().text(); };
  EXPECT_EQ(problem("[1]"), "a.json: isn't a latent of this model: it must hold 2 numbers, has 1");
  for (const char* text : {"", "{}", "[1, \"2\"]", "[1, null]", "[[1], [2]]", "[1, 2", "1", "[]", "\x93NUMPY", "\x93"})
    EXPECT_FALSE(read_latent(bytes_of(text), 2, "a.json")) << text;
}

} // namespace
} // namespace ganlet::studio
