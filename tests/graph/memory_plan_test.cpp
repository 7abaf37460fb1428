// Values whose lifetimes don't meet share memory, and those whose do never overlap.

#include <map>

#include <gtest/gtest.h>

#include "graph/cost.h"
#include "graph/memory_plan.h"
#include "support/model_builder.h"
#include "xnn/graph_builder.h"

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

/// Rows of 1 to 40 numbers; each node reads what is there already, an early value as likely as a late one.
Graph random_graph(std::uint32_t stream) {
  using ganlet::testing::batch_dim, ganlet::testing::fixed;
  const Rng rng(11, stream);
  std::uint64_t drawn = 0;
  const auto below = [&](std::size_t bound) { return rng.below(static_cast<std::uint32_t>(bound), drawn++); };
  ganlet::testing::GraphBuilder build;
  struct Made {
    ValueId id;
    std::int64_t columns;
  };
  std::vector<Made> made{{build.input({batch_dim(), fixed(12)}), 12}};
  const std::size_t nodes = 1 + below(40);
  for (std::size_t n = 0; n < nodes; ++n) {
    const Made from = made[below(made.size())];
    const auto row = [](std::int64_t columns) { return SymbolicShape{batch_dim(), fixed(columns)}; };
    switch (below(4)) {
    case 0:
      made.push_back({build.node(op::Reshape{}, {from.id}, row(from.columns)), from.columns});
      break;
    case 1:
      made.push_back({build.node(op::Unary{op::UnaryKind::tanh}, {from.id}, row(from.columns)), from.columns});
      break;
    case 2: {
      const std::int64_t columns = 1 + below(static_cast<std::size_t>(from.columns));
      made.push_back({build.node(op::Slice{{0, 0}, {1, 1}}, {from.id}, row(columns)), columns});
      break;
    }
    default: {
      const Made other = made[below(made.size())];
      const std::int64_t columns = std::min<std::int64_t>(from.columns + other.columns, 40);
      if (columns == from.columns + other.columns)
        made.push_back({build.node(op::Concat{1}, {from.id, other.id}, row(columns)), columns});
      break;
    }
    }
  }
  std::vector<ValueId> outputs{made.back().id};
  if (const ValueId other = made[below(made.size())].id; other != outputs[0])
    outputs.push_back(other);
  return build.finish(outputs);
}

/// A value with all that reshape it, which are the same bytes: from the node that makes it to the last one that reads
/// any of them.
struct Life {
  ValueId id;
  std::size_t first, last;
};

std::vector<Life> lives_in(const Graph& graph) {
  std::vector<Life> lives;
  std::map<ValueId, std::size_t> life_of;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    for (const ValueId id : node.inputs)
      if (const auto found = life_of.find(id); found != life_of.end())
        lives[found->second].last = n;
    const bool passes_on = std::holds_alternative<op::Reshape>(node.operation) && life_of.contains(node.inputs[0]);
    if (!passes_on)
      lives.push_back({node.output, n, n});
    life_of[node.output] = passes_on ? life_of[node.inputs[0]] : lives.size() - 1;
  }
  for (const ValueId id : graph.outputs)
    if (const auto found = life_of.find(id); found != life_of.end())
      lives[found->second].last = graph.nodes.size();
  return lives;
}

TEST(MemoryPlan, LivingValuesNeverOverlap) {
  for (std::uint32_t stream = 0; stream < 500; ++stream) {
    const Graph graph = random_graph(stream);
    const auto plan = plan_memory(graph, 1 + stream % 7, {});
    ASSERT_TRUE(plan) << plan.error().text();
    const std::vector<Life> lives = lives_in(graph);
    for (const Life& a : lives) {
      const Span here = bytes_of_value(*plan, a.id);
      ASSERT_GE(here.begin, 0);
      ASSERT_EQ(here.begin % MemoryPlan::alignment, 0);
      ASSERT_LE(here.end, plan->bytes);
      for (const Life& b : lives) {
        const Span there = bytes_of_value(*plan, b.id);
        const bool live_together = a.first <= b.last && b.first <= a.last;
        ASSERT_TRUE(a.id == b.id || !live_together || here.end <= there.begin || there.end <= here.begin)
            << "stream " << stream << ": nodes " << a.first << " and " << b.first;
      }
    }
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
