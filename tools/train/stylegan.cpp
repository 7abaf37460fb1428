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
// no path-length regularization.

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "augmentation.h"
#include "autocast.h"
#include "core/text.h"
#include "onnx_builder.h"
#include "two_networks.h"

namespace ganlet::train {

namespace {

namespace nn = torch::nn;

constexpr double slope = 0.2;
/// Keeps the variance where a leaky ReLU would shrink it. Since that is linear in positive factors, the gain goes into
/// what comes before, where it costs nothing.
constexpr double gain = std::numbers::sqrt2;
constexpr double epsilon = 1e-8;

torch::Tensor activated(const torch::Tensor& x) {
  return torch::leaky_relu(x, slope);
}

/// Sides of the feature maps, from the smallest to the picture's: halved as long as something of 4 or more is left.
std::vector<std::int64_t> sides_up_to(std::int64_t side) {
  std::vector<std::int64_t> sides{side};
  while (sides.front() % 2 == 0 && sides.front() >= 8)
    sides.insert(sides.begin(), sides.front() / 2);
  return sides;
}

/// Feature maps at the level `above` doublings below the picture's.
std::int64_t width_at(std::size_t above) {
  constexpr std::array<std::int64_t, 4> widths{32, 64, 96, 128};
  return widths[std::min(above, widths.size() - 1)];
}

/// Weights that are drawn from N(0, 1) and scaled when they are used, so that Adam's steps mean the same in every layer
/// (Progressive Growing of GANs, section 4.1).
class LinearImpl : public nn::Module {
 public:
  /// Outputs are multiplied by `factor`; weights learn `rate` times as fast as others.
  LinearImpl(std::int64_t in, std::int64_t out, double factor, double bias_at_start = 0, double rate = 1)
      : scale_(factor * rate / std::sqrt(static_cast<double>(in))), bias_scale_(factor * rate) {
    weight = register_parameter("weight", torch::randn({out, in}) / rate);
    bias = register_parameter("bias", torch::full({out}, bias_at_start / rate));
  }

  torch::Tensor forward(const torch::Tensor& x) {
    return torch::nn::functional::linear(x, scaled_weight(), scaled_bias());
  }
  torch::Tensor scaled_weight() const { return weight * scale_; }
  torch::Tensor scaled_bias() const { return bias * bias_scale_; }

  torch::Tensor weight; ///< (out, in)
  torch::Tensor bias;   ///< (out)

 private:
  double scale_, bias_scale_;
};
TORCH_MODULE(Linear);

class ConvImpl : public nn::Module {
 public:
  ConvImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride, double factor)
      : stride_(stride), padding_((kernel - 1) / 2),
        scale_(factor / std::sqrt(static_cast<double>(in * kernel * kernel))), factor_(factor) {
    weight = register_parameter("weight", torch::randn({out, in, kernel, kernel}));
    bias = register_parameter("bias", torch::zeros({out}));
  }

  torch::Tensor forward(const torch::Tensor& x) {
    return at::conv2d(x, weight * scale_, bias * factor_, stride_, padding_);
  }

  torch::Tensor weight; ///< (out, in, kernel, kernel)
  torch::Tensor bias;   ///< (out)

 private:
  std::int64_t stride_, padding_;
  double scale_, factor_;
};
TORCH_MODULE(Conv);

enum class Kind { same, doubling, to_rgb };

/// A convolution whose weights each picture modulates by its style. The weights stay as they are; scaling inputs and
/// outputs does the same, and lets all pictures of a batch share one convolution.
class StyledLayerImpl : public nn::Module {
 public:
  StyledLayerImpl(Kind kind, std::int64_t styles, std::int64_t in, std::int64_t out, std::int64_t side)
      : kind_(kind), kernel_(kind == Kind::to_rgb ? 1
                             : kind == Kind::same ? 3
                                                  : 4),
        side_(side), scale_(1 / std::sqrt(static_cast<double>(in) * taps())) {
    affine = register_module("affine", Linear(styles, in, 1, 1));
    const std::int64_t first = kind == Kind::doubling ? in : out, second = kind == Kind::doubling ? out : in;
    weight = register_parameter("weight", torch::randn({first, second, kernel_, kernel_}));
    bias = register_parameter("bias", torch::zeros({out}));
    if (kind != Kind::to_rgb) {
      strength = register_parameter("strength", torch::zeros({1}));
      noise = register_buffer("noise", torch::randn({1, 1, side, side}));
    }
  }

