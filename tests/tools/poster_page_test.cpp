// ganlet poster --page: the pictures of all tags of a page.

#include <gtest/gtest.h>

#include "image/image_reader.h"
#include "program.h"

namespace ganlet::test {
namespace {

class PosterPage : public testing::Test {
 protected:
  /// The page with its posters; what was said is in `told`.
  std::string with_posters(const std::string& page, const std::string& flags = "") {
    write_content(folder / "post.html", page);
    const Outcome outcome = run_program(folder, "poster --page " + (folder / "post.html").string() + " -o " +
                                                    (folder / "out.html").string() + " " + flags);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    told = outcome.err;
    return content_of(folder / "out.html");
  }

  Folder folder;
  std::string told;
};

TEST_F(PosterPage, PutsEachPictureIntoItsTag) {
  std::filesystem::create_directory(folder / "pictures");
  const std::string page = with_posters("<p><ganlet-image text=\"20\" seed='from:Tom &amp; Ada'></ganlet-image>\n"
                                        "<Ganlet-Image text=31 width=64> <img src=old.png> </Ganlet-Image></p>\n",
                                        "--pictures " + (folder / "pictures").string());
  EXPECT_EQ(page, "<p><ganlet-image text=\"20\" seed='from:Tom &amp; Ada'>"
                  "<img src=\"pictures/digits-20-2835825915034763889.png\" width=\"224\" height=\"112\" "
                  "alt=\"20 · Handwritten digits\"></ganlet-image>\n"
                  "<Ganlet-Image text=31 width=64><img src=\"pictures/digits-31.png\" width=\"64\" height=\"32\" "
                  "alt=\"31 · Handwritten digits\"></Ganlet-Image></p>\n");
  ASSERT_EQ(run_program(folder, "poster digits --text 31 -o " + (folder / "31.png").string()).status, 0);
  EXPECT_EQ(content_of(folder / "31.png"), content_of(folder / "pictures" / "digits-31.png"));
}

TEST_F(PosterPage, PicturesThatDifferOnlyInColourHaveFilesOfTheirOwn) {
  const std::string tag = "<ganlet-image text=\"3\"></ganlet-image>";
  const std::string page =
      with_posters(tag + "<ganlet-image text=\"3\" palette=\"inverted\"></ganlet-image>" + tag, "--base https://me/");
  EXPECT_NE(page.find("src=\"https://me/digits-3.png\""), std::string::npos);
  EXPECT_NE(page.find("src=\"https://me/digits-3-2.png\""), std::string::npos);
  EXPECT_EQ(page.find("digits-3-3"), std::string::npos);
  EXPECT_NE(content_of(folder / "digits-3.png"), content_of(folder / "digits-3-2.png"));
}

TEST_F(PosterPage, IsAsLargeAsItsTag) {
  const auto size_in = [&](const std::string& attributes) {
    const std::string page = with_posters("<ganlet-image text=\"20\" " + attributes + "></ganlet-image>");
    const std::size_t begin = page.find("width=", page.find("<img")), end = page.find(" alt", begin);
    const bool fits = page.find("object-fit: contain") != page.npos;
    return page.substr(begin, end - begin) + (fits ? " contain" : "");
  };
  for (const auto& [attributes, size] : {
           std::pair{"", "width=\"224\" height=\"112\""},
           {"width=100", "width=\"100\" height=\"50\""},
           {"width=' 99.5px '", "width=\"100\" height=\"50\""},
           {"height=56px", "width=\"112\" height=\"56\""},
           {"width=300 height=100", "width=\"300\" height=\"100\" contain"},
           {"width=100 aspect-ratio='4 / 1'", "width=\"100\" height=\"25\" contain"},
           {"height=50 aspect-ratio=2:1", "width=\"100\" height=\"50\""},
           {"aspect-ratio=1", "width=\"224\" height=\"224\" contain"},
           {"width=300 height=100 aspect-ratio=2", "width=\"300\" height=\"150\""},
           {"width=50% height=-1 aspect-ratio=wide", "width=\"224\" height=\"112\""},
           {"width=1e9 height=0 aspect-ratio=1/0", "width=\"224\" height=\"112\""},
       })
    EXPECT_EQ(size_in(attributes), size) << attributes;
}

TEST_F(PosterPage, IsOfTheTagsVersionAndPart) {
  const std::string page = with_posters("<ganlet-image model=\"digits@1\" text=\"3\"></ganlet-image>"
                                        "<ganlet-image text=\"3\" model-part=\"generator_f32\"></ganlet-image>"
                                        "<ganlet-image text=\"3\"></ganlet-image>");
  EXPECT_NE(page.find("src=\"digits-1-3.png\""), page.npos) << page;
  EXPECT_NE(page.find("src=\"digits-3.png\""), page.npos) << page;
  EXPECT_NE(page.find("src=\"digits-3-2.png\""), page.npos) << page;
  EXPECT_EQ(content_of(folder / "digits-1-3.png"), content_of(folder / "digits-3-2.png"));
  EXPECT_NE(content_of(folder / "digits-3.png"), content_of(folder / "digits-3-2.png"));
}

TEST_F(PosterPage, OfARandomPictureIsTheSameInEachBuild) {
  const std::string page = with_posters("<ganlet-image text=\"3\" seed=\"random\"></ganlet-image>");
  EXPECT_NE(page.find("src=\"digits-3.png\""), page.npos) << page;
  EXPECT_EQ(with_posters("<ganlet-image text=\"3\" seed=\"random\"></ganlet-image>"), page);
}

TEST_F(PosterPage, WhatHasNoPosterStaysAndIsTold) {
  const std::string page = "<!-- <ganlet-image></ganlet-image> --><script>'<ganlet-image></ganlet-image>'</script>\n"
                           "<ganlet-image text=\"live:date\"></ganlet-image>\n<ganlet-image><b>b</b></ganlet-image>\n"
                           "<ganlet-image model=\"nobody\"></ganlet-image>\n<ganlet-image seed=\"-1\"></ganlet-image>\n"
                           "<ganlet-images></ganlet-images><ganlet-image text=\"1\">";
  EXPECT_EQ(with_posters(page), page);
  for (const char* const part :
       {"post.html:2: <ganlet-image> gets no poster: text: changes with the time", "post.html:3: <ganlet-image>",
        "post.html:4: <ganlet-image> gets no poster: nobody: there is no such file", "post.html:5: <ganlet-image>"})
    EXPECT_NE(told.find(part), std::string::npos) << told;
  EXPECT_EQ(told.find("post.html:1:"), std::string::npos) << told;
}

TEST_F(PosterPage, IsInsteadOfAModel) {
  EXPECT_EQ(run_program(folder, "poster -o a.png").status, 2);
  EXPECT_EQ(run_program(folder, "poster digits --page a.html -o a.png").status, 2);
}

/// The picture that a command writes.
Image picture_by(const Folder& folder, const std::string& command) {
  const auto file = folder / "picture.png";
  const Outcome outcome = run_program(folder, command + " -o " + file.string());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const std::string content = content_of(file);
  auto picture = decode_image(std::as_bytes(std::span<const char>(content)), "picture.png");
  EXPECT_TRUE(picture) << picture.error().text();
  return picture ? *picture : Image();
}

TEST(Poster, IsInkInTheTextsColourOnNoPaper) {
  const Folder folder;
  const Image plain = picture_by(folder, "generate digits --text 7 --seed 3"),
              inked = picture_by(folder, "poster digits --text 7 --seed 3 --scale 1 --ink currentColor "
                                         "--color '#102030' --paper Transparent");
  ASSERT_EQ(inked.pixels.size(), plain.pixels.size());
  for (std::size_t at = 0; at < plain.pixels.size(); at += 4) {
    const std::uint8_t grey = plain.pixels[at];
    EXPECT_EQ(inked.pixels[at + 3], grey);
    if (grey > 0)
      EXPECT_TRUE(inked.pixels[at] == 0x10 && inked.pixels[at + 1] == 0x20 && inked.pixels[at + 2] == 0x30) << at;
  }
}

TEST(Poster, KnowsTheColoursOfCss) {
  const Folder folder;
  const auto inked = [&](const std::string& color) {
    return picture_by(folder, "poster digits --text 7 --scale 1 --ink '" + color + "'").pixels;
  };
  for (const auto& [plain, colors] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"#663399", {" rebeccapurple ", "RGB(102, 51, 153)", "rgb(40% 20% 60%)", "hsl(270 50% 40%)"}},
           {"#663399", {"hsl(-90deg, 50%, 40%)", "hwb(0.75turn 20% 40%)", "hsl(300grad 50 40 / 1)"}},
           {"#ff000080", {"rgb(300 none -5 / 50%)", "rgba(255,0,0,.5)", "hsla(360, 100%, 50%, 50%)"}},
           {"#808080", {"grey", "hwb(90 80% 80%)", "hsl(1rad 0% 50.2%)"}},
           {"#00000000", {"transparent", "rgb(0 0 0 / 0)"}},
       }) {
    const auto wanted = inked(plain);
    for (const std::string& color : colors)
      EXPECT_EQ(inked(color), wanted) << color;
  }
}

TEST(Poster, SaysWhichColoursItKnows) {
  const Folder folder;
  for (const char* const color :
       {"lab(50 20 30)", "rgb(1 2)", "rgb(1, 2 3)", "rgb(1, 2%, 3)", "rgb(1 2 3 4)", "rgb(1 2/3)", "hsl(1, 2, 3)",
        "hwb(1, 2%, 3%)", "rgb(1px 2 3)", "rgb(1. 2 3)", "rgb(inf 0 0)", "(1 2 3)", "navyblue"}) {
    const Outcome outcome =
        run_program(folder, "poster digits --ink '" + std::string(color) + "' -o " + (folder / "a.png").string());
    EXPECT_EQ(outcome.err, "ganlet: ink: must be currentColor, a name such as navy or transparent, #rgb, #rrggbb or "
                           "#rrggbbaa, rgb(), hsl() or hwb(), for a poster\n")
        << color;
  }
}

TEST(Poster, HasNoLiveText) {
  const Folder folder;
  const Outcome outcome = run_program(folder, "poster digits --text live:date -o " + (folder / "a.png").string());
  EXPECT_EQ(outcome.err, "ganlet: text: changes with the time, and has no poster\n");
}

} // namespace
} // namespace ganlet::test
