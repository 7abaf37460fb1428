#include "evaluation.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include <gtest/gtest.h>

#include "image/image_writer.h"
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

TEST(KernelDistance, IsAboutZeroOfOneDistributionAndBelowNowAndThen) {
  double sum = 0, least = 1;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const double distance = kernel_distance(normal(60, 4, 2 * seed), normal(50, 4, 2 * seed + 1));
    sum += distance;
    least = std::min(least, distance);
  }
  EXPECT_NEAR(sum / 40, 0, 0.05); // the biased estimate is 0.3 here
  EXPECT_LT(least, 0);
}

// Points a and b, one feature: k(x, y) = (x y + 1)^3.
TEST(KernelDistance, HasItsClosedForm) {
  const torch::Tensor ones = torch::ones({5, 1}), twos = torch::full({7, 1}, 2.0F);
  EXPECT_NEAR(kernel_distance(ones, twos), 8 + 125 - 2 * 27, 1e-4);
  EXPECT_NEAR(kernel_distance(ones, ones), 0, 1e-6);
}

TEST(Neighbours, CountWhatLiesAmongTheOtherSet) {
  // On a line: real at 0, 1, ..., 9; of the generated ones half lie there, half far away.
  const torch::Tensor real = torch::arange(10, torch::kFloat).unsqueeze(1);
  const torch::Tensor generated = torch::tensor({0.1F, 1.1F, 2.1F, 100.0F, 101.0F, 102.0F}).unsqueeze(1);
  const Neighbours scores = neighbours_of(real, generated, 1);
  EXPECT_DOUBLE_EQ(scores.precision, 0.5);
  // Each generated one reaches 1 to its neighbour: 0 to 3 lie among them, 4 to 9 don't.
  EXPECT_DOUBLE_EQ(scores.recall, 0.4);
  // Each real one reaches 1 as well, so that each of the three lies about two of them, all in all about 0 to 3.
  EXPECT_DOUBLE_EQ(scores.density, 1);
  EXPECT_DOUBLE_EQ(scores.coverage, 0.4);
}

TEST(Neighbours, RadiusIsThatOfTheKthNeighbour) {
  const torch::Tensor real = torch::tensor({0.0F, 1.0F, 3.0F, 7.0F}).unsqueeze(1);
  const torch::Tensor generated = torch::tensor({10.5F, 50.0F, 60.0F, 70.0F}).unsqueeze(1);
  EXPECT_DOUBLE_EQ(neighbours_of(real, generated, 1).precision, 0.25); // 7 reaches to 3 and so to 11
  EXPECT_DOUBLE_EQ(neighbours_of(real, generated + 1, 1).precision, 0);
  const Neighbours of_two = neighbours_of(real, generated + 1, 2); // to 1, and so to 13
  EXPECT_DOUBLE_EQ(of_two.precision, 0.25);
  EXPECT_DOUBLE_EQ(of_two.density, 0.125); // one of two that it might lie about, in one of four
  EXPECT_DOUBLE_EQ(of_two.coverage, 0.25);
}

/// Gives the pictures of a data set, over and over, with their labels or wrong ones.
class Replay final : public Source {
 public:
  Replay(train::Dataset data, std::int64_t wrong_by) : data_(std::move(data)), wrong_by_(wrong_by) {}

