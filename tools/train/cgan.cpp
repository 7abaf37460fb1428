// The class-conditional family: a generator of transposed convolutions (Radford, Metz, Chintala: Unsupervised
// Representation Learning with Deep Convolutional Generative Adversarial Networks, 2016) that is told the class as a
// one-hot vector beside the latent, against a spectrally normalized discriminator that judges a picture together with
// its class by projection (Miyato, Koyama: cGANs with Projection Discriminator, 2018) under the hinge loss, and that
// also names the class of a picture (Odena, Olah, Shlens: Conditional Image Synthesis with Auxiliary Classifier GANs,
// 2017).

#include <algorithm>
#include <cmath>

#include "picture_networks.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

namespace nn = torch::nn;

FamilyOptions with_label_inputs(FamilyOptions options) {
  options.latent += options.classes;
  return options;
}

/// Takes the class as a one-hot vector behind the latent.
class GeneratorImpl final : public PictureGeneratorImpl {
 public:
  explicit GeneratorImpl(const FamilyOptions& options)
      : PictureGeneratorImpl(with_label_inputs(options), 48, 64, 48), classes_(options.classes) {}

  torch::Tensor forward(const torch::Tensor& z, const torch::Tensor& labels) {
    return PictureGeneratorImpl::forward(torch::cat({z, torch::one_hot(labels, classes_).to(torch::kFloat)}, 1));
  }

  onnx::Model exported() const {
    const std::int64_t latent = fc->options.in_features() - classes_;
    const float on = size_of_labels(latent);
    torch::Tensor weights = fc->weight.detach().clone();
    weights.slice(1, latent).div_(on);
    OnnxBuilder builder;
    const std::string z = builder.latent_input("z", latent);
    const std::string hot = builder.one_hot(builder.label_input("label"), classes_, on);
    const std::string x = builder.linear("fc", builder.concat({z, hot}), weights);
    return exported_behind(std::move(builder), x);
  }

  std::vector<ExportedArray> arrays() const {
    return {directions_of(fc->weight.slice(1, 0, fc->options.in_features() - classes_))};
  }

 private:
  /// By how much labels weigh more than latents do, a power of two. A label's single number counts for as much as a
  /// latent's many, so that its weights are several times as large; where both share a scale for int8, a larger label
  /// instead of larger weights leaves the latents' weights their precision.
  float size_of_labels(std::int64_t latent) const {
    const auto largest = [](const torch::Tensor& weights) {
      return weights.detach().abs().amax(1).mean().item<float>();
    };
    const float ratio = largest(fc->weight.slice(1, latent)) / largest(fc->weight.slice(1, 0, latent));
    return std::isfinite(ratio) ? std::exp2(std::round(std::log2(std::clamp(ratio, 1.0F, 64.0F)))) : 1;
  }

  std::int64_t classes_;
};
TORCH_MODULE(Generator);

/// What the discriminator says of pictures and their classes.
struct Verdict {
  torch::Tensor realness; ///< (N), positive for real
  torch::Tensor classes;  ///< (N, classes), logits
};

class DiscriminatorImpl : public nn::Module {
 public:
  explicit DiscriminatorImpl(const FamilyOptions& options, std::int64_t w0 = 48, std::int64_t w1 = 96,
                             std::int64_t w2 = 128, std::int64_t w3 = 192)
      : scale_(1 / std::sqrt(static_cast<double>(w3))) {
    a = register_module("a", SpectralConv2d(options.channels, w0, 4, 2, 1));
    b = register_module("b", SpectralConv2d(w0, w1, 4, 2, 1));
    c = register_module("c", SpectralConv2d(w1, w2, 3, 1, 1));
    d = register_module("d", SpectralConv2d(w2, w3, 4, 2, 1));
    out = register_module("out", nn::Linear(w3, 1));
    aux = register_module("aux", nn::Linear(w3, options.classes));
    emb = register_module("emb", nn::Embedding(options.classes, w3));
    torch::NoGradGuard no_gradient;
    emb->weight.mul_(0.1);
  }

