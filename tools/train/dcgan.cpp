// The deep convolutional family (Radford, Metz, Chintala: Unsupervised Representation Learning with Deep Convolutional
// Generative Adversarial Networks, 2016): transposed convolutions with batch normalization against convolutions with
// strides, under the non-saturating logistic loss (Goodfellow et al.: Generative Adversarial Nets, 2014, section 3).
// Instead of batch normalization the discriminator has spectrally normalized weights (Miyato et al.: Spectral
// Normalization for Generative Adversarial Networks, 2018), so that it can learn faster than the generator.

#include "autocast.h"
#include "picture_networks.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

class Dcgan final : public WithoutLabels<PictureGenerator, PictureCritic> {
 public:
  explicit Dcgan(const FamilyOptions& options)
      : WithoutLabels(options, PictureGenerator(options), PictureGenerator(options),
                      PictureCritic(options, Weights::spectral)) {}

  std::vector<Loss> update(const Batch& batch, std::int64_t step) override {
    set_rates(step);
    const double discriminator_loss = update_discriminator(batch.images);
    const double generator_loss = update_generator(batch.images.size(0));
    follow(step);
    return {{"discriminator", discriminator_loss}, {"generator", generator_loss}};
  }

  std::vector<ExportedArray> arrays() const override { return average_->arrays(); }

 private:
  double update_discriminator(const torch::Tensor& real) {
    const std::int64_t count = real.size(0);
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      const torch::Tensor fakes = random_fakes(count);
      discriminator_->train();
      const torch::Tensor logits = discriminator_(torch::cat({real, fakes}), discriminator_->weights()).realness;
      loss = torch::softplus(-logits.slice(0, 0, count)).mean() + torch::softplus(logits.slice(0, count)).mean();
    }
    return learn(discriminator_optimizer_, loss);
  }

  double update_generator(std::int64_t count) {
    const Frozen frozen(*discriminator_);
    discriminator_->eval(); // no power iteration
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      const torch::Tensor logits =
          discriminator_(generator_(random_latents(count)), discriminator_->weights()).realness;
      loss = torch::softplus(-logits).mean();
    }
    return learn(generator_optimizer_, loss);
  }
};

} // namespace

Result<std::unique_ptr<Family>> make_dcgan(const FamilyOptions& options) {
  GANLET_CHECK(check_picture_size("dcgan", options));
  return std::make_unique<Dcgan>(options);
}

} // namespace ganlet::train
