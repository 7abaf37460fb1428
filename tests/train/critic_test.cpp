// The convolutional critic's kinds of normalization, and its clipping.

#include <cmath>

#include <gtest/gtest.h>

#include "picture_networks.h"
#include "two_networks.h"

namespace ganlet::train {
namespace {

FamilyOptions digit_options() {
  return {.latent = 40, .clusters = 8, .height = 28, .width = 28, .channels = 1};
}

Batch random_batch(std::int64_t count, double brightness) {
  return {torch::rand({count, 1, 28, 28}) * brightness, torch::randint(8, {count}, torch::kLong)};
}

class EachNormalization : public ::testing::TestWithParam<Normalization> {};

TEST_P(EachNormalization, BatchesThatComeTogetherAreJudgedAsOneByOne) {
  torch::manual_seed(1);
  PictureCritic critic(digit_options(), GetParam());
  critic->eval(); // so that spectral norms stay as they are
  for (BatchNorm2d& norm : critic->norms)
    norm->train();
  const Batch dark = random_batch(6, 0.1), bright = random_batch(6, 1);
  const torch::Tensor together = critic->realness(joined(dark, bright), 2);
  const torch::Tensor one_by_one = torch::cat({critic->realness(dark, 1), critic->realness(bright, 1)});
  EXPECT_TRUE(torch::allclose(together, one_by_one, 1e-4, 1e-5));
}

TEST_P(EachNormalization, OnlyThatOfBatchesLooksAtOtherPictures) {
  torch::manual_seed(1);
  PictureCritic critic(digit_options(), GetParam());
  const Batch dark = random_batch(6, 0.1), bright = random_batch(6, 1);
  const torch::Tensor alone = critic->realness(dark, 1);
  const torch::Tensor beside_others = critic->realness(joined(dark, bright), 1).slice(0, 0, 6);
  const bool same = torch::allclose(alone, beside_others, 0.02, 1e-3);
  EXPECT_EQ(same, GetParam() != Normalization::batch) << (alone - beside_others).abs().max();
}

INSTANTIATE_TEST_SUITE_P(All, EachNormalization,
                         ::testing::Values(Normalization::none, Normalization::spectral, Normalization::batch));

TEST(Critic, ClipsWhatFeaturesAreMultipliedBy) {
  PictureCritic critic(digit_options(), Normalization::batch, 8, 12, 16, 25);
  critic->clip(0.001);
  const auto largest = [](const torch::Tensor& weight) { return weight.abs().max().item<float>(); };
  EXPECT_FLOAT_EQ(largest(critic->a->weight), 0.001F);
  EXPECT_FLOAT_EQ(largest(critic->d->weight), 0.001F);
  EXPECT_FLOAT_EQ(largest(critic->out->weight), 0.001F);
  EXPECT_FLOAT_EQ(largest(critic->of_cluster->embedding->weight) / std::sqrt(25.0F), 0.001F);
  for (BatchNorm2d& norm : critic->norms)
    EXPECT_EQ(largest(norm->weight), 1);
}

} // namespace
} // namespace ganlet::train
