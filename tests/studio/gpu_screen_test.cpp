// The studio with its networks on the GPU that draws its window: Mesa's software rasteriser here. What is shown comes
// from textures that the networks' kernels filled, and is compared with what the reference gives.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "studio/screen.h"

namespace ganlet {
namespace {

/// The largest difference of two screens within a box, in steps of 1/255.
int largest_difference(const Image& a, const Image& b, const Box& box) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  int largest = 0;
  for (int y = box.top; y < std::min({box.bottom, a.height, b.height}); ++y)
    for (int x = box.left; x < std::min({box.right, a.width, b.width}); ++x)
      for (std::size_t channel = 0; channel < 3; ++channel)
        largest = std::max(largest, std::abs(color_at(a, x, y)[channel] - color_at(b, x, y)[channel]));
  return largest;
}

/// Pixels are shown as they are: other ways to enlarge them amplify differences.
const std::string window = "--width 900 --height 620 --theme dark --panel Speed --zoom nearest";
constexpr const char* on_gpu = " --backend gl ";

TEST_F(Screen, ShowsWhatTheWindowsGpuDraws) {
  const std::string script = "wait\nframes 3\nscreenshot digits.png\nset model=nouns&grid=3x2&seed=4\nwait\nframes 3\n"
                             "screenshot nouns.png\nquit\n";
  ASSERT_EQ(run(script, window + by_reference + models), 0);
  const Image digits = shot("digits"), nouns = shot("nouns");
  ASSERT_EQ(run(script, window + on_gpu + models), 0);
  EXPECT_LE(largest_difference(shot("digits"), digits, stage_box), 2);
  EXPECT_LE(largest_difference(shot("nouns"), nouns, stage_box), 2);
  EXPECT_GT(largest_difference(digits, nouns, stage_box), 100); // there is something to see
}

TEST_F(Screen, AWallOfPicturesFollowsThePointer) {
  // Over the middle of the picture, where the wall shows the place itself.
  const std::string rest = "set grid=8x8&text=\nwait\nframes 3\nscreenshot rest.png\nquit\n";
  ASSERT_EQ(run(rest, window + by_reference + models), 0);
  const Image still = shot("rest");
  const std::string follow = "wait\npoint Picture\ndo wall-follow\nframes 4\nwait\nframes 4\nscreenshot middle.png\n"
                             "quit\n";
  ASSERT_EQ(run(follow, window + on_gpu + models), 0);
  EXPECT_LE(largest_difference(shot("middle"), still, stage_box), 2);
}

/// A software rasteriser is no GPU to choose.
TEST_F(Screen, AutomaticIsXnnpackWithoutARealGpu) {
  const std::string script = "wait\nset grid=8x8&text=\nwait\ndo wall-walk\nframes 4\ndo wall-walk\nwait\nframes 3\n"
                             "screenshot rest.png\nquit\n";
  ASSERT_EQ(run(script, window + " --backend xnn " + models), 0);
  const Image by_xnnpack = shot("rest");
  ASSERT_EQ(run(script, window + " --backend auto " + models), 0);
  EXPECT_EQ(largest_difference(shot("rest"), by_xnnpack, stage_box), 0);
}

TEST_F(Screen, SavesWhatXnnpackDraws) {
  const auto saved = [&](const std::string& backend) {
    const std::filesystem::path file = folder_ / "picture.png";
    std::filesystem::remove(file);
    EXPECT_EQ(run("wait\ndo save\nwait\nframes 3\nquit\n", window + backend + models), 0);
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string by_xnnpack = saved(" --backend xnn ");
  EXPECT_GT(by_xnnpack.size(), 100U);
  EXPECT_EQ(saved(on_gpu), by_xnnpack);
}

} // namespace
} // namespace ganlet
