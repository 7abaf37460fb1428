// Programs as torch.export saves them give what PyTorch computes; and so does the file that is saved of them, in ONNX
// Runtime.

#include "judged.h"

namespace ganlet::test {
namespace {

struct Distribution {
  float mean, deviation;
};

/// Numbers that a network draws itself can't be PyTorch's.
void expect_drawn_by_seeds(const fs::path& file) {
  constexpr Distribution channels[] = {{0, 1}, {0.5F, 0.289F}, {0, 1}, {0.5F, 0.289F}, {3, 2}, {0, 0.577F}, {1, 0.5F}};
  const auto model = import_model(file);
  ASSERT_TRUE(model) << model.error().text();
  const std::vector<Tensor> inputs = inputs_of(file);
  const auto pictures = static_cast<std::size_t>(inputs[0].shape()[0]);
  const std::vector<std::uint64_t> seeds = {5, 6, 5};
  const auto drawn = run_on_reference(onnx::write(*model), inputs, std::span(seeds).first(pictures));
  ASSERT_TRUE(drawn) << drawn.error().text();
  const std::span<const float> values = drawn->as<float>();
  const std::size_t each = 32 * 32, picture = std::size(channels) * each;
  ASSERT_EQ(values.size(), pictures * picture);
  for (std::size_t channel = 0; channel < std::size(channels); ++channel) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < 2 * each; ++i) {
      const double value = values[i / each * picture + channel * each + i % each];
      sum += value, squares += value * value;
    }
    const double mean = sum / (2 * each), deviation = std::sqrt(squares / (2 * each) - mean * mean);
    EXPECT_NEAR(mean, channels[channel].mean, channels[channel].deviation * 0.1) << channel;
    EXPECT_NEAR(deviation, channels[channel].deviation, channels[channel].deviation * 0.1) << channel;
  }
  const auto first = [&](std::size_t index, std::size_t channel) { return values[index * picture + channel * each]; };
  EXPECT_NE(first(0, 0), first(1, 0));
  EXPECT_NE(first(0, 0), first(0, 2)); // two nodes share no numbers
  if (pictures == 3)
    EXPECT_TRUE(std::ranges::equal(values.first(picture), values.last(picture)));
}

/// In one test, since writing the programs takes most of its time.
TEST(TorchExport, GivesWhatPyTorchComputes) {
  const Made programs("make_torch.py");
  ASSERT_TRUE(programs.works()) << "python3-torch and python3-numpy are needed (tools/setup.sh)";
  EXPECT_GE(programs.models().size(), 75u);
  for (const fs::path& file : programs.models()) {
    SCOPED_TRACE(file.filename());
    if (file.filename().string().starts_with("random")) {
      expect_drawn_by_seeds(file);
      continue;
    }
    // Its mean is over all pictures at once, which an engine that leaves their number open can't follow.
    if (file.filename().string().starts_with("ops_others"))
      expect_refused(file, "can't reduce over the batch");
    else
      expect_reference_right(file);
#ifdef GANLET_WITH_ONNX_RUNTIME
    expect_onnx_runtime_right(file);
#endif
  }
}

} // namespace
} // namespace ganlet::test
