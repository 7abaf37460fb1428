// The program itself, on an X server without a screen: scripts drive it, and take pictures of what it shows.
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "image/image_writer.h"
#include "studio/screen.h"
#include "studio/tiny_folder.h"

namespace ganlet {
namespace {

namespace fs = std::filesystem;

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

TEST_F(Screen, WritesOnePictureAfterItsFramesAndLeaves) {
  ASSERT_EQ(
      run("set text=7\nwait\n", "--width 900 --height 620 --theme dark --screenshot left.png --frames 5" + models), 0);
  EXPECT_EQ(shot("left").width, 900);
  EXPECT_GT(difference_within(shot("left"), Image{900, 620, std::vector<std::uint8_t>(4UL * 900 * 620)}, stage_box),
            1000U);
}

const std::string size_and_theme = "--width 900 --height 620 --theme dark ";

TEST_F(Screen, KeysMoveThePadsAndSetNumbersOfTheLatent) {
  test::TinyFolder folder;
  test::fill_encoding(folder);
  const std::string down = "key down\nframes 3\n", space = "key space\nframes 3\n", right = "key right\nframes 3\n";
  // Pressing a button and letting go elsewhere brings the keyboard there, below the first pad.
  ASSERT_EQ(run("panel Explore\nwait\ndrag 170 352 170 335\nkey up\nframes 3\nscreenshot seed.png\n" + space +
                    "wait\nframes 3\nscreenshot held.png\n" + right + right + "wait\nframes 3\nscreenshot plane.png\n" +
                    "quit\n",
                size_and_theme + folder.path.string()),
            0);
  EXPECT_EQ(difference_within(shot("seed"), shot("held"), stage_box), 0U); // a key says nothing of where the mouse is
  EXPECT_GT(difference_within(shot("held"), shot("plane"), stage_box), 1000U);
  ASSERT_EQ(
      run("panel Explore\nwait\ndrag 170 352 170 335\nframes 3\n" + down + "screenshot seed.png\n" + space + right +
              right + "wait\nframes 3\nscreenshot directions.png\nkey escape\nframes 3\n" + down + down + down + down +
              space + "key up\nframes 3\nkey up\nframes 3\nkey up\nframes 3\nwait\nframes 3\nscreenshot first.png\n" +
              right +
              "key up\nframes 3\nkey up\nframes 3\nkey up\nframes 3\nwait\nframes 3\nscreenshot second.png\nquit\n",
          size_and_theme + folder.path.string()),
      0);
  EXPECT_GT(difference_within(shot("seed"), shot("directions"), stage_box), 1000U);
  EXPECT_GT(difference_within(shot("directions"), shot("first"), stage_box), 1000U);
  EXPECT_GT(difference_within(shot("first"), shot("second"), stage_box), 1000U);
}

TEST_F(Screen, KeysSilenceTheChannelThatTheyAreOn) {
  const auto panel = [](const std::string& silence) {
    return "wait\nclick 40 210\nwait\nframes 5\nscreenshot before.png\n" + silence +
           "wait\nframes 5\nclick 600 600\nframes 3\nscreenshot after.png\nquit\n";
  };
  const std::string size = "--width 900 --height 900 --theme dark" + models;
  constexpr Box drawn_then{122, 484, 302, 664}, tiles{122, 156, 404, 438};
  ASSERT_EQ(run(panel("key right\nframes 3\nkey right\nframes 3\nkey space\nframes 3\n"), size), 0);
  const Image by_keys = shot("after");
  EXPECT_GT(difference_within(shot("before"), by_keys, tiles), 100U);
  ASSERT_EQ(run(panel("click 174 209\nframes 3\n"), size), 0);
  EXPECT_EQ(difference_within(by_keys, shot("after"), drawn_then), 0U);
}

TEST_F(Screen, ComparesAWithB) {
  test::TinyFolder folder;
  folder.add("generator", test::spreading_generator(3));
  ASSERT_EQ(run("panel Explore\nset grid=1x1\nwait\nframes 3\nscreenshot one.png\ndo compare\nwait\nframes "
                "3\nscreenshot same.png\n"
                "set seed=5\nwait\nframes 3\nscreenshot two.png\ndo compare\nset seed=12\nwait\nframes 3\nscreenshot "
                "again.png\nquit\n",
                size_and_theme + folder.path.string()),
            0);
  // Each half has the picture in its middle: a column of pixels goes through both at the same place.
  const auto halves_differ = [&](const std::string& name) {
    const Image image = shot(name);
    int differ = 0;
    for (int y = 220; y < 380; ++y)
      for (const int x : {-60, 60})
        differ += color_at(image, 556 + x, y) != color_at(image, 764 + x, y);
    return differ;
  };
  EXPECT_EQ(halves_differ("same"), 0);
  EXPECT_GT(halves_differ("two"), 50);
  EXPECT_EQ(difference_within(shot("one"), shot("again"), stage_box), 0U);
}

TEST_F(Screen, BreedsNine) {
  test::TinyFolder folder;
  test::fill_encoding(folder);
  const std::string down = "key down\nframes 3\n";
  ASSERT_EQ(run("panel Explore\nwait\ndrag 170 352 170 335\n" + down + down + down + down +
                    "screenshot none.png\nkey space\nwait\nframes 5\nscreenshot nine.png\nquit\n",
                "--width 900 --height 1000 --theme dark " + folder.path.string()),
            0);
  EXPECT_GT(difference_within(shot("none"), shot("nine"), {122, 600, 402, 980}), 30000U);
}

TEST_F(Screen, MeasuresItsSpeed) {
  // The button is higher where there are no threads to choose.
  ASSERT_EQ(run("panel Speed\nwait\nframes 3\nscreenshot before.png\nclick 186 519\nclick 186 468\nwait\nframes "
                "3\nclick 600 600\nframes 3\nscreenshot after.png\nquit\n",
                size_and_theme + models),
            0);
  EXPECT_GT(difference_within(shot("before"), shot("after"), {122, 490, 402, 600}), 300U);
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
