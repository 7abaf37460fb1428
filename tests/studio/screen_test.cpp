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
#include "studio/tiny_folder.h"

namespace ganlet {
namespace {

namespace fs = std::filesystem;

/// A rectangle of a screen.
struct Box {
  int left, top, right, bottom;
};

/// The picture in a window of 900 x 620.
constexpr Box stage_box{444, 64, 876, 536};

/// Runs a script in a folder of its own; the pictures that it takes lie there.
class Screen : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("ganlet-screen-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  int run(const std::string& script, const std::string& arguments, const std::string& environment = {}) {
    std::ofstream(folder_ / "script.txt") << script;
    const std::string command = "cd " + folder_.string() + " && XDG_CONFIG_HOME=" + folder_.string() + " " +
                                environment + " LIBGL_ALWAYS_SOFTWARE=1 timeout 3000 " +
                                "xvfb-run -a -s '-screen 0 1400x1000x24' " GANLET_STUDIO " --script script.txt " +
                                arguments + " 2>log.txt";
    return std::system(command.c_str());
  }

  Image shot(const std::string& name) {
    const auto bytes = read_whole(folder_ / (name + ".png"), std::int64_t{1} << 24);
    EXPECT_TRUE(bytes) << name;
    auto image = bytes ? decode_image(*bytes, name) : Result<Image>(Image{});
    return image ? std::move(*image) : Image{};
  }

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

TEST_F(Screen, IsSharpAtOneAndAHalfTimesTheScale) {
  ASSERT_EQ(run("panel Animate\nset keys=1,2\nwait\nframes 3\nscreenshot half.png\nquit\n",
                "--width 1350 --height 930 --scale 1.5 --theme light" + models),
            0);
  expect_golden("half", {666, 96, 1314, 804});
}

TEST_F(Screen, IsSharpOnANarrowScreenAtThriceTheScale) {
  ASSERT_EQ(run("wait\nframes 3\nscreenshot thrice.png\nquit\n",
                "--width 1080 --height 2220 --scale 3 --theme dark" + models),
            0);
  expect_golden("thrice", {0, 180, 1080, 1026});
}

/// How many pixels of a rectangle differ in the first channels.
std::size_t difference_within(const Image& a, const Image& b, const Box& box) {
  std::size_t different = 0;
  for (int y = box.top; y < box.bottom; ++y)
    for (int x = box.left; x < box.right; ++x) {
      const std::size_t i = std::size_t{4} * static_cast<std::size_t>(y * a.width + x);
      different += a.pixels[i] != b.pixels[i] || a.pixels[i + 1] != b.pixels[i + 1];
    }
  return different;
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

/// How many pixels of a rectangle aren't grey.
std::size_t colored(const Image& image, int left, int top, int right, int bottom) {
  std::size_t count = 0;
  for (int y = top; y < bottom; ++y)
    for (int x = left; x < right; ++x) {
      const std::size_t i = std::size_t{4} * static_cast<std::size_t>(y * image.width + x);
      const auto [low, high] = std::minmax({image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]});
      count += high - low > 60;
    }
  return count;
}

TEST_F(Screen, OpensModelsWithoutClassesInGreyAndColour) {
  test::TinyFolder grey, colour;
  grey.add("generator", test::spreading_generator(3));
  colour.add("generator", test::colored_generator());
  const std::string script = "wait\nframes 3\nscreenshot shown.png\nquit\n",
                    size = " --width 900 --height 620 --theme dark ";
  ASSERT_EQ(run(script, size + grey.path.string()), 0);
  const Image in_grey = shot("shown");
  ASSERT_EQ(run(script, size + colour.path.string()), 0);
  const Image in_colour = shot("shown");
  // The middle of the picture, of which the interface's own blue keeps away.
  EXPECT_EQ(colored(in_grey, 480, 100, 840, 500), 0U);
  EXPECT_GT(colored(in_colour, 480, 100, 840, 500), 20000U);
}

TEST_F(Screen, KeepsSmallPicturesOfWhatWasShown) {
  test::TinyFolder folder;
  folder.add("generator", test::colored_generator());
  ASSERT_EQ(
      run("wait\nframes 60\nset seed=5\nwait\nframes 60\npanel Keep\nwait\nframes 30\nscreenshot keep.png\nquit\n",
          "--width 900 --height 900 --theme dark " + folder.path.string()),
      0);
  EXPECT_GT(colored(shot("keep"), 122, 400, 162, 880), 800U); // left in the panel, where the interface has no colours
}

TEST_F(Screen, PanelsAreAsWideAsTheyAreDragged) {
  ASSERT_EQ(run("wait\nframes 3\nscreenshot usual.png\ndrag 432 400 470 400\nframes 3\nscreenshot wide.png\n"
                "drag 470 400 432 400\nclick 650 600\nframes 3\nscreenshot again.png\nquit\n",
                "--width 900 --height 620 --theme light" + models),
            0);
  const Box beside_stage{440, 300, 464, 304};
  EXPECT_GT(difference_within(shot("usual"), shot("wide"), beside_stage), 50U);
  EXPECT_EQ(difference_within(shot("usual"), shot("again"), beside_stage), 0U);
}

TEST_F(Screen, MixesStylesAndTakesThemBack) {
  test::TinyFolder folder;
  test::fill_styled(folder);
  ASSERT_EQ(
      run("panel Styles\nwait\nframes 3\nscreenshot plain.png\nclick 134 148\nwait\nframes 3\nscreenshot checked.png\n"
          "set mix=111:0-0&cutoff=1&psi=50&noise=7\nwait\nframes 3\nscreenshot styles.png\ndo undo\ndo "
          "undo\nwait\nframes 3\n"
          "screenshot again.png\nquit\n",
          "--width 900 --height 620 --theme dark " + folder.path.string()),
      0);
  expect_golden("styles", {444, 64, 876, 536});
  EXPECT_GT(difference_within(shot("plain"), shot("checked"), stage_box), 1000U);
  EXPECT_GT(difference_within(shot("checked"), shot("styles"), stage_box), 1000U);
  EXPECT_EQ(difference_within(shot("plain"), shot("again"), stage_box), 0U);
}

TEST_F(Screen, ShowsHowAModelLearned) {
  test::TinyFolder folder;
  test::fill_styled(folder);
  ASSERT_EQ(run("panel Learning\nwait\nframes 3\nscreenshot late.png\nset trained=5\nwait\nframes 3\nscreenshot "
                "learning.png\nquit\n",
                "--width 900 --height 620 --theme light " + folder.path.string()),
            0);
  expect_golden("learning", {444, 64, 876, 536});
  EXPECT_GT(difference_within(shot("late"), shot("learning"), stage_box), 1000U);
}

TEST_F(Screen, EncodesWhatIsDrawnAndOpened) {
  test::TinyFolder folder;
  test::fill_encoding(folder);
  const Image picture{2, 2, {255, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 255}};
  ASSERT_TRUE(write_image(folder_ / "opened.png", picture));
  ASSERT_EQ(run("panel Encode\nwait\nframes 3\nscreenshot before.png\ndrag 150 120 150 200\nwait\nframes 3\nclick 600 "
                "600\nframes 3\nscreenshot encode.png\n"
                "panel Generate\nopen opened.png\nwait\nframes 3\nscreenshot opened_then.png\npanel "
                "Explore\nwait\nframes 3\nscreenshot explore.png\nquit\n",
                "--width 900 --height 620 --theme dark " + folder.path.string()),
            0);
  const Image drawn = shot("encode");
  const auto red_at = [&](int x, int y) {
    return int{drawn.pixels[static_cast<std::size_t>(4 * (y * drawn.width + x))]};
  };
  EXPECT_LT(red_at(150, 160), 40);
  EXPECT_EQ(red_at(190, 160), 255);
  EXPECT_GT(difference_within(shot("before"), shot("encode"), stage_box), 1000U);
  EXPECT_GT(difference_within(shot("encode"), shot("opened_then"), stage_box), 1000U);
  EXPECT_EQ(difference_within(shot("opened_then"), shot("explore"), stage_box), 0U);
}

TEST_F(Screen, LoadsLatentsAndSaysWhichItCant) {
  test::TinyFolder folder;
  test::fill_encoding(folder);
  std::ofstream(folder_ / "one.json") << "[1, -1, 1, -1]";
  std::ofstream(folder_ / "short.json") << "[1]";
  const std::string arguments = "--width 900 --height 620 --theme dark " + folder.path.string();
  ASSERT_EQ(run("wait\nframes 3\nscreenshot seed.png\nopen one.json\nwait\nframes 3\nscreenshot latent.png\nquit\n",
                arguments),
            0);
  EXPECT_GT(difference_within(shot("seed"), shot("latent"), stage_box), 1000U);
  EXPECT_NE(run("wait\nopen short.json\nwait\nquit\n", arguments), 0);
}

TEST_F(Screen, AsksTheDesktopsOwnProgramsForFilesAndTheClipboard) {
  test::TinyFolder folder;
  test::fill_encoding(folder);
  std::ofstream(folder_ / "one.json") << "[1, -1, 1, -1]";
  std::ofstream(folder_ / "zenity") << "#!/bin/sh\necho " << (folder_ / "one.json").string() << "\n";
  std::ofstream(folder_ / "xclip") << "#!/bin/sh\ncat >" << (folder_ / "copied.png").string() << "\n";
  for (const char* program : {"zenity", "xclip"})
    fs::permissions(folder_ / program, fs::perms::owner_all);
  ASSERT_EQ(run("wait\nframes 3\nscreenshot seed.png\ndo copy\ndo choose\nframes 60\nwait\nframes 3\nscreenshot "
                "chosen.png\nquit\n",
                "--width 900 --height 620 --theme dark " + folder.path.string(), "PATH=" + folder_.string() + ":$PATH"),
            0);
  EXPECT_GT(difference_within(shot("seed"), shot("chosen"), stage_box), 1000U);
  EXPECT_GT(shot("copied").width, 2);
}

TEST_F(Screen, ALongAnimationTakesNoMoreMemory) {
  const char* const wanted = std::getenv("GANLET_FRAMES"); // 72000 are twenty minutes at sixty a second
  const std::string frames = wanted == nullptr ? "600" : wanted;
  ASSERT_EQ(run("set text=12&keys=1,2,3&steps=60&ms=10\nwait\ndo play\nframes 300\nmemory before.txt\nframes " +
                    frames + "\nmemory after.txt\nquit\n",
                "--width 360 --height 400" + models),
            0);
  double before = 0, after = 0;
  std::ifstream(folder_ / "before.txt") >> before;
  std::ifstream(folder_ / "after.txt") >> after;
  ASSERT_GT(before, 1e6);
  EXPECT_LT(after, 1.02 * before) << before << " bytes, then " << after << " after " << frames << " frames";
}

} // namespace
} // namespace ganlet
