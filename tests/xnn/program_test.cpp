#include <gtest/gtest.h>

#include "graph_builder.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

std::unique_ptr<Program> compiled(const Backend& backend, Graph graph, const CompileOptions& options = {}) {
  auto program = backend.compile(std::move(graph), options);
  EXPECT_TRUE(program) << program.error().text();
  return std::move(*program);
}

std::vector<float> run(Program& program, const Tensor& input) {
  const TensorView view = input.view();
  const auto outputs = program.run(std::span(&view, 1));
  EXPECT_TRUE(outputs) << outputs.error().text();
  const std::span<const float> values = (*outputs)[0].as<const float>();
  return {values.begin(), values.end()};
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::fabs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

TEST(Program, AgreesWithTheReferenceThroughChangesOfBatch) {
  for (const bool int8 : {false, true}) {
    const auto fast = compiled(xnn::backend, testing::small_generator(int8));
    const auto plain = compiled(reference::backend, testing::small_generator(int8));
    std::uint32_t stream = 40;
    for (const std::int64_t batch : {1, 5, 2, 9, 1, 16}) {
      const Tensor z = testing::random_tensor(Shape{batch, 8}, ++stream);
      EXPECT_LT(largest_difference(run(*fast, z), run(*plain, z)), int8 ? 0.05 : 1e-5)
          << "int8 " << int8 << ", batch " << batch;
    }
  }
}

TEST(Program, GivesEachImageOfABatchWhatItGetsAlone) {
  for (const bool int8 : {false, true}) {
    const auto program = compiled(xnn::backend, testing::small_generator(int8));
    const Tensor z = testing::random_tensor(Shape{4, 8}, 50);
    const std::vector<float> together = run(*program, z);
    const std::size_t pixels = together.size() / 4;
    for (std::size_t image = 0; image < 4; ++image) {
      const Tensor one = Tensor::of<float>(Shape{1, 8}, z.as<float>().subspan(image * 8, 8));
      const std::vector<float> part(together.begin() + image * pixels, together.begin() + (image + 1) * pixels);
      EXPECT_LT(largest_difference(run(*program, one), part), 1e-6);
    }
  }
}

TEST(Program, ThreadsChangeNothing) {
  CompileOptions two;
  two.threads = 2;
  const auto alone = compiled(xnn::backend, testing::small_generator(true));
  const auto together = compiled(xnn::backend, testing::small_generator(true), two);
  const Tensor z = testing::random_tensor(Shape{7, 8}, 51);
  EXPECT_LT(largest_difference(run(*alone, z), run(*together, z)), 1e-6);
}

TEST(Program, RunsWhatXnnpackLacksOnTheReference) {
  testing::GraphBuilder build;
  const ValueId x = build.input({testing::batch_dim(), testing::fixed(6)});
  const ValueId y = build.node(op::Unary{op::UnaryKind::softplus}, {x}, {testing::batch_dim(), testing::fixed(6)});
  const ValueId z = build.node(op::Unary{op::UnaryKind::sigmoid}, {y}, {testing::batch_dim(), testing::fixed(6)});
  Graph graph = build.finish({z});
  const auto plain = compiled(reference::backend, graph.clone()), program = compiled(xnn::backend, std::move(graph));
  EXPECT_EQ(program->runs_on(0), "reference");
  EXPECT_EQ(program->runs_on(1), "xnn");
  const Tensor values = testing::random_tensor(Shape{3, 6}, 52);
  EXPECT_LT(largest_difference(run(*program, values), run(*plain, values)), 1e-5);
}

// XNNPACK's slice takes a size of 0 for all that there is, and wrote that over what came behind.
TEST(Program, LeavesWhatIsEmptyToTheReference) {
  testing::GraphBuilder build;
  const ValueId x = build.input({testing::fixed(8), testing::fixed(4)});
  const ValueId nothing = build.node(op::Slice{{8, 0}, {1, 1}}, {x}, {testing::fixed(0), testing::fixed(4)});
  const ValueId sum = build.node(op::Reduce{op::ReduceKind::sum, {0}}, {nothing}, {testing::fixed(4)});
  const auto program = compiled(xnn::backend, build.finish({sum}));
  EXPECT_EQ(program->runs_on(0), "reference");
  EXPECT_EQ(program->runs_on(1), "reference");
  EXPECT_EQ(run(*program, testing::random_tensor(Shape{8, 4}, 53)), std::vector<float>(4));
}

TEST(Program, GivesInputsAndConstantsThatAreOutputs) {
  testing::GraphBuilder build;
  const ValueId x = build.input({testing::batch_dim(), testing::fixed(3)});
  const ValueId c = build.constant(Tensor::of<float>(Shape{2}, {4, 5}));
  const ValueId reshaped = build.node(op::Reshape{}, {x}, {testing::batch_dim(), testing::fixed(1), testing::fixed(3)});
  const auto program = compiled(xnn::backend, build.finish({x, c, reshaped}));
  const Tensor values = Tensor::of<float>(Shape{1, 3}, {1, 2, 3});
  const TensorView view = values.view();
  const auto outputs = program->run(std::span(&view, 1));
  ASSERT_TRUE(outputs);
  ASSERT_EQ(outputs->size(), 3U);
  EXPECT_EQ((*outputs)[0].as<const float>()[2], 3);
  EXPECT_EQ((*outputs)[1].as<const float>()[1], 5);
  EXPECT_EQ((*outputs)[2].shape, (Shape{1, 1, 3}));
  EXPECT_EQ((*outputs)[2].as<const float>()[1], 2);
}

TEST(Program, MeasuresNodesOnlyWhenAsked) {
  CompileOptions profiling;
  profiling.profile = true;
  const auto plain = compiled(xnn::backend, testing::small_generator(false));
  const auto measured = compiled(xnn::backend, testing::small_generator(false), profiling);
  const Tensor z = testing::random_tensor(Shape{2, 8}, 53);
  run(*plain, z);
  run(*measured, z);
  EXPECT_TRUE(plain->node_milliseconds().empty());
  ASSERT_EQ(measured->node_milliseconds().size(), measured->graph().nodes.size());
  EXPECT_GT(measured->node_milliseconds()[2], 0);
}

TEST(Program, SaysHowMuchMemoryStaysAllocated) {
  const auto plan_after = [](Program& program, std::int64_t batch) {
    run(program, testing::random_tensor(Shape{batch, 8}, 55));
    return program.bytes().plan;
  };
  const auto program = compiled(xnn::backend, testing::small_generator(false));
  const std::int64_t most = plan_after(*program, 16);
  EXPECT_EQ(plan_after(*program, 12), most) << "the same block, of which less is used";
  const auto fresh = compiled(xnn::backend, testing::small_generator(false));
  const std::int64_t least = plan_after(*fresh, 1);
  EXPECT_GE(plan_after(*program, 1), least);
  EXPECT_LE(program->bytes().plan, 2 * least) << "a large batch is forgotten";
}

/// A convolution that XNNPACK has a table of 81 x 32 x 32 pointers for, beside activations of 80 KiB.
Graph wide_convolution() {
  testing::GraphBuilder build;
  const auto image = [](std::int64_t channels) {
    return SymbolicShape{testing::batch_dim(), testing::fixed(32), testing::fixed(32), testing::fixed(channels)};
  };
  const ValueId x = build.input(image(4));
  op::Convolution wide;
  wide.window = {{9, 9}, {1, 1}, {1, 1}, {4, 4}, {4, 4}};
  const ValueId weights = build.constant(testing::random_tensor(Shape{16, 9, 9, 4}, 56));
  return build.finish(
      {build.node(wide, {x, weights, build.constant(testing::random_tensor(Shape{16}, 57))}, image(16))});
}

TEST(Program, CountsTablesAsWorkingMemory) {
  constexpr std::int64_t table = std::int64_t{81} * 32 * 32 * static_cast<std::int64_t>(sizeof(void*));
  const Tensor values = testing::random_tensor(Shape{1, 32, 32, 4}, 58);
  const auto with_table = compiled(xnn::backend, wide_convolution());
  EXPECT_EQ(with_table->runs_on(0), "xnn");
  run(*with_table, values);
  EXPECT_GE(with_table->bytes().plan, table);
  EXPECT_LT(with_table->bytes().plan, table + (256 << 10));
  // One that takes more than half of the limit is left to the reference, which has none.
  CompileOptions small;
  small.limits.working_bytes = 2 * table - 1;
  const auto without = compiled(xnn::backend, wide_convolution(), small);
  EXPECT_EQ(without->runs_on(0), "reference");
  run(*without, values);
  EXPECT_LT(without->bytes().plan, 256 << 10);
}

TEST(Program, LeavesWeightsThatWouldBePackedBeyondTheLimitToTheReference) {
  CompileOptions small;
  small.limits.constant_bytes = 81 * 4 * 16 * 4; // as they are, without what rounds them up
  EXPECT_EQ(compiled(xnn::backend, wide_convolution(), small)->runs_on(0), "reference");
}

TEST(Program, RefusesMoreWorkingMemoryThanItsLimit) {
  const auto program = compiled(xnn::backend, testing::small_generator(false));
  run(*program, testing::random_tensor(Shape{2, 8}, 54));
  CompileOptions exact;
  exact.limits.working_bytes = program->bytes().plan;
  const auto fits = compiled(xnn::backend, testing::small_generator(false), exact);
  run(*fits, testing::random_tensor(Shape{2, 8}, 54));
  exact.limits.working_bytes -= 1;
  const auto refuses = compiled(xnn::backend, testing::small_generator(false), exact);
  const Tensor z = testing::random_tensor(Shape{2, 8}, 54);
  const TensorView view = z.view();
  const auto outputs = refuses->run(std::span(&view, 1));
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().code(), ErrorCode::limit_exceeded);
  run(*refuses, testing::random_tensor(Shape{1, 8}, 54)); // and goes on with what fits
}

TEST(Program, ANodeThatCostsMoreThanIsLeftIsNotBegun) {
  const auto program = compiled(xnn::backend, testing::small_generator(false));
  const Tensor z = testing::random_tensor(Shape{2, 8}, 54);
  const TensorView view = z.view();
  constexpr std::int64_t plenty = std::int64_t{1} << 35;
  Budget whole(plenty);
  ASSERT_TRUE(program->run(std::span(&view, 1), whole));
  Budget exact(whole.used());
  EXPECT_TRUE(program->run(std::span(&view, 1), exact));
  Budget short_of_one(whole.used() - 1);
  const auto refused = program->run(std::span(&view, 1), short_of_one);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused.error().place(), program->graph().nodes.back().place);
  EXPECT_GT(short_of_one.left(), 0) << "the last node's units were taken before it was refused";
}

} // namespace
} // namespace ganlet
