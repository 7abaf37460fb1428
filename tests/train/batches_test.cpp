#include "batches.h"

#include <set>

#include <gtest/gtest.h>

namespace ganlet::train {
namespace {

/// A grey picture and coloured ones, each of one colour.
Dataset colored(std::int64_t count) {
  Dataset data;
  data.count = count;
  data.height = data.width = 4;
  data.channels = 3;
  for (std::int64_t i = 0; i < count; ++i)
    for (int pixel = 0; pixel < 16; ++pixel)
      for (const int value : {100, i == 0 ? 100 : 130, i == 0 ? 100 : 70})
        data.pixels.push_back(static_cast<std::uint8_t>(value));
  return data;
}

TEST(Batches, HuesTurnAboutTheGreys) {
  const Dataset data = colored(8);
  torch::manual_seed(5);
  const torch::Tensor plain = Batches(data, 8, 1).at(0).images;
  const torch::Tensor turned = Batches(data, 8, 1, {.hue = true}).at(0).images;
  std::set<float> reds;
  for (std::int64_t i = 0; i < 8; ++i) {
    const torch::Tensor before = plain[i], after = turned[i];
    const bool is_grey = before.max().item<float>() - before.min().item<float>() < 1e-6F;
    // The middle of the three stays, and how far they are from it; bytes are rounded.
    EXPECT_NEAR(before.mean().item<float>(), after.mean().item<float>(), 1.0F / 127.5F);
    EXPECT_NEAR(before.std().item<float>(), after.std().item<float>(), 1.5F / 127.5F);
    EXPECT_EQ(torch::equal(before, after), is_grey) << i;
    if (!is_grey)
      reds.insert(after[0][0][0].item<float>());
  }
  EXPECT_GE(reds.size(), 5U); // each picture its own way
}

} // namespace
} // namespace ganlet::train
