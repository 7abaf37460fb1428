// The autoencoding family (Larsen, Sønderby, Larochelle, Winther: Autoencoding beyond pixels using a learned
// similarity metric, 2016):
// a variational autoencoder (Kingma and Welling: Auto-Encoding Variational Bayes, 2014) whose decoder is
// the generator, and whose reconstructions are compared not pixel by pixel but by the features that a discriminator
// sees. The discriminator tells real pictures from reconstructions and from pictures of random latents.
//
// Where the encoder puts pictures isn't quite the standard normal distribution that they are drawn from later: means
// and correlations are left. A normal distribution is fitted to it (after Ghosh et al.: From Variational to
// Deterministic Autoencoders, 2020, section 4, who do so when training is over), random latents are placed accordingly,
// and what is exported has latents in which that distribution is the standard one.

#include "autocast.h"
#include "batch_norm.h"
#include "core/text.h"
#include "onnx_builder.h"
#include "picture_networks.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

namespace nn = torch::nn;

class EncoderImpl : public nn::Module {
 public:
  explicit EncoderImpl(const FamilyOptions& options, std::int64_t c0 = 32, std::int64_t c1 = 64, std::int64_t c2 = 96)
      : picture_{options.channels, options.height, options.width}, latent_(options.latent) {
    const auto halving = [](std::int64_t in, std::int64_t out) {
      return nn::Conv2d(nn::Conv2dOptions(in, out, 4).stride(2).padding(1).bias(false));
    };
    const auto last = [&](std::int64_t side) { return halved(halved(halved(side >> more_levels(options)))); };
    a = register_module("a", halving(options.channels, c0));
    ba = register_module("ba", BatchNorm2d(c0));
    for (std::int64_t level = 0; level < more_levels(options); ++level) {
      more.push_back(register_module(ganlet::concat("more", level), halving(c0, c0)));
      more_norms.push_back(register_module(ganlet::concat("more_norm", level), BatchNorm2d(c0)));
    }
    b = register_module("b", halving(c0, c1));
    bb = register_module("bb", BatchNorm2d(c1));
    c = register_module("c", halving(c1, c2));
    bc = register_module("bc", BatchNorm2d(c2));
    features_ = c2 * last(options.height) * last(options.width);
    mean = register_module("mean", nn::Linear(features_, latent_));
    log_variance = register_module("log_variance", nn::Linear(features_, latent_));
  }

  struct Posterior {
    torch::Tensor mean;         ///< (N, Z)
    torch::Tensor log_variance; ///< (N, Z)
  };

  Posterior forward(const torch::Tensor& images) {
    torch::Tensor x = images.contiguous(torch::MemoryFormat::ChannelsLast);
    x = torch::relu(ba(a(x)));
    for (std::size_t level = 0; level < more.size(); ++level)
      x = torch::relu(more_norms[level](more[level](x)));
    x = torch::relu(bb(b(x)));
    x = torch::relu(bc(c(x))).flatten(1);
    return {mean(x).to(torch::kFloat), log_variance(x).to(torch::kFloat)};
  }

  /// From `image` to `z`, which the layer in the place of `mean` gives.
  onnx::Model exported(const nn::LinearImpl& last) const {
    OnnxBuilder builder;
    std::string x = builder.image_input("image", picture_);
    x = builder.relu(builder.batch_norm("ba", builder.conv("a", x, *a), *ba));
    for (std::size_t level = 0; level < more.size(); ++level) {
      x = builder.conv(ganlet::concat("more", level), x, *more[level]);
      x = builder.relu(builder.batch_norm(ganlet::concat("more_norm", level), x, *more_norms[level]));
    }
    x = builder.relu(builder.batch_norm("bb", builder.conv("b", x, *b), *bb));
    x = builder.relu(builder.batch_norm("bc", builder.conv("c", x, *c), *bc));
    x = builder.linear("mean", builder.reshape(x, {-1, features_}), last);
    return std::move(builder).finish(x, "z", {latent_});
  }

  nn::Conv2d a{nullptr}, b{nullptr}, c{nullptr};
  BatchNorm2d ba{nullptr}, bb{nullptr}, bc{nullptr};
  nn::Linear mean{nullptr}, log_variance{nullptr};
  std::vector<nn::Conv2d> more; ///< halvings behind a, in large pictures
  std::vector<BatchNorm2d> more_norms;

 private:
  std::vector<std::int64_t> picture_; ///< (C, H, W)
  std::int64_t latent_, features_ = 0;
};
TORCH_MODULE(Encoder);

