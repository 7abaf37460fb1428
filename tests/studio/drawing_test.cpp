#include "studio/drawing.h"

#include <cmath>
#include <cstring>
#include <fstream>

#include <gtest/gtest.h>

#include "studio/link.h"
#include "studio/random_state.h"
#include "studio/tiny_folder.h"
#include "support/drawn.h"

namespace ganlet::studio {
namespace {

std::shared_ptr<LoadedModel> digits() {
  auto model = load(GANLET_SOURCE_DIR "/models/digits", "digits", {});
  EXPECT_TRUE(model);
  return *model;
}

TEST(Drawing, IsWhatTheGeneratorDraws) {
  const auto model = digits();
  State state;
  state.text = "31415926535897932384";
  SlicedDrawing task(model, request_of(state, model->facts));
  std::optional<Drawing> drawing;
  while (!drawing)
    drawing = std::move(*task.go_on());
  EXPECT_TRUE(task.is_done());
  EXPECT_EQ(drawing->images, 20);
  EXPECT_EQ(drawing->picture.pixels, test::drawn(model->model, {.text = state.text, .seed = state.place.seed}).pixels);
}

TEST(Drawing, SaysWhatIsWrong) {
  const auto model = digits();
  const DrawRequest request{.label = 99};
  EXPECT_EQ(SlicedDrawing(model, request).go_on().error().text(), "label: must be 0 to 9, is 99");
}

TEST(Animation, IsEncodedWithProgress) {
  const auto model = digits();
  AnimateJob wanted;
  wanted.facts = model->facts;
  wanted.state.text = "1";
  wanted.state.animation.keyframes = {{.seed = 1}, {.seed = 2}};
  wanted.state.animation.frames = 4;
  wanted.enlarge = 2;
  wanted.origin = origin_of(wanted.state, wanted.facts);
  for (const auto& [kind, name, magic] : {std::tuple{FileKind::gif, "animation.gif", "GIF89a"},
                                          {FileKind::apng, "animation.png", "\x89PNG"},
                                          {FileKind::webp, "animation.webp", "RIFF"},
                                          {FileKind::png_sequence, "animation.zip", "PK\x03\x04"}}) {
    wanted.kind = kind;
    Film film(model, wanted);
    std::vector<int> frames;
    PictureFile file;
    while (!film.is_done()) {
      auto answer = film.go_on();
      ASSERT_TRUE(answer) << answer.error().text();
      if (!*answer)
        continue;
      EXPECT_EQ((*answer)->all, 4);
      frames.push_back((*answer)->done);
      if ((*answer)->file)
        file = std::move(*(*answer)->file);
    }
    EXPECT_EQ(frames, (std::vector<int>{1, 2, 3, 4, 4}));
    EXPECT_EQ(file.name, name);
    EXPECT_EQ(std::memcmp(file.bytes.data(), magic, std::strlen(magic)), 0) << name;
    const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
    if (kind != FileKind::webp) // which has no text
      EXPECT_NE(text.find("digits@" + std::to_string(model->facts.about.version)), text.npos) << name;
  }
}

/// What the model draws for the flags of a state.
Image drawn_by_flags(Model& model, const Settings& flags) {
  RequestReader reader;
  for (const auto& [name, value] : flags)
    EXPECT_TRUE(reader.set(name, value)) << name;
  auto request = std::move(reader).finish();
  EXPECT_TRUE(request);
  return test::drawn(model, *request);
}

/// Random states whose place is a seed are drawn alike by the studio, by the flags that it shows, and by the latents
/// that it makes for places between seeds.
TEST(Drawing, OfASeedIsThatOfItsFlagsAndOfItsLatents) {
  test::TinyFolder labelled, styled;
  test::fill_encoding(labelled);
  labelled.json["labels"] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  labelled.write();
  test::fill_styled(styled);
  Dice dice(18);
  int with_flags = 0;
  for (const test::TinyFolder* const folder : {&labelled, &styled}) {
    const auto model = load(folder->path.string(), "tiny", {});
    ASSERT_TRUE(model) << model.error().text();
    ModelFacts facts = (*model)->facts;
    facts.directions = {};
    for (int i = 0; i < 100; ++i) {
      State state = random_state(dice);
      state.place = {.seed = state.place.seed};
      state.trained.reset();
      state.columns = dice.between(1, 6);
      state.rows = dice.between(1, 3);
      if (dice.below(5) == 0)
        state.text = std::string(40, '7');
      SCOPED_TRACE(link_of(state).fragment);
      const auto drawn = draw_to_the_end(*model, request_of(state, facts));
      ASSERT_TRUE(drawn) << drawn.error().text();
      if (const auto flags = flags_of(state, facts)) {
        ++with_flags;
        EXPECT_EQ(drawn->pixels, drawn_by_flags((*model)->model, *flags).pixels);
      }
      state.place.amounts.back() = 1; // along no direction
      const DrawRequest by_latents = request_of(state, facts);
      EXPECT_FALSE(by_latents.latents.empty());
      EXPECT_EQ(draw_to_the_end(*model, by_latents)->pixels, drawn->pixels);
    }
  }
  EXPECT_GT(with_flags, 100);
}

/// The process's resident bytes.
std::int64_t resident() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0, pages = 0;
  file >> all >> pages;
  return 4096 * pages;
}

TEST(Animation, KeepsNoFrames) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer itself keeps what was freed";
#endif
#endif
  // Frames of 448 x 448 enlarged sixteen times would take 800 KB each, 240 MB together.
  const auto model = digits();
  for (const FileKind kind : {FileKind::apng, FileKind::png_sequence}) {
    AnimateJob wanted;
    wanted.facts = model->facts;
    wanted.state.text = "1";
    wanted.state.animation.keyframes = {{.seed = 1}, {.seed = 2}};
    wanted.state.animation.frames = 300;
    wanted.enlarge = 16;
    wanted.kind = kind;
    Film film(model, wanted);
    std::int64_t after_few = 0;
    for (int slice = 0; !film.is_done(); ++slice) {
      ASSERT_TRUE(film.go_on());
      if (slice == 20)
        after_few = resident();
    }
    EXPECT_LT(resident() - after_few, 60'000'000);
  }
}

