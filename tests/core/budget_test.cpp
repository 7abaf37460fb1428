#include <gtest/gtest.h>

#include "core/budget.h"

namespace ganlet::test {
namespace {

TEST(Budget, TakesAllOrNothing) {
  Budget budget(100);
  ASSERT_TRUE(budget.take(60));
  const auto refused = budget.take(41);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused.error().text(), "needs 41 units of work, 40 of 100 are left");
  EXPECT_EQ(budget.left(), 40);
  EXPECT_EQ(budget.used(), 60);
  EXPECT_TRUE(budget.take(40));
  EXPECT_FALSE(budget.take(1));
  EXPECT_TRUE(budget.take(0));
}

TEST(Budget, EndsWithTheStopFlag) {
  std::atomic<bool> stop = false;
  Budget budget(100);
  budget.stop_with(&stop);
  ASSERT_TRUE(budget.take(1));
  stop = true;
  const auto stopped = budget.take(1);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), ErrorCode::cancelled);
  EXPECT_EQ(budget.used(), 1);
}

TEST(Budget, EndsAtItsDeadline) {
  Budget budget(100);
  budget.stop_at(Budget::Clock::now() + std::chrono::hours(1));
  ASSERT_TRUE(budget.take(1));
  budget.stop_at(Budget::Clock::now());
  const auto late = budget.take(0);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(late.error().text(), "the time for it is over");
}

} // namespace
} // namespace ganlet::test
