// The Wasserstein family with gradient penalty (Gulrajani et al.: Improved Training of Wasserstein GANs, 2017): the
// critic's mean difference between real and generated pictures estimates their Wasserstein distance as far as its
// gradient with respect to a picture has norm 1, to which a two-sided penalty holds it on lines between the two.

#include "picture_networks.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

class WganGp final : public Wasserstein<PictureGenerator, PictureCritic> {
 public:
  explicit WganGp(const FamilyOptions& options)
      : Wasserstein(options, PictureGenerator(options), PictureGenerator(options),
                    PictureCritic(options, Normalization::none), 0.9) {}

 private:
  double update_critic(const Batch& real) override {
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      const Batch fakes = random_fakes(real);
      loss = distance(real, fakes) + options_.penalty * gradient_penalty(real, fakes);
    }
    return learn(discriminator_optimizer_, loss);
  }

  /// Mean of (|gradient| - 1)^2 at a random place between each real and a generated picture; the gradient is that with
  /// respect to the interpolated picture.
  torch::Tensor gradient_penalty(const Batch& real, const Batch& fakes) {
    const torch::Tensor place = uniform_share({real.images.size(0), 1, 1, 1});
    const torch::Tensor between = torch::lerp(real.images, fakes.images, place).detach().requires_grad_(true);
    const torch::Tensor score = discriminator_->realness({between, real.labels}, 1).sum();
    const torch::Tensor gradient = torch::autograd::grad({score}, {between}, {}, true, true)[0];
    return (gradient.to(torch::kFloat).flatten(1).norm(2, 1) - 1).square().mean();
  }
};

} // namespace

Result<std::unique_ptr<Family>> make_wgan_gp(const FamilyOptions& options) {
  GANLET_CHECK(check_picture_size("wgan-gp", options));
  return std::make_unique<WganGp>(options);
}

} // namespace ganlet::train