  /// w is (N, styles). In training the noise is new each time, else it is the layer's own.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& w) {
    torch::Tensor style, demodulation;
    {
      const AutocastScope exact(false);
      style = affine(w) * scale_;
      if (kind_ != Kind::to_rgb)
        demodulation = (style.square().matmul(energy().t()) + epsilon).rsqrt() * gain;
    }
    torch::Tensor y = convolved(x * as_maps(style, x));
    if (kind_ == Kind::to_rgb)
      return y + bias.view({1, -1, 1, 1});
    const torch::Tensor grain = is_training() ? torch::randn({y.size(0), 1, side_, side_}) : noise;
    y = torch::addcmul(as_maps(bias.unsqueeze(0) * gain, y), y, as_maps(demodulation, y));
    return activated(y + (grain * (strength * gain)).to(y.scalar_type()));
  }

  /// The same as a graph; `grain` is noise times strength times gain.
  std::string exported(OnnxBuilder& builder, const std::string& name, const std::string& x, const std::string& w,
                       const std::string& grain) const {
    const std::string style =
        builder.gemm(name + ".affine", w, affine->scaled_weight() * scale_, affine->scaled_bias() * scale_);
    const std::string maps = builder.reshape(style, {-1, affine->weight.size(0), 1, 1});
    const std::string scaled = builder.add("Mul", {x, maps});
    const std::int64_t out = bias.size(0);
    if (kind_ == Kind::to_rgb)
      return builder.convolution("Conv", name, scaled, weight, bias, 1, 0);
    std::string y = kind_ == Kind::doubling ? builder.convolution("ConvTranspose", name, scaled, weight, {}, 2, 1)
                                            : builder.convolution("Conv", name, scaled, weight, {}, 1, 1);
    const std::string energies = builder.gemm(name + ".energy", builder.add("Mul", {style, style}),
                                              energy() / (gain * gain), torch::full({out}, epsilon / (gain * gain)));
    const std::string demodulation = builder.add("Reciprocal", {builder.add("Sqrt", {energies})});
    y = builder.add("Mul", {y, builder.reshape(demodulation, {-1, out, 1, 1})});
    y = builder.add("Add", {y, grain});
    y = builder.add("Add", {y, builder.constant(name + ".bias", (bias * gain).view({1, out, 1, 1}))});
    return builder.leaky_relu(y, slope);
  }

  std::int64_t side() const { return side_; }

  Linear affine{nullptr};
  torch::Tensor weight;   ///< (out, in, kernel, kernel), of a doubling (in, out, kernel, kernel)
  torch::Tensor bias;     ///< (out)
  torch::Tensor strength; ///< (1)
  torch::Tensor noise;    ///< (1, 1, side, side)

 private:
  /// How many weights of each input map an output pixel sees; a doubling's pixels see a quarter of its kernel.
  double taps() const { return static_cast<double>(kernel_ * kernel_) / (kind_ == Kind::doubling ? 4 : 1); }

  /// (out, in): the variance that each input map brings to each output map.
  torch::Tensor energy() const {
    const torch::Tensor sums = weight.square().sum({2, 3});
    return kind_ == Kind::doubling ? sums.t() / 4 : sums;
  }

  /// (N, C) as (N, C, 1, 1) in the type of what it will scale.
  static torch::Tensor as_maps(const torch::Tensor& values, const torch::Tensor& like) {
    return values.to(like.scalar_type()).unsqueeze(2).unsqueeze(3);
  }

  torch::Tensor convolved(const torch::Tensor& x) {
    return kind_ == Kind::doubling ? at::conv_transpose2d(x, weight, {}, 2, 1)
                                   : at::conv2d(x, weight, {}, 1, (kernel_ - 1) / 2);
  }

  Kind kind_;
  std::int64_t kernel_, side_;
  double scale_;
};
TORCH_MODULE(StyledLayer);

constexpr std::int64_t style_size = 128;
constexpr std::size_t mapping_depth = 4;

