// The Wasserstein family with clipped weights (Arjovsky, Chintala, Bottou: Wasserstein GAN, 2017): a critic whose
// weights lie in a small box is Lipschitz, so that the mean difference of its scores estimates, up to a factor, the
// Wasserstein distance between real and generated pictures. The paper's RMSProp is Adam without momentum. As in
// DCGAN's discriminator, features are normalized over the batch (Ioffe and Szegedy: Batch Normalization, 2015), real
// and generated pictures each for themselves; what that gains is in CONTRIBUTING.md.

#include "picture_networks.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

class Wgan final : public Wasserstein<PictureGenerator, PictureCritic> {
 public:
  explicit Wgan(const FamilyOptions& options)
      : Wasserstein(options, PictureGenerator(options), PictureGenerator(options),
                    PictureCritic(options, Normalization::batch)) {
    discriminator_->clip(options.clip);
  }

 private:
  double update_critic(const Batch& real) override {
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      loss = distance(real, random_fakes(real));
    }
    const double value = learn(discriminator_optimizer_, loss);
    discriminator_->clip(options_.clip);
    return value;
  }
};

} // namespace

Result<std::unique_ptr<Family>> make_wgan(const FamilyOptions& options) {
  GANLET_CHECK(check_picture_size("wgan", options));
  return std::make_unique<Wgan>(options);
}

} // namespace ganlet::train
