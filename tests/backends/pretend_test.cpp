// What every backend with a device has to do, shown on one that is pretended.

#include "support/pretend.h"

#include <atomic>
#include <cstring>

#include <gtest/gtest.h>

#include "reference/reference.h"
#include "xnn/graph_builder.h"
#include "xnn/xnn.h"

namespace ganlet::test {
namespace {

using Bytes = std::vector<std::byte>;

class Pretend : public ::testing::Test {
 protected:
  void SetUp() override { pretence = {}; }
  void TearDown() override { pretence = {}; }

  static std::unique_ptr<Program> compiled(const Backend& backend, Graph graph) {
    auto program = backend.compile(std::move(graph), {});
    EXPECT_TRUE(program) << program.error().text();
    return std::move(*program);
  }

  /// Starts on one latent, and counts in `budget_`, which must outlive the run.
  Result<ganlet::Run> start(Program& program) { return program.start(std::span(&input_, 1), budget_); }

  static Bytes bytes_of(std::span<const Buffer> outputs) {
    Bytes bytes;
    for (const Buffer& output : outputs) {
      const auto* data = static_cast<const std::byte*>(output.view.data);
      EXPECT_NE(data, nullptr);
      bytes.insert(bytes.end(), data, data + output.view.bytes());
    }
    return bytes;
  }

  Bytes run(Program& program) {
    auto run = start(program);
    EXPECT_TRUE(run) << run.error().text();
    const auto outputs = run->wait();
    EXPECT_TRUE(outputs) << outputs.error().text();
    return outputs ? bytes_of(*outputs) : Bytes{};
  }

  Bytes expected() { return run(*compiled(reference::backend, ganlet::testing::small_generator(false))); }

  /// A program with parts of the device's and of the reference's.
  static std::unique_ptr<Program> mixed() {
    for (pretence.seed = 1;; ++pretence.seed) {
      auto program = compiled(pretend, ganlet::testing::small_generator(false));
      std::size_t on_device = 0;
      for (std::size_t n = 0; n < program->graph().nodes.size(); ++n)
        on_device += program->runs_on(n) == "pretend" ? 1 : 0;
      if (on_device >= 2 && on_device < program->graph().nodes.size())
        return program;
    }
  }

