#include "style_networks.h"

#include <algorithm>
#include <array>

#include "autocast.h"
#include "core/rng.h"
#include "core/text.h"
#include "onnx/join_styles.h"

namespace ganlet::train::style {

namespace {

/// Feature maps at the level `above` doublings below the picture's.
std::int64_t width_at(std::size_t above) {
  constexpr std::array<std::int64_t, 4> widths{32, 64, 96, 128};
  return widths[std::min(above, widths.size() - 1)];
}

/// How much each group of pictures deviates, as one more feature map: without variety it is 0, and that is easily told.
torch::Tensor with_deviation(const torch::Tensor& x) {
  const std::int64_t group = x.size(0) % 4 == 0 ? 4 : x.size(0), others = x.size(0) / group;
  const torch::Tensor grouped = x.view({group, others, x.size(1), x.size(2), x.size(3)});
  const torch::Tensor deviation = (grouped.var(0, false) + epsilon).sqrt().mean({1, 2, 3}); // (others)
  return torch::cat({x, deviation.repeat(group).view({-1, 1, 1, 1}).expand({-1, 1, x.size(2), x.size(3)})}, 1);
}

} // namespace

std::vector<std::int64_t> sides_up_to(std::int64_t side) {
  std::vector<std::int64_t> sides{side};
  while (sides.front() % 2 == 0 && sides.front() >= 8)
    sides.insert(sides.begin(), sides.front() / 2);
  return sides;
}

GeneratorImpl::GeneratorImpl(const FamilyOptions& options)
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

torch::Tensor GeneratorImpl::mapped(const torch::Tensor& z) const {
  const AutocastScope exact(false);
  torch::Tensor w = z * (z.square().mean(1, true) + epsilon).rsqrt();
  for (const Linear& layer : mapping)
    w = activated(torch::nn::functional::linear(w, layer->scaled_weight(), layer->scaled_bias()));
  return w;
}

torch::Tensor GeneratorImpl::map(const torch::Tensor& z) {
  const torch::Tensor w = mapped(z);
  if (is_training()) {
    torch::NoGradGuard no_gradient;
    torch::Tensor mean = w.detach().mean(0);
    ranks().mean(mean);
    mean_style.lerp_(mean, 0.01);
  }
  return w;
}

torch::Tensor GeneratorImpl::synthesize(const torch::Tensor& styles) {
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

onnx::Model GeneratorImpl::exported() const {
  const torch::Tensor numbers = noise().cpu();
  const std::span values(numbers.data_ptr<float>(), static_cast<std::size_t>(numbers.numel()));
  Result<onnx::Model> joined =
      onnx::join_styles(exported_mapping(), exported_synthesis(), std::vector<float>(values.begin(), values.end()));
  TORCH_CHECK(joined.has_value(), joined.error().text());
  return std::move(*joined);
}

std::vector<ExportedPart> GeneratorImpl::parts() const {
  std::vector<ExportedPart> all;
  all.push_back({"mapping", exported_mapping()});
  all.push_back({"synthesis", exported_synthesis()});
  return all;
}

torch::Tensor GeneratorImpl::noise() const {
  std::vector<torch::Tensor> all;
  for (std::size_t level = 0; level < sides_.size(); ++level) {
    if (level > 0)
      all.push_back(doublings[level - 1]->noise.flatten());
    all.push_back(convolutions[level]->noise.flatten());
  }
  return torch::cat(all).detach().to(torch::kFloat);
}

std::vector<ExportedArray> GeneratorImpl::arrays() const {
  torch::NoGradGuard no_gradient;
  constexpr std::int64_t count = 10'000;
  torch::Tensor z = torch::empty({count, latent_});
  Rng(1).fill_normal({z.data_ptr<float>(), static_cast<std::size_t>(z.numel())});
  const torch::Tensor w = mapped(z.to(start.device()));
  return {{"noise", noise(), "noise of the training, which pictures have unless another is asked for", true},
          {"mean_style", mean_style, "mean style, which truncation moves towards", true},
          directions_of(w - w.mean(0))};
}

onnx::Model GeneratorImpl::exported_mapping() const {
  OnnxBuilder builder;
  const auto constant = [&](const char* name, double value) { return builder.constant(name, torch::full({1}, value)); };
  const std::string z = builder.latent_input("z", latent_);
  const std::string energy = builder.reduce_mean(builder.add("Mul", {z, z}), 1);
  const std::string length = builder.add("Sqrt", {builder.add("Add", {energy, constant("map.epsilon", epsilon)})});
  std::string w = builder.add("Div", {z, length});
  for (std::size_t i = 0; i < mapping.size(); ++i) {
    w = builder.gemm(ganlet::concat("m", i), w, mapping[i]->scaled_weight(), mapping[i]->scaled_bias());
    w = builder.leaky_relu(w, slope);
  }
  return std::move(builder).finish(w, "w", {style_size});
}

onnx::Model GeneratorImpl::exported_synthesis() const {
  OnnxBuilder builder;
  const std::string w = builder.styles_input("w", style_count(), style_size);
  const std::string noise = builder.latent_input("noise", this->noise().numel());
  std::vector<std::string> styles;
  for (std::int64_t i = 0; i < style_count(); ++i)
    styles.push_back(builder.gather(w, i, 1));
  std::string x = builder.constant("start", start), picture;
  std::size_t next = 0;
  std::int64_t first = 0; // of the layer's noise
  const auto styled = [&](const std::string& name, const StyledLayer& layer) {
    const std::int64_t count = layer->side() * layer->side();
    const std::string maps =
        builder.reshape(builder.slice(noise, 1, first, first + count), {-1, 1, layer->side(), layer->side()});
    first += count;
    const std::string grain = builder.add("Mul", {maps, builder.constant(name + ".strength", layer->strength * gain)});
    x = layer->exported(builder, name, x, styles[next++], grain);
  };
  for (std::size_t level = 0; level < sides_.size(); ++level) {
    if (level > 0)
      styled(ganlet::concat("up", level), doublings[level - 1]);
    styled(ganlet::concat("conv", level), convolutions[level]);
    const std::string drawn = to_rgb[level]->exported(builder, ganlet::concat("rgb", level), x, styles[next], "");
    picture = level == 0 ? drawn : builder.add("Add", {builder.doubled(picture), drawn});
  }
  return std::move(builder).finish(builder.clip(picture, -1, 1), "image", {channels_, sides_.back(), sides_.back()});
}

DiscriminatorImpl::DiscriminatorImpl(const FamilyOptions& options) {
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

torch::Tensor DiscriminatorImpl::forward(const torch::Tensor& pictures) {
  torch::Tensor x = activated(first(pictures.contiguous(torch::MemoryFormat::ChannelsLast)));
  for (Halving& halving : halvings)
    x = halving(x);
  x = activated(last(with_deviation(x.to(torch::kFloat).contiguous())));
  x = activated(hidden(x.flatten(1)));
  const AutocastScope exact(false);
  return out(x.to(torch::kFloat)).squeeze(1);
}

} // namespace ganlet::train::style