TEST(Colors, AreThoseOfTheShader) {
  const Image image{3, 1, {0, 0, 0, 255, 255, 255, 255, 255, 200, 100, 50, 255}};
  EXPECT_EQ(with_colors(image, ColorMap::plain).pixels, image.pixels);
  EXPECT_EQ(with_colors(image, ColorMap::inverted).pixels,
            (std::vector<std::uint8_t>{255, 255, 255, 255, 0, 0, 0, 255, 55, 155, 205, 255}));
  EXPECT_EQ(with_colors(image, ColorMap::ink).pixels[0], 250); // nothing drawn is paper
  EXPECT_EQ(with_colors(image, ColorMap::ink).pixels[4], 26);
  EXPECT_EQ(with_colors(image, ColorMap::grey).pixels[8], with_colors(image, ColorMap::grey).pixels[10]);
}

TEST(Difference, IsTheLargestAndTheMean) {
  const Image a{2, 1, {0, 0, 0, 255, 255, 255, 255, 255}}, b{2, 1, {0, 3, 0, 255, 255, 255, 255, 255}};
  EXPECT_EQ(difference_of(a, a).largest, 0);
  const Difference difference = difference_of(a, b);
  EXPECT_EQ(difference.largest, 3);
  EXPECT_EQ(difference.picture.pixels, (std::vector<std::uint8_t>{24, 24, 24, 255, 0, 0, 0, 255}));
  EXPECT_NEAR(difference.decibels, 10 * std::log10(255 * 255 / (9.0 / 6)), 1e-9);
}

} // namespace
} // namespace ganlet::studio
