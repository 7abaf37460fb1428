// The Wasserstein family with gradient penalty (Gulrajani et al.: Improved Training of Wasserstein GANs, 2017): the
// critic's mean difference between real and generated pictures estimates their Wasserstein distance as far as its
// gradient with respect to a picture has norm 1, to which a two-sided penalty holds it on lines between the two.

#include "autocast.h"
#include "picture_networks.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

class WganGp final : public WithoutLabels<PictureGenerator, PictureCritic> {
 public:
  explicit WganGp(const FamilyOptions& options)
      : WithoutLabels(options, PictureGenerator(options), PictureGenerator(options),
                      PictureCritic(options, Weights::plain), 0.9) {}

  std::vector<Loss> update(const Batch& batch, std::int64_t step) override {
    set_rates(step);
    double critic_loss = 0;
    for (const torch::Tensor& real : batch.images.chunk(options_.critic_steps))
      critic_loss = update_critic(real);
    const double generator_loss = update_generator(batch.images.size(0) / options_.critic_steps);
    follow(step);
    return {{"critic", critic_loss}, {"generator", generator_loss}};
  }

  std::vector<ExportedArray> arrays() const override { return average_->arrays(); }

 private:
  double update_critic(const torch::Tensor& real) {
    const std::int64_t count = real.size(0);
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      const torch::Tensor fakes = random_fakes(count);
      const torch::Tensor scores = discriminator_(torch::cat({real, fakes}), discriminator_->weights()).realness;
      loss = scores.slice(0, count).mean() - scores.slice(0, 0, count).mean() +
             options_.penalty * gradient_penalty(real, fakes);
    }
    return learn(discriminator_optimizer_, loss);
  }

  /// Mean of (|gradient| - 1)^2 at a random place between each real and a generated picture; the gradient is that with
  /// respect to the interpolated picture.
  torch::Tensor gradient_penalty(const torch::Tensor& real, const torch::Tensor& fakes) {
    const torch::Tensor between =
        torch::lerp(real, fakes, torch::rand({real.size(0), 1, 1, 1})).detach().requires_grad_(true);
    const torch::Tensor score = discriminator_(between, discriminator_->weights()).realness.sum();
    const torch::Tensor gradient = torch::autograd::grad({score}, {between}, {}, true, true)[0];
    return (gradient.to(torch::kFloat).flatten(1).norm(2, 1) - 1).square().mean();
  }

  double update_generator(std::int64_t count) {
    const Frozen frozen(*discriminator_);
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      loss = -discriminator_(generator_(random_latents(count)), discriminator_->weights()).realness.mean();
    }
    return learn(generator_optimizer_, loss);
  }
};

} // namespace

Result<std::unique_ptr<Family>> make_wgan_gp(const FamilyOptions& options) {
  GANLET_CHECK(check_picture_size("wgan-gp", options));
  return std::make_unique<WganGp>(options);
}

} // namespace ganlet::train
