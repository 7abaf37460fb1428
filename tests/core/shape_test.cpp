#include "core/shape.h"

#include <vector>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

Result<Shape> made(std::vector<std::int64_t> sizes, const Limits& limits = {}) {
  return Shape::make(sizes, limits, "x");
}

TEST(Shape, CountsItsElements) {
  EXPECT_EQ(Shape().elements(), 1);
  EXPECT_EQ((Shape{8, 28, 28, 1}).elements(), 6272);
  EXPECT_EQ((Shape{3, 0, 5}).elements(), 0);
}

TEST(Shape, TextIsPythons) {
  EXPECT_EQ(Shape().text(), "()");
  EXPECT_EQ(Shape{7}.text(), "(7,)");
  EXPECT_EQ((Shape{8, 28, 28, 1}).text(), "(8, 28, 28, 1)");
}

TEST(Shape, ComparesSizesAndRank) {
  EXPECT_EQ((Shape{2, 3}), (Shape{2, 3}));
  EXPECT_NE((Shape{2, 3}), (Shape{3, 2}));
  EXPECT_NE((Shape{2, 3}), (Shape{2, 3, 1}));
}

TEST(Shape, RankSixIsTheLimit) {
  EXPECT_TRUE(made({1, 1, 1, 1, 1, 1}));
  const auto refused = made({1, 1, 1, 1, 1, 1, 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused.error().text(), "x: rank 7 is above the limit of 6");
}

TEST(Shape, ElementsUpToTheLimit) {
  EXPECT_TRUE(made({1 << 13, 1 << 13}));
  const auto refused = made({(1 << 13) + 1, 1 << 13});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused.error().text(), "x: shape [8193, 8192] has more than 67108864 elements");
  EXPECT_TRUE(made({67108864}));
  EXPECT_FALSE(made({67108865}));
  EXPECT_TRUE(made({12}, Limits{.tensor_elements = 12}));
  EXPECT_FALSE(made({13}, Limits{.tensor_elements = 12}));
}

TEST(Shape, OverflowIsNotAWayPastTheLimit) {
  EXPECT_EQ(made({std::int64_t{1} << 32, std::int64_t{1} << 32}).error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(made({std::int64_t{1} << 62, 4}).error().code(), ErrorCode::limit_exceeded);
}

TEST(Shape, NegativeSizesAreRefused) {
  const auto refused = made({2, -1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(refused.error().text(), "x: negative size in [2, -1]");
}

TEST(Shape, OfKnownSizesHasNoLimitOfElements) {
  // A caller's limits may be above the default ones.
  EXPECT_EQ((Shape{1 << 20, 1 << 10}).elements(), std::int64_t{1} << 30);
}

} // namespace
} // namespace ganlet
