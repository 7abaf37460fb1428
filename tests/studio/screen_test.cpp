// The program itself, on an X server without a screen: scripts drive it, and take pictures of what it shows.
#include <algorithm>
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

/// How many pixels of a rectangle differ.
std::size_t difference_within(const Image& a, const Image& b, const Box& box) {
  std::size_t different = 0;
  for (int y = box.top; y < box.bottom; ++y)
    for (int x = box.left; x < box.right; ++x) {
      const std::size_t i = std::size_t{4} * static_cast<std::size_t>(y * a.width + x);
      different += !std::equal(&a.pixels[i], &a.pixels[i] + 4, &b.pixels[i]);
    }
  return different;
}

const std::string size_and_theme = "--width 900 --height 620 --theme dark ";

bool are_equal(const Image& a, const Image& b) {
  return a.pixels == b.pixels;
}

TEST_F(Screen, DraggingMovesAndUndoMovesBack) {
  ASSERT_EQ(run("wait\nframes 3\nscreenshot before.png\ndrag -100 40 Picture\nwait\nframes 3\nscreenshot "
                "moved.png\nkey ctrl+z\nwait\nframes 3\nscreenshot after.png\nquit\n",
                "--width 900 --height 620 --theme dark" + models),
            0);
  EXPECT_GT(difference_within(shot("before"), shot("moved"), stage_box), 1000U);
  EXPECT_EQ(difference_within(shot("before"), shot("after"), stage_box), 0U);
}

TEST_F(Screen, ATypedNumberIsDrawn) {
  ASSERT_EQ(run("wait\nframes 3\npress Number to write\nkey ctrl+a\ntype 314\nframes 3\nwait\npress Picture\nframes "
                "3\nscreenshot typed.png\nset text=314\nwait\nframes 3\nscreenshot set.png\nquit\n",
                "--width 900 --height 620 --theme dark" + models),
            0);
  EXPECT_TRUE(are_equal(shot("typed"), shot("set")));
}

TEST_F(Screen, KeysReachThePanels) {
  const std::string down = "key down\nframes 2\n";
  ASSERT_EQ(run("wait\n" + down + down + down +
                    "key space\nframes 3\npress Picture\nframes 3\nscreenshot "
                    "keys.png\nquit\n",
                "--width 900 --height 620 --theme dark" + models),
            0);
  ASSERT_EQ(run("wait\npress Animate\nwait\npress Picture\nframes 3\nscreenshot panel.png\nquit\n",
                "--width 900 --height 620 --theme dark" + models),
            0);
  EXPECT_TRUE(are_equal(shot("keys"), shot("panel")));
}

TEST_F(Screen, ExportsAnAnimation) {
  ASSERT_EQ(run("wait\npress Animate\nset keys=1,2&steps=5\nwait\npress GIF\nwait\npress PNGs (.zip)\nwait\nquit\n",
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
                "--width 900 --height 620 --theme dark" + by_reference + models),
            0);
  expect_golden("problem");
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
      run("wait\nframes 60\nset seed=5\nwait\nframes 60\npress Keep\nwait\nframes 30\nscreenshot keep.png\nquit\n",
          "--width 900 --height 900 --theme dark " + folder.path.string()),
      0);
  EXPECT_GT(colored(shot("keep"), 122, 400, 162, 880), 800U); // left in the panel, where the interface has no colours
}

TEST_F(Screen, PanelsAreAsWideAsTheyAreDragged) {
  ASSERT_EQ(run("wait\nframes 3\nscreenshot usual.png\ndrag 38 0 Splitter\nframes 3\nscreenshot wide.png\n"
                "drag -38 0 Splitter\npoint Picture\nframes 3\nscreenshot again.png\nquit\n",
                "--width 900 --height 620 --theme light" + models),
            0);
  const Box beside_stage{440, 300, 464, 304};
  EXPECT_GT(difference_within(shot("usual"), shot("wide"), beside_stage), 50U);
  EXPECT_EQ(difference_within(shot("usual"), shot("again"), beside_stage), 0U);
}

TEST_F(Screen, MixesStylesAndTakesThemBack) {
  test::TinyFolder folder;
  test::fill_styled(folder);
  ASSERT_EQ(run("wait\npress Styles\nwait\nframes 3\nscreenshot plain.png\npress Take some layers from "
                "seed\nwait\nframes 3\nscreenshot checked.png\n"
                "set mix=111:0-0&cutoff=1&psi=50&noise=7\npoint Undo\nwait\nframes 3\nscreenshot styles.png\n"
                "press Undo\npress Undo\nwait\nframes 3\nscreenshot again.png\nquit\n",
                "--width 900 --height 620 --theme dark " + by_reference + folder.path.string()),
            0);
  expect_golden("styles");
  EXPECT_GT(difference_within(shot("plain"), shot("checked"), stage_box), 1000U);
  EXPECT_GT(difference_within(shot("checked"), shot("styles"), stage_box), 1000U);
  EXPECT_EQ(difference_within(shot("plain"), shot("again"), stage_box), 0U);
}

