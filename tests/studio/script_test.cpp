#include "studio/script.h"

#include <gtest/gtest.h>

namespace ganlet::studio {
namespace {

TEST(Script, ReadsSteps) {
  const auto steps = parse_script("# a comment\n\nset seed=5&text=1\ndrag 1 2 3.5 4\nwait\nscreenshot a b.png");
  ASSERT_TRUE(steps);
  EXPECT_EQ(*steps, (std::vector<Step>{{Step::Kind::set, "seed=5&text=1", {}},
                                       {Step::Kind::drag, "", {1, 2, 3.5F, 4}},
                                       {Step::Kind::wait, "", {}},
                                       {Step::Kind::screenshot, "a b.png", {}}}));
}

TEST(Script, NamesTheLineThatIsWrong) {
  EXPECT_EQ(parse_script("wait\njump\n").error().text(), "line 2: there is no step 'jump'");
  EXPECT_EQ(parse_script("click 1").error().text(), "line 1: click takes 2 numbers");
  EXPECT_EQ(parse_script("click 1 2 3").error().text(), "line 1: click takes 2 numbers");
}

} // namespace
} // namespace ganlet::studio