  Result<train::Dataset> draw(std::int64_t count, std::uint64_t seed) override {
    seeds.push_back(seed);
    train::Dataset drawn{count, data_.height, data_.width, data_.classes, {}, {}, data_.channels, {}};
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

Result<Reference> referred_to(RealPictures real, const std::filesystem::path& cache, const Options& options,
                              JudgeKind kind = JudgeKind::trained) {
  return make_reference(std::make_shared<const RealPictures>(std::move(real)), kind, first_judge_seed, cache, options);
}

Result<Scores> evaluated(Source& source, const Reference& reference, const Options& options) {
  GANLET_TRY(const train::Dataset samples, draw_samples(source, *reference.pictures, reference.seed, options));
  return evaluate(source, samples, reference, options);
}

class Evaluation : public ::testing::Test {
 protected:
  void SetUp() override {
    at::set_num_threads(1);
    test::write_idx(data_.path(), "train", squares(1000, 1));
    test::write_idx(data_.path(), "t10k", squares(300, 2));
    options_.samples = 300;
    options_.gan_train = 1000;
    options_.schedule.pictures = 3000;
    options_.schedule.batch = 20;
  }

  Reference reference() {
    Result<Reference> made = referred_to(std::move(*read_real(data_.path(), {})), cache_.path(), options_);
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
  const Result<Scores> scores = evaluated(replay, real, options_);
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
  const Result<Scores> of_wrong = evaluated(wrong, real, options_);
  ASSERT_TRUE(of_wrong);
  EXPECT_LE(of_wrong->class_accuracy.value_or(1), 0.02);
  EXPECT_LE(of_wrong->gan_train.value_or(1), 0.02);
  options_.gan_train = 0;
  Replay same(squares(1, 3), 0);
  const Result<Scores> of_same = evaluated(same, real, options_);
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
  const Result<Scores> scores = evaluated(replay, real, options_);
  ASSERT_TRUE(scores) << scores.error().text();
  EXPECT_FALSE(scores->class_accuracy.has_value());
  EXPECT_FALSE(scores->gan_train.has_value());
  EXPECT_LT(scores->frechet_distance, 3 * real.frechet_floor);
}

/// Gives each picture back as that of the class `wrong_by` further, or as it is.
class Echo final : public Source {
 public:
  explicit Echo(std::int64_t wrong_by) : wrong_by_(wrong_by) {}

  Result<train::Dataset> draw(std::int64_t count, std::uint64_t) override { return squares(count, 3); }
  Result<std::optional<train::Dataset>> reconstruct(const train::Dataset& data) override {
    train::Dataset seen = data;
    for (std::int64_t i = 0; i < data.count; ++i) { // classes take turns, so the next picture is of the next class
      const auto first = data.pixels.begin() + (i + wrong_by_) % data.count * data.pixels_each();
      std::copy(first, first + data.pixels_each(), seen.pixels.begin() + i * data.pixels_each());
    }
    return seen;
  }

 private:
  std::int64_t wrong_by_;
};

TEST_F(Evaluation, ClassKeptIsTheShareOfReconstructionsOfTheSameClass) {
  const Reference real = reference();
  options_.gan_train = 0;
  for (const std::int64_t wrong_by : {0, 1}) {
    Echo echo(wrong_by);
    const Result<Scores> scores = evaluated(echo, real, options_);
    ASSERT_TRUE(scores) << scores.error().text();
    if (wrong_by == 0)
      EXPECT_DOUBLE_EQ(scores->class_kept.value_or(-1), real.accuracy);
    else
      EXPECT_LE(scores->class_kept.value_or(1), 0.02);
  }
  Replay without(squares(300, 3), 0);
  EXPECT_FALSE(evaluated(without, real, options_)->class_kept.has_value());
}

TEST_F(Evaluation, CopiesOfTrainingPicturesAreFoundOut) {
  const Reference real = reference();
  options_.gan_train = 0;
  Replay copies(squares(1000, 1), 0); // of the training set itself
  const Result<Scores> of_copies = evaluated(copies, real, options_);
  ASSERT_TRUE(of_copies);
  EXPECT_LT(of_copies->in_pixels.generated, 0.1 * of_copies->in_pixels.real);
  EXPECT_GT(of_copies->in_pixels.closest_hundredth, 0.9);
  EXPECT_GT(of_copies->in_features.closest_hundredth, 0.9);
  Replay others(squares(300, 4), 0);
  const Result<Scores> of_others = evaluated(others, real, options_);
  ASSERT_TRUE(of_others);
  EXPECT_LT(of_others->in_pixels.closest_hundredth, 0.1);
  EXPECT_NEAR(of_others->in_pixels.generated, of_others->in_pixels.real, 0.1 * of_others->in_pixels.real);
}

TEST(NearestDistances, AreThoseToTheNearestRow) {
  const torch::Tensor set = torch::tensor({0.0F, 10.0F}).unsqueeze(1),
                      queries = torch::tensor({1.0F, 7.0F}).unsqueeze(1);
  EXPECT_TRUE(torch::allclose(nearest_distances(queries, set), torch::tensor({1.0F, 3.0F})));
}

/// `count` pictures of 16 x 16 pixels, each of two colours of its own.
void write_colours(const std::filesystem::path& folder, int count, std::uint64_t seed, int classes) {
  const Rng random(seed);
  for (int i = 0; i < count; ++i) {
    Image image{16, 16, {}};
    const int label = i % std::max(classes, 1);
    for (int at = 0; at < 256; ++at)
      for (int c = 0; c < 4; ++c) {
        const bool upper = at < 128;
        const auto shade =
            static_cast<std::uint8_t>(random.below(160, static_cast<std::uint64_t>(i * 8 + c + (upper ? 0 : 4))));
        image.pixels.push_back(c == 3 ? 255 : classes > 0 && c == label ? 255 : shade);
      }
    const std::filesystem::path into = classes > 0 ? folder / std::string(1, static_cast<char>('a' + label)) : folder;
    std::filesystem::create_directories(into);
    ASSERT_TRUE(write_image(into / (std::to_string(i) + ".png"), image));
  }
}

class ColourEvaluation : public ::testing::TestWithParam<int> {};

TEST_P(ColourEvaluation, JudgesPicturesWithLabelsByAClassifierAndOthersByAnAutoencoder) {
  at::set_num_threads(1);
  const int classes = GetParam();
  const Folder folder, cache;
  write_colours(folder.path(), 200, 1, classes);
  train::PictureOptions pictures{.size = 16, .labels = classes > 0, .validation = 0.25};
  Result<RealPictures> real_pictures = read_real(folder.path(), pictures);
  ASSERT_TRUE(real_pictures) << real_pictures.error().text();
  EXPECT_EQ(real_pictures->train.count, 150);
  EXPECT_EQ(real_pictures->test.count, 50);
  const train::Dataset unseen = real_pictures->test;
  Options options;
  options.samples = 50;
  options.gan_train = 0;
  options.schedule.pictures = 1200;
  options.schedule.batch = 10;
  const Result<Reference> real = referred_to(std::move(*real_pictures), cache.path(), options);
  ASSERT_TRUE(real) << real.error().text();
  EXPECT_EQ(real->has_classes(), classes > 0);
  if (classes > 0)
    EXPECT_GT(real->accuracy, 0.9);
  else
    EXPECT_LT(real->lost, 0.15); // of a deviation of about 0.25
  Replay good(unseen, 0);
  train::Dataset black = unseen;
  std::ranges::fill(black.pixels, std::uint8_t{0});
  Replay bad(std::move(black), 0);
  const Result<Scores> of_good = evaluated(good, *real, options), of_bad = evaluated(bad, *real, options);
  ASSERT_TRUE(of_good && of_bad);
  EXPECT_NEAR(of_good->frechet_distance, 0, 1e-3 * real->frechet_floor);
  EXPECT_GT(of_bad->frechet_distance, 3 * real->frechet_floor);
}

INSTANTIATE_TEST_SUITE_P(LabelsOrNone, ColourEvaluation, ::testing::Values(0, 3));

// In colour too, and of grey pictures.
TEST_F(Evaluation, RandomFeaturesNeedNoLearningAndTellRealPicturesFromOthers) {
  const Result<Reference> real =
      referred_to(std::move(*read_real(data_.path(), {})), cache_.path(), options_, JudgeKind::random);
  ASSERT_TRUE(real) << real.error().text();
  EXPECT_TRUE(std::filesystem::is_empty(cache_.path()));
  Replay alike(squares(300, 3), 0), same(squares(1, 3), 0);
  const Result<Scores> of_alike = evaluated(alike, *real, options_), of_same = evaluated(same, *real, options_);
  ASSERT_TRUE(of_alike && of_same);
  EXPECT_LT(of_alike->frechet_distance, 1.5 * real->frechet_floor);
  EXPECT_LT(std::abs(of_alike->kernel_distance), 0.1 * of_same->kernel_distance);
  EXPECT_GT(of_same->frechet_distance, 5 * real->frechet_floor);
  EXPECT_FALSE(of_alike->class_accuracy || of_alike->gan_train);
}

TEST(ReadReal, NeedsPicturesToHoldBack) {
  const Folder folder;
  write_colours(folder.path(), 3, 1, 0);
  const Result<RealPictures> real = read_real(folder.path(), {.size = 16});
  ASSERT_FALSE(real);
  EXPECT_EQ(real.error().text(), "--validation: holds no pictures back to compare with");
}

TEST(ReadReal, NeedsMorePicturesThanNeighbours) {
  const Folder folder;
  write_colours(folder.path(), 12, 1, 0);
  Result<RealPictures> real = read_real(folder.path(), {.size = 16, .validation = 0.25});
  ASSERT_TRUE(real) << real.error().text();
  const Result<Reference> reference = referred_to(std::move(*real), folder.path(), {});
  ASSERT_FALSE(reference);
  EXPECT_EQ(reference.error().text(), "--data: there are 9 training pictures and 3 to compare with; both need more "
                                      "than 3, whose distances are looked at");
}

TEST_F(Evaluation, ClassifierIsKeptForEachDataAndSchedule) {
  const auto kept = [this] {
    std::map<std::filesystem::path, std::filesystem::file_time_type> files;
    for (const auto& entry : std::filesystem::directory_iterator(cache_.path()))
      files.emplace(entry.path(), entry.last_write_time());
    return files;
  };
  const Reference first = reference();
  const auto after_first = kept();
  ASSERT_EQ(after_first.size(), 1U);
  const Reference second = reference();
  EXPECT_EQ(kept(), after_first);
  EXPECT_EQ(second.frechet_floor, first.frechet_floor);
  options_.schedule.pictures = 1000;
  reference();
  EXPECT_EQ(kept().size(), 2U);
  EXPECT_EQ(kept()[after_first.begin()->first], after_first.begin()->second);
}

TEST_F(Evaluation, PicturesOfAnotherSizeAreAnError) {
  const Reference real = reference();
  train::Dataset flat = squares(10, 1);
  flat.height = 14;
  flat.width = 56;
  Replay replay(std::move(flat), 0);
  const Result<Scores> scores = evaluated(replay, real, options_);
  ASSERT_FALSE(scores);
  EXPECT_EQ(scores.error().text(), "model: draws 56 x 14 pixels, the data has 28 x 28");
}

} // namespace
} // namespace ganlet::evaluate
