// The deep convolutional family (Radford, Metz, Chintala: Unsupervised Representation Learning with Deep Convolutional
// Generative Adversarial Networks, 2016): transposed convolutions with batch normalization against convolutions with
// strides, under the non-saturating logistic loss (Goodfellow et al.: Generative Adversarial Nets, 2014, section 3).
// Instead of batch normalization the discriminator has a penalty on its gradient (R1: Mescheder, Geiger, Nowozin: Which
// Training Methods for GANs do actually Converge?, 2018), so that it can learn faster than the generator.

#include "picture_networks.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

class Dcgan final : public Logistic<PictureGenerator, PictureCritic> {
 public:
  explicit Dcgan(const FamilyOptions& options)
      : Logistic(options, PictureGenerator(options), PictureGenerator(options),
                 PictureCritic(options, Normalization::none, 48, 96, 128, 192)) {}
};

} // namespace

Result<std::unique_ptr<Family>> make_dcgan(const FamilyOptions& options) {
  GANLET_CHECK(check_picture_size("dcgan", options));
  return std::make_unique<Dcgan>(options);
}

} // namespace ganlet::train