/// A normal distribution that follows where pictures lie in the latent space.
class LatentPlacesImpl : public nn::Module {
 public:
  explicit LatentPlacesImpl(std::int64_t latent) {
    mean = register_buffer("mean", torch::zeros({latent}));
    square = register_buffer("square", torch::eye(latent));
  }

  /// Goes on with latents (N, Z) of some pictures more.
  void follow(const torch::Tensor& latents) {
    constexpr double share = 0.002; // of a batch: all of about 500 batches
    torch::NoGradGuard no_gradient;
    const AutocastScope exact(false);
    torch::Tensor of_batch = latents.mean(0), square_of_batch = latents.t().mm(latents) / latents.size(0);
    ranks().mean(of_batch);
    ranks().mean(square_of_batch);
    mean.lerp_(of_batch, share);
    square.lerp_(square_of_batch, share);
  }

  /// The lower triangle L of the covariance L transpose(L).
  torch::Tensor root() const {
    torch::NoGradGuard no_gradient;
    constexpr double least = 1e-4; // of a variance
    return torch::linalg_cholesky(square - torch::outer(mean, mean) + least * torch::eye(mean.size(0), mean.options()));
  }
  /// Standard normal latents (N, Z) where pictures lie.
  torch::Tensor placed(const torch::Tensor& latents) const {
    const AutocastScope exact(false);
    return mean + latents.mm(root().t());
  }

  /// A layer that takes latents, taking standard normal ones.
  nn::Linear before(const nn::LinearImpl& layer) const {
    torch::NoGradGuard no_gradient;
    nn::Linear folded(layer.weight.size(1), layer.weight.size(0));
    folded->weight.copy_(layer.weight.mm(root()));
    folded->bias.copy_(layer.weight.mv(mean));
    return folded;
  }
  /// A layer that gives latents, giving standard normal ones.
  nn::Linear behind(const nn::LinearImpl& layer) const {
    torch::NoGradGuard no_gradient;
    nn::Linear folded(layer.weight.size(1), layer.weight.size(0));
    folded->weight.copy_(torch::linalg_solve_triangular(root(), layer.weight, false));
    folded->bias.copy_(torch::linalg_solve_triangular(root(), (layer.bias - mean).unsqueeze(1), false).squeeze(1));
    return folded;
  }

  torch::Tensor mean;   ///< (Z)
  torch::Tensor square; ///< (Z, Z), the mean of z transpose(z)
};
TORCH_MODULE(LatentPlaces);

/// Encoder and decoder, which learn and are averaged together.
class AutoencoderImpl : public nn::Module {
 public:
  explicit AutoencoderImpl(const FamilyOptions& options) {
    encoder = register_module("encoder", Encoder(options));
    decoder = register_module("decoder", PictureGenerator(options));
    places = register_module("places", LatentPlaces(options.latent));
  }

  /// Pictures of standard normal latents (N, Z).
  torch::Tensor draw(const torch::Tensor& latents) { return decoder(places->placed(latents)); }
  onnx::Model exported() const { return decoder->exported(*places->before(*decoder->fc)); }
  onnx::Model exported_encoder() const { return encoder->exported(*places->behind(*encoder->mean)); }
  std::vector<ExportedArray> arrays() const { return decoder->arrays(places->before(*decoder->fc)->weight); }

  Encoder encoder{nullptr};
  PictureGenerator decoder{nullptr};
  LatentPlaces places{nullptr};
};
TORCH_MODULE(Autoencoder);

class VaeGan final : public TwoNetworks<Autoencoder, PictureCritic> {
 public:
  explicit VaeGan(const FamilyOptions& options)
      : TwoNetworks(options, Autoencoder(options), Autoencoder(options),
                    PictureCritic(options, Normalization::spectral)) {}

  std::vector<Loss> update(const Batch& batch, std::int64_t step) override {
    set_rates(step);
    const double discriminator_loss = update_discriminator(batch.images);
    const Losses losses = update_autoencoder(batch.images);
    follow(step);
    return {{"discriminator", discriminator_loss},
            {"generator", losses.generator},
            {"reconstruction", losses.reconstruction},
            {"divergence", losses.divergence}};
  }

  torch::Tensor draw(const torch::Tensor& latents, const torch::Tensor&) override {
    torch::NoGradGuard no_gradient;
    return average_->draw(latents.to(compute_device())).cpu();
  }

