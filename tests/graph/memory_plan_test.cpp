// Values whose lifetimes don't meet share memory, and those whose do never overlap.

#include <gtest/gtest.h>

#include "graph/cost.h"
#include "graph/memory_plan.h"
#include "support/model_builder.h"

namespace ganlet::test {
namespace {

Graph chain_with_a_long_branch() {
  ModelBuilder build;
  build.input("x", {-1, 100});
  build.node("Tanh", {"x"}, {"early"})
      .node("Exp", {"early"}, {"a"})
      .node("Exp", {"a"}, {"b"})
      .node("Exp", {"b"}, {"c"})
      .node("Exp", {"c"}, {"d"});
  build.node("Add", {"early", "d"}, {"y"}).output("y");
  return *build.lower();
}

struct Span {
  std::int64_t begin, end;
};

Span bytes_of_value(const MemoryPlan& plan, ValueId id) {
  const auto at = static_cast<std::size_t>(id);
  return {plan.offset[at], plan.offset[at] + plan.shape[at].elements() * 4 + static_cast<std::int64_t>(Tensor::slack)};
}

TEST(MemoryPlan, LivingValuesNeverOverlap) {
  const Graph graph = chain_with_a_long_branch();
  const auto plan = plan_memory(graph, 3, {});
  ASSERT_TRUE(plan) << plan.error().text();
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    for (std::size_t m = n + 1; m < graph.nodes.size(); ++m) {
      // n's output lives until its last reader.
      std::size_t last = n;
      for (std::size_t k = 0; k < graph.nodes.size(); ++k)
        for (const ValueId id : graph.nodes[k].inputs)
          if (id == graph.nodes[n].output)
            last = k;
      if (m > last)
        continue;
      const Span a = bytes_of_value(*plan, graph.nodes[n].output), b = bytes_of_value(*plan, graph.nodes[m].output);
      EXPECT_TRUE(a.end <= b.begin || b.end <= a.begin) << n << " and " << m;
      EXPECT_LE(b.end, plan->bytes);
    }
}

TEST(MemoryPlan, AChainNeedsTwoPlacesBesideWhatLivesOn) {
  const auto plan = plan_memory(chain_with_a_long_branch(), 64, {});
  ASSERT_TRUE(plan);
  const std::int64_t each = 64 * 100 * 4 + static_cast<std::int64_t>(Tensor::slack) + MemoryPlan::alignment;
  EXPECT_LE(plan->bytes, 3 * each);
}

TEST(MemoryPlan, WorkingBytesAtTheLimitAndAboveIt) {
  const Graph graph = chain_with_a_long_branch();
  Limits limits;
  limits.working_bytes = plan_memory(graph, 3, {})->bytes;
  EXPECT_TRUE(plan_memory(graph, 3, limits));
  --limits.working_bytes;
  const auto plan = plan_memory(graph, 3, limits);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code(), ErrorCode::limit_exceeded);
}

TEST(MemoryPlan, CountsTheUnitsOfEachNode) {
  ModelBuilder build;
  build.input("x", {-1, 10}).ramp("w", {10, 20}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  const Graph graph = *build.lower();
  EXPECT_EQ(multiply_adds_of(graph, 3), 600);
  const auto plan = plan_memory(graph, 3, {});
  ASSERT_TRUE(plan);
  // 600 multiply-adds, 4 steps for each of 60 outputs, and 230 elements of inputs moved.
  EXPECT_EQ(plan->units, (std::vector<std::int64_t>{600 + 240 + 230}));
  EXPECT_TRUE(check_budget(graph, plan->units, Budget(1070)));
  const auto refused = check_budget(graph, plan->units, Budget(1069));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused.error().text(), "graph.node[0] MatMul 'y': needs 1070 units of work, 1069 of 1069 are left");
}

} // namespace
} // namespace ganlet::test
