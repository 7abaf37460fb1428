// The style-based family, StyleGAN2 in small (Karras, Laine, Aila: A Style-Based Generator Architecture for Generative
// Adversarial Networks, 2019; Karras et al.: Analyzing and Improving the Image Quality of StyleGAN, 2020, here "SG2").
// A mapping network makes a style vector w of the latent; the synthesis network starts from a learned constant and at
// each layer scales its feature maps by an affine function of w and its outputs by the matching demodulation (SG2,
// section 2.2), adds noise, and sums pictures of all resolutions (skip outputs, SG2 section 4). The discriminator is
// residual and sees how much the pictures beside one deviate (Karras et al.: Progressive Growing of GANs, 2018, section
// 3). Non-saturating loss with lazy R1 (Mescheder, Geiger, Nowozin: Which Training Methods for GANs do actually
// Converge?, 2018; SG2 section 3.1), style mixing, and differentiable augmentation for small sets.
//
// Doublings are transposed convolutions of kernel 4 where SG2 convolves and then blurs: a third of the work. There is
// no path-length regularization. On request mixed pictures are held to the brightness of the one they have their first
// styles of and to the hue of the other, so that styles part layout from colour where the data alone would not have
// them do so.

#include <optional>

#include "augmentation.h"
#include "core/text.h"
#include "style_networks.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

/// The first `cut` styles of one, and the others of another.
torch::Tensor crossed(const torch::Tensor& first, const torch::Tensor& then, std::int64_t cut) {
  return torch::cat({first.slice(1, 0, cut), then.slice(1, cut)}, 1);
}

/// (N, 3, H, W) to (N, 1, H, W)
torch::Tensor brightness_of(const torch::Tensor& pictures) {
  return pictures.mean(1, true);
}

/// In which direction from grey the mean of a picture's pixels lies, (N, 3): of length 1 but for what is nearly grey.
torch::Tensor hue_of(const torch::Tensor& pictures) {
  constexpr double nearly_grey = 0.02;
  const torch::Tensor chroma = (pictures - brightness_of(pictures)).mean({2, 3});
  return chroma / (chroma.square().sum(1, true) + nearly_grey * nearly_grey).sqrt();
}

class Stylegan final : public WithoutLabels<style::Generator, style::Discriminator> {
 public:
  explicit Stylegan(const FamilyOptions& options)
      : WithoutLabels(options, style::Generator(options), style::Generator(options), style::Discriminator(options)) {
    update_average(*average_, *generator_, 0); // the noise, too
  }

  std::vector<Loss> update(const Batch& batch, std::int64_t step) override {
    set_rates(step);
    const double discriminator_loss = update_discriminator(batch.images);
    if (step % penalty_every == 0)
      penalty_ = penalize(batch.images);
    const double generator_loss = update_generator(batch.images.size(0));
    follow(step);
    return {{"discriminator", discriminator_loss}, {"generator", generator_loss}, {"penalty", penalty_}};
  }

  void save(torch::serialize::OutputArchive& archive) const override {
    WithoutLabels::save(archive);
    archive.write("penalty", torch::tensor(penalty_, torch::kDouble));
  }

  void load(torch::serialize::InputArchive& archive) override {
    WithoutLabels::load(archive);
    torch::Tensor penalty;
    archive.read("penalty", penalty);
    penalty_ = penalty.item<double>();
  }

  torch::Tensor draw(const torch::Tensor& latents, const torch::Tensor& labels) override {
    return WithoutLabels::draw(latents, labels).clamp(-1, 1);
  }

  std::vector<ExportedPart> parts() const override { return average_->parts(); }

 private:
  static constexpr std::int64_t penalty_every = 16;

  /// A style for each layer, (N, style_count, W), of random latents.
  torch::Tensor random_styles(std::int64_t count) {
    return generator_->map(random_latents(count)).unsqueeze(1).repeat({1, generator_->style_count(), 1});
  }

