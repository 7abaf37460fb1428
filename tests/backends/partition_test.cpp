#include "graph/partition.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "reference/reference.h"
#include "support/pretend.h"
#include "xnn/graph_builder.h"

namespace ganlet::test {
namespace {

using ganlet::testing::batch_dim;
using ganlet::testing::fixed;
using ganlet::testing::GraphBuilder;

constexpr std::array<const Backend*, 2> order{&pretended_device, &reference::backend};

/// A graph of rows of 4 numbers, whose nodes read what is there already.
Graph random_graph(std::uint32_t stream) {
  const Rng rng(7, stream);
  std::uint64_t drawn = 0;
  const auto below = [&](std::size_t bound) {
    return static_cast<std::size_t>(rng.below(static_cast<std::uint32_t>(bound), drawn++));
  };
  const SymbolicShape row{batch_dim(), fixed(4)};
  GraphBuilder build;
  std::vector<ValueId> values{build.input(row), build.input(row),
                              build.constant(ganlet::testing::random_tensor(Shape{1, 4}, stream))};
  constexpr op::UnaryKind unary[] = {op::UnaryKind::tanh, op::UnaryKind::sigmoid, op::UnaryKind::negate,
                                     op::UnaryKind::absolute};
  constexpr op::BinaryKind binary[] = {op::BinaryKind::add, op::BinaryKind::multiply, op::BinaryKind::subtract,
                                       op::BinaryKind::maximum};
  const std::size_t nodes = 3 + below(30);
  for (std::size_t n = 0; n < nodes; ++n) {
    const ValueId a = values[below(values.size())], b = values[below(2) == 0 ? 0 : below(values.size())];
    const bool all_constant = a == 2 && b == 2;
    values.push_back(below(2) == 0 && a != 2
                         ? build.node(op::Unary{unary[below(4)]}, {a}, row)
                         : build.node(op::Binary{binary[below(4)]}, {a, all_constant ? 0 : b}, row));
  }
  std::vector<ValueId> outputs{values.back()};
  for (int i = 0; i < 3; ++i)
    outputs.push_back(values[below(values.size())]); // an input, a constant, or one twice among them
  std::ranges::sort(outputs);
  outputs.erase(std::ranges::unique(outputs).begin(), outputs.end());
  return build.finish(outputs);
}

TEST(Partition, TakesEachNodeOnceAndInAnOrderThatRuns) {
  for (std::uint32_t stream = 0; stream < 200; ++stream) {
    pretence = {.seed = stream + 1};
    Graph graph = random_graph(stream);
    const std::size_t nodes = graph.nodes.size();
    const auto parts = partition(graph, order);
    ASSERT_TRUE(parts) << parts.error().text();
    std::set<std::size_t> taken;
    std::set<ValueId> made(graph.inputs.begin(), graph.inputs.end());
    const Backend* before = nullptr;
    for (const Part& part : *parts) {
      for (const ValueId id : part.inputs)
        EXPECT_TRUE(made.contains(id)) << "stream " << stream;
      for (const std::size_t n : part.nodes) {
        EXPECT_TRUE(taken.insert(n).second) << "stream " << stream;
        EXPECT_EQ(part.backend == &pretended_device, pretended_device.can_run(graph, graph.nodes[n]).has_value());
      }
      made.insert(part.outputs.begin(), part.outputs.end());
      EXPECT_TRUE(part.nodes.empty() || part.backend != before) << "two parts could be one, stream " << stream;
      before = part.backend;
    }
    EXPECT_EQ(taken.size(), nodes);
  }
}

TEST(Partition, RunsAsTheWholeGraphDoes) {
  for (std::uint32_t stream = 0; stream < 200; ++stream) {
    pretence = {.seed = stream + 1};
    const Graph graph = random_graph(stream);
    const auto whole = reference::backend.compile(graph.clone(), {}), parts = pretend.compile(graph.clone(), {});
    ASSERT_TRUE(whole && parts);
    for (const std::int64_t batch : {2, 5}) {
      const Tensor a = ganlet::testing::random_tensor(Shape{batch, 4}, 1000 + stream),
                   b = ganlet::testing::random_tensor(Shape{batch, 4}, 2000 + stream);
      const TensorView views[] = {a.view(), b.view()};
      const Buffer given[] = {{a.view(), nullptr}, {b.view(), nullptr}};
      const auto wanted = (*whole)->run(views);
      ASSERT_TRUE(wanted) << wanted.error().text();
      Budget budget(std::int64_t{1} << 30);
      auto run = (*parts)->start(given, budget);
      ASSERT_TRUE(run) << run.error().text();
      const auto outputs = run->wait();
      ASSERT_TRUE(outputs) << outputs.error().text();
      ASSERT_EQ(outputs->size(), wanted->size());
      for (std::size_t i = 0; i < outputs->size(); ++i) {
        ASSERT_EQ((*outputs)[i].view.shape, (*wanted)[i].shape);
        EXPECT_TRUE(std::ranges::equal((*outputs)[i].view.as<float>(), (*wanted)[i].as<float>()))
            << "stream " << stream;
      }
    }
  }
}

TEST(Partition, APartThatReadsConstantsAloneLearnsTheBatch) {
  GraphBuilder build;
  const ValueId x = build.input({batch_dim(), fixed(4)});
  const ValueId one = build.constant(Tensor::of<float>(Shape{1, 4}, {1, 2, 3, 4}));
  const ValueId many = build.node(op::Expand{}, {one}, {batch_dim(), fixed(4)});
  const ValueId sum = build.node(op::Binary{op::BinaryKind::add}, {x, many}, {batch_dim(), fixed(4)});
  const Graph graph = build.finish({sum});
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    pretence = {.seed = seed};
    const auto program = pretend.compile(graph.clone(), {});
    ASSERT_TRUE(program);
    const Tensor zeros(DataType::float32, Shape{3, 4});
    const Buffer given[] = {{zeros.view(), nullptr}};
    Budget budget(std::int64_t{1} << 30);
    auto run = (*program)->start(given, budget);
    ASSERT_TRUE(run) << run.error().text();
    const auto outputs = run->wait();
    ASSERT_TRUE(outputs) << outputs.error().text();
    EXPECT_EQ((*outputs)[0].view.shape, (Shape{3, 4}));
    EXPECT_EQ((*outputs)[0].view.as<float>()[11], 4);
  }
}

TEST(Partition, WhatNobodyRunsIsRefusedByName) {
  GraphBuilder build;
  const ValueId x = build.input({batch_dim(), fixed(4)});
  Graph graph = build.finish({build.node(op::Unary{op::UnaryKind::tanh}, {x}, {batch_dim(), fixed(4)})});
  pretence = {};
  while (pretended_device.can_run(graph, graph.nodes[0]))
    ++pretence.seed;
  const std::array<const Backend*, 1> alone{&pretended_device};
  const auto parts = partition(graph, alone);
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().code(), ErrorCode::unsupported);
  EXPECT_EQ(parts.error().place(), "node[0]");
}

} // namespace
} // namespace ganlet::test
