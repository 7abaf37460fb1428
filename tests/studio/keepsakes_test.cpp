#include "studio/journal.h"

#include <gtest/gtest.h>

#include "studio/link.h"

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

TEST(Keepsakes, HoldStatesWhole) {
  State state;
  state.place = {.seed = 5, .latent = std::vector<std::int8_t>(192, -7), .amounts = {1, -2}};
  state.animation.keyframes = {state.place, {.seed = 3}, {.seed = 4, .x = -250, .y = 30}};
  state.animation.keyframes.resize(most_keyframes, state.place);
  Keepsakes keepsakes;
  keepsakes.last = link_of(state, longest_kept).fragment;
  toggle_favourite(keepsakes, keepsakes.last);
  put_first(keepsakes.recent, keepsakes.last, Keepsakes::most_recent);
  const Keepsakes again = keepsakes_of(to_text(keepsakes));
  EXPECT_EQ(again, keepsakes);
  EXPECT_EQ(state_of(again.last), state);
  EXPECT_EQ(state_of(again.favourites.front()), state);
}

TEST(Keepsakes, GiveBackWhatALinkHadNoRoomFor) {
  State state;
  state.place = {.seed = 5, .latent = std::vector<std::int8_t>(192, -7)};
  const std::string kept = link_of(state, longest_kept).fragment;
  const State linked = state_of(link_of(state).fragment);
  EXPECT_NE(linked, state);
  EXPECT_EQ(all_of(linked, kept), state);
  State other = linked;
  other.place.seed = 6;
  EXPECT_EQ(all_of(other, kept), other);
}

TEST(Keepsakes, ListWhatWasShownUntilItIsForgotten) {
  Keepsakes keepsakes;
  toggle_favourite(keepsakes, "liked");
  for (const char* shown : {"liked", "first", "second", "third"})
    put_first(keepsakes.recent, shown, 2);
  EXPECT_TRUE(is_listed(keepsakes, "liked"));
  EXPECT_TRUE(is_listed(keepsakes, "third"));
  EXPECT_FALSE(is_listed(keepsakes, "first"));
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
