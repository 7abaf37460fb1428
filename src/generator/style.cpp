#include "generator/style.h"

#include <algorithm>

#include "core/rng.h"
#include "core/text.h"
#include "generator/read_graph.h"
#include "generator/value_range.h"

namespace ganlet {

namespace {

tl::unexpected<Error> wrong(std::string_view place, std::string_view message) {
  return fail(ErrorCode::invalid_argument, place, message);
}

const Value& input_of(const Graph& graph, std::size_t index) {
  return graph.values[static_cast<std::size_t>(graph.inputs[index])];
}

/// float32 (N, ...) of a rank, with sizes that the file names behind N.
bool is_rows(const Value& value, std::size_t rank) {
  return value.type == DataType::float32 && value.shape.size() == rank && value.shape[0].per_batch &&
         std::all_of(value.shape.begin() + 1, value.shape.end(),
                     [](const Dim& dim) { return !dim.per_batch && dim.count > 0; });
}

/// Runs a program on one row of each input.
Result<std::span<const float>> run_row(Program& program, std::span<const std::span<const float>> rows) {
  std::vector<TensorView> inputs;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    GANLET_TRY(const Shape shape, resolve(input_of(program.graph(), i).shape, 1, Limits{}, "style"));
    inputs.push_back({DataType::float32, shape, const_cast<float*>(rows[i].data()), {}});
  }
  GANLET_TRY(const std::span<const TensorView> outputs, program.run(inputs));
  return outputs[0].as<const float>();
}

} // namespace

Result<StyleGenerator> StyleGenerator::load(const Files& files, const ModelDescription& description,
                                            const Backend& backend, const CompileOptions& options) {
  GANLET_TRY(Graph mapping, read_graph(files.mapping, options.limits));
  GANLET_TRY(Graph synthesis, read_graph(files.synthesis, options.limits));
  StyleGenerator made;
  const bool maps = mapping.inputs.size() == 1 && is_rows(input_of(mapping, 0), 2) &&
                    is_rows(mapping.values[static_cast<std::size_t>(mapping.outputs[0])], 2);
  if (!maps)
    return wrong("mapping", "must have one input z, float32 (N, Z), and give w, float32 (N, W)");
  made.latent_size_ = input_of(mapping, 0).shape[1].count;
  made.style_size_ = mapping.values[static_cast<std::size_t>(mapping.outputs[0])].shape[1].count;

  made.style_input_ = synthesis.inputs.size() == 2 && is_rows(input_of(synthesis, 1), 3) ? 1 : 0;
  const Value& image = synthesis.values[static_cast<std::size_t>(synthesis.outputs[0])];
  if (synthesis.inputs.size() != 2 || !is_rows(input_of(synthesis, made.style_input_), 3) ||
      !is_rows(input_of(synthesis, 1 - made.style_input_), 2) || !is_rows(image, 4))
    return wrong("synthesis",
                 "must have the inputs w, float32 (N, layers, W), and noise, float32 (N, pixels), and give an image");
  const SymbolicShape& styles = input_of(synthesis, made.style_input_).shape;
  made.layers_ = styles[1].count;
  made.noise_size_ = input_of(synthesis, 1 - made.style_input_).shape[1].count;
  if (styles[2].count != made.style_size_)
    return wrong("synthesis",
                 concat("takes styles of ", styles[2].count, " numbers, the mapping network gives ", made.style_size_));
  if (!files.mean_style.empty() && static_cast<std::int64_t>(files.mean_style.size()) != made.style_size_)
    return wrong("mean_style", concat("has ", files.mean_style.size(), " numbers, styles have ", made.style_size_));
  made.is_channels_last_ = image.channels_last;
  const auto side = [&](int axis) { return static_cast<int>(image.shape[static_cast<std::size_t>(axis)].count); };
  made.size_ = image.channels_last ? ImageSize{side(2), side(1), side(3)} : ImageSize{side(3), side(2), side(1)};
  if (made.size_.channels != 1 && made.size_.channels != 3 && made.size_.channels != 4)
    return wrong("synthesis", concat("the image must have 1, 3 or 4 channels, has ", made.size_.channels));
  made.range_ = description.value_range ? *description.value_range
                                        : value_range_of(synthesis, synthesis.outputs[0]).value_or(ValueRange{});
  made.distribution_ = description.distribution;
  made.mean_style_ = files.mean_style;
  GANLET_TRY(made.mapping_, backend.compile(std::move(mapping), options));
  GANLET_TRY(made.synthesis_, backend.compile(std::move(synthesis), options));
  return made;
}

