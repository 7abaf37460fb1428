// ganlet poster --page: the pictures of all tags of a page.

#include <gtest/gtest.h>

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

} // namespace
} // namespace ganlet::test
