#include "family.h"

#include <algorithm>
#include <array>

#include "layers.h"

namespace ganlet::train {

ExportedArray directions_of(const torch::Tensor& weight) {
  constexpr std::int64_t count = 16;
  return {"directions", strongest_directions(weight, count), "directions in which pictures change most"};
}

namespace {

constexpr std::array entries{
    FamilyEntry{
        .name = "gan",
        .summary = "generator of fully connected layers, the first kind there was",
        .takes_clusters = true,
        .batch = 64,
        .options =
            {.steps = 40000, .generator_rate = 1e-3, .discriminator_rate = 1e-3, .average_decay = 0.999, .penalty = 1},
        .make = make_gan},
    FamilyEntry{.name = "dcgan",
                .summary = "generator of transposed convolutions",
                .takes_clusters = true,
                .batch = 64,
                .options = {.steps = 20000, .average_decay = 0.999, .penalty = 0.2},
                .make = make_dcgan},
    FamilyEntry{.name = "cgan",
                .summary = "class-conditional generator of transposed convolutions",
                .takes_labels = true,
                .batch = 128,
                .options = {},
                .make = make_cgan},
    FamilyEntry{
        .name = "wgan",
        .summary = "generator of transposed convolutions by Wasserstein distance with clipped weights",
        .takes_clusters = true,
        .batch = 64,
        .options =
            {.steps = 15000, .discriminator_rate = 2e-4, .average_decay = 0.999, .critic_steps = 5, .clip = 0.03},
        .make = make_wgan},
    FamilyEntry{.name = "wgan-gp",
                .summary = "generator of transposed convolutions by Wasserstein distance with gradient penalty",
                .takes_clusters = true,
                .batch = 32,
                .options = {.steps = 12000,
                            .generator_rate = 3e-4,
                            .discriminator_rate = 4e-4,
                            .average_decay = 0.999,
                            .critic_steps = 2,
                            .penalty = 10},
                .make = make_wgan_gp},
    FamilyEntry{.name = "vae-gan",
                .summary = "variational autoencoder that a discriminator judges: encoder and generator",
                .batch = 64,
                .options = {.steps = 8000, .average_decay = 0.999, .similarity = 20},
                .make = make_vae_gan},
    FamilyEntry{
        .name = "stylegan",
        .summary = "style-based generator",
        .has_styles = true,
        .batch = 32,
        .options =
            {.steps = 60000, .generator_rate = 2e-3, .discriminator_rate = 2e-3, .average_decay = 0.998, .penalty = 1},
        .make = make_stylegan},
    FamilyEntry{.name = "translate",
                .summary = "network that makes pictures of pictures, such as of outlines, from pairs of them",
                .takes_pairs = true,
                .batch = 32,
                .options = {.latent = 0, .steps = 10000, .discriminator_rate = 2e-4, .l1_weight = 100},
                .make = make_translate},
};

} // namespace

std::span<const FamilyEntry> families() {
  return entries;
}

const FamilyEntry* find_family(std::string_view name) {
  const std::span<const FamilyEntry> all = families();
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const FamilyEntry& entry) { return entry.name == name; });
  return found == all.end() ? nullptr : &*found;
}

} // namespace ganlet::train
