#include "evaluation.h"

#include <cmath>

#include <gtest/gtest.h>

#include "synthetic.h"
#include "tools/program.h"

namespace ganlet::evaluate {
namespace {

using test::Folder;
using test::squares;

torch::Tensor normal(std::int64_t count, std::int64_t features, std::uint64_t seed) {
  torch::manual_seed(seed);
  return torch::randn({count, features});
}

TEST(FrechetDistance, OfASetToItselfIsZero) {
  const torch::Tensor set = normal(500, 8, 1);
  EXPECT_NEAR(frechet_distance(set, set), 0, 1e-9);
}

// Between normal distributions of equal covariance it is the squared distance of the means, and where only a factor s
// lies between the deviations, F (1 - s)^2 for a unit covariance.
TEST(FrechetDistance, HasItsClosedForm) {
  const torch::Tensor set = normal(200'000, 4, 1);
  EXPECT_NEAR(frechet_distance(set, set + 3), 4 * 9, 1e-4);
  EXPECT_NEAR(frechet_distance(set, 2 * set), 4 * (1 - 2) * (1 - 2), 0.05);
}

TEST(FrechetDistance, SeesCorrelation) {
  torch::Tensor correlated = normal(100'000, 2, 1);
  correlated.select(1, 1).copy_(correlated.select(1, 0));
  // Eigenvalues 2 and 0 against 1 and 1: (sqrt 2 - 1)^2 + 1.
  EXPECT_NEAR(frechet_distance(correlated, normal(100'000, 2, 2)), (std::sqrt(2) - 1) * (std::sqrt(2) - 1) + 1, 0.02);
}

TEST(PrecisionRecall, CountsWhatLiesAmongTheOtherSet) {
  // On a line: real at 0, 1, ..., 9; of the generated ones half lie there, half far away.
  const torch::Tensor real = torch::arange(10, torch::kFloat).unsqueeze(1);
  const torch::Tensor generated = torch::tensor({0.1F, 1.1F, 2.1F, 100.0F, 101.0F, 102.0F}).unsqueeze(1);
  const PrecisionRecall scores = precision_recall(real, generated, 1);
  EXPECT_DOUBLE_EQ(scores.precision, 0.5);
  // Each generated one reaches 1 to its neighbour: 0 to 3 lie among them, 4 to 9 don't.
  EXPECT_DOUBLE_EQ(scores.recall, 0.4);
}

TEST(PrecisionRecall, RadiusIsThatOfTheKthNeighbour) {
  const torch::Tensor real = torch::tensor({0.0F, 1.0F, 3.0F, 7.0F}).unsqueeze(1);
  const torch::Tensor generated = torch::tensor({10.5F, 50.0F, 60.0F, 70.0F}).unsqueeze(1);
  EXPECT_DOUBLE_EQ(precision_recall(real, generated, 1).precision, 0.25); // 7 reaches to 3 and so to 11
  EXPECT_DOUBLE_EQ(precision_recall(real, generated + 1, 1).precision, 0);
  EXPECT_DOUBLE_EQ(precision_recall(real, generated + 1, 2).precision, 0.25); // to 1, and so to 13
}

/// Gives the pictures of a data set, over and over, with their labels or wrong ones.
class Replay final : public Source {
 public:
  Replay(train::Dataset data, std::int64_t wrong_by) : data_(std::move(data)), wrong_by_(wrong_by) {}

  Result<train::Dataset> draw(std::int64_t count, std::uint64_t seed) override {
    seeds.push_back(seed);
    train::Dataset drawn{count, data_.height, data_.width, data_.classes, {}, {}};
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t from = i % data_.count;
      const auto first = data_.pixels.begin() + from * data_.pixels_each();
      drawn.pixels.insert(drawn.pixels.end(), first, first + data_.pixels_each());
      if (data_.classes > 0)
        drawn.labels.push_back(
            static_cast<std::uint8_t>((data_.labels[static_cast<std::size_t>(from)] + wrong_by_) % data_.classes));
    }
    return drawn;
  }

  std::vector<std::uint64_t> seeds;

 private:
  train::Dataset data_;
  std::int64_t wrong_by_;
};

class Evaluation : public ::testing::Test {
 protected:
  void SetUp() override {
    at::set_num_threads(1);
    test::write_idx(data_.path(), "train", squares(1000, 1));
    test::write_idx(data_.path(), "t10k", squares(300, 2));
    options_.samples = 300;
    options_.gan_train = 1000;
    options_.schedule.epochs = 3;
    options_.schedule.batch = 20;
  }

  Reference reference() {
    Result<Reference> made = make_reference(data_.path(), cache_.path(), options_);
    EXPECT_TRUE(made) << made.error().text();
    return std::move(*made);
  }

  Folder data_, cache_;
  Options options_;
};

TEST_F(Evaluation, RealPicturesScoreLikeRealPictures) {
  const Reference real = reference();
  EXPECT_GE(real.accuracy, 0.98);
  Replay replay(squares(300, 3), 0);
  const Result<Scores> scores = evaluate(replay, real, options_);
  ASSERT_TRUE(scores) << scores.error().text();
  EXPECT_GE(scores->class_accuracy.value_or(0), 0.98);
  EXPECT_GE(scores->gan_train.value_or(0), 0.98);
  EXPECT_LT(scores->frechet_distance, 3 * real.frechet_floor);
  EXPECT_GT(scores->neighbours.precision, 0.6);
  EXPECT_GT(scores->neighbours.recall, 0.6);
  EXPECT_EQ(replay.seeds.size(), 2U); // GAN-train has pictures of its own
  EXPECT_NE(replay.seeds[0], replay.seeds[1]);
}

TEST_F(Evaluation, WrongLabelsAndOnePictureOverAndOverScoreBadly) {
  const Reference real = reference();
  Replay wrong(squares(300, 3), 1);
  const Result<Scores> of_wrong = evaluate(wrong, real, options_);
  ASSERT_TRUE(of_wrong);
  EXPECT_LE(of_wrong->class_accuracy.value_or(1), 0.02);
  EXPECT_LE(of_wrong->gan_train.value_or(1), 0.02);
  options_.gan_train = 0;
  Replay same(squares(1, 3), 0);
  const Result<Scores> of_same = evaluate(same, real, options_);
  ASSERT_TRUE(of_same);
  EXPECT_GT(of_same->frechet_distance, 5 * real.frechet_floor);
  EXPECT_LT(of_same->neighbours.recall, 0.05);
  EXPECT_FALSE(of_same->gan_train.has_value());
}

TEST_F(Evaluation, PicturesWithoutLabelsHaveNoClassAccuracy) {
  const Reference real = reference();
  train::Dataset unlabelled = squares(300, 3);
  unlabelled.labels.clear();
  unlabelled.classes = 0;
  Replay replay(std::move(unlabelled), 0);
  const Result<Scores> scores = evaluate(replay, real, options_);
  ASSERT_TRUE(scores) << scores.error().text();
  EXPECT_FALSE(scores->class_accuracy.has_value());
  EXPECT_FALSE(scores->gan_train.has_value());
  EXPECT_LT(scores->frechet_distance, 3 * real.frechet_floor);
}

TEST_F(Evaluation, ClassifierIsKeptForTheSameDataAndScheduleOnly) {
  const Reference first = reference();
  const auto written = std::filesystem::last_write_time(cache_ / "classifier.pt");
  const Reference second = reference();
  EXPECT_EQ(std::filesystem::last_write_time(cache_ / "classifier.pt"), written);
  EXPECT_EQ(second.frechet_floor, first.frechet_floor);
  options_.schedule.epochs = 1;
  reference();
  EXPECT_NE(std::filesystem::last_write_time(cache_ / "classifier.pt"), written);
}

TEST_F(Evaluation, PicturesOfAnotherSizeAreAnError) {
  const Reference real = reference();
  train::Dataset flat = squares(10, 1);
  flat.height = 14;
  flat.width = 56;
  Replay replay(std::move(flat), 0);
  const Result<Scores> scores = evaluate(replay, real, options_);
  ASSERT_FALSE(scores);
  EXPECT_EQ(scores.error().text(), "model: draws 56 x 14 pixels, the data has 28 x 28");
}

} // namespace
} // namespace ganlet::evaluate
