// Programs on a GPU: what they promise beyond their numbers, which tests/ops compares.

#include <atomic>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "backends/backends.h"
#include "gl/gl.h"
#include "reference/reference.h"
#include "support/own_cache.h"
#include "xnn/graph_builder.h"
#include "xnn/xnn.h"

namespace ganlet::test {
namespace {

using ganlet::testing::batch_dim;
using ganlet::testing::fixed;
using ganlet::testing::GraphBuilder;
using ganlet::testing::random_tensor;
using ganlet::testing::small_generator;

std::unique_ptr<Program> compiled(const Backend& backend, Graph graph, const CompileOptions& options = {}) {
  auto program = backend.compile(std::move(graph), options);
  EXPECT_TRUE(program) << program.error().text();
  return program ? std::move(*program) : nullptr;
}

std::vector<float> run(Program& program, const Tensor& input) {
  const TensorView view = input.view();
  const auto outputs = program.run(std::span(&view, 1));
  EXPECT_TRUE(outputs) << outputs.error().text();
  if (!outputs)
    return {};
  const auto values = (*outputs)[0].as<float>();
  return {values.begin(), values.end()};
}

void expect_near(std::span<const float> given, std::span<const float> wanted) {
  ASSERT_EQ(given.size(), wanted.size());
  for (std::size_t i = 0; i < given.size(); ++i)
    ASSERT_NEAR(given[i], wanted[i], 1e-4) << "element " << i;
}

TEST(Gl, AGeneratorGivesWhatTheReferenceGivesForEachBatch) {
  for (const bool int8 : {false, true}) {
    const auto program = compiled(gl::backend, small_generator(int8)),
               plain = compiled(reference::backend, small_generator(int8));
    for (const std::int64_t batch : {1, 3, 64, 2, 2}) {
      const Tensor latents = random_tensor(Shape{batch, 8}, static_cast<std::uint32_t>(batch));
      expect_near(run(*program, latents), run(*plain, latents));
    }
  }
}

/// x tanh(x), as gated activations are: both factors are chains that end in the same product.
TEST(Gl, ChainsThatMeetAreComputedOnceEach) {
  GraphBuilder build;
  const auto row = [] { return SymbolicShape{batch_dim(), fixed(4)}; };
  const ValueId x = build.input(row());
  const ValueId half = build.constant(Tensor::of<float>(Shape{}, {0.5F}));
  const ValueId bent = build.node(op::Unary{op::UnaryKind::tanh}, {x}, row());
  const ValueId scaled = build.node(op::Binary{op::BinaryKind::multiply}, {half, x}, row());
  const Graph graph = build.finish({build.node(op::Binary{op::BinaryKind::multiply}, {scaled, bent}, row())});
  const Tensor numbers = random_tensor(Shape{5, 4}, 3);
  expect_near(run(*compiled(gl::backend, graph.clone()), numbers),
              run(*compiled(reference::backend, graph.clone()), numbers));
}

/// What a comparison finds is a number in kernels, and a byte for the host.
TEST(Gl, TruthIsComputedAndChosenBy) {
  GraphBuilder build;
  const auto row = [] { return SymbolicShape{batch_dim(), fixed(4)}; };
  const ValueId x = build.input(row()), flags = build.input(row(), DataType::boolean);
  const ValueId bound = build.constant(Tensor::of<float>(Shape{4}, {-0.5F, 0, 0.25F, 1}));
  const ValueId yes = build.constant(Tensor::of<std::uint8_t>(Shape{}, {std::uint8_t{1}}));
  const auto truth = [&](op::Any operation, std::vector<ValueId> inputs) {
    return build.node(std::move(operation), std::move(inputs), row(), DataType::boolean);
  };
  const ValueId below = truth(op::Binary{op::BinaryKind::less}, {x, bound});
  const ValueId either = truth(op::Select{}, {flags, yes, below});
  const ValueId sine = build.node(op::Unary{op::UnaryKind::sine}, {x}, row());
  const ValueId chosen = build.node(op::Select{}, {either, x, sine}, row());
  const ValueId counted = build.node(op::Cast{}, {below}, row());
  const Graph graph =
      build.finish({chosen, either, truth(op::Cast{}, {build.node(op::Unary{op::UnaryKind::sign}, {counted}, row())})});
  for (const Node& node : graph.nodes)
    EXPECT_TRUE(gl::backend.can_run(graph, node)) << node.place;
  const Tensor numbers = random_tensor(Shape{5, 4}, 3);
  Tensor given(DataType::boolean, Shape{5, 4});
  for (std::size_t i = 0; i < 20; i += 3)
    given.as<std::uint8_t>()[i] = 1;
  const std::vector<TensorView> inputs{numbers.view(), given.view()};
  const auto on_gpu = compiled(gl::backend, graph.clone()), plain = compiled(reference::backend, graph.clone());
  const auto found = on_gpu->run(inputs), wanted = plain->run(inputs);
  ASSERT_TRUE(found && wanted);
  expect_near((*found)[0].as<float>(), (*wanted)[0].as<float>());
  for (const std::size_t output : {1, 2})
    EXPECT_TRUE(std::ranges::equal((*found)[output].as<std::uint8_t>(), (*wanted)[output].as<std::uint8_t>()));
}

using TileSpeeds = std::array<float, 3>;

class SelfCheck : public ::testing::Test {
 protected:
  ~SelfCheck() override { gl::pretend_fault(-1, ""); }

