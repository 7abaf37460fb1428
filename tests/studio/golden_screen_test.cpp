// What the program shows, against golden pictures and against the formulas that its shaders follow. To make the golden
// pictures again after an intended change, run with GANLET_WRITE_GOLDEN=1, and look at them.
#include <algorithm>
#include <cmath>
#include <map>

#include "core/text.h"
#include "studio/files.h"
#include "studio/screen.h"
#include "studio/tiny_folder.h"

namespace ganlet {
namespace {

TEST_F(Screen, ShowsWhatItDrawsInDarkAndLight) {
  ASSERT_EQ(run("wait\nframes 3\nscreenshot dark.png\ndo theme\nset colors=ink&text=31\nwait\nframes 3\nscreenshot "
                "light.png\nquit\n",
                "--width 900 --height 620 --theme dark" + by_reference + models),
            0);
  expect_golden("dark");
  expect_golden("light");
}

/// What a script leads to, in a window that `arguments` describe.
struct Scene {
  std::string name, script, arguments;
};

class EachScene : public Screen, public testing::WithParamInterface<Scene> {};

TEST_P(EachScene, LooksAsItDid) {
  const Scene& scene = GetParam();
  ASSERT_EQ(run(scene.script + "wait\nframes 3\nscreenshot " + scene.name + ".png\nquit\n",
                scene.arguments + by_reference + models),
            0);
  expect_golden(scene.name);
}

INSTANTIATE_TEST_SUITE_P(All, EachScene,
                         testing::Values(Scene{"narrow", "", "--width 360 --height 740 --theme light"},
                                         Scene{"thrice", "", "--width 1080 --height 2220 --scale 3 --theme dark"},
                                         Scene{"half", "press Animate\nset keys=1,2\n",
                                               "--width 1350 --height 930 --scale 1.5 --theme light"},
                                         Scene{"twice", "press Explore\npress Picture\n",
                                               "--width 1400 --height 1000 --scale 2 --theme dark"}),
                         [](const auto& info) { return info.param.name; });

/// What a picture of 2 x 2 has, row by row.
constexpr int grey_steps[] = {0, 85, 170, 255};

/// Draws these four whatever the latent is.
std::vector<std::byte> constant_generator() {
  test::ModelBuilder build;
  build.input("z", {-1, 4}).floats("none", Shape{1}, {0}).floats("steps", Shape{4}, {-1, -1.0F / 3, 1.0F / 3, 1});
  build.node("Mul", {"z", "none"}, {"nothing"}).node("Add", {"nothing", "steps"}, {"pixels"});
  build.integers("shape", {-1, 1, 2, 2}).node("Reshape", {"pixels", "shape"}, {"image"}).output("image");
  return onnx::write(build.model());
}

/// Lanczos' kernel of three lobes.
double lanczos(double x) {
  const double pi = std::acos(-1.0);
  return x == 0 ? 1 : std::abs(x) >= 3 ? 0 : 3 * std::sin(pi * x) * std::sin(pi * x / 3) / (pi * pi * x * x);
}

/// The share of the second of two texels at a place in [0, 2], those beyond being like the last.
double part_of_second(const std::string& upscaling, double at, double scale) {
  if (upscaling == "nearest")
    return at >= 1;
  if (upscaling == "smooth") // a step that is one pixel of the screen wide
    return std::clamp((at - 1) * scale + 0.5, 0.0, 1.0);
  double first = 0, second = 0;
  for (int texel = -4; texel < 6; ++texel)
    (texel < 1 ? first : second) += lanczos(at - texel - 0.5);
  return second / (first + second);
}

/// A place in pixels of the picture, whose texels take 200.
int expected_grey(const std::string& upscaling, int x, int y) {
  constexpr double scale = 200;
  const double right = part_of_second(upscaling, (x + 0.5) / scale, scale),
               below = part_of_second(upscaling, (y + 0.5) / scale, scale);
  const double above_grey = grey_steps[0] + right * (grey_steps[1] - grey_steps[0]),
               below_grey = grey_steps[2] + right * (grey_steps[3] - grey_steps[2]);
  return static_cast<int>(std::lround(std::clamp(above_grey + below * (below_grey - above_grey), 0.0, 255.0)));
}

TEST_F(Screen, UpscalesAndColoursAsTheirFormulasSay) {
  test::TinyFolder folder;
  folder.add("generator", constant_generator());
  std::string script = "wait\n";
  for (const std::string zoom : {"nearest", "smooth", "lanczos"})
    for (const std::string colors : {"plain", "grey", "inverted", "ink"})
      script += "set grid=1x1&zoom=" + zoom + "&colors=" + colors + "\nwait\nframes 4\nscreenshot " + zoom + "_" +
                colors + ".png\n";
  ASSERT_EQ(run(script + "quit\n", "--width 900 --height 620 --theme dark " + folder.path.string()), 0);
  std::map<std::string, Image> shots;
  for (const std::string zoom : {"nearest", "smooth", "lanczos"})
    for (const std::string colors : {"plain", "grey", "inverted", "ink"})
      shots[zoom + "_" + colors] = shot(zoom + "_" + colors);
  constexpr int left = 460, top = 106; // of the picture, 400 pixels wide and high
  for (const std::string zoom : {"nearest", "smooth", "lanczos"})
    for (const auto& [x, y] : {std::pair{20, 30},
                               {100, 300},
                               {199, 100},
                               {200, 100},
                               {100, 199},
                               {100, 200},
                               {184, 214},
                               {234, 154},
                               {380, 390}}) {
      const int grey = expected_grey(zoom, x, y);
      const auto expect_near = [&](const std::string& colors, const std::array<double, 3>& wanted) {
        const std::array<int, 3> found = color_at(shots.at(zoom + "_" + colors), left + x, top + y);
        for (std::size_t c = 0; c < 3; ++c)
          EXPECT_NEAR(found[c], wanted[c], zoom == "nearest" ? 1 : 3)
              << zoom << " " << colors << " at " << x << ", " << y;
      };
      const double part = grey / 255.0;
      expect_near("plain", {1.0 * grey, 1.0 * grey, 1.0 * grey});
      expect_near("grey", {1.0 * grey, 1.0 * grey, 1.0 * grey});
      expect_near("inverted", {255.0 - grey, 255.0 - grey, 255.0 - grey});
      expect_near("ink", {250 - part * 224, 246 - part * 215, 237 - part * 181});
    }
}

TEST_F(Screen, ColoursAsFilesDo) {
  test::TinyFolder folder;
  folder.add("generator", test::colored_generator());
  std::string script = "wait\nset grid=1x1&zoom=nearest\n";
  for (const std::string_view colors : studio::color_maps)
    script += concat("set colors=", colors, "\nwait\nframes 4\nscreenshot ", colors, ".png\n");
  ASSERT_EQ(run(script + "quit\n", "--width 900 --height 620 --theme dark " + folder.path.string()), 0);
  const Image plain = shot("plain");
  for (std::size_t map = 1; map < studio::color_maps.size(); ++map) {
    const Image shown = shot(std::string(studio::color_maps[map]));
    const Image wanted = studio::with_colors(plain, static_cast<studio::ColorMap>(map));
    for (const auto& [x, y] : {std::pair{560, 206}, {760, 206}, {560, 406}, {760, 406}}) // the four pixels' middles
      for (std::size_t c = 0; c < 3; ++c)
        EXPECT_NEAR(color_at(shown, x, y)[c], color_at(wanted, x, y)[c], 1) << studio::color_maps[map];
  }
}

} // namespace
} // namespace ganlet