TEST_F(Screen, ShowsHowAModelLearned) {
  test::TinyFolder folder;
  test::fill_styled(folder);
  ASSERT_EQ(run("wait\npress Learning\nwait\nframes 3\nscreenshot late.png\nset trained=5\npoint "
                "Picture\nwait\nframes 3\nscreenshot learning.png\nquit\n",
                "--width 900 --height 620 --theme light " + by_reference + folder.path.string()),
            0);
  expect_golden("learning");
  EXPECT_GT(difference_within(shot("late"), shot("learning"), stage_box), 1000U);
}

TEST_F(Screen, EncodesWhatIsDrawnAndOpened) {
  test::TinyFolder folder;
  test::fill_encoding(folder);
  const Image picture{2, 2, {255, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 255}};
  ASSERT_TRUE(write_image(folder_ / "opened.png", picture));
  ASSERT_EQ(run("wait\npress Encode\nwait\nframes 3\nscreenshot before.png\ndrag 0 60 Pad\nwait\nframes 3\npoint "
                "Picture\nframes 3\nscreenshot encode.png\n"
                "press Generate\nopen opened.png\nwait\nframes 3\nscreenshot opened_then.png\npress "
                "Explore\nwait\nframes 3\nscreenshot explore.png\nquit\n",
                "--width 900 --height 620 --theme dark " + folder.path.string()),
            0);
  // The line goes down from the middle of the pad, which is 137 pixels wide.
  const Image drawn = shot("encode");
  EXPECT_LT(color_at(drawn, 190, 200)[0], 40);
  EXPECT_EQ(color_at(drawn, 150, 200)[0], 255);
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
  ASSERT_EQ(run("wait\nframes 3\nscreenshot seed.png\nopen one.json\nwait\nframes 3\nscreenshot latent.png\n"
                "set z=GecZ5w\nwait\nframes 3\nscreenshot steps.png\nquit\n",
                arguments),
            0);
  EXPECT_GT(difference_within(shot("seed"), shot("latent"), stage_box), 1000U);
  EXPECT_EQ(difference_within(shot("latent"), shot("steps"), stage_box), 0U); // 25, -25, 25, -25 steps of 0.04
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
                "chosen.png\nset z=GecZ5w\nwait\nframes 3\nscreenshot steps.png\nquit\n",
                "--width 900 --height 620 --theme dark " + folder.path.string(), "PATH=" + folder_.string() + ":$PATH"),
            0);
  EXPECT_GT(difference_within(shot("seed"), shot("chosen"), stage_box), 1000U);
  EXPECT_EQ(difference_within(shot("chosen"), shot("steps"), stage_box), 0U);
  EXPECT_GT(shot("copied").width, 2);
}

TEST_F(Screen, WritesOnePictureAfterItsFramesAndLeaves) {
  ASSERT_EQ(
      run("set text=7\nwait\n", "--width 900 --height 620 --theme dark --screenshot left.png --frames 5" + models), 0);
  EXPECT_EQ(shot("left").width, 900);
  ASSERT_EQ(run("wait\nset text=7\nwait\nframes 5\nscreenshot asked.png\nquit\n", size_and_theme + models), 0);
  EXPECT_EQ(difference_within(shot("left"), shot("asked"), stage_box), 0U);
}

TEST_F(Screen, KeysMoveThePadsAndSetNumbersOfTheLatent) {
  test::TinyFolder folder;
  test::fill_encoding(folder);
  const std::string space = "key space\nframes 3\n", right = "key right\nframes 3\n", up = "key up\nframes 3\n",
                    down = "key down\nframes 3\n";
  // Pressing a button and letting go elsewhere brings the keyboard there, below the first pad.
  const std::string at_compare = "wait\npress Explore\nwait\nleave Keep this as B\nframes 3\n";
  ASSERT_EQ(run(at_compare + up + "screenshot seed.png\n" + space + "wait\nframes 3\nscreenshot held.png\n" + right +
                    right +
                    "wait\nframes 3\nscreenshot plane.png\nset at=100,0\nwait\nframes 3\n"
                    "screenshot place.png\nquit\n",
                size_and_theme + folder.path.string()),
            0);
  EXPECT_EQ(difference_within(shot("seed"), shot("held"), stage_box), 0U); // a key says nothing of where the mouse is
  EXPECT_GT(difference_within(shot("held"), shot("plane"), stage_box), 1000U);
  EXPECT_EQ(difference_within(shot("plane"), shot("place"), stage_box), 0U); // two steps of a twentieth to the right
  ASSERT_EQ(run(at_compare + down + "screenshot seed.png\n" + space + right + right +
                    "wait\nframes 3\nscreenshot directions.png\nset move=8\nwait\nframes 3\nscreenshot moved.png\n"
                    "key escape\nframes 3\n" +
                    down + down + down + down + space + up + up + up + "wait\nframes 3\nscreenshot first.png\n" +
                    right + up + up + up + "wait\nframes 3\nscreenshot second.png\nquit\n",
                size_and_theme + folder.path.string()),
            0);
  EXPECT_GT(difference_within(shot("seed"), shot("directions"), stage_box), 1000U);
  EXPECT_EQ(difference_within(shot("directions"), shot("moved"), stage_box), 0U); // along the first, not the second
  EXPECT_GT(difference_within(shot("directions"), shot("first"), stage_box), 1000U);
  EXPECT_GT(difference_within(shot("first"), shot("second"), stage_box), 1000U);
}

