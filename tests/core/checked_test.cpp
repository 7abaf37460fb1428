#include "core/checked.h"

#include <limits>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

TEST(Checked, MultipliesUpToTheLargest) {
  EXPECT_EQ(checked_multiply(3037000499, 3037000499), 9223372030926249001);
  EXPECT_EQ(checked_multiply(largest, 1), largest);
  EXPECT_EQ(checked_multiply(largest, 0), 0);
  EXPECT_EQ(checked_multiply(smallest, 1), smallest);
}

TEST(Checked, SaysWhereAProductOverflows) {
  EXPECT_EQ(checked_multiply(3037000500, 3037000500), std::nullopt);
  EXPECT_EQ(checked_multiply(largest, 2), std::nullopt);
  EXPECT_EQ(checked_multiply(smallest, -1), std::nullopt);
}

TEST(Checked, SaysWhereASumOverflows) {
  EXPECT_EQ(checked_add(largest - 1, 1), largest);
  EXPECT_EQ(checked_add(largest, 1), std::nullopt);
  EXPECT_EQ(checked_add(smallest, -1), std::nullopt);
}

TEST(Checked, AProductThatOverflowsIsTheLargest) {
  EXPECT_EQ(product_or_most({3, 4, 5}), 60);
  EXPECT_EQ(product_or_most({largest, 2, 1}), largest);
  EXPECT_EQ(product_or_most({largest, 2, 0}), 0);
}

TEST(Checked, DividesTowardsZeroAndNeverTraps) {
  EXPECT_EQ(wrapping_divide(7, 2), 3);
  EXPECT_EQ(wrapping_divide(-7, 2), -3);
  EXPECT_EQ(wrapping_divide(smallest, -1), smallest);
  EXPECT_EQ(wrapping_divide(1, 0), std::nullopt);
}

TEST(Checked, RemaindersHaveTheDivisorsSign) {
  EXPECT_EQ(floored_remainder(7, 3), 1);
  EXPECT_EQ(floored_remainder(-7, 3), 2);
  EXPECT_EQ(floored_remainder(7, -3), -2);
  EXPECT_EQ(floored_remainder(smallest, -1), 0);
  EXPECT_EQ(floored_remainder(1, 0), std::nullopt);
}

TEST(Checked, TruncatesAnyNumber) {
  constexpr std::int64_t least = INT64_MIN, most = INT64_MAX;
  constexpr double endless = std::numeric_limits<double>::infinity();
  EXPECT_EQ(truncated(2.9), 2);
  EXPECT_EQ(truncated(-2.9), -2);
  EXPECT_EQ(truncated(std::numeric_limits<double>::quiet_NaN()), 0);
  EXPECT_EQ(truncated(endless), most);
  EXPECT_EQ(truncated(-endless), least);
  EXPECT_EQ(truncated(9223372036854775808.0), most);
  EXPECT_EQ(truncated(-9223372036854775808.0), least);
  EXPECT_EQ(truncated(9223372036854774784.0), most - 1023);
}

} // namespace
} // namespace ganlet