  OwnCache folder_;
};

TEST_F(SelfCheck, LeavesAKernelThatIsWrongToTheProcessor) {
  GraphBuilder build;
  const SymbolicShape row{batch_dim(), fixed(4)};
  const ValueId x = build.input(row);
  const ValueId y = build.node(op::Unary{op::UnaryKind::tanh}, {x}, row);
  const Graph graph = build.finish({build.node(op::Softmax{1}, {y}, row)});
  const Tensor numbers = random_tensor(Shape{5, 4}, 3);
  const std::vector<float> wanted = run(*compiled(reference::backend, graph.clone()), numbers);
  const auto expect = [&](bool softmax_runs, const char* when) {
    SCOPED_TRACE(when);
    const auto backend = backend_named("gl");
    ASSERT_TRUE(backend) << backend.error().text();
    EXPECT_TRUE((*backend)->can_run(graph, graph.nodes[0]));
    const auto runs = (*backend)->can_run(graph, graph.nodes[1]);
    EXPECT_EQ(runs.has_value(), softmax_runs);
    if (!runs)
      EXPECT_TRUE(runs.error().message().starts_with("it is wrong on ")) << runs.error().message();
    const auto program = compiled(**backend, graph.clone());
    EXPECT_EQ(program->runs_on(0), "gl");
    EXPECT_EQ(program->runs_on(1), softmax_runs ? "gl" : "xnn");
    expect_near(run(*program, numbers), wanted);
  };
  gl::pretend_fault(-1, "");
  expect(true, "nothing is wrong");
  std::filesystem::remove_all(folder_.path());
  gl::pretend_fault(-1, "softmax");
  expect(false, "found");
  gl::pretend_fault(-1, "");
  expect(false, "known from the folder");
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder_.path()))
    if (file.is_regular_file())
      std::filesystem::resize_file(file.path(), 60); // cut, so that it counts for nothing
  gl::pretend_fault(-1, "");
  expect(true, "checked again");
}