TEST_F(Screen, KeysSilenceTheChannelThatTheyAreOn) {
  const auto panel = [](const std::string& silence) {
    return "wait\npress Inside\nwait\nframes 5\nscreenshot before.png\n" + silence +
           "wait\nframes 5\npress Picture\nframes 3\nscreenshot after.png\nquit\n";
  };
  const std::string size = "--width 900 --height 900 --theme dark" + models;
  constexpr Box drawn_then{122, 484, 302, 664}, tiles{122, 156, 404, 438};
  ASSERT_EQ(run(panel("key right\nframes 3\nkey right\nframes 3\nkey space\nframes 3\n"), size), 0);
  const Image by_keys = shot("after");
  EXPECT_GT(difference_within(shot("before"), by_keys, tiles), 100U);
  ASSERT_EQ(run(panel("press Channel 9\nframes 3\n"), size), 0);
  EXPECT_EQ(difference_within(by_keys, shot("after"), drawn_then), 0U);
}

TEST_F(Screen, ComparesAWithB) {
  test::TinyFolder folder;
  folder.add("generator", test::spreading_generator(3));
  ASSERT_EQ(
      run("wait\npress Explore\nset grid=1x1\nwait\nframes 3\nscreenshot one.png\npress Keep this as B\nwait\nframes "
          "3\nscreenshot same.png\n"
          "set seed=5\nwait\nframes 3\nscreenshot two.png\npress Close B\nset seed=12\nwait\nframes 3\nscreenshot "
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
  ASSERT_EQ(
      run("wait\npress Explore\nwait\nset grid=1x1\npress Begin\nwait\npress Child 2\npress Child 9\nwait\nframes "
          "3\nscreenshot nine.png\npress Breed these two\nwait\nframes 5\nscreenshot next.png\npress "
          "End\nframes 3\npress Begin\nquit\n",
          "--width 900 --height 1000 --theme dark " + folder.path.string()),
      0);
  EXPECT_GT(difference_within(shot("nine"), shot("next"), {122, 400, 402, 980}), 10000U);
}

TEST_F(Screen, MeasuresItsSpeed) {
  ASSERT_EQ(run("wait\npress Speed\nwait\nframes 3\nscreenshot before.png\npress Measure > Draw 256 "
                "images\nwait\nframes 3\npress Picture\nframes 3\nscreenshot after.png\nquit\n",
                size_and_theme + models),
            0);
  EXPECT_GT(difference_within(shot("before"), shot("after"), {122, 490, 402, 600}), 300U);
}

TEST_F(Screen, SaysWhichControlAScriptLooksForInVain) {
  EXPECT_NE(run("wait\npress Make coffee\nquit\n", size_and_theme + models), 0);
}

TEST_F(Screen, WorkGoesOnWhileTheWindowIsMinimised) {
  // There is no window manager here: the property that one sets says that the window is minimised.
  std::ofstream(folder_ / "minimised.sh")
      << "(for i in $(seq 600); do xprop -name 'ganlet studio' -f WM_STATE 32c -set WM_STATE 3 && touch minimised && "
         "break; sleep 0.1; done) >/dev/null 2>&1 & exec \"$@\"\n";
  limit_seconds = 120; // where work stands still, so does the script
  ASSERT_EQ(run("wait\nframes 400\nset keys=1,2&steps=5\ndo export-gif\nwait\nquit\n", size_and_theme + models, {},
                "sh minimised.sh"),
            0);
  EXPECT_TRUE(fs::exists(folder_ / "minimised"));
  EXPECT_TRUE(read_whole(folder_ / "animation.gif", std::int64_t{1} << 24));
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