class GeneratorImpl : public nn::Module {
 public:
  explicit GeneratorImpl(const FamilyOptions& options)
      : sides_(sides_up_to(options.height)), channels_(options.channels), latent_(options.latent) {
    for (std::size_t i = 0; i < mapping_depth; ++i) {
      constexpr double slowly = 0.01;
      mapping.push_back(
          register_module(ganlet::concat("m", i), Linear(i == 0 ? latent_ : style_size, style_size, gain, 0, slowly)));
    }
    std::int64_t in = width_at(sides_.size() - 1);
    start = register_parameter("start", torch::randn({1, in, sides_[0], sides_[0]}));
    mean_style = register_buffer("mean_style", torch::zeros({style_size}));
    for (std::size_t level = 0; level < sides_.size(); ++level) {
      const std::int64_t out = width_at(sides_.size() - 1 - level);
      const auto layer = [&](const char* name, Kind kind, std::int64_t from, std::int64_t to) {
        return register_module(ganlet::concat(name, level), StyledLayer(kind, style_size, from, to, sides_[level]));
      };
      if (level > 0)
        doublings.push_back(layer("up", Kind::doubling, in, out));
      convolutions.push_back(layer("conv", Kind::same, out, out));
      to_rgb.push_back(layer("rgb", Kind::to_rgb, out, channels_));
      in = out;
    }
  }

  /// Styles that the layers take, one for each doubling and convolution and the last one's successor.
  std::int64_t style_count() const { return static_cast<std::int64_t>(2 * sides_.size()); }

  /// (N, Z) to (N, W)
  torch::Tensor map(const torch::Tensor& z) {
    const AutocastScope exact(false);
    torch::Tensor w = z * (z.square().mean(1, true) + epsilon).rsqrt();
    for (Linear& layer : mapping)
      w = activated(layer(w));
    if (is_training()) {
      torch::NoGradGuard no_gradient;
      mean_style.lerp_(w.detach().mean(0), 0.01);
    }
    return w;
  }

  /// Styles (N, style_count, W) to pictures.
  torch::Tensor synthesize(const torch::Tensor& styles) {
    torch::Tensor x = start.contiguous(torch::MemoryFormat::ChannelsLast), picture;
    std::int64_t next = 0;
    for (std::size_t level = 0; level < sides_.size(); ++level) {
      if (level > 0)
        x = doublings[level - 1](x, styles.select(1, next++));
      x = convolutions[level](x, styles.select(1, next++));
      const torch::Tensor drawn = to_rgb[level](x, styles.select(1, next)).to(torch::kFloat);
      picture = picture.defined() ? torch::upsample_nearest2d(picture, drawn.sizes().slice(2)) + drawn : drawn;
    }
    return picture;
  }

  torch::Tensor forward(const torch::Tensor& z) {
    return synthesize(map(z).unsqueeze(1).repeat({1, style_count(), 1}));
  }

  /// From `z` to `image`, with each layer's own noise.
  onnx::Model exported() const {
    OnnxBuilder builder;
    const std::string w = exported_mapping(builder, builder.latent_input("z", latent_));
    const std::string image = exported_synthesis(
        builder, [&](std::int64_t) { return w; },
        [&](const std::string& name, const StyledLayer& layer) {
          return builder.constant(name + ".grain", layer->noise * layer->strength * gain);
        });
    return std::move(builder).finish(image, "image", {channels_, sides_.back(), sides_.back()});
  }

  std::vector<ExportedPart> parts() const {
    std::vector<ExportedPart> all;
    all.push_back({"generator", exported()});
    OnnxBuilder mapper;
    const std::string w = exported_mapping(mapper, mapper.latent_input("z", latent_));
    all.push_back({"mapping", std::move(mapper).finish(w, "w", {style_size})});
    all.push_back({"synthesis", exported_synthesis_part()});
    return all;
  }

  std::vector<Linear> mapping;
  torch::Tensor start;      ///< (1, C, side, side)
  torch::Tensor mean_style; ///< (W)
  std::vector<StyledLayer> doublings, convolutions, to_rgb;

