#include "studio/breed.h"

#include <cmath>

#include <gtest/gtest.h>

#include "studio/request.h"

namespace ganlet::studio {
namespace {

ModelFacts model_of(std::int64_t latent_size) {
  ModelFacts model;
  model.latent_size = latent_size;
  return model;
}

TEST(Breed, ChildrenHaveTheirParentsTraits) {
  const ModelFacts model = model_of(64);
  const Place mother{.seed = 1}, father{.seed = 2};
  const std::vector<Place> litter = next_litter(mother, father, 0, 5, model);
  ASSERT_EQ(litter.size(), 9U);
  EXPECT_EQ(litter.front(), mother);
  EXPECT_EQ(litter.back(), father);
  const std::vector<float> a = latent_of(mother, model), b = latent_of(father, model);
  for (std::size_t child = 1; child < 8; ++child) {
    const std::vector<float> latent = latent_of(litter[child], model);
    for (std::size_t i = 0; i < latent.size(); ++i)
      EXPECT_TRUE(std::fabs(latent[i] - a[i]) <= latent_step || std::fabs(latent[i] - b[i]) <= latent_step)
          << latent[i] << " of " << a[i] << " and " << b[i];
  }
}

TEST(Breed, MutationsKeepTheLengthOfLatents) {
  const ModelFacts model = model_of(4096);
  const std::vector<Place> litter = next_litter({.seed = 1}, {.seed = 2}, 0.5F, 5, model);
  double sum = 0;
  for (const float value : latent_of(litter[3], model))
    sum += double{value} * value;
  EXPECT_NEAR(sum / 4096, 1, 0.1);
}

TEST(Breed, TheSameSeedGivesTheSameLitter) {
  const ModelFacts model = model_of(16);
  EXPECT_EQ(next_litter({.seed = 1}, {.seed = 2}, 0.3F, 5, model),
            next_litter({.seed = 1}, {.seed = 2}, 0.3F, 5, model));
  EXPECT_NE(next_litter({.seed = 1}, {.seed = 2}, 0.3F, 5, model),
            next_litter({.seed = 1}, {.seed = 2}, 0.3F, 6, model));
}

} // namespace
} // namespace ganlet::studio