  /// Once an update, for all pictures that it judges.
  std::vector<torch::Tensor> normalized_weights() {
    return {a->normalized_weight(), b->normalized_weight(), c->normalized_weight(), d->normalized_weight()};
  }

  Verdict forward(torch::Tensor x, const torch::Tensor& labels, const std::vector<torch::Tensor>& weights) {
    x = x.contiguous(torch::MemoryFormat::ChannelsLast);
    std::size_t layer = 0;
    for (SpectralConv2d* convolution : {&a, &b, &c, &d})
      x = torch::leaky_relu((*convolution)(x, weights[layer++]), 0.1);
    const torch::Tensor features = x.to(torch::kFloat).sum({2, 3});
    const AutocastScope exact(false);
    return {out(features).squeeze(1) + (emb(labels) * features).sum(1) * scale_, aux(features)};
  }

  SpectralConv2d a{nullptr}, b{nullptr}, c{nullptr}, d{nullptr};
  nn::Linear out{nullptr}, aux{nullptr};
  nn::Embedding emb{nullptr};

 private:
  double scale_;
};
TORCH_MODULE(Discriminator);

class Cgan final : public TwoNetworks<Generator, Discriminator> {
 public:
  explicit Cgan(const FamilyOptions& options)
      : TwoNetworks(options, Generator(options), Generator(options), Discriminator(options)) {}

  std::vector<Loss> update(const Batch& batch, std::int64_t step) override {
    set_rates(step);
    const double discriminator_loss = update_discriminator(batch);
    const double generator_loss = update_generator(batch.labels.size(0));
    follow(step);
    return {{"discriminator", discriminator_loss}, {"generator", generator_loss}};
  }

  torch::Tensor draw(const torch::Tensor& latents, const torch::Tensor& labels) override {
    torch::NoGradGuard no_gradient;
    return average_(latents.to(compute_device()), labels.to(compute_device())).cpu();
  }

  std::vector<ExportedArray> arrays() const override { return average_->arrays(); }

 private:
  torch::Tensor random_labels(std::int64_t count) const { return integer_share(0, options_.classes, {count}); }

  double update_discriminator(const Batch& batch) {
    const std::int64_t count = batch.labels.size(0);
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      const torch::Tensor fake_labels = random_labels(count);
      torch::Tensor fakes;
      {
        torch::NoGradGuard no_gradient;
        fakes = generator_(random_latents(count), fake_labels);
      }
      discriminator_->train();
      const Verdict verdict = discriminator_(torch::cat({batch.images, fakes}), torch::cat({batch.labels, fake_labels}),
                                             discriminator_->normalized_weights());
      // The hinge loss (Lim and Ye: Geometric GAN, 2017).
      loss = torch::relu(1 - verdict.realness.slice(0, 0, count)).mean() +
             torch::relu(1 + verdict.realness.slice(0, count)).mean() +
             0.5 * nn::functional::cross_entropy(verdict.classes.slice(0, 0, count), batch.labels);
    }
    return learn(discriminator_optimizer_, loss);
  }

  double update_generator(std::int64_t count) {
    const Frozen frozen(*discriminator_);
    discriminator_->eval(); // no power iteration
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      const torch::Tensor labels = random_labels(count);
      const Verdict verdict =
          discriminator_(generator_(random_latents(count), labels), labels, discriminator_->normalized_weights());
      loss = -verdict.realness.mean() + options_.class_weight * nn::functional::cross_entropy(verdict.classes, labels);
    }
    return learn(generator_optimizer_, loss);
  }
};

} // namespace

Result<std::unique_ptr<Family>> make_cgan(const FamilyOptions& options) {
  GANLET_CHECK(check_picture_size("cgan", options));
  return std::make_unique<Cgan>(options);
}

} // namespace ganlet::train
