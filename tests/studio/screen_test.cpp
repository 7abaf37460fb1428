// The program itself, on an X server without a screen: scripts drive it, and what it shows is compared with golden
// pictures. To make those anew after a change that is meant, run with GANLET_WRITE_GOLDEN=1, and look at them.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "image/image_reader.h"
#include "image/image_writer.h"
#include "image/whole_file.h"

namespace ganlet {
namespace {

namespace fs = std::filesystem;

/// Runs a script in a folder of its own; the pictures that it takes lie there.
class Screen : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("ganlet-screen-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  int run(const std::string& script, const std::string& arguments) {
    std::ofstream(folder_ / "script.txt") << script;
    const std::string command =
        "cd " + folder_.string() + " && XDG_CONFIG_HOME=" + folder_.string() + " LIBGL_ALWAYS_SOFTWARE=1 timeout 100 " +
        "xvfb-run -a -s '-screen 0 1400x1000x24' " GANLET_STUDIO " --script script.txt " + arguments + " 2>log.txt";
    return std::system(command.c_str());
  }

  Image shot(const std::string& name) {
    const auto bytes = read_whole(folder_ / (name + ".png"), std::int64_t{1} << 24);
    EXPECT_TRUE(bytes) << name;
    auto image = bytes ? decode_image(*bytes, name) : Result<Image>(Image{});
    return image ? std::move(*image) : Image{};
  }

  /// A rectangle of a screen.
  struct Box {
    int left, top, right, bottom;
  };

  /// Rasterizers differ in the last bits and in the edges of letters: at most one pixel in a hundred may differ by more
  /// than an eighth. What lies in `drawing` is the model's doing, and isn't compared.
  void expect_golden(const std::string& name, const Box& drawing) {
    const fs::path golden_file = fs::path(GANLET_SOURCE_DIR) / "tests/studio/golden" / (name + ".png");
    const Image image = shot(name);
    if (std::getenv("GANLET_WRITE_GOLDEN") != nullptr) {
      fs::create_directories(golden_file.parent_path());
      ASSERT_TRUE(write_image(golden_file, image));
      return;
    }
    const auto bytes = read_whole(golden_file, std::int64_t{1} << 24);
    ASSERT_TRUE(bytes) << golden_file;
    const auto golden = decode_image(*bytes, name);
    ASSERT_TRUE(golden);
    ASSERT_EQ(image.width, golden->width);
    ASSERT_EQ(image.height, golden->height);
    std::size_t different = 0;
    for (int y = 0; y < image.height; ++y)
      for (int x = 0; x < image.width; ++x) {
        if (x >= drawing.left && x < drawing.right && y >= drawing.top && y < drawing.bottom)
          continue;
        const std::size_t i = std::size_t{4} * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                                                static_cast<std::size_t>(x));
        different += std::abs(image.pixels[i] - golden->pixels[i]) > 32 ||
                     std::abs(image.pixels[i + 1] - golden->pixels[i + 1]) > 32;
      }
    EXPECT_LT(static_cast<double>(different), 0.01 * static_cast<double>(image.pixels.size() / 4)) << name;
  }

  fs::path folder_;
};

const std::string models = " --models " GANLET_SOURCE_DIR "/models ";

TEST_F(Screen, ShowsWhatItDrawsInDarkAndLight) {
  ASSERT_EQ(run("wait\nframes 3\nscreenshot dark.png\ndo theme\nset colors=ink&text=31\nwait\nframes 3\nscreenshot "
                "light.png\nquit\n",
                "--width 900 --height 620 --theme dark" + models),
            0);
  expect_golden("dark", {444, 64, 876, 536});
  expect_golden("light", {444, 64, 876, 536});
}

TEST_F(Screen, HasOneColumnOnANarrowScreen) {
  ASSERT_EQ(run("wait\nframes 3\nscreenshot narrow.png\nquit\n", "--width 360 --height 740 --theme light" + models), 0);
  expect_golden("narrow", {0, 60, 360, 342});
}

TEST_F(Screen, IsSharpAtTwiceTheScale) {
  ASSERT_EQ(run("panel Explore\nwait\nframes 3\nscreenshot twice.png\nquit\n",
                "--width 1400 --height 1000 --scale 2 --theme dark" + models),
            0);
  expect_golden("twice", {0, 120, 1400, 440});
}

bool are_equal(const Image& a, const Image& b) {
  return a.pixels == b.pixels;
}

TEST_F(Screen, DraggingMovesAndUndoMovesBack) {
  ASSERT_EQ(run("wait\nframes 3\nscreenshot before.png\ndrag 600 300 500 340\nwait\nframes 3\nscreenshot "
                "moved.png\nkey ctrl+z\nwait\nframes 3\n"
                "screenshot after.png\nquit\n",
                "--width 900 --height 620 --theme dark" + models),
            0);
  EXPECT_FALSE(are_equal(shot("before"), shot("moved")));
  // Redo can be pressed now; all else is as before.
  const Image before = shot("before"), after = shot("after");
  std::size_t different = 0;
  for (std::size_t i = 0; i < before.pixels.size(); i += 4)
    different += before.pixels[i] != after.pixels[i];
  EXPECT_LT(different, 2000U);
}

TEST_F(Screen, ATypedNumberIsDrawn) {
  ASSERT_EQ(run("wait\nframes 3\nclick 230 152\nkey ctrl+a\ntype 314\nframes 3\nwait\nclick 600 600\nframes "
                "3\nscreenshot typed.png\nset text=314\nwait\nframes 3\n"
                "screenshot set.png\nquit\n",
                "--width 900 --height 620 --theme dark" + models),
            0);
  EXPECT_TRUE(are_equal(shot("typed"), shot("set")));
}

TEST_F(Screen, KeysReachThePanels) {
  const std::string down = "key down\nframes 2\n";
  ASSERT_EQ(
      run("wait\n" + down + down + down + "key space\nframes 3\nclick 420 400\nframes 3\nscreenshot keys.png\nquit\n",
          "--width 900 --height 620 --theme dark" + models),
      0);
  ASSERT_EQ(run("panel Animate\nwait\nclick 420 400\nframes 3\nscreenshot panel.png\nquit\n",
                "--width 900 --height 620 --theme dark" + models),
            0);
  EXPECT_TRUE(are_equal(shot("keys"), shot("panel")));
}

TEST_F(Screen, ExportsAnAnimation) {
  ASSERT_EQ(run("panel Animate\nset keys=1,2&steps=5\nwait\ndo export-gif\nwait\ndo export-zip\nwait\nquit\n",
                "--width 900 --height 620" + models),
            0);
  const auto gif = read_whole(folder_ / "animation.gif", std::int64_t{1} << 24),
             zip = read_whole(folder_ / "animation.zip", std::int64_t{1} << 24);
  ASSERT_TRUE(gif && zip);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(gif->data()), 6), "GIF89a");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(zip->data()), 2), "PK");
}

TEST_F(Screen, SaysInWordsWhatIsWrongAndKeepsTheModel) {
  EXPECT_NE(run("wait\nset model=nowhere\nwait\nframes 3\nscreenshot problem.png\nquit\n",
                "--width 900 --height 620 --theme dark" + models),
            0);
  expect_golden("problem", {444, 64, 876, 520});
}

} // namespace
} // namespace ganlet
