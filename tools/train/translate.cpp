// Pictures of pictures, learned from pairs (Isola, Zhu, Zhou, Efros: Image-to-Image Translation with Conditional
// Adversarial Networks, 2017): a U-Net (Ronneberger, Fischer, Brox: U-Net, 2015) is to come close to the picture of
// each pair by the absolute differences of pixels, and to look real to a discriminator that sees patches of a picture
// beside the input. Unlike there, nothing is random: dropout hardly made results differ (section 3.2); the
// discriminator's weights are normalized by their largest singular values instead of its features by the batch; and
// what is kept is an average of the generator.

#include "batch_norm.h"
#include "core/text.h"
#include "onnx_builder.h"
#include "picture_networks.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

namespace nn = torch::nn;

/// Halvings, convolutions in the middle, and as many doublings, each of which also sees the features of its own size
/// on the way down, the last one the input itself.
class UNetImpl : public nn::Module {
 public:
  explicit UNetImpl(const FamilyOptions& options, std::int64_t first = 32, std::int64_t deep = 64,
                    std::int64_t last = 24)
      : input_{options.input_channels, options.height, options.width},
        picture_{options.channels, options.height, options.width} {
    const std::int64_t levels = 2 + more_levels(options);
    const auto features = [&](std::int64_t level) { return level == 0 ? first : deep; };
    for (std::int64_t level = 0; level < levels; ++level) {
      const std::int64_t in = level == 0 ? options.input_channels : features(level - 1);
      down.push_back(register_module(ganlet::concat("down", level), convolution(in, features(level), 4, 2, 1)));
      down_norms.push_back(register_module(ganlet::concat("down_norm", level), BatchNorm2d(features(level))));
    }
    for (std::int64_t i = 0; i < 2; ++i) {
      middle.push_back(register_module(ganlet::concat("middle", i), convolution(deep, deep, 3, 1, 1)));
      middle_norms.push_back(register_module(ganlet::concat("middle_norm", i), BatchNorm2d(deep)));
    }
    for (std::int64_t level = levels - 1; level >= 0; --level) {
      const std::int64_t in = level == levels - 1 ? deep : 2 * features(level),
                         out = level == 0 ? last : features(level - 1);
      up.push_back(register_module(
          ganlet::concat("up", level),
          nn::ConvTranspose2d(nn::ConvTranspose2dOptions(in, out, 4).stride(2).padding(1).bias(false))));
      up_norms.push_back(register_module(ganlet::concat("up_norm", level), BatchNorm2d(out)));
    }
    c = register_module("c",
                        nn::Conv2d(nn::Conv2dOptions(last + options.input_channels, options.channels, 5).padding(2)));
  }

  /// (N, I, H, W) to (N, C, H, W), both in [-1, 1].
  torch::Tensor forward(const torch::Tensor& input) {
    std::vector<torch::Tensor> seen{input.contiguous(torch::MemoryFormat::ChannelsLast)};
    for (std::size_t i = 0; i < down.size(); ++i)
      seen.push_back(torch::relu(down_norms[i](down[i](seen.back()))));
    torch::Tensor x = seen.back();
    for (std::size_t i = 0; i < middle.size(); ++i)
      x = torch::relu(middle_norms[i](middle[i](x)));
    for (std::size_t i = 0; i < up.size(); ++i) {
      x = torch::relu(up_norms[i](up[i](x)));
      x = torch::cat({x, seen[up.size() - 1 - i].to(x.scalar_type())}, 1);
    }
    return torch::tanh(c(x).to(torch::kFloat));
  }

  /// From `input` to `image`.
  onnx::Model exported() const {
    OnnxBuilder builder;
    std::vector<std::string> seen{builder.image_input("input", input_)};
    const auto behind = [&builder](const std::string& name, const std::string& x, const BatchNorm2d& norm) {
      return builder.relu(builder.batch_norm(name, x, *norm));
    };
    for (std::size_t i = 0; i < down.size(); ++i)
      seen.push_back(behind(ganlet::concat("down_norm", i),
                            builder.conv(ganlet::concat("down", i), seen.back(), *down[i]), down_norms[i]));
    std::string x = seen.back();
    for (std::size_t i = 0; i < middle.size(); ++i)
      x = behind(ganlet::concat("middle_norm", i), builder.conv(ganlet::concat("middle", i), x, *middle[i]),
                 middle_norms[i]);
    for (std::size_t i = 0; i < up.size(); ++i) {
      const std::size_t level = up.size() - 1 - i;
      x = behind(ganlet::concat("up_norm", level), builder.conv_transpose(ganlet::concat("up", level), x, *up[i]),
                 up_norms[i]);
      x = builder.concat({x, seen[level]});
    }
    return std::move(builder).finish(builder.tanh(builder.conv("c", x, *c)), "image", picture_);
  }

  std::vector<nn::Conv2d> down, middle;
  std::vector<nn::ConvTranspose2d> up; ///< from the deepest on
  std::vector<BatchNorm2d> down_norms, middle_norms, up_norms;
  nn::Conv2d c{nullptr};

