#include "graph/least_bytes.h"

#include <gtest/gtest.h>

#include "xnn/graph_builder.h"

namespace ganlet::test {
namespace {

using ganlet::testing::batch_dim;
using ganlet::testing::fixed;
using ganlet::testing::GraphBuilder;

SymbolicShape row(std::int64_t size) {
  return {batch_dim(), fixed(size)};
}

/// Two layers with an activation between them: 10 numbers, 20 in between, 5 at the end.
TEST(LeastBytes, CountArraysBetweenPassesOnceForEachReaderAndWriter) {
  for (const bool int8 : {false, true}) {
    GraphBuilder build;
    const auto weights = [&](std::int64_t out, std::int64_t in) {
      Tensor floats = ganlet::testing::random_tensor(Shape{out, in}, 1);
      return build.constant(int8 ? ganlet::testing::quantized(floats) : std::move(floats));
    };
    const ValueId x = build.input(row(10));
    const ValueId hidden = build.node(op::FullyConnected{}, {x, weights(20, 10)}, row(20));
    const ValueId bent = build.node(op::Unary{op::UnaryKind::tanh}, {hidden}, row(20));
    const Graph graph = build.finish({build.node(op::FullyConnected{}, {bent, weights(5, 20)}, row(5))});
    const std::int64_t of_weights = 200 + 100, each = 10 + 20 + 20 + 5;
    for (const std::int64_t batch : {1, 7})
      EXPECT_EQ(least_bytes_of(graph, batch), (int8 ? 1 : 4) * of_weights + 4 * batch * each);
  }
}

/// What is read twice is written; an array that grows is made where it is read.
TEST(LeastBytes, JoinsMovesToTheSmallerSide) {
  GraphBuilder build;
  const ValueId x = build.input(row(4));
  const ValueId wide = build.node(op::Tile{}, {x}, row(12));
  const ValueId sum = build.node(op::Reduce{op::ReduceKind::sum, {1}}, {wide}, row(1));
  const ValueId largest = build.node(op::Reduce{op::ReduceKind::maximum, {1}}, {x}, row(1));
  const ValueId both = build.node(op::Binary{op::BinaryKind::multiply}, {sum, largest}, row(1));
  const Graph graph = build.finish({both});
  // Both sums read x, the second one also what the first has made, and writes the product.
  EXPECT_EQ(least_bytes_of(graph, 3), 4 * 3 * (4 + 1 + 4 + 1 + 1));
}

} // namespace
} // namespace ganlet::test
