#include "studio/script.h"

#include <gtest/gtest.h>

namespace ganlet::studio {
namespace {

TEST(Script, ReadsSteps) {
  const auto steps = parse_script("# a comment\n\nset seed=5&text=1\ndrag 1 -2.5 Picture\nwait\npress Link > Copy\n"
                                  "wheel 2 Picture\nframes 3\nscreenshot a b.png");
  ASSERT_TRUE(steps) << steps.error().text();
  EXPECT_EQ(*steps, (std::vector<Step>{{Step::Kind::set, "seed=5&text=1"},
                                       {Step::Kind::drag, "Picture", {1, -2.5F}},
                                       {Step::Kind::wait, ""},
                                       {Step::Kind::press, "Link > Copy"},
                                       {Step::Kind::wheel, "Picture", {2}},
                                       {Step::Kind::frames, "", {3}},
                                       {Step::Kind::screenshot, "a b.png"}}));
}

TEST(Script, NamesTheLineThatIsWrong) {
  EXPECT_EQ(parse_script("wait\njump\n").error().text(), "line 2: there is no step 'jump'");
  EXPECT_EQ(parse_script("drag 1 Picture").error().text(), "line 1: drag takes 2 numbers and a text");
  EXPECT_EQ(parse_script("press").error().text(), "line 1: press takes a text");
  EXPECT_EQ(parse_script("frames 1 2").error().text(), "line 1: frames takes 1 numbers");
}

} // namespace
} // namespace ganlet::studio