TEST_F(SelfCheck, MeasuresTilesOfARealGpuAndLeavesWrongOnes) {
  const auto speeds = [&](const std::string& broken) {
    std::filesystem::remove_all(folder_.path());
    gl::pretend_fault(-1, broken);
    EXPECT_TRUE(backend_named("gl"));
    const auto facts = gl::describe({});
    EXPECT_TRUE(facts);
    return facts ? facts->tile_speeds : TileSpeeds{};
  };
  EXPECT_EQ(speeds(""), (TileSpeeds{1, 0, 0})) << "a software rasteriser takes no tiles";
  gl::pretend_software(-1, false);
  const TileSpeeds measured = speeds("");
  EXPECT_EQ(measured[0], 1);
  for (const std::size_t tile : {1, 2})
    EXPECT_GT(measured[tile], 0);
  EXPECT_EQ(speeds("tiled_convolution"), (TileSpeeds{1, 0, 0}));
  const Graph graph = small_generator(false);
  for (const Node& node : graph.nodes)
    EXPECT_TRUE((*backend_named("gl"))->can_run(graph, node)) << node.place;
  gl::pretend_software(-1, true);
  EXPECT_EQ(speeds(""), (TileSpeeds{1, 0, 0}));
}

/// A long sum of one picture is cut into parts on a GPU, in memory of its own.
TEST(Gl, LongSumsAreCutIntoParts) {
  GraphBuilder build;
  const ValueId x = build.input({batch_dim(), fixed(2048)});
  const Graph graph = build.finish({build.node(
      op::FullyConnected{}, {x, build.constant(random_tensor(Shape{24, 2048}, 1))}, {batch_dim(), fixed(24)})});
  const Tensor numbers = random_tensor(Shape{1, 2048}, 3);
  const std::vector<float> wanted = run(*compiled(reference::backend, graph.clone()), numbers);
  gl::pretend_software(-1, false);
  const auto cut = compiled(gl::backend, graph.clone());
  expect_near(run(*cut, numbers), wanted);
  EXPECT_EQ(cut->node_work()[0].dispatches, 2);
  gl::pretend_software(-1, true);
  const auto whole = compiled(gl::backend, graph.clone());
  expect_near(run(*whole, numbers), wanted);
  EXPECT_EQ(whole->node_work()[0].dispatches, 1);
}

/// int8 weights take a byte each there, as float16 ones take two.
TEST(Gl, WeightsStayAsSmallAsTheyAre) {
  CompileOptions half;
  half.kernels.half_weights = true;
  const auto packed = [](bool int8, const CompileOptions& options) {
    GraphBuilder build;
    const ValueId x = build.input({batch_dim(), fixed(256)});
    const Shape shape{256, 256};
    const ValueId weights =
        build.constant(int8 ? ganlet::testing::quantized(random_tensor(shape, 1)) : random_tensor(shape, 1));
    const Graph graph = build.finish({build.node(op::FullyConnected{}, {x, weights}, {batch_dim(), fixed(256)})});
    return compiled(gl::backend, graph.clone(), options)->bytes().packed;
  };
  const std::int64_t rest = packed(true, {}) - 256 * 256;
  EXPECT_LT(rest, 4096);
  EXPECT_EQ(packed(false, {}), 4 * 256 * 256 + rest);
  EXPECT_EQ(packed(false, half), 2 * 256 * 256 + rest);
}

TEST(Gl, WeightsAreDroppedUnlessTheyAreKept) {
  CompileOptions keeping;
  keeping.keep_constants = true;
  const auto drops = compiled(gl::backend, small_generator(false)),
             keeps = compiled(gl::backend, small_generator(false), keeping);
  EXPECT_EQ(drops->bytes().constants, 0);
  EXPECT_GT(keeps->bytes().constants, 0);
  EXPECT_GT(drops->bytes().packed, 0);
}

TEST(Gl, AProgramRunsOnAnyThread) {
  const auto program = compiled(gl::backend, small_generator(false));
  const Tensor latents = random_tensor(Shape{4, 8}, 5);
  const std::vector<float> wanted = run(*program, latents);
  std::vector<float> there;
  std::thread([&] { there = run(*program, latents); }).join();
  EXPECT_EQ(there, wanted);
}

