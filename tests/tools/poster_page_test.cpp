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
                  "<Ganlet-Image text=31 width=64><img src=\"pictures/digits-31.png\" width=\"224\" height=\"112\" "
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

TEST(Poster, SaysWhichColoursItKnows) {
  const Folder folder;
  const Outcome outcome = run_program(folder, "poster digits --ink rebeccapurple -o " + (folder / "a.png").string());
  EXPECT_EQ(outcome.err, "ganlet: ink: must be currentColor, #rgb, #rrggbb or #rrggbbaa, transparent, or one of the 16 "
                         "basic names such as black, white and navy, for a poster\n");
}

} // namespace
} // namespace ganlet::test