  /// In half of the batches (style mixing, A Style-Based Generator, section 3.1) the layer from which on styles are
  /// another latent's; else nothing. Layout and colour part in the middle.
  std::optional<std::int64_t> random_cut() const {
    const std::int64_t count = generator_->style_count();
    if (torch::rand({1}).item<float>() >= 0.5F)
      return std::nullopt;
    return options_.separation > 0 ? count / 2 : torch::randint(1, count, {1}).item<std::int64_t>();
  }

  torch::Tensor random_pictures(std::int64_t count) {
    const torch::Tensor styles = random_styles(count);
    const std::optional<std::int64_t> cut = random_cut();
    return generator_->synthesize(cut ? crossed(styles, random_styles(count), *cut) : styles);
  }

  double update_discriminator(const torch::Tensor& real) {
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      torch::Tensor fakes;
      {
        torch::NoGradGuard no_gradient;
        fakes = random_pictures(real.size(0));
      }
      // Apart, so that groups for the deviation are all real or all generated.
      loss = torch::softplus(-discriminator_(augmented(real, options_.augment))).mean() +
             torch::softplus(discriminator_(augmented(fakes, options_.augment))).mean();
    }
    return learn(discriminator_optimizer_, loss);
  }

  /// R1: the squared gradient of the logits with respect to real pictures, seldom but accordingly harder.
  double penalize(const torch::Tensor& real) {
    torch::Tensor penalty;
    {
      const AutocastScope precision(options_.bf16);
      const torch::Tensor pictures = real.detach().clone().requires_grad_(true);
      const torch::Tensor logits = discriminator_(augmented(pictures, options_.augment)).sum();
      const torch::Tensor gradient = torch::autograd::grad({logits}, {pictures}, {}, true, true)[0];
      penalty = gradient.to(torch::kFloat).square().sum({1, 2, 3}).mean();
    }
    learn(discriminator_optimizer_, options_.penalty / 2 * penalty_every * penalty);
    torch::Tensor shown = penalty.detach().clone();
    ranks().mean(shown);
    return shown.item<double>();
  }

  double update_generator(std::int64_t count) {
    const Frozen frozen(*discriminator_);
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      const torch::Tensor styles = random_styles(count);
      const std::optional<std::int64_t> cut = random_cut();
      const torch::Tensor others = cut ? random_styles(count) : styles;
      const torch::Tensor pictures = generator_->synthesize(cut ? crossed(styles, others, *cut) : styles);
      loss = torch::softplus(-discriminator_(augmented(pictures, options_.augment))).mean();
      if (cut && options_.separation > 0)
        loss = loss + options_.separation * confusion(pictures, styles, others);
    }
    return learn(generator_optimizer_, loss);
  }

  /// How far mixed pictures are from being as bright everywhere as those of their first styles alone, and of the hue
  /// that those of their other styles have on the whole.
  torch::Tensor confusion(const torch::Tensor& mixed, const torch::Tensor& layouts, const torch::Tensor& colors) {
    torch::Tensor brightness, hue;
    {
      torch::NoGradGuard no_gradient;
      brightness = brightness_of(generator_->synthesize(layouts));
      hue = hue_of(generator_->synthesize(colors));
    }
    return (brightness_of(mixed) - brightness).square().mean() + (hue_of(mixed) - hue).square().mean();
  }

  double penalty_ = 0; ///< as last seen
};

} // namespace

Result<std::unique_ptr<Family>> make_stylegan(const FamilyOptions& options) {
  if (options.height != options.width || style::sides_up_to(options.height).front() > 7 || options.height < 8)
    return fail(ErrorCode::invalid_argument, "stylegan",
                ganlet::concat("pictures of ", options.width, " x ", options.height,
                               ": must be square, with a side of 4 to 7 doubled at least once"));
  if (options.separation > 0 && options.channels != 3)
    return fail(ErrorCode::invalid_argument, "--separation", "parts layout from colour, and these pictures are grey");
  return std::make_unique<Stylegan>(options);
}

} // namespace ganlet::train
