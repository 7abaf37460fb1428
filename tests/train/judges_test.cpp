// The judges are what tools/evaluate/judges.txt says, and judge 2 isn't blind.

#include "judges.h"

#include <cmath>
#include <cstdlib>
#include <map>

#include <gtest/gtest.h>

#include "damage.h"
#include "report.h"
#include "synthetic.h"
#include "tools/program.h"

namespace ganlet::evaluate {
namespace {

/// Pictures without grain: class c of 10 is a stroke at an angle of c times 18 degrees, here and there, short or long.
train::Dataset strokes(std::int64_t count, std::uint64_t seed) {
  constexpr std::int64_t side = 28;
  train::Dataset data{count, side, side, 10, {}, {}, 1, {}};
  const Rng random(seed);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto between = [&](double least, double most, std::uint64_t which) {
      return least + (most - least) * random.uniform(static_cast<std::uint64_t>(4 * i) + which);
    };
    const double angle = static_cast<double>(i % 10) * 0.314159, x = std::cos(angle), y = std::sin(angle);
    const double left = between(10, 17, 0), top = between(10, 17, 1), half = between(4, 9, 2),
                 wide = between(0.8, 2, 3);
    for (std::int64_t at = 0; at < side * side; ++at) {
      const double dx = static_cast<double>(at % side) - left, dy = static_cast<double>(at / side) - top;
      const double along = std::clamp(dx * x + dy * y, -half, half);
      const double distance = std::hypot(dx - along * x, dy - along * y);
      data.pixels.push_back(static_cast<std::uint8_t>(255 * std::clamp(wide + 0.5 - distance, 0.0, 1.0)));
    }
    data.labels.push_back(static_cast<std::uint8_t>(i % 10));
  }
  return data;
}

TEST(Judges, AreThoseOfJudgesTxt) {
  at::set_num_threads(1);
  const std::filesystem::path file = std::filesystem::path(GANLET_SOURCE_DIR) / "tools/evaluate/judges.txt";
  if (std::getenv("GANLET_WRITE_DOCS"))
    test::write_content(file, judges_text());
  EXPECT_EQ(test::content_of(file), judges_text())
      << "figures of another judge can't be compared: measure all models anew, and write judges.txt with "
         "GANLET_WRITE_DOCS=1 build/desktop/bin/ganlet_train_tests --gtest_filter='Judges.*'";
}

TEST(Judges, SecondRanksBlurredNoisyDroppedAndDuplicatedPicturesByTheirDamage) {
  at::set_num_threads(1);
  const auto real = std::make_shared<const RealPictures>(RealPictures{strokes(1200, 1), strokes(500, 2)});
  Options options;
  options.samples = 500;
  const Result<Reference> reference = make_reference(real, JudgeKind::random, first_judge_seed, "", options);
  ASSERT_TRUE(reference) << reference.error().text();
  const nlohmann::ordered_json report = judged_damage(*reference, options);
  EXPECT_TRUE(report["in_order"].get<bool>()) << report.dump(2);
  EXPECT_EQ(report["damage"].size(), 16U);
}

/// One to whom all pictures are alike is found out.
TEST(Judges, ThatAreBlindAreNotInOrder) {
  const auto real = std::make_shared<const RealPictures>(RealPictures{strokes(100, 1), strokes(50, 2)});
  Options options;
  options.samples = 50;
  Result<Reference> reference = make_reference(real, JudgeKind::random, first_judge_seed, "", options);
  ASSERT_TRUE(reference) << reference.error().text();
  reference->scale = 0; // all features are alike
  reference->test_features = reference->test_features * 0;
  EXPECT_FALSE(judged_damage(*reference, options)["in_order"].get<bool>());
}

TEST(Damage, LeavesOutClassesAndRepeatsPictures) {
  const train::Dataset data = strokes(100, 3);
  const auto different = [](const train::Dataset& set) {
    std::map<std::vector<std::uint8_t>, int> found;
    for (std::int64_t i = 0; i < set.count; ++i)
      ++found[{set.pixels.begin() + i * set.pixels_each(), set.pixels.begin() + (i + 1) * set.pixels_each()}];
    return found.size();
  };
  EXPECT_EQ(different(damaged_pictures(data, 100, {DamageKind::duplication, 0}, 1)), 100U);
  EXPECT_EQ(different(damaged_pictures(data, 100, {DamageKind::duplication, 0.75}, 1)), 25U);
  EXPECT_EQ(damaged_pictures(data, 100, {DamageKind::drop, 0.3}, 1).count, 70);
  EXPECT_EQ(damaged_pictures(data, 40, {DamageKind::blur, 0}, 1).pixels,
            damaged_pictures(data, 40, {DamageKind::noise, 0}, 1).pixels);
}

TEST(OverSeeds, GivesMeanAndDeviationOfEachFigure) {
  using nlohmann::ordered_json;
  const ordered_json first = ordered_json::parse(R"({"a": 1, "b": {"c": [2, 4]}, "d": "text"})");
  const ordered_json second = ordered_json::parse(R"({"a": 3, "b": {"c": [2, 6]}, "d": "text"})");
  const ordered_json both = over_seeds({first, second});
  EXPECT_DOUBLE_EQ(both["a"]["mean"].get<double>(), 2);
  EXPECT_DOUBLE_EQ(both["a"]["deviation"].get<double>(), std::sqrt(2));
  EXPECT_DOUBLE_EQ(both["b"]["c"][1]["mean"].get<double>(), 5);
  EXPECT_DOUBLE_EQ(both["b"]["c"][0]["deviation"].get<double>(), 0);
  EXPECT_EQ(both["d"], "text");
  EXPECT_EQ(over_seeds({first}), first);
}

} // namespace
} // namespace ganlet::evaluate
