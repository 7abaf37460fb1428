// What `auto` chooses, where the software rasteriser pretends to be a GPU.

#include <gtest/gtest.h>

#include "backends/automatic.h"
#include "backends/backends.h"
#include "gl/gl.h"
#include "support/own_cache.h"
#include "xnn/graph_builder.h"

namespace ganlet::test {
namespace {

class Automatic : public ::testing::Test {
 protected:
  Automatic() { gl::pretend_software(-1, false); }
  ~Automatic() override {
    gl::pretend_software(-1, true);
    gl::pretend_fault(-1, "");
  }

  Contested network(std::int64_t batch) {
    Contested network{"a digest", batch, {}, {}};
    network.program = [this](const Backend& backend) -> Result<Program*> {
      compiled_ += backend.name;
      GANLET_TRY(std::unique_ptr<Program> program, backend.compile(ganlet::testing::small_generator(false), {}));
      programs_.push_back(std::move(program));
      return programs_.back().get();
    };
    return network;
  }

  OwnCache folder_;
  std::vector<std::unique_ptr<Program>> programs_;
  std::string compiled_;
};

TEST_F(Automatic, MeasuresBothOnceForEachBatch) {
  const auto pace = pace_of(network(16));
  ASSERT_TRUE(pace) << pace.error().text();
  EXPECT_GT(pace->on_processor, 0);
  EXPECT_GT(pace->on_gpu, 0);
  EXPECT_EQ(pace->gpu_is_faster(), pace->on_gpu < pace->on_processor);
  EXPECT_EQ(compiled_, "glxnn");
  const auto again = pace_of(network(16));
  ASSERT_TRUE(again);
  EXPECT_NEAR(again->on_gpu, pace->on_gpu, 1e-4 * pace->on_gpu); // they are kept as text
  EXPECT_NEAR(again->on_processor, pace->on_processor, 1e-4 * pace->on_processor);
  EXPECT_EQ(compiled_, "glxnn");
  ASSERT_TRUE(pace_of(network(64)));
  EXPECT_EQ(compiled_, "glxnnglxnn");
}

TEST_F(Automatic, TakesNoProgramThatStandsInForAGpu) {
  gl::pretend_software(-1, true);
  const auto pace = pace_of(network(16));
  ASSERT_FALSE(pace);
  EXPECT_TRUE(pace.error().message().ends_with(" is no GPU, but stands in for one")) << pace.error().message();
  EXPECT_EQ(compiled_, "");
}

TEST_F(Automatic, TakesNoGpuThatComputesWrongly) {
  gl::pretend_fault(-1, "softmax");
  const auto pace = pace_of(network(16));
  ASSERT_FALSE(pace);
  EXPECT_TRUE(pace.error().message().ends_with(" computes wrongly")) << pace.error().message();
}

/// What is saved, posted or served doesn't depend on the machine.
TEST_F(Automatic, IsXnnpackWhereNobodyWatches) {
  const auto found = backend_named(automatic_backend);
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ((*found)->name, default_backend);
}

} // namespace
} // namespace ganlet::test
