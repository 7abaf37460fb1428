#include "generator/walk.h"

#include <cmath>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

const std::vector<float> corners{2, 0, 0, 4, -6, 0}; // (3, 2)

float length_of(const std::vector<float>& v) {
  return std::hypot(v[0], v[1]);
}

TEST(Walk, PassesItsKeyframes) {
  for (const Interpolation interpolation : {Interpolation::linear, Interpolation::spherical}) {
    const Walk loop{corners, 2, interpolation, true}, path{corners, 2, interpolation, false};
    for (std::int64_t key = 0; key < 3; ++key) {
      const auto at = static_cast<std::size_t>(2 * key);
      const std::vector<float> expected{corners[at], corners[at + 1]};
      EXPECT_NEAR(loop.latent(5 * key, 15)[0], expected[0], 1e-5F);
      EXPECT_NEAR(loop.latent(5 * key, 15)[1], expected[1], 1e-5F);
      EXPECT_NEAR(path.latent(5 * key, 11)[0], expected[0], 1e-5F);
      EXPECT_NEAR(path.latent(5 * key, 11)[1], expected[1], 1e-5F);
    }
  }
}

TEST(Walk, GreatCirclesKeepTheLengthBetween) {
  const Walk walk{corners, 2, Interpolation::spherical, false};
  const std::vector<float> halfway = walk.latent(1, 5); // of (2, 0) and (0, 4)
  EXPECT_NEAR(length_of(halfway), 3, 1e-5F);
  EXPECT_NEAR(halfway[0], halfway[1], 1e-5F);
  const Walk straight{corners, 2, Interpolation::linear, false};
  EXPECT_NEAR(straight.latent(1, 5)[0], 1, 1e-6F);
  EXPECT_NEAR(straight.latent(1, 5)[1], 2, 1e-6F);
}

TEST(Walk, ALoopHasNoSeam) {
  const Walk walk{corners, 2, Interpolation::linear, true};
  const std::vector<float> last = walk.latent(299, 300), first = walk.latent(0, 300), second = walk.latent(1, 300);
  EXPECT_NEAR(first[0] - last[0], 0.08F, 1e-4F);
  EXPECT_NE(first, last);
  EXPECT_NE(first, second);
}

TEST(Walk, WhereThereIsNoCircleItIsTheLine) {
  const std::vector<float> opposite{1, 0, -1, 0}, zero{0, 0, 2, 2}, one{3, 5};
  EXPECT_NEAR((Walk{opposite, 2, Interpolation::spherical, false}.latent(1, 3)[0]), 0, 1e-6F);
  EXPECT_NEAR((Walk{zero, 2, Interpolation::spherical, false}.latent(1, 3)[0]), 1, 1e-6F);
  EXPECT_EQ((Walk{one, 2, Interpolation::spherical, true}.latent(7, 9)), one);
  EXPECT_EQ((Walk{one, 2, Interpolation::spherical, false}.latent(0, 1)), one);
}

} // namespace
} // namespace ganlet