Result<void> StyleGenerator::check(const StyleRequest& request) const {
  if (!(request.truncation >= 0 && request.truncation <= 1))
    return wrong("truncation", concat("must be between 0 and 1, is ", request.truncation));
  if (request.truncation < 1 && mean_style_.empty())
    return wrong("truncation", "this model has no mean style to truncate towards");
  if (request.cutoff && (*request.cutoff < 0 || *request.cutoff > layers_))
    return wrong("cutoff", concat("must be between 0 and ", layers_, " layers, is ", *request.cutoff));
  if (!request.shift.empty() && static_cast<std::int64_t>(request.shift.size()) != style_size_)
    return wrong("shift", concat("must be ", style_size_, " numbers, is ", request.shift.size()));
  const LayerRange& layers = request.layers;
  if (request.with && (layers.first < 0 || layers.last < layers.first || layers.last >= layers_))
    return wrong("layers", concat("must lie between 0 and ", layers_ - 1, ", the first before the last; are ",
                                  layers.first, "-", layers.last));
  return {};
}

Result<std::vector<float>> StyleGenerator::style_of(std::uint64_t seed) {
  std::vector<float> latent(static_cast<std::size_t>(latent_size_));
  fill_latent(seed, distribution_, latent);
  return style_of(latent);
}

Result<std::vector<float>> StyleGenerator::style_of(std::span<const float> latent) {
  if (static_cast<std::int64_t>(latent.size()) != latent_size_)
    return wrong("latent", concat("must be ", latent_size_, " numbers, is ", latent.size()));
  std::vector<float> padded(latent.begin(), latent.end());
  padded.resize(latent.size() + Tensor::slack); // kernels may read a little past the end
  const std::span<const float> row = std::span(padded).first(latent.size());
  GANLET_TRY(const std::span<const float> style, run_row(*mapping_, std::span(&row, 1)));
  return std::vector<float>(style.begin(), style.end());
}

Result<std::vector<float>> StyleGenerator::styles_of(const StyleRequest& request) {
  GANLET_CHECK(check(request));
  GANLET_TRY(const std::vector<float> style,
             request.latent.empty() ? style_of(request.seed) : style_of(request.latent));
  std::vector<float> other = style;
  if (request.with) {
    GANLET_TRY(other, style_of(*request.with));
  }
  std::vector<float> styles;
  for (std::int64_t layer = 0; layer < layers_; ++layer) {
    const bool is_mixed = request.with && layer >= request.layers.first && layer <= request.layers.last;
    std::vector<float> w = is_mixed ? other : style;
    if (request.truncation < 1 && layer < request.cutoff.value_or(layers_))
      truncate(request.truncation, mean_style_, w);
    for (std::size_t i = 0; i < request.shift.size(); ++i)
      w[i] += request.shift[i];
    styles.insert(styles.end(), w.begin(), w.end());
  }
  return styles;
}

Result<std::vector<float>> StyleGenerator::values_of(std::span<const float> styles,
                                                     std::optional<std::uint64_t> noise) {
  if (static_cast<std::int64_t>(styles.size()) != layers_ * style_size_)
    return wrong("styles", concat("must be ", layers_, " x ", style_size_, " numbers, are ", styles.size()));
  std::vector<float> style_row(styles.begin(), styles.end()), noise_row(static_cast<std::size_t>(noise_size_));
  if (noise)
    Rng(*noise).fill_normal(noise_row);
  // Kernels may read a little past the end.
  style_row.resize(style_row.size() + Tensor::slack);
  noise_row.resize(noise_row.size() + Tensor::slack);
  std::array<std::span<const float>, 2> rows;
  rows[style_input_] = style_row;
  rows[1 - style_input_] = noise_row;
  GANLET_TRY(const std::span<const float> made, run_row(*synthesis_, rows));
  const std::size_t area = static_cast<std::size_t>(size_.width) * static_cast<std::size_t>(size_.height);
  const auto channels = static_cast<std::size_t>(size_.channels);
  std::vector<float> values(area * channels);
  for (std::size_t at = 0; at < area; ++at)
    for (std::size_t c = 0; c < channels; ++c)
      values[at * channels + c] = made[is_channels_last_ ? at * channels + c : c * area + at];
  return values;
}

Result<Image> StyleGenerator::synthesize(std::span<const float> styles, std::optional<std::uint64_t> noise) {
  GANLET_TRY(const std::vector<float> values, values_of(styles, noise));
  return image_of(values, size_.width, size_.height, size_.channels, range_);
}

Result<std::vector<float>> StyleGenerator::draw_values(const StyleRequest& request) {
  GANLET_TRY(const std::vector<float> styles, styles_of(request));
  return values_of(styles, request.noise);
}

Result<Image> StyleGenerator::draw(const StyleRequest& request) {
  GANLET_TRY(const std::vector<float> styles, styles_of(request));
  return synthesize(styles, request.noise);
}

} // namespace ganlet