/// x W W ... with enough work for several slices on any device.
Graph long_graph() {
  GraphBuilder build;
  ValueId x = build.input({batch_dim(), fixed(1024)});
  for (std::uint32_t layer = 0; layer < 3; ++layer)
    x = build.node(op::FullyConnected{}, {x, build.constant(random_tensor(Shape{1024, 1024}, layer, 0.03F))},
                   {batch_dim(), fixed(1024)});
  return build.finish({x});
}

TEST(Gl, IsCancelledBetweenSlices) {
  const auto program = compiled(gl::backend, long_graph());
  const Tensor input = random_tensor(Shape{16, 1024}, 9);
  const std::vector<float> wanted = run(*program, input);
  const Buffer given{input.view(), nullptr};
  Budget budget(std::int64_t{1} << 40);
  auto first = program->start(std::span(&given, 1), budget);
  ASSERT_TRUE(first);
  const auto polled = first->poll();
  ASSERT_TRUE(polled) << polled.error().text();
  first->cancel();
  EXPECT_EQ(first->poll().error().code(), ErrorCode::cancelled);
  EXPECT_EQ(run(*program, input), wanted);
}

TEST(Gl, AStopFlagAndABudgetEndARun) {
  const auto program = compiled(gl::backend, long_graph());
  const Tensor input = random_tensor(Shape{16, 1024}, 9);
  const Buffer given{input.view(), nullptr};
  const std::vector<float> wanted = run(*program, input);
  std::atomic<bool> stop = true;
  Budget stopped(std::int64_t{1} << 40);
  stopped.stop_with(&stop);
  auto run_of_it = program->start(std::span(&given, 1), stopped);
  const auto outputs = run_of_it ? run_of_it->wait() : tl::unexpected(std::move(run_of_it).error());
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().code(), ErrorCode::cancelled);
  Budget small(1000);
  const auto refused = program->start(std::span(&given, 1), small);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(run(*program, input), wanted);
}

TEST(Gl, ADeviceLostTenTimesComesBackTenTimes) {
  const Tensor latents = random_tensor(Shape{2, 8}, 3);
  const Buffer given{latents.view(), nullptr};
  const std::vector<float> wanted = run(*compiled(reference::backend, small_generator(false)), latents);
  for (int i = 0; i < 10; ++i) {
    const auto program = compiled(gl::backend, small_generator(false));
    Budget budget(std::int64_t{1} << 40);
    auto started = program->start(std::span(&given, 1), budget);
    ASSERT_TRUE(started) << started.error().text();
    gl::pretend_loss(-1);
    const auto outputs = started->wait();
    ASSERT_FALSE(outputs);
    EXPECT_EQ(outputs.error().code(), ErrorCode::device_lost);
    EXPECT_EQ(program->start(std::span(&given, 1), budget).error().code(), ErrorCode::device_lost);
    expect_near(run(*compiled(gl::backend, small_generator(false)), latents), wanted);
  }
}

TEST(Gl, AGpuThatIsNotThereIsRefusedInASentence) {
  CompileOptions options;
  options.device = 63;
  const auto program = gl::backend.compile(small_generator(false), options);
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().code(), ErrorCode::unsupported);
  EXPECT_TRUE(program.error().message().starts_with("there is no GPU 63; EGL finds ")) << program.error().text();
}

TEST(Gl, IndicesOfAnInputAreCheckedBeforeTheyAreUsed) {
  GraphBuilder build;
  const ValueId table = build.constant(random_tensor(Shape{5, 3}, 1)),
                labels = build.input({batch_dim()}, DataType::int64);
  const Graph graph = build.finish({build.node(op::Gather{0}, {table, labels}, {batch_dim(), fixed(3)})});
  const auto program = compiled(gl::backend, graph.clone()), plain = compiled(reference::backend, graph.clone());
  for (const std::int64_t label : {4, -5, 5, -6}) {
    const Tensor given = Tensor::of<std::int64_t>(Shape{2}, {0, label});
    const TensorView view = given.view();
    const auto outputs = program->run(std::span(&view, 1)), wanted = plain->run(std::span(&view, 1));
    ASSERT_EQ(outputs.has_value(), wanted.has_value()) << label;
    if (outputs)
      EXPECT_TRUE(std::ranges::equal((*outputs)[0].as<float>(), (*wanted)[0].as<float>()));
    else
      EXPECT_EQ(outputs.error().text(), wanted.error().text());
  }
}

