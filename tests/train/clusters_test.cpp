// Pictures without labels are put into clusters, and latents choose one.

#include "clusters.h"

#include <gtest/gtest.h>

#include "checkpoint.h"

namespace ganlet::train {
namespace {

/// `each` pictures of each of `kinds`, whose bright pixels are in a place of the kind's own, in noise.
torch::Tensor pictures_of_kinds(std::int64_t kinds, std::int64_t each) {
  torch::manual_seed(5);
  torch::Tensor pictures = torch::rand({kinds * each, 1, 8, 8}) * 40;
  for (std::int64_t kind = 0; kind < kinds; ++kind)
    pictures.slice(0, kind * each, (kind + 1) * each)
        .select(2, kind % 8)
        .slice(2, kind / 8 * 4, kind / 8 * 4 + 4)
        .add_(200);
  return pictures.to(torch::kByte);
}

TEST(Clusters, AreAboutAsLargeEachAndTheSameForASeed) {
  constexpr std::int64_t pictures = 1000, clusters = 10;
  torch::manual_seed(4);
  // A soft bar, more often to the left than to the right.
  const torch::Tensor place = torch::rand({pictures, 1, 1, 1}).pow(1.5) * 16 + 2;
  const torch::Tensor bars =
      (-(torch::arange(20).view({1, 1, 1, 20}) - place).square() / 8).exp().expand({-1, 1, 20, -1});
  const torch::Tensor bytes = (bars * 255).to(torch::kByte);
  const torch::Tensor found = balanced_clusters(bytes, clusters, 7);
  ASSERT_EQ(found.sizes(), (torch::IntArrayRef{pictures}));
  const torch::Tensor sizes = torch::bincount(found);
  ASSERT_EQ(sizes.size(0), clusters);
  EXPECT_GE(sizes.min().item<std::int64_t>(), pictures / clusters * 3 / 4);
  EXPECT_LE(sizes.max().item<std::int64_t>(), pictures / clusters * 4 / 3);
  EXPECT_TRUE(torch::equal(found, balanced_clusters(bytes, clusters, 7)));
}

TEST(Clusters, HoldPicturesThatAreAlike) {
  constexpr std::int64_t kinds = 4, each = 60;
  const torch::Tensor clusters = balanced_clusters(pictures_of_kinds(kinds, each), 8, 3);
  const torch::Tensor kind = torch::arange(kinds).repeat_interleave(each);
  std::int64_t alike = 0;
  for (std::int64_t cluster = 0; cluster < 8; ++cluster)
    alike += torch::bincount(kind.masked_select(clusters == cluster), {}, kinds).max().item<std::int64_t>();
  EXPECT_GE(alike, kinds * each * 9 / 10);
}

TEST(Clusters, LatentsAreMadeToChooseOneByExchangingNumbers) {
  torch::manual_seed(2);
  const torch::Tensor latents = torch::randn({50, 12}), wanted = torch::randint(0, 5, {50}, torch::kLong);
  const torch::Tensor changed = choosing(latents, wanted, 5);
  EXPECT_TRUE(torch::equal(chosen_clusters(changed, 5), wanted));
  EXPECT_TRUE(torch::equal(changed.slice(1, 0, 7), latents.slice(1, 0, 7)));
  EXPECT_TRUE(torch::equal(std::get<0>(changed.sort(1)), std::get<0>(latents.sort(1))));
  EXPECT_TRUE(torch::equal(choosing(latents, wanted, 0), latents));
}

TEST(Clusters, ThatAFamilyCannotHaveAreAnError) {
  const auto error_of = [](const char* family, std::int64_t clusters, std::int64_t latent) {
    Settings settings{.family = family, .options = find_family(family)->options};
    settings.options.clusters = clusters;
    settings.options.latent = latent;
    const Result<Checkpoint> checkpoint = new_checkpoint(settings);
    return checkpoint ? std::string() : checkpoint.error().text();
  };
  EXPECT_EQ(error_of("dcgan", 5, 12), "");
  EXPECT_NE(error_of("dcgan", 12, 12).find("dcgan: a latent of 12 numbers"), std::string::npos);
  EXPECT_NE(error_of("vae-gan", 5, 12).find("vae-gan: knows nothing of 5 clusters"), std::string::npos);
  EXPECT_NE(error_of("dcgan", -1, 12), "");
}

} // namespace
} // namespace ganlet::train