 private:
  std::string exported_mapping(OnnxBuilder& builder, const std::string& z) const {
    const auto constant = [&](const char* name, double value) {
      return builder.constant(name, torch::full({1}, value));
    };
    const std::string energy = builder.reduce_mean(builder.add("Mul", {z, z}), 1);
    const std::string length = builder.add("Sqrt", {builder.add("Add", {energy, constant("map.epsilon", epsilon)})});
    std::string w = builder.add("Div", {z, length});
    for (std::size_t i = 0; i < mapping.size(); ++i) {
      w = builder.gemm(ganlet::concat("m", i), w, mapping[i]->scaled_weight(), mapping[i]->scaled_bias());
      w = builder.leaky_relu(w, slope);
    }
    return w;
  }

  /// `style(i)` names the i-th style (N, W); `grain` the noise of a layer times its strength and the gain.
  template <typename Style, typename Grain>
  std::string exported_synthesis(OnnxBuilder& builder, const Style& style, const Grain& grain) const {
    std::string x = builder.constant("start", start), picture;
    std::int64_t next = 0;
    const auto styled = [&](const std::string& name, const StyledLayer& layer) {
      x = layer->exported(builder, name, x, style(next++), grain(name, layer));
    };
    for (std::size_t level = 0; level < sides_.size(); ++level) {
      if (level > 0)
        styled(ganlet::concat("up", level), doublings[level - 1]);
      styled(ganlet::concat("conv", level), convolutions[level]);
      const std::string drawn = to_rgb[level]->exported(builder, ganlet::concat("rgb", level), x, style(next), "");
      picture = level == 0 ? drawn : builder.add("Add", {builder.doubled(picture), drawn});
    }
    return builder.clip(picture, -1, 1);
  }

  /// From `w` (N, style_count, W) and `noise` (N, all layers' pixels) to `image`.
  onnx::Model exported_synthesis_part() const {
    OnnxBuilder builder;
    const std::string w = builder.styles_input("w", style_count(), style_size);
    std::int64_t pixels = 0;
    for (std::size_t level = 0; level < sides_.size(); ++level)
      pixels += (level > 0 ? 2 : 1) * sides_[level] * sides_[level];
    const std::string noise = builder.latent_input("noise", pixels);
    std::vector<std::string> styles;
    for (std::int64_t i = 0; i < style_count(); ++i)
      styles.push_back(builder.gather(w, i, 1));
    std::int64_t first = 0;
    const std::string image = exported_synthesis(
        builder, [&](std::int64_t i) { return styles[static_cast<std::size_t>(i)]; },
        [&](const std::string& name, const StyledLayer& layer) {
          const std::int64_t count = layer->side() * layer->side();
          const std::string maps =
              builder.reshape(builder.slice(noise, 1, first, first + count), {-1, 1, layer->side(), layer->side()});
          first += count;
          return builder.add("Mul", {maps, builder.constant(name + ".strength", layer->strength * gain)});
        });
    return std::move(builder).finish(image, "image", {channels_, sides_.back(), sides_.back()});
  }

  std::vector<std::int64_t> sides_;
  std::int64_t channels_, latent_;
};
TORCH_MODULE(Generator);

/// Halves the sides: what a strided convolution finds, and beside it the picture itself, only smaller.
class HalvingImpl : public nn::Module {
 public:
  HalvingImpl(std::int64_t in, std::int64_t out) {
    constexpr double half = std::numbers::sqrt2 / 2; // of the variance each
    found = register_module("found", Conv(in, out, 4, 2, gain * half));
    beside = register_module("beside", Conv(in, out, 1, 1, half));
  }

  torch::Tensor forward(const torch::Tensor& x) { return activated(found(x)) + beside(torch::avg_pool2d(x, 2)); }

  Conv found{nullptr}, beside{nullptr};
};
TORCH_MODULE(Halving);

/// How much each group of pictures deviates, as one more feature map: without variety it is 0, and that is easily told.
torch::Tensor with_deviation(const torch::Tensor& x) {
  const std::int64_t group = x.size(0) % 4 == 0 ? 4 : x.size(0), others = x.size(0) / group;
  const torch::Tensor grouped = x.view({group, others, x.size(1), x.size(2), x.size(3)});
  const torch::Tensor deviation = (grouped.var(0, false) + epsilon).sqrt().mean({1, 2, 3}); // (others)
  return torch::cat({x, deviation.repeat(group).view({-1, 1, 1, 1}).expand({-1, 1, x.size(2), x.size(3)})}, 1);
}