/// tanh on the GPU, int64 arithmetic elsewhere, and outputs that are inputs and constants.
TEST(Gl, WhatTheGpuLacksRunsOnTheCpu) {
  GraphBuilder build;
  const ValueId x = build.input({batch_dim(), fixed(4)}), label = build.input({batch_dim()}, DataType::int64);
  const ValueId one = build.constant(Tensor::of<std::int64_t>(Shape{1}, {1}));
  const ValueId y = build.node(op::Unary{op::UnaryKind::tanh}, {x}, {batch_dim(), fixed(4)});
  const ValueId next = build.node(op::Binary{op::BinaryKind::add}, {label, one}, {batch_dim()}, DataType::int64);
  const ValueId z = build.node(op::Unary{op::UnaryKind::negate}, {y}, {batch_dim(), fixed(4)});
  const Graph graph = build.finish({z, next, x, y});
  const Backend& mixed = **backend_named("gl");
  const auto program = compiled(mixed, graph.clone()), plain = compiled(reference::backend, graph.clone());
  EXPECT_EQ(program->runs_on(0), "gl");
  EXPECT_NE(program->runs_on(1), "gl");
  EXPECT_EQ(mixed.can_run(graph, graph.nodes[1]).error().message(), "its output is int64, kernels compute in float32");
  const Tensor numbers = random_tensor(Shape{3, 4}, 8), labels = Tensor::of<std::int64_t>(Shape{3}, {4, 5, 6});
  const TensorView views[] = {numbers.view(), labels.view()};
  const auto outputs = program->run(views), wanted = plain->run(views);
  ASSERT_TRUE(outputs) << outputs.error().text();
  ASSERT_TRUE(wanted);
  for (const std::size_t i : {0, 2, 3})
    expect_near((*outputs)[i].as<float>(), (*wanted)[i].as<float>());
  EXPECT_TRUE(std::ranges::equal((*outputs)[1].as<std::int64_t>(), (*wanted)[1].as<std::int64_t>()));
}

/// What a node reads twice is copied, as WebGPU wants it.
TEST(Gl, ANodeMayReadAValueTwice) {
  GraphBuilder build;
  const SymbolicShape square{batch_dim(), fixed(4), fixed(4)};
  const ValueId x = build.input(square), y = build.node(op::Unary{op::UnaryKind::tanh}, {x}, square);
  const ValueId same = build.node(op::Reshape{}, {y}, square);
  const Graph graph = build.finish(
      {build.node(op::MatrixMultiply{}, {y, y}, square), build.node(op::MatrixMultiply{}, {same, y}, square)});
  const auto program = compiled(gl::backend, graph.clone()), plain = compiled(reference::backend, graph.clone());
  const Tensor given = random_tensor(Shape{3, 4, 4}, 8);
  const TensorView view = given.view();
  const auto outputs = program->run(std::span(&view, 1)), wanted = plain->run(std::span(&view, 1));
  ASSERT_TRUE(outputs) << outputs.error().text();
  ASSERT_TRUE(wanted);
  for (const std::size_t i : {0, 1})
    expect_near((*outputs)[i].as<float>(), (*wanted)[i].as<float>());
}

