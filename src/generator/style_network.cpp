#include <algorithm>
#include <array>

#include "core/channels.h"
#include "core/rng.h"
#include "core/text.h"
#include "generator/image_network.h"
#include "generator/row_buffer.h"
#include "generator/value_range.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

tl::unexpected<Error> wrong(std::string_view place, std::string_view message) {
  return fail(ErrorCode::invalid_argument, place, message);
}

/// Whether a value is float32 (N, ...) of this rank, with fixed sizes after N.
bool is_rows(const Value& value, std::size_t rank) {
  return value.type == DataType::float32 && value.shape.size() == rank && value.shape[0].per_batch &&
         std::all_of(value.shape.begin() + 1, value.shape.end(),
                     [](const Dim& dim) { return !dim.per_batch && dim.count > 0; });
}

/// The width, height and channels of a synthesis network's image, an output of rank 4.
ImageSize size_of(const Value& image) {
  const auto side = [&](std::size_t axis) { return static_cast<int>(image.shape[axis].count); };
  return image.channels_last ? ImageSize{side(2), side(1), side(3)} : ImageSize{side(3), side(2), side(1)};
}

Result<void> check_count(std::string_view name, const std::vector<float>& array, std::int64_t count) {
  if (static_cast<std::int64_t>(array.size()) != count)
    return wrong(name, concat("has ", array.size(), " numbers, the model takes ", count));
  return {};
}

} // namespace

Result<std::unique_ptr<StyleNetwork>> StyleNetwork::make(std::unique_ptr<Program> mapping_program,
                                                         std::unique_ptr<Program> synthesis_program,
                                                         const ModelDescription& description, const Limits& limits) {
  const Graph& mapping = mapping_program->graph();
  const Graph& synthesis = synthesis_program->graph();
  auto made = std::make_unique<StyleNetwork>();
  const bool maps = mapping.inputs.size() == 1 && is_rows(mapping.input(0), 2) &&
                    is_rows(mapping.values[static_cast<std::size_t>(mapping.outputs[0])], 2);
  if (!maps)
    return wrong("mapping", "must have one input z, float32 (N, Z), and give w, float32 (N, W)");
  if (has_rare_parts() && !description.latent_ranges.empty())
    return wrong("latent.distribution", "must be normal or uniform for a style-based model");
  ImageFacts& facts = made->facts_;
  facts.latent_size = mapping.input(0).shape[1].count;
  facts.style_size = mapping.values[static_cast<std::size_t>(mapping.outputs[0])].shape[1].count;
  if (description.latent_size.value_or(facts.latent_size) != facts.latent_size)
    return wrong("latent.size",
                 concat("is ", *description.latent_size, ", but the mapping network takes ", facts.latent_size));
  if (!description.labels.empty())
    return wrong("labels", "are given, but the mapping network takes none");

  made->style_input_ = synthesis.inputs.size() == 2 && is_rows(synthesis.input(1), 3) ? 1 : 0;
  const Value& image = synthesis.values[static_cast<std::size_t>(synthesis.outputs[0])];
  if (synthesis.inputs.size() != 2 || !is_rows(synthesis.input(made->style_input_), 3) ||
      !is_rows(synthesis.input(1 - made->style_input_), 2) || !is_rows(image, 4))
    return wrong("synthesis",
                 "must have the inputs w, float32 (N, layers, W), and noise, float32 (N, pixels), and give an image");
  const SymbolicShape& styles = synthesis.input(made->style_input_).shape;
  facts.style_layers = styles[1].count;
  if (styles[2].count != facts.style_size)
    return wrong("synthesis",
                 concat("takes styles of ", styles[2].count, " numbers, the mapping network gives ", facts.style_size));
  made->noise_size_ = synthesis.input(1 - made->style_input_).shape[1].count;
  facts.image = size_of(image);
  if (!is_channel_count(facts.image.channels))
    return wrong("synthesis", concat("the image must have 1, 3 or 4 channels, has ", facts.image.channels));
  if (description.image_size && *description.image_size != facts.image)
    return wrong("image", concat("is said to be ", description.image_size->width, " x ", description.image_size->height,
                                 " x ", description.image_size->channels, ", but the graph gives ", facts.image.width,
                                 " x ", facts.image.height, " x ", facts.image.channels));
  GANLET_CHECK(made->take_range(known_range(description, synthesis, synthesis.outputs[0])));
  made->is_channels_last_ = image.channels_last;
  made->distribution_ = description.distribution;
  made->limits_ = limits;
  made->mapping_ = std::move(mapping_program);
  made->synthesis_ = std::move(synthesis_program);
  return made;
}

Result<void> StyleNetwork::set_mean_style(std::vector<float> mean_style) {
  GANLET_CHECK(check_count("mean_style", mean_style, facts_.style_size));
  mean_style_ = std::move(mean_style);
  return {};
}

