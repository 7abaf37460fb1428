// The Wasserstein family with clipped weights (Arjovsky, Chintala, Bottou: Wasserstein GAN, 2017): a critic whose
// weights lie in a small box is Lipschitz, so that the mean difference of its scores estimates, up to a factor, the
// Wasserstein distance between real and generated pictures. The paper's RMSProp is Adam without momentum.

#include "autocast.h"
#include "picture_networks.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

class Wgan final : public WithoutLabels<PictureGenerator, PictureCritic> {
 public:
  explicit Wgan(const FamilyOptions& options)
      : WithoutLabels(options, PictureGenerator(options), PictureGenerator(options),
                      PictureCritic(options, Weights::plain)) {
    clip_weights();
  }

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
      const torch::Tensor scores =
          discriminator_(torch::cat({real, random_fakes(count)}), discriminator_->weights()).realness;
      loss = scores.slice(0, count).mean() - scores.slice(0, 0, count).mean();
    }
    const double value = learn(discriminator_optimizer_, loss);
    clip_weights();
    return value;
  }

  void clip_weights() {
    torch::NoGradGuard no_gradient;
    for (torch::Tensor& parameter : discriminator_->parameters())
      parameter.clamp_(-options_.clip, options_.clip);
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

Result<std::unique_ptr<Family>> make_wgan(const FamilyOptions& options) {
  GANLET_CHECK(check_picture_size("wgan", options));
  return std::make_unique<Wgan>(options);
}

} // namespace ganlet::train