class DiscriminatorImpl : public nn::Module {
 public:
  explicit DiscriminatorImpl(const FamilyOptions& options) {
    const std::vector<std::int64_t> sides = sides_up_to(options.height);
    std::int64_t in = width_at(0);
    first = register_module("first", Conv(options.channels, in, 3, 1, gain));
    for (std::size_t above = 1; above < sides.size(); ++above) {
      halvings.push_back(register_module(ganlet::concat("h", above), Halving(in, width_at(above))));
      in = width_at(above);
    }
    last = register_module("last", Conv(in + 1, in, 3, 1, gain));
    hidden = register_module("hidden", Linear(in * sides[0] * sides[0], in, gain));
    out = register_module("out", Linear(in, 1, 1));
  }

  /// Pictures to logits (N), positive for real.
  torch::Tensor forward(const torch::Tensor& pictures) {
    torch::Tensor x = activated(first(pictures.contiguous(torch::MemoryFormat::ChannelsLast)));
    for (Halving& halving : halvings)
      x = halving(x);
    x = activated(last(with_deviation(x.to(torch::kFloat).contiguous())));
    x = activated(hidden(x.flatten(1)));
    const AutocastScope exact(false);
    return out(x.to(torch::kFloat)).squeeze(1);
  }

  Conv first{nullptr}, last{nullptr};
  std::vector<Halving> halvings;
  Linear hidden{nullptr}, out{nullptr};
};
TORCH_MODULE(Discriminator);

class Stylegan final : public WithoutLabels<Generator, Discriminator> {
 public:
  explicit Stylegan(const FamilyOptions& options)
      : WithoutLabels(options, Generator(options), Generator(options), Discriminator(options)) {
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

  std::vector<ExportedArray> arrays() const override {
    std::vector<torch::Tensor> affine;
    for (const std::vector<StyledLayer>* layers : {&average_->doublings, &average_->convolutions})
      for (const StyledLayer& layer : *layers)
        affine.push_back(layer->affine->scaled_weight());
    return {{"mean_style", average_->mean_style, "mean style, which truncation moves towards"},
            directions_of(torch::cat(affine))};
  }

 private:
  static constexpr std::int64_t penalty_every = 16;

  /// Pictures of random latents; in half of the batches the styles of later layers are another latent's (style mixing,
  /// A Style-Based Generator, section 3.1).
  torch::Tensor random_pictures(std::int64_t count) {
    torch::Tensor styles =
        generator_->map(random_latents(count)).unsqueeze(1).repeat({1, generator_->style_count(), 1});
    const bool mixed = torch::rand({1}).item<float>() < 0.5F;
    if (mixed) {
      const std::int64_t cut = torch::randint(1, generator_->style_count(), {1}).item<std::int64_t>();
      const torch::Tensor others =
          generator_->map(random_latents(count)).unsqueeze(1).repeat({1, generator_->style_count() - cut, 1});
      styles = torch::cat({styles.slice(1, 0, cut), others}, 1);
    }
    return generator_->synthesize(styles);
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
    return penalty.item<double>();
  }

  double update_generator(std::int64_t count) {
    const Frozen frozen(*discriminator_);
    torch::Tensor loss;
    {
      const AutocastScope precision(options_.bf16);
      loss = torch::softplus(-discriminator_(augmented(random_pictures(count), options_.augment))).mean();
    }
    return learn(generator_optimizer_, loss);
  }

  double penalty_ = 0; ///< as last seen
};

} // namespace

Result<std::unique_ptr<Family>> make_stylegan(const FamilyOptions& options) {
  if (options.height != options.width || sides_up_to(options.height).front() > 7 || options.height < 8)
    return fail(ErrorCode::invalid_argument, "stylegan",
                ganlet::concat("pictures of ", options.width, " x ", options.height,
                               ": must be square, with a side of 4 to 7 doubled at least once"));
  return std::make_unique<Stylegan>(options);
}

} // namespace ganlet::train