 private:
  static nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                                std::int64_t padding) {
    return nn::Conv2d(nn::Conv2dOptions(in, out, kernel).stride(stride).padding(padding).bias(false));
  }

  std::vector<std::int64_t> input_, picture_; ///< (channels, H, W)
};
TORCH_MODULE(UNet);

/// Judges each patch of 26 x 26 pixels for itself.
class PatchDiscriminatorImpl : public nn::Module {
 public:
  explicit PatchDiscriminatorImpl(const FamilyOptions& options, std::int64_t w0 = 32, std::int64_t w1 = 64) {
    a = register_module("a", convolution(options.input_channels + options.channels, w0, 4, 2, true));
    b = register_module("b", convolution(w0, w1, 4, 2, false));
    b_norm = register_module("b_norm", BatchNorm2d(w1));
    c = register_module("c", convolution(w1, w1, 3, 1, false));
    c_norm = register_module("c_norm", BatchNorm2d(w1));
    out = register_module("out", convolution(w1, 1, 3, 1, true));
  }

  /// Of pictures beside their inputs to (N, 1, h, w), positive for patches that look real. Real and made pictures come
  /// in batches of their own, each of which is normalized for itself.
  torch::Tensor forward(const torch::Tensor& inputs, const torch::Tensor& images) {
    torch::Tensor x = torch::cat({inputs, images}, 1).contiguous(torch::MemoryFormat::ChannelsLast);
    x = torch::leaky_relu(a(x), 0.2);
    x = torch::leaky_relu(b_norm(b(x)), 0.2);
    x = torch::leaky_relu(c_norm(c(x)), 0.2);
    return out(x).to(torch::kFloat);
  }

  nn::Conv2d a{nullptr}, b{nullptr}, c{nullptr}, out{nullptr};
  BatchNorm2d b_norm{nullptr}, c_norm{nullptr};

 private:
  static nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                                bool bias) {
    return nn::Conv2d(nn::Conv2dOptions(in, out, kernel).stride(stride).padding(1).bias(bias));
  }
};
TORCH_MODULE(PatchDiscriminator);

class Translate final : public TwoNetworks<UNet, PatchDiscriminator> {
 public:
  explicit Translate(const FamilyOptions& options)
      : TwoNetworks(options, UNet(options), UNet(options), PatchDiscriminator(options)),
        examples_(torch::empty({0, options.input_channels + options.channels, options.height, options.width})) {}

  std::vector<Loss> update(const Batch& batch, std::int64_t step) override {
    set_rates(step);
    if (step == 0)
      examples_ = torch::cat({batch.inputs, batch.images}, 1).slice(0, 0, most_examples).cpu().clone();
    torch::Tensor made;
    {
      const AutocastScope precision(options_.bf16);
      made = generator_(batch.inputs);
    }
    const double discriminator_loss = update_discriminator(batch, made.detach());
    const auto [generator_loss, difference] = update_generator(batch, made);
    follow(step);
    return {{"discriminator", discriminator_loss}, {"generator", generator_loss}, {"difference", difference}};
  }

  torch::Tensor draw(const torch::Tensor&, const torch::Tensor&) override { return {}; }

  std::vector<torch::Tensor> examples() override {
    torch::NoGradGuard no_gradient;
    const torch::Tensor inputs = examples_.slice(1, 0, options_.input_channels);
    return {inputs, average_(inputs.to(compute_device())).cpu(), examples_.slice(1, options_.input_channels)};
  }

  void save(torch::serialize::OutputArchive& archive) const override {
    TwoNetworks::save(archive);
    archive.write("examples", examples_);
  }

  void load(torch::serialize::InputArchive& archive) override {
    TwoNetworks::load(archive);
    archive.read("examples", examples_);
    examples_ = examples_.cpu();
  }

 private:
  static constexpr std::int64_t most_examples = 32;

  double update_discriminator(const Batch& real, const torch::Tensor& made) {
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      loss = torch::softplus(-discriminator_(real.inputs, real.images)).mean() +
             torch::softplus(discriminator_(real.inputs, made)).mean();
    }
    return learn(discriminator_optimizer_, loss);
  }

  /// The loss that comes of the discriminator, and the mean absolute difference of pixels.
  std::pair<double, double> update_generator(const Batch& real, const torch::Tensor& made) {
    const Frozen frozen(*discriminator_);
    torch::Tensor unreal;
    {
      const AutocastScope precision(options_.bf16);
      unreal = torch::softplus(-discriminator_(real.inputs, made)).mean();
    }
    const torch::Tensor difference = (made - real.images).abs().mean();
    learn(generator_optimizer_, unreal + options_.l1_weight * difference);
    return {unreal.item<double>(), difference.item<double>()};
  }

  torch::Tensor examples_; ///< (N, I + C, H, W): inputs and pictures
};

} // namespace

Result<std::unique_ptr<Family>> make_translate(const FamilyOptions& options) {
  GANLET_CHECK(check_picture_size("translate", options));
  return std::make_unique<Translate>(options);
}

} // namespace ganlet::train