Result<void> StyleNetwork::set_noise(std::vector<float> noise) {
  GANLET_CHECK(check_count("noise", noise, noise_size_));
  fixed_noise_ = std::move(noise);
  return {};
}

Result<void> StyleNetwork::check(const DrawRequest& request) const {
  const std::int64_t last = facts_.style_layers - 1;
  if (request.truncation != 1 && mean_style_.empty())
    return wrong("truncation", "this model has no mean style to truncate towards");
  if (request.cutoff && *request.cutoff > facts_.style_layers)
    return wrong("cutoff", concat("must be 0 to ", facts_.style_layers, ", is ", *request.cutoff));
  if (request.mix && request.mix->layers.last > last)
    return wrong("mix", concat("layers must lie between 0 and ", last, ", the first before the last; are ",
                               request.mix->layers.first, "-", request.mix->layers.last));
  return {};
}

void StyleNetwork::fill_noise() {
  const Noise& noise = styling_.noise;
  const std::vector<std::uint64_t>& seeds = batch_.seeds;
  const auto size = static_cast<std::size_t>(noise_size_);
  noise_.assign(size * seeds.size(), 0.0F);
  for (std::size_t row = 0; row < seeds.size() && noise.kind != Noise::Kind::off; ++row) {
    const std::span<float> to = std::span(noise_).subspan(row * size, size);
    if (noise.kind == Noise::Kind::fixed && !fixed_noise_.empty())
      std::ranges::copy(fixed_noise_, to.begin());
    else
      Rng(noise.kind == Noise::Kind::each ? seeds[row] : noise.seed, stream::noise).fill_normal(to);
  }
}

Result<void> StyleNetwork::start(const DrawRequest& request, const ImageBatch& batch, Budget& budget) {
  styling_ = {request.truncation, request.cutoff, request.mix, request.noise};
  batch_ = batch;
  budget_ = &budget;
  mixed_.clear();
  return start_mapping(Stage::mapping, batch.latents, batch.count);
}

Result<void> StyleNetwork::start_mapping(Stage stage, std::vector<float> latents, std::int64_t rows) {
  stage_ = stage;
  latents_ = std::move(latents);
  Buffer z;
  GANLET_TRY(z.view, row_view(mapping_->graph(), 0, rows, padded(latents_), limits_));
  GANLET_TRY(run_, mapping_->start(std::span(&z, 1), *budget_));
  return {};
}

Result<bool> StyleNetwork::advance(bool may_block) {
  for (;;) {
    GANLET_TRY(const bool done, run_->advance(may_block));
    if (!done)
      return false;
    if (stage_ == Stage::synthesis) {
      take(run_->outputs()[0], batch_.count, values_);
      return true;
    }
    const auto values = run_->outputs()[0].view.as<const float>();
    (stage_ == Stage::mapping ? own_ : mixed_).assign(values.begin(), values.end());
    if (stage_ == Stage::mapping && styling_.mix) {
      std::vector<float> latent(static_cast<std::size_t>(facts_.latent_size));
      fill_latent(styling_.mix->seed, distribution_, latent);
      GANLET_CHECK(start_mapping(Stage::mixing, std::move(latent), 1));
    } else {
      GANLET_CHECK(start_synthesis());
    }
  }
}

void StyleNetwork::make_styles() {
  const auto size = static_cast<std::size_t>(facts_.style_size);
  const std::optional<StyleMix>& mix = styling_.mix;
  styles_.clear();
  for (std::size_t row = 0; row < static_cast<std::size_t>(batch_.count); ++row)
    for (std::int64_t layer = 0; layer < facts_.style_layers; ++layer) {
      const bool is_mixed = mix && layer >= mix->layers.first && layer <= mix->layers.last;
      const std::span<const float> from =
          is_mixed ? std::span<const float>(mixed_) : std::span<const float>(own_).subspan(row * size, size);
      styles_.insert(styles_.end(), from.begin(), from.end());
      const std::span<float> style = std::span(styles_).last(size);
      if (layer < styling_.cutoff.value_or(facts_.style_layers))
        truncate(styling_.truncation, mean_style_, style);
      for (std::size_t i = 0; i < size && !batch_.style_shifts.empty(); ++i)
        style[i] += batch_.style_shifts[row * size + i];
    }
}

Result<void> StyleNetwork::start_synthesis() {
  stage_ = Stage::synthesis;
  make_styles();
  fill_noise();
  const Graph& synthesis = synthesis_->graph();
  std::array<Buffer, 2> inputs;
  GANLET_TRY(inputs[style_input_].view, row_view(synthesis, style_input_, batch_.count, padded(styles_), limits_));
  GANLET_TRY(inputs[1 - style_input_].view,
             row_view(synthesis, 1 - style_input_, batch_.count, padded(noise_), limits_));
  if (has_rare_parts())
    synthesis_->seed(batch_.seeds);
  GANLET_TRY(run_, synthesis_->start(inputs, *budget_, places_));
  return {};
}

} // namespace ganlet
