// The family that came first (Goodfellow et al.: Generative Adversarial Nets, 2014): fully connected layers against
// fully connected layers, under the non-saturating loss of its section 3. Batch normalization in the generator (Ioffe
// and Szegedy: Batch Normalization, 2015) is younger; without it few digits come out. So is R1 (Mescheder, Geiger,
// Nowozin: Which Training Methods for GANs do actually Converge?, 2018), in the place of the discriminator's dropout.

#include "batch_norm.h"
#include "onnx_builder.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

namespace nn = torch::nn;

constexpr double slope = 0.2;

class GeneratorImpl : public nn::Module {
 public:
  explicit GeneratorImpl(const FamilyOptions& options, std::int64_t w0 = 256, std::int64_t w1 = 448)
      : picture_{-1, options.channels, options.height, options.width} {
    const auto linear = [](std::int64_t in, std::int64_t out) {
      return nn::Linear(nn::LinearOptions(in, out).bias(false));
    };
    code = LatentCode(options);
    if (options.clusters > 0)
      register_module("code", code);
    f0 = register_module("f0", linear(code->width(), w0));
    b0 = register_module("b0", BatchNorm1d(w0));
    f1 = register_module("f1", linear(w0, w1));
    b1 = register_module("b1", BatchNorm1d(w1));
    f2 = register_module("f2", nn::Linear(w1, picture_[1] * picture_[2] * picture_[3]));
  }

  torch::Tensor forward(const torch::Tensor& z) {
    torch::Tensor x = torch::leaky_relu(b0(f0(code(z))), slope);
    x = torch::leaky_relu(b1(f1(x)), slope);
    return torch::tanh(f2(x).to(torch::kFloat)).view(picture_);
  }

  onnx::Model exported() const {
    OnnxBuilder builder;
    std::string x = code->exported(builder, builder.latent_input("z", code->latent()));
    x = builder.leaky_relu(builder.batch_norm("b0", builder.linear("f0", x, *f0), *b0), slope);
    x = builder.leaky_relu(builder.batch_norm("b1", builder.linear("f1", x, *f1), *b1), slope);
    x = builder.reshape(builder.tanh(builder.linear("f2", x, *f2)), picture_);
    return std::move(builder).finish(x, "image", {picture_[1], picture_[2], picture_[3]});
  }

  std::vector<ExportedArray> arrays() const { return {code->directions(f0->weight)}; }

  LatentCode code{nullptr};
  nn::Linear f0{nullptr}, f1{nullptr}, f2{nullptr};
  BatchNorm1d b0{nullptr}, b1{nullptr};

 private:
  std::vector<std::int64_t> picture_; ///< (N, C, H, W)
};
TORCH_MODULE(Generator);

class DiscriminatorImpl : public nn::Module {
 public:
  explicit DiscriminatorImpl(const FamilyOptions& options, std::int64_t w0 = 512, std::int64_t w1 = 256) {
    f0 = register_module("f0", nn::Linear(options.channels * options.height * options.width, w0));
    f1 = register_module("f1", nn::Linear(w0, w1));
    out = register_module("out", nn::Linear(w1, 1));
    of_cluster = ClusterOpinion(options, w1);
    if (options.clusters > 0)
      register_module("of_cluster", of_cluster);
  }

  /// (N, C, H, W) to logits (N), positive for real.
  torch::Tensor realness(const Batch& batch, std::int64_t) {
    torch::Tensor x = torch::leaky_relu(f0(batch.images.flatten(1)), slope);
    x = torch::leaky_relu(f1(x), slope);
    const AutocastScope exact(false);
    x = x.to(torch::kFloat);
    return out(x).squeeze(1) + of_cluster(x.unsqueeze(2).unsqueeze(3), batch.labels);
  }

  nn::Linear f0{nullptr}, f1{nullptr}, out{nullptr};
  ClusterOpinion of_cluster{nullptr};
};
TORCH_MODULE(Discriminator);

class Gan final : public Logistic<Generator, Discriminator> {
 public:
  explicit Gan(const FamilyOptions& options)
      : Logistic(options, Generator(options), Generator(options), Discriminator(options)) {}
};

} // namespace

Result<std::unique_ptr<Family>> make_gan(const FamilyOptions& options) {
  return std::make_unique<Gan>(options);
}

} // namespace ganlet::train