TEST(Gl, ValuesStayOnTheDeviceForAnotherProgram) {
  GraphBuilder first, second;
  const auto row = [] { return SymbolicShape{batch_dim(), fixed(8)}; };
  const ValueId x = first.input(row()), z = second.input(row());
  const auto maker = compiled(gl::backend, first.finish({first.node(op::Unary{op::UnaryKind::tanh}, {x}, row())}));
  const auto reader = compiled(gl::backend, second.finish({second.node(op::Unary{op::UnaryKind::tanh}, {z}, row())}));
  const Tensor input = random_tensor(Shape{3, 8}, 60);
  const Buffer given{input.view(), nullptr};
  Budget budget(std::int64_t{1} << 30);
  const Place wanted[] = {Place::device};
  auto made = maker->start(std::span(&given, 1), budget, wanted);
  ASSERT_TRUE(made);
  const auto there = made->wait();
  ASSERT_TRUE(there) << there.error().text();
  EXPECT_EQ((*there)[0].view.data, nullptr);
  auto read = reader->start(*there, budget);
  ASSERT_TRUE(read) << read.error().text();
  const auto here = read->wait();
  ASSERT_TRUE(here) << here.error().text();
  for (std::size_t i = 0; i < 24; ++i)
    EXPECT_NEAR((*here)[0].view.as<float>()[i], std::tanh(std::tanh(input.as<float>()[i])), 1e-5);
}

/// Compiled kernels are kept, and what isn't theirs is compiled anew.
TEST(Gl, FindsItsKernelsCompiled) {
  const OwnCache folder;
  const Tensor latents = random_tensor(Shape{2, 8}, 5);
  const std::vector<float> wanted = run(*compiled(gl::backend, small_generator(false)), latents);
  std::filesystem::remove_all(folder.path()); // what it hadn't compiled for other tests
  const auto reopened = [&] {
    gl::pretend_loss(-1);
    EXPECT_EQ(run(*compiled(gl::backend, small_generator(false)), latents), wanted);
    return gl::describe({})->kept_kernels;
  };
  EXPECT_EQ(reopened(), 0);
  const std::filesystem::path files = folder.path() / "ganlet";
  if (!std::filesystem::exists(files))
    GTEST_SKIP() << "this driver gives no compiled kernels away";
  const int kept = reopened();
  EXPECT_GT(kept, 0);
  for (const auto& file : std::filesystem::directory_iterator(files))
    std::filesystem::resize_file(file.path(), std::filesystem::file_size(file.path()) / 2);
  EXPECT_EQ(reopened(), 0);
  EXPECT_EQ(reopened(), kept);
}

TEST(Gl, ProfilesItsNodes) {
  CompileOptions options;
  options.profile = true;
  const auto program = compiled(gl::backend, small_generator(false), options);
  run(*program, random_tensor(Shape{2, 8}, 1));
  double sum = 0;
  for (const double milliseconds : program->node_milliseconds())
    sum += milliseconds;
  EXPECT_EQ(program->node_milliseconds().size(), program->graph().nodes.size());
  EXPECT_GT(sum, 0);
}

/// x W with 3 rows of 5 and 6 columns: a tile is of 4 x 4.
TEST(Gl, CountsWhatItDoes) {
  GraphBuilder build;
  const ValueId x = build.input({batch_dim(), fixed(5)});
  const ValueId y =
      build.node(op::FullyConnected{}, {x, build.constant(random_tensor(Shape{6, 5}, 1))}, {batch_dim(), fixed(6)});
  const ValueId bent = build.node(op::Unary{op::UnaryKind::tanh}, {y}, {batch_dim(), fixed(6)});
  const auto program = compiled(gl::backend, build.finish({bent}));
  run(*program, random_tensor(Shape{3, 5}, 2));
  const std::span<const NodeWork> work = program->node_work();
  ASSERT_EQ(work.size(), 2U);
  EXPECT_EQ(work[0].dispatches, 1);
  EXPECT_EQ(work[0].multiply_adds, 4 * 8 * 5);
  // Weights, bias and scales for 8 columns, the place of the only tap, input and output, each in multiples of 16 bytes.
  EXPECT_EQ(work[0].bytes, 4 * 8 * 5 + 2 * 4 * 8 + 16 + 64 + 80);
  EXPECT_EQ(work[1].dispatches, 0); // done with the first
}

} // namespace
} // namespace ganlet::test
