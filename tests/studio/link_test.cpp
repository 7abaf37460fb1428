#include "studio/link.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "backends/backends.h"
#include "studio/random_state.h"

namespace ganlet::studio {
namespace {

State applied(std::string_view link, std::vector<std::string>* problems = nullptr) {
  State state;
  Start start;
  std::vector<std::string> found = apply(settings_of_link(link), state, start);
  if (problems != nullptr)
    *problems = std::move(found);
  return state;
}

TEST(Link, RoundTripsOverRandomStates) {
  Dice dice(20261);
  int complete = 0;
  for (int i = 0; i < 5000; ++i) {
    const State state = random_state(dice);
    const Link link = link_of(state);
    ASSERT_LT(link.fragment.size(), 200U) << link.fragment;
    std::vector<std::string> problems;
    const State again = applied(link.fragment, &problems);
    EXPECT_TRUE(problems.empty()) << link.fragment << "\n" << problems.front();
    if (!link.left_out.empty())
      continue;
    ++complete;
    ASSERT_EQ(again, state) << link.fragment;
  }
  EXPECT_GT(complete, 3000); // most states fit
}

TEST(Link, OfAFreshStateIsEmpty) {
  EXPECT_EQ(link_of(State{}).fragment, "");
}

TEST(Link, IsReadable) {
  State state;
  state.text = "31";
  state.place.seed = 7;
  state.place.x = -250;
  EXPECT_EQ(link_of(state).fragment, "text=31&seed=7&at=-250,0");
}

TEST(Link, SaysHowStylesAreMixed) {
  State state;
  state.style = {StyleMix{7, {0, 3}}, 4, {Noise::Kind::seeded, 9}};
  state.trained = 500;
  EXPECT_EQ(link_of(state).fragment, "cutoff=4&mix=7:0-3&noise=9&step=500");
  EXPECT_EQ(applied("mix=7:2").style.mix, (StyleMix{7, {2, 2}}));
  EXPECT_EQ(applied("noise=each&noise=off").style.noise.kind, Noise::Kind::off);
  EXPECT_EQ(applied("noise=9&noise=fixed").style, Style{});
}

TEST(Link, HoldsSixtyFourLatentsSetByHand) {
  State state;
  state.place = {.seed = UINT64_MAX, .latent = std::vector<std::int8_t>(64, -128)};
  const Link link = link_of(state);
  EXPECT_TRUE(link.left_out.empty());
  EXPECT_EQ(applied(link.fragment), state);
}

TEST(Link, SaysWhatItHasNoRoomFor) {
  State state;
  state.place.latent = std::vector<std::int8_t>(512, 1);
  EXPECT_EQ(link_of(state).left_out, std::vector<std::string>{"the latent set by hand"});
  state.animation.keyframes = {state.place};
  EXPECT_EQ(applied(link_of(state, longest_kept).fragment), state);
  EXPECT_EQ(link_of(state).left_out.back(), "keyframes that are more than a seed");
}

TEST(Link, HoldsKeyframesThatAreMoreThanASeed) {
  State state;
  state.animation.keyframes = {
      {.seed = 1}, {.seed = 2, .x = -250, .amounts = {0, -3}}, {.seed = 3, .latent = {1, -128}}};
  const Link link = link_of(state);
  EXPECT_TRUE(link.left_out.empty());
  EXPECT_EQ(applied(link.fragment), state);
}

TEST(Link, HasTheJitterThatPagesWrite) {
  const State state = applied("#text=7777&jitter=0.15");
  EXPECT_EQ(state.jitter, 0.15F);
  EXPECT_NE(link_of(state).fragment.find("jitter=0.15"), std::string::npos) << link_of(state).fragment;
}

TEST(Link, HasSharesAsFineAsRequests) {
  const State state = applied("#truncation=0.755&jitter=0.0625");
  EXPECT_EQ(state.truncation, 0.755F);
  EXPECT_EQ(link_of(state).fragment, "jitter=0.0625&truncation=0.755");
}

TEST(Link, HasAsLongATextAsRequests) {
  const std::string longest(1000, '7');
  const State state = applied("#text=" + longest);
  EXPECT_EQ(state.text, longest);
  EXPECT_EQ(link_of(state).left_out, std::vector<std::string>{"the text"});
  EXPECT_EQ(state_of(whole_fragment(state)), state);
  std::vector<std::string> problems;
  EXPECT_EQ(applied("#text=" + longest + "7", &problems), State());
  EXPECT_EQ(problems, std::vector<std::string>{"text: Request too long. Max 1000 digits."});
  EXPECT_EQ(applied("#text=").text, ""); // a grid
}

TEST(Link, NamesWhatIsWrongAndAppliesTheRest) {
  std::vector<std::string> problems;
  const State state = applied("#seed=-1&text=12a&label=3&grid=0x2&nonsense=1&psi=50", &problems);
  EXPECT_EQ(problems, (std::vector<std::string>{"seed: must be a whole number from 0 to 18446744073709551615, is -1.",
                                                "text: Request invalid. Should only contain digits (0-9).",
                                                "grid: must be columns x rows, such as 4x3, at most 32x32, is '0x2'.",
                                                "There is no setting named 'nonsense'."}));
  EXPECT_EQ(state.label, 3);
  EXPECT_EQ(state.truncation, 0.5F);
  EXPECT_EQ(state.place.seed, State{}.place.seed);
}

TEST(Link, SurvivesHostileFragments) {
  for (const std::string_view hostile : {"#",
                                         "##",
                                         "&&&&",
                                         "=",
                                         "=1",
                                         "seed",
                                         "seed=",
                                         "seed=99999999999999999999",
                                         "seed=1&seed=2",
                                         "%",
                                         "%2",
                                         "%zz=1",
                                         "text=%00",
                                         "z=",
                                         "z=A",
                                         "z=*",
                                         "at=1",
                                         "at=1,2,3",
                                         "at=,",
                                         "at=999999999999,0",
                                         "move=1,2,3,4,5,6,7,8,9,10,11",
                                         "keys=",
                                         "keys=1,,2",
                                         "keys=1:2",
                                         "keys=1:2:3:*:",
                                         "keys=1:2:3:AAAAAAAAAAAAAAAAAAAA:",
                                         "keys=1:999999999:0::",
                                         "keys=:::::::",
                                         "keys=1:5:5::AAAA",
                                         "walk=linear,linear,",
                                         "walk=,",
                                         "steps=1",
                                         "steps=1001",
                                         "ms=9",
                                         "grid=x",
                                         "grid=4x",
                                         "grid=99x99",
                                         "label=-1",
                                         "label=1e9",
                                         "psi=101",
                                         "model=",
                                         "text=<script>alert(1)</script>",
                                         "colors=red",
                                         "zoom=",
                                         "vary=2",
                                         "mix=",
                                         "mix=7",
                                         "mix=7:",
                                         "mix=7:3-2",
                                         "mix=7:0-64",
                                         "mix=:1",
                                         "cutoff=65",
                                         "noise=loud",
                                         "trained=-1",
                                         "scale=0.1",
                                         "scale=99",
                                         "scale=1.55"}) {
    State state = applied(hostile);
    const State before = state;
    make_valid(state);
    EXPECT_EQ(state, before) << hostile;
  }
  std::string many;
  for (int i = 0; i < 10000; ++i)
    many += "&seed=1";
  EXPECT_LE(settings_of_link(many).size(), 64U);
  EXPECT_TRUE(settings_of_link("text=" + std::string(100000, '1')).empty());
}

TEST(Link, SurvivesRandomBytes) {
  Dice dice(5);
  constexpr std::string_view pieces[] = {"seed", "text", "at", "z", "keys", "move", "mix", ":",    "noise", "=",
                                         "&",    "%",    ",",  "-", "9",    "0",    "A",   "\xFF", "x",     "#"};
  for (int i = 0; i < 20000; ++i) {
    std::string link;
    for (int length = dice.between(0, 30); length > 0; --length)
      link += pieces[dice.below(std::size(pieces))];
    State state = applied(link);
    const State before = state;
    make_valid(state);
    ASSERT_EQ(state, before) << link;
  }
}

TEST(Arguments, MeanWhatLinksMean) {
  State state;
  Start start;
  const std::string arguments[] = {"nouns",   "--seed", "7",       "--text=31",    "--vary",
                                   "--theme", "dark",   "#at=5,6", "--screenshot", "a b.png"};
  EXPECT_TRUE(apply(settings_of_arguments(arguments), state, start).empty());
  EXPECT_EQ(state.model, "nouns");
  EXPECT_EQ(state.place.seed, 7U);
  EXPECT_EQ(state.text, "31");
  EXPECT_TRUE(state.vary);
  EXPECT_EQ(state.place.y, 6);
  EXPECT_EQ(start.theme, "dark");
  EXPECT_EQ(start.screenshot, "a b.png");
}

TEST(Arguments, OfAStartAreNoLinks) {
  ASSERT_FALSE(start_names().empty());
  for (const std::string_view name : start_names()) {
    const std::string value = name == "backend"                     ? "reference"
                              : name == "width" || name == "height" ? "900"
                              : name == "scale" || name == "frames" ? "3"
                                                                    : "victim.txt";
    State state;
    Start start, as_argument;
    const std::string argument = "--" + std::string(name) + "=" + value, link = "#" + argument.substr(2);
    EXPECT_TRUE(apply(settings_of_arguments(std::span(&argument, 1)), state, as_argument).empty()) << name;
    EXPECT_FALSE(as_argument == Start{}) << name;
    // By itself, as a program argument, and in a state's place.
    for (const auto& settings : {settings_of_link(link), settings_of_arguments(std::span(&link, 1))}) {
      const std::vector<std::string> problems = apply(settings, state, start);
      ASSERT_EQ(problems.size(), 1U) << name;
      EXPECT_EQ(problems[0].find("A link can't set '" + std::string(name) + "'"), 0U) << problems[0];
      EXPECT_EQ(start, Start{}) << name;
    }
    EXPECT_EQ(state_of(link.substr(1)), State{}) << name;
  }
  const std::vector<std::string_view> names = start_names();
  for (const char* name : {"script", "screenshot", "frames", "models", "part", "backend"})
    EXPECT_NE(std::ranges::find(names, name), names.end()) << name;
}

TEST(Usage, NamesEachSettingThatLinksHave) {
  Dice dice(5);
  for (const Setting& setting : settings_of_link(link_of(random_state(dice)).fragment))
    EXPECT_NE(usage().find("\n  --" + setting.name + " "), std::string::npos) << setting.name;
  EXPECT_NE(usage().find("  --seed        a whole number"), std::string::npos) << usage();
  const std::string all = usage(),
                    backends = all.substr(all.find("--backend "), all.find("--scale ") - all.find("--backend "));
  for (const std::string_view name : backend_choices)
    EXPECT_NE(backends.find(name), std::string::npos) << backends;
}

} // namespace
} // namespace ganlet::studio
