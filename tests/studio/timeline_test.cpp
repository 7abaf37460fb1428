#include "studio/journal.h"

#include <gtest/gtest.h>

#include "studio/random_state.h"

namespace ganlet::studio {
namespace {

State of_seed(std::uint64_t seed) {
  State state;
  state.place.seed = seed;
  return state;
}

TEST(Timeline, UndoesAndRedoes) {
  Timeline timeline(of_seed(1));
  timeline.change(of_seed(2), "", 0);
  timeline.change(of_seed(3), "", 0);
  timeline.undo();
  EXPECT_EQ(timeline.now(), of_seed(2));
  timeline.undo();
  timeline.undo();
  EXPECT_EQ(timeline.now(), of_seed(1));
  timeline.redo();
  EXPECT_EQ(timeline.now(), of_seed(2));
  timeline.change(of_seed(4), "", 0);
  EXPECT_FALSE(timeline.can_redo());
}

TEST(Timeline, TakesADragAsOneStep) {
  Timeline timeline(of_seed(1));
  for (std::uint64_t seed = 2; seed < 100; ++seed)
    timeline.change(of_seed(seed), "drag", 0.1 * static_cast<double>(seed));
  timeline.undo();
  EXPECT_EQ(timeline.now(), of_seed(1));
}

TEST(Timeline, BeginsAStepAfterAPauseAnotherKindOrLettingGo) {
  Timeline timeline(of_seed(1));
  timeline.change(of_seed(2), "drag", 0);
  timeline.change(of_seed(3), "drag", 2);
  timeline.change(of_seed(4), "slide", 2.1);
  timeline.settle();
  timeline.change(of_seed(5), "slide", 2.2);
  for (std::uint64_t seed = 4; seed > 0; --seed) {
    timeline.undo();
    EXPECT_EQ(timeline.now(), of_seed(seed));
  }
  EXPECT_FALSE(timeline.can_undo());
}

TEST(Timeline, ForgetsTheOldest) {
  Timeline timeline(of_seed(0));
  for (std::uint64_t seed = 1; seed <= 1000; ++seed)
    timeline.change(of_seed(seed), "", 0);
  int steps = 0;
  for (; timeline.can_undo(); ++steps)
    timeline.undo();
  EXPECT_EQ(steps, 199);
  EXPECT_EQ(timeline.now(), of_seed(801));
}

TEST(Timeline, UndoOfRandomChangesLeadsBack) {
  Dice dice(9);
  Timeline timeline(State{});
  std::vector<State> states{timeline.now()};
  for (int i = 0; i < 100; ++i) {
    timeline.change(random_state(dice), "", i);
    states.push_back(timeline.now());
  }
  for (std::size_t i = states.size() - 1; i-- > 0;) {
    timeline.undo();
    ASSERT_EQ(timeline.now(), states[i]);
  }
}

TEST(Keyframes, FourSeedsFollowEachOther) {
  Animation animation;
  add_four_seeds(animation, 7);
  add_four_seeds(animation, 7);
  for (std::uint64_t i = 0; i < 8; ++i)
    EXPECT_EQ(animation.keyframes[i], Place{.seed = 7 + i});
  EXPECT_EQ(animation.keyframes.size(), 8U);
}

} // namespace
} // namespace ganlet::studio
