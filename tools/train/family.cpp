#include "family.h"

#include <algorithm>
#include <array>

#include "layers.h"

namespace ganlet::train {

ExportedArray directions_of(const torch::Tensor& weight) {
  constexpr std::int64_t count = 16;
  return {"directions", strongest_directions(weight, count), "directions in which pictures change most"};
}

std::span<const FamilyEntry> families() {
  static constexpr std::array entries{
      FamilyEntry{"gan",
                  "generator of fully connected layers, the first kind there was",
                  false,
                  false,
                  64,
                  {.steps = 30000, .average_decay = 0.999},
                  make_gan},
      FamilyEntry{"dcgan",
                  "generator of transposed convolutions",
                  false,
                  true,
                  64,
                  {.steps = 20000, .average_decay = 0.999, .penalty = 0.2},
                  make_dcgan},
      FamilyEntry{"cgan", "class-conditional generator of transposed convolutions", true, false, 128, {}, make_cgan},
      FamilyEntry{"wgan",
                  "generator of transposed convolutions by Wasserstein distance with clipped weights",
                  false,
                  true,
                  64,
                  {.steps = 4000, .discriminator_rate = 2e-4, .average_decay = 0.999, .critic_steps = 5, .clip = 0.01},
                  make_wgan},
      FamilyEntry{"wgan-gp",
                  "generator of transposed convolutions by Wasserstein distance with gradient penalty",
                  false,
                  true,
                  32,
                  {.steps = 12000,
                   .generator_rate = 3e-4,
                   .discriminator_rate = 4e-4,
                   .average_decay = 0.999,
                   .critic_steps = 2,
                   .penalty = 10},
                  make_wgan_gp},
      FamilyEntry{"vae-gan",
                  "variational autoencoder that a discriminator judges: encoder and generator",
                  false,
                  false,
                  64,
                  {.steps = 8000, .average_decay = 0.999, .similarity = 20},
                  make_vae_gan},
      FamilyEntry{
          "stylegan",
          "style-based generator",
          false,
          false,
          32,
          {.steps = 60000, .generator_rate = 2e-3, .discriminator_rate = 4e-4, .average_decay = 0.998, .penalty = 1},
          make_stylegan},
  };
  return entries;
}

const FamilyEntry* find_family(std::string_view name) {
  const std::span<const FamilyEntry> all = families();
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const FamilyEntry& entry) { return entry.name == name; });
  return found == all.end() ? nullptr : &*found;
}

} // namespace ganlet::train
