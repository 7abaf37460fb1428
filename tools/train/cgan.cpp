// The class-conditional family: a generator of transposed convolutions (Radford, Metz, Chintala: Unsupervised
// Representation Learning with Deep Convolutional Generative Adversarial Networks, 2016) that is told the class as a
// one-hot vector beside the latent, against a spectrally normalized discriminator that judges a picture together with
// its class by projection (Miyato, Koyama: cGANs with Projection Discriminator, 2018) under the hinge loss, and that
// also names the class of a picture (Odena, Olah, Shlens: Conditional Image Synthesis with Auxiliary Classifier GANs,
// 2017).

#include <cmath>

#include "autocast.h"
#include "core/text.h"
#include "family.h"
#include "layers.h"
#include "onnx_builder.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

namespace nn = torch::nn;

/// Two doublings lie between the first feature maps and the picture.
constexpr std::int64_t enlargement = 4;

class GeneratorImpl : public nn::Module {
 public:
  GeneratorImpl(const FamilyOptions& options, std::int64_t c0 = 48, std::int64_t c1 = 64, std::int64_t c2 = 48)
      : classes_(options.classes), first_{-1, c0, options.height / enlargement, options.width / enlargement} {
    const auto doubling = [](std::int64_t in, std::int64_t out) {
      return nn::ConvTranspose2d(nn::ConvTranspose2dOptions(in, out, 4).stride(2).padding(1).bias(false));
    };
    fc = register_module(
        "fc", nn::Linear(nn::LinearOptions(options.latent + classes_, c0 * first_[2] * first_[3]).bias(false)));
    b0 = register_module("b0", nn::BatchNorm2d(c0));
    t1 = register_module("t1", doubling(c0, c1));
    b1 = register_module("b1", nn::BatchNorm2d(c1));
    t2 = register_module("t2", doubling(c1, c2));
    b2 = register_module("b2", nn::BatchNorm2d(c2));
    c = register_module("c", nn::Conv2d(nn::Conv2dOptions(c2, 1, 5).padding(2)));
    for (torch::Tensor& parameter : parameters())
      if (parameter.dim() > 1)
        nn::init::orthogonal_(parameter);
  }

  torch::Tensor forward(const torch::Tensor& z, const torch::Tensor& labels) {
    const torch::Tensor told = torch::cat({z, torch::one_hot(labels, classes_).to(torch::kFloat)}, 1);
    torch::Tensor x = fc(told).view(first_).contiguous(torch::MemoryFormat::ChannelsLast);
    x = torch::relu(b0(x));
    x = torch::relu(b1(t1(x)));
    x = torch::relu(b2(t2(x)));
    return torch::tanh(c(x).to(torch::kFloat));
  }

  onnx::Model exported() const {
    OnnxBuilder builder;
    const std::string z = builder.latent_input("z", fc->options.in_features() - classes_);
    const std::string hot = builder.one_hot(builder.label_input("label"), classes_);
    std::string x = builder.reshape(builder.linear("fc", builder.concat({z, hot}), *fc), first_);
    x = builder.relu(builder.batch_norm("b0", x, *b0));
    x = builder.relu(builder.batch_norm("b1", builder.conv_transpose("t1", x, *t1), *b1));
    x = builder.relu(builder.batch_norm("b2", builder.conv_transpose("t2", x, *t2), *b2));
    return std::move(builder).finish(builder.tanh(builder.conv("c", x, *c)), "image",
                                     {1, first_[2] * enlargement, first_[3] * enlargement});
  }

  nn::Linear fc{nullptr};
  nn::BatchNorm2d b0{nullptr}, b1{nullptr}, b2{nullptr};
  nn::ConvTranspose2d t1{nullptr}, t2{nullptr};
  nn::Conv2d c{nullptr};

 private:
  std::int64_t classes_;
  std::vector<std::int64_t> first_; ///< (N, C, H, W) of the first feature maps
};
TORCH_MODULE(Generator);

/// What the discriminator says of pictures and their classes.
struct Verdict {
  torch::Tensor realness; ///< (N), positive for real
  torch::Tensor classes;  ///< (N, classes), logits
};

class DiscriminatorImpl : public nn::Module {
 public:
  explicit DiscriminatorImpl(std::int64_t classes, std::int64_t w0 = 48, std::int64_t w1 = 96, std::int64_t w2 = 128,
                             std::int64_t w3 = 192)
      : scale_(1 / std::sqrt(static_cast<double>(w3))) {
    a = register_module("a", SpectralConv2d(1, w0, 4, 2, 1));
    b = register_module("b", SpectralConv2d(w0, w1, 4, 2, 1));
    c = register_module("c", SpectralConv2d(w1, w2, 3, 1, 1));
    d = register_module("d", SpectralConv2d(w2, w3, 4, 2, 1));
    out = register_module("out", nn::Linear(w3, 1));
    aux = register_module("aux", nn::Linear(w3, classes));
    emb = register_module("emb", nn::Embedding(classes, w3));
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
      : TwoNetworks(options, Generator(options), Generator(options), Discriminator(options.classes)) {}

  std::vector<Loss> update(const Batch& batch, std::int64_t step) override {
    set_rates(step);
    const double discriminator_loss = update_discriminator(batch);
    const double generator_loss = update_generator(batch.labels.size(0));
    follow(step);
    return {{"discriminator", discriminator_loss}, {"generator", generator_loss}};
  }

  torch::Tensor draw(const torch::Tensor& latents, const torch::Tensor& labels) override {
    torch::NoGradGuard no_gradient;
    return average_(latents, labels);
  }

 private:
  torch::Tensor random_labels(std::int64_t count) const {
    return torch::randint(options_.classes, {count}, torch::kLong);
  }

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
  if (options.height % enlargement != 0 || options.width % enlargement != 0)
    return fail(ErrorCode::invalid_argument, "cgan",
                ganlet::concat("pictures of ", options.width, " x ", options.height,
                               ": both sides must be multiples of ", enlargement));
  return std::make_unique<Cgan>(options);
}

} // namespace ganlet::train