  torch::Tensor reconstruct(const torch::Tensor& images) override {
    torch::NoGradGuard no_gradient;
    return average_->decoder(average_->encoder(images.to(compute_device())).mean).cpu();
  }

  std::vector<ExportedPart> parts() const override {
    std::vector<ExportedPart> all;
    all.push_back({"generator", average_->exported()});
    all.push_back({"encoder", average_->exported_encoder()});
    return all;
  }

  std::vector<ExportedArray> arrays() const override { return average_->arrays(); }

 private:
  struct Losses {
    double generator, reconstruction, divergence;
  };

  /// Random latents where pictures lie.
  torch::Tensor placed_latents(std::int64_t count) const { return generator_->places->placed(random_latents(count)); }

  static torch::Tensor sampled(const EncoderImpl::Posterior& posterior) {
    return posterior.mean + normal_share(posterior.mean.sizes().vec()) * (posterior.log_variance / 2).exp();
  }

  double update_discriminator(const torch::Tensor& real) {
    const std::int64_t count = real.size(0);
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      torch::Tensor fakes;
      {
        torch::NoGradGuard no_gradient;
        // Every second picture's reconstruction: of whichever ranks' shares, those are the same pictures.
        const torch::Tensor seen = sampled(generator_->encoder(real)).slice(0, 0, count, 2);
        const torch::Tensor latents = torch::cat({seen, placed_latents(count - seen.size(0))});
        fakes = generator_->decoder(latents);
      }
      discriminator_->train();
      const torch::Tensor logits = discriminator_(torch::cat({real, fakes}), discriminator_->weights()).realness;
      loss = torch::softplus(-logits.slice(0, 0, count)).mean() + torch::softplus(logits.slice(0, count)).mean();
    }
    return learn(discriminator_optimizer_, loss);
  }

  /// Algorithm 1 of Larsen et al.: the encoder learns from divergence and reconstruction, the decoder from
  /// reconstruction, weighted, and from the discriminator.
  Losses update_autoencoder(const torch::Tensor& real) {
    const Frozen frozen(*discriminator_);
    discriminator_->eval(); // no power iteration
    const auto count = static_cast<double>(real.size(0));
    torch::Tensor divergence, reconstruction, generator;
    {
      const AutocastScope precision(options_.bf16);
      const EncoderImpl::Posterior posterior = generator_->encoder(real);
      divergence =
          -0.5 * (1 + posterior.log_variance - posterior.mean.square() - posterior.log_variance.exp()).sum() / count;
      const std::vector<torch::Tensor> weights = discriminator_->weights();
      const Opinion of_real = discriminator_(real, weights);
      const torch::Tensor latents = sampled(posterior);
      generator_->places->follow(latents.detach());
      const torch::Tensor reconstructed = generator_->decoder(latents);
      const Opinion of_reconstructed = discriminator_(reconstructed, weights);
      const Opinion of_random = discriminator_(generator_->decoder(placed_latents(real.size(0))), weights);
      const torch::Tensor difference =
          (of_real.features.detach() - of_reconstructed.features).to(torch::kFloat).square().sum() / count;
      // The log-likelihood under a normal distribution of the features, of variance 1 / options_.similarity.
      reconstruction = 0.5 * options_.similarity * difference;
      generator =
          0.5 * (torch::softplus(-of_reconstructed.realness).mean() + torch::softplus(-of_random.realness).mean());
    }
    constexpr double reconstruction_weight = 0.05; // Larsen's gamma
    learn_from(*generator_->encoder, divergence + reconstruction);
    learn_from(*generator_->decoder, reconstruction_weight * reconstruction + generator);
    make_step(generator_optimizer_);
    return {generator.item<double>(), reconstruction.item<double>(), divergence.item<double>()};
  }

  /// Sets a module's gradients to those of `loss`, and nobody else's.
  static void learn_from(nn::Module& module, const torch::Tensor& loss) {
    std::vector<torch::Tensor> parameters = module.parameters();
    const std::vector<torch::Tensor> gradients = torch::autograd::grad({loss}, parameters, {}, true);
    for (std::size_t i = 0; i < parameters.size(); ++i)
      parameters[i].mutable_grad() = gradients[i];
  }
};

} // namespace

Result<std::unique_ptr<Family>> make_vae_gan(const FamilyOptions& options) {
  GANLET_CHECK(check_picture_size("vae-gan", options));
  return std::make_unique<VaeGan>(options);
}

} // namespace ganlet::train
