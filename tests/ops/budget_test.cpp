// Work is taken from the budget before it is done, in small steps, and stops where the budget says so.

#include <thread>

#include <gtest/gtest.h>

#include "graph/cost.h"
#include "op_test.h"
#include "reference/reference.h"
#include "reference/work.h"

namespace ganlet::testing {
namespace {

TEST(Work, IsTakenInStepsOfAtMostOneLook) {
  constexpr std::int64_t units = 5 * Budget::step + 7;
  Budget budget(units);
  reference::Work work(budget, units);
  work.split(1000);
  std::int64_t before = budget.used();
  for (int turn = 0; turn < 1000; ++turn) {
    ASSERT_TRUE(work.turn());
    EXPECT_LE(budget.used() - before, Budget::step);
    EXPECT_GE(budget.used(), units / 1000 * (turn + 1)); // before the turn, not after
    before = budget.used();
  }
  EXPECT_TRUE(work.result());
  EXPECT_EQ(budget.left(), 0);
}

TEST(Work, StopsWithTheFlagWithinOneLook) {
  std::atomic<bool> stop = false;
  Budget budget(std::int64_t{1} << 40);
  budget.stop_with(&stop);
  reference::Work work(budget, 100 * Budget::step);
  work.split(1 << 20);
  ASSERT_TRUE(work.turn());
  stop = true;
  while (work.turn())
    ASSERT_LE(budget.used(), Budget::step);
  EXPECT_TRUE(work.stopped());
  EXPECT_EQ(work.result().error().code(), ErrorCode::cancelled);
}

TEST(Work, WithoutTurnsTakesAllAtOnce) {
  Budget budget(100);
  reference::Work work(budget, 60);
  work.split(0);
  EXPECT_EQ(budget.used(), 60);
  EXPECT_TRUE(work.result());
}

/// The largest of each: a window over a whole picture for each pixel, 2^34 units.
Case endless_pool() {
  const Shape shape{1, 362, 362, 1};
  Case a_case{.operation = op::Pool{op::PoolKind::average, {.kernel = {362, 362}, .pad_before = {181, 181}}}};
  a_case.inputs.emplace_back(DataType::float32, shape);
  a_case.output = Shape{1, 182, 182, 1};
  return a_case;
}

TEST(Budget, OfTooFewUnitsIsRefusedBeforeAnythingIsDone) {
  const Case a_case = endless_pool();
  const TensorView input = a_case.inputs[0].view();
  Tensor output(DataType::float32, a_case.output);
  const std::int64_t units = cost_of(a_case.operation, std::span(&input, 1), output.view()).units();
  Budget budget(units - 1);
  const auto refused = reference::evaluate(a_case.operation, std::span(&input, 1), output.view(), budget);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(budget.used(), 0);
}

TEST(Budget, StopsInsideOfANode) {
  const Case a_case = endless_pool();
  const TensorView input = a_case.inputs[0].view();
  Tensor output(DataType::float32, a_case.output);
  std::atomic<bool> stop = false;
  Budget budget(std::int64_t{1} << 40);
  budget.stop_with(&stop);
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop = true;
  });
  const auto stopped = reference::evaluate(a_case.operation, std::span(&input, 1), output.view(), budget);
  other.join();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), ErrorCode::cancelled);
  EXPECT_LT(budget.used(), cost_of(a_case.operation, std::span(&input, 1), output.view()).units());
}

TEST(Budget, EndsInsideOfANodeAtItsDeadline) {
  const Case a_case = endless_pool();
  const TensorView input = a_case.inputs[0].view();
  Tensor output(DataType::float32, a_case.output);
  Budget budget(std::int64_t{1} << 40);
  budget.stop_at(Budget::Clock::now() + std::chrono::milliseconds(20));
  const auto late = reference::evaluate(a_case.operation, std::span(&input, 1), output.view(), budget);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().text(), "the time for it is over");
}

} // namespace
} // namespace ganlet::testing