  Tensor latents_ = ganlet::testing::random_tensor(Shape{3, 8}, 60);
  Buffer input_{latents_.view(), nullptr};
  Budget budget_{std::int64_t{1} << 40};
};

TEST_F(Pretend, GivesWhatTheReferenceGives) {
  for (const bool int8 : {false, true}) {
    const Bytes wanted = run(*compiled(reference::backend, ganlet::testing::small_generator(int8)));
    for (pretence.seed = 1; pretence.seed <= 16; ++pretence.seed) {
      const auto program = compiled(pretend, ganlet::testing::small_generator(int8));
      for (int again = 0; again < 3; ++again)
        EXPECT_EQ(run(*program), wanted) << "seed " << pretence.seed;
    }
  }
}

TEST_F(Pretend, AnswersLater) {
  const auto program = mixed();
  pretence.most_polls = 1000;
  auto run = start(*program);
  ASSERT_TRUE(run);
  EXPECT_FALSE(*run->poll());
  pretence.most_polls = 3;
  const TensorView view = latents_.view();
  const auto outputs = program->run(std::span(&view, 1)); // which waits
  ASSERT_TRUE(outputs) << outputs.error().text();
  EXPECT_EQ((*outputs)[0].shape, (Shape{3, 8, 8, 1}));
}

TEST_F(Pretend, CancelledAtEveryPollLeavesNothing) {
  const Bytes wanted = expected();
  const auto program = mixed();
  EXPECT_EQ(run(*program), wanted);
  bool finished = false;
  for (int polls = 0; !finished; ++polls) {
    const std::int64_t before = pretended_pieces();
    {
      auto run = start(*program);
      ASSERT_TRUE(run);
      for (int i = 0; i < polls && !finished; ++i)
        finished = *run->poll();
      if (finished)
        break;
      if (polls % 2 == 0) {
        run->cancel();
        const auto polled = run->poll();
        ASSERT_FALSE(polled);
        EXPECT_EQ(polled.error().code(), ErrorCode::cancelled);
      }
    } // or it is cancelled here
    EXPECT_EQ(pretended_pieces(), before) << "after " << polls << " polls";
    EXPECT_EQ(run(*program), wanted) << "after " << polls << " polls";
  }
}

TEST_F(Pretend, StartingAgainEndsTheRunBefore) {
  const Bytes wanted = expected();
  const auto program = mixed();
  auto first = start(*program);
  ASSERT_TRUE(first);
  auto second = start(*program);
  ASSERT_TRUE(second);
  const auto polled = first->poll();
  ASSERT_FALSE(polled);
  EXPECT_EQ(polled.error().code(), ErrorCode::cancelled);
  first->cancel(); // which is no longer its business
  const auto outputs = second->wait();
  ASSERT_TRUE(outputs) << outputs.error().text();
  EXPECT_EQ(bytes_of(*outputs), wanted);
}

TEST_F(Pretend, AStopFlagEndsARunAtEveryPoll) {
  const Bytes wanted = expected();
  const auto program = mixed();
  EXPECT_EQ(run(*program), wanted);
  const std::int64_t before = pretended_pieces();
  for (int polls = 0;; ++polls) {
    std::atomic<bool> stop = false;
    Budget budget(std::int64_t{1} << 40);
    budget.stop_with(&stop);
    auto run = program->start(std::span(&input_, 1), budget);
    ASSERT_TRUE(run);
    bool finished = false;
    for (int i = 0; i < polls && !finished; ++i)
      finished = *run->poll();
    if (finished)
      break;
    stop = true;
    const auto outputs = run->wait();
    if (!outputs) { // the last node may be under way already
      EXPECT_EQ(outputs.error().code(), ErrorCode::cancelled);
      EXPECT_TRUE(outputs.error().place().starts_with("node[")) << outputs.error().text();
      EXPECT_EQ(pretended_pieces(), before) << "after " << polls << " polls";
    } else {
      EXPECT_GT(polls, 0);
    }
    EXPECT_EQ(this->run(*program), wanted);
  }
}

TEST_F(Pretend, ABudgetThatEndsNamesTheNode) {
  const auto program = mixed();
  EXPECT_EQ(run(*program), expected());
  const std::int64_t units = (std::int64_t{1} << 40) - budget_.left();
  Budget budget(units / 4);
  auto run = program->start(std::span(&input_, 1), budget);
  const auto outputs = run ? run->wait() : tl::unexpected(std::move(run).error());
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().code(), ErrorCode::limit_exceeded);
  EXPECT_TRUE(outputs.error().place().starts_with("node[")) << outputs.error().text();
}

TEST_F(Pretend, AFailedDispatchNamesItsNodeAndTheNextRunIsRight) {
  const Bytes wanted = expected();
  const auto program = mixed();
  int failures = 0;
  for (std::int64_t at = 0;; ++at) {
    pretence.fails_at = at;
    auto run = start(*program);
    ASSERT_TRUE(run);
    const auto outputs = run->wait();
    if (outputs)
      break; // it has fewer dispatches
    ++failures;
    EXPECT_TRUE(outputs.error().place().starts_with("node[")) << outputs.error().text();
    pretence.fails_at.reset();
    EXPECT_EQ(this->run(*program), wanted);
  }
  EXPECT_GE(failures, 2);
}

TEST_F(Pretend, ALostDeviceIsLostUntilCompiledAgain) {
  const Bytes wanted = expected();
  int losses = 0;
  for (std::int64_t at = 0;; ++at) {
    pretence.is_lost = false;
    pretence.is_lost_at.reset();
    const auto program = mixed();
    pretence.is_lost_at = at;
    auto run = start(*program);
    ASSERT_TRUE(run);
    const auto outputs = run->wait();
    if (outputs)
      break;
    ++losses;
    EXPECT_EQ(outputs.error().code(), ErrorCode::device_lost);
    auto again = start(*program);
    const auto polled = again ? again->wait() : tl::unexpected(std::move(again).error());
    ASSERT_FALSE(polled);
    EXPECT_EQ(polled.error().code(), ErrorCode::device_lost);
  }
  EXPECT_GE(losses, 2);
  EXPECT_EQ(run(*compiled(xnn::backend, ganlet::testing::small_generator(false))).size(), wanted.size());
}

TEST_F(Pretend, ValuesStayOnTheDeviceForWhoCanReadThemThere) {
  ganlet::testing::GraphBuilder first, second;
  const auto row = [] { return SymbolicShape{ganlet::testing::batch_dim(), ganlet::testing::fixed(8)}; };
  const ValueId x = first.input(row());
  const ValueId y = first.node(op::Unary{op::UnaryKind::tanh}, {x}, row());
  const ValueId z = second.input(row());
  const ValueId w = second.node(op::Unary{op::UnaryKind::tanh}, {z}, row());
  const auto maker = compiled(pretended_device, first.finish({y}));
  Graph reads = second.finish({w});
  const auto reader = compiled(pretended_device, reads.clone()), host = compiled(xnn::backend, std::move(reads));

  const Place wanted[] = {Place::device};
  auto made = maker->start(std::span(&input_, 1), budget_, wanted);
  ASSERT_TRUE(made);
  const auto there = made->wait();
  ASSERT_TRUE(there) << there.error().text();
  EXPECT_EQ((*there)[0].view.data, nullptr);
  ASSERT_NE((*there)[0].device, nullptr);

  auto read = reader->start(*there, budget_);
  ASSERT_TRUE(read);
  const auto here = read->wait();
  ASSERT_TRUE(here) << here.error().text();
  for (std::size_t i = 0; i < 24; ++i)
    EXPECT_NEAR((*here)[0].view.as<float>()[i], std::tanh(std::tanh(latents_.as<float>()[i])), 1e-6F);

  const auto refused = host->start(*there, budget_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
}

} // namespace
} // namespace ganlet::test
