#include "studio/keepsakes.h"

#include <gtest/gtest.h>

namespace ganlet::studio {
namespace {

TEST(Keepsakes, RoundTrip) {
  Keepsakes keepsakes;
  keepsakes.theme = "dark";
  keepsakes.panel = "explore";
  keepsakes.side = 420;
  keepsakes.last = "seed=3";
  keepsakes.recent = {"", "seed=5", "text=12&seed=3"};
  toggle_favourite(keepsakes, "seed=8");
  EXPECT_EQ(keepsakes_of(to_text(keepsakes)), keepsakes);
}

TEST(Keepsakes, AFavouriteIsTakenInAndOut) {
  Keepsakes keepsakes;
  toggle_favourite(keepsakes, "a");
  toggle_favourite(keepsakes, "b");
  EXPECT_EQ(keepsakes.favourites, (std::vector<std::string>{"b", "a"}));
  toggle_favourite(keepsakes, "a");
  EXPECT_FALSE(is_favourite(keepsakes, "a"));
  EXPECT_TRUE(is_favourite(keepsakes, "b"));
}

TEST(Keepsakes, HistoryHasEachOnceAndAnEnd) {
  std::vector<std::string> list;
  for (int i = 0; i < 10; ++i)
    put_first(list, std::to_string(i % 4), 3);
  EXPECT_EQ(list, (std::vector<std::string>{"1", "0", "3"}));
}

TEST(Keepsakes, SkipsWhatItDoesNotUnderstand) {
  const Keepsakes keepsakes =
      keepsakes_of("\n\ntheme pink\nside -5\nside 99999\nfuture thing\nfavourite\nrecent x\n" + std::string(5000, 'a'));
  Keepsakes expected;
  expected.recent = {"x"};
  EXPECT_EQ(keepsakes, expected);
}

} // namespace
} // namespace ganlet::studio
