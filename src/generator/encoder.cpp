#include "generator/encoder.h"

#include "core/channels.h"
#include "core/text.h"

namespace ganlet {

namespace {

bool is_channel_count(const Dim& dim) {
  return !dim.per_batch && ganlet::is_channel_count(dim.count);
}

bool is_fixed(const SymbolicShape& shape) {
  for (std::size_t axis = 1; axis < shape.size(); ++axis)
    if (shape[axis].per_batch || shape[axis].count < 1)
      return false;
  return true;
}

tl::unexpected<Error> wrong(std::string_view message) {
  return fail(ErrorCode::invalid_argument, "encoder", message);
}

} // namespace

Result<Encoder> Encoder::make(Graph graph, ValueRange range, Preparation preparation, const Backend& backend,
                              const CompileOptions& options) {
  if (graph.inputs.size() != 1)
    return wrong(concat("must have one input, the picture; has ", graph.inputs.size()));
  const Value& picture = graph.values[static_cast<std::size_t>(graph.inputs[0])];
  if (picture.type != DataType::float32 || picture.shape.size() != 4 || !is_fixed(picture.shape))
    return wrong("its input must be float32 (N, C, H, W) or (N, H, W, C), with sizes that the file names");
  Encoder encoder;
  encoder.is_channels_first_ = is_channel_count(picture.shape[1]);
  if (!encoder.is_channels_first_ && !is_channel_count(picture.shape[3]))
    return wrong("its input must have 1, 3 or 4 channels");
  const std::size_t first = encoder.is_channels_first_ ? 2 : 1;
  const auto size = [&](std::size_t axis) { return static_cast<int>(picture.shape[axis].count); };
  encoder.size_ = {size(first + 1), size(first), size(encoder.is_channels_first_ ? 1 : 3)};
  encoder.rows_ = picture.shape[0].per_batch ? 1 : picture.shape[0].count;
  if (encoder.rows_ < 1)
    return wrong("its input takes no pictures");

  const Value& output = graph.values[static_cast<std::size_t>(graph.outputs[0])];
  const SymbolicShape latent = file_shape(output);
  const bool has_rows = latent.size() >= 2 && (latent[0].per_batch || latent[0].count > 0);
  if (output.type != DataType::float32 || !has_rows || !is_fixed(latent))
    return wrong("its first output must be the latent, float32 (N, Z)");
  encoder.latent_size_ = 1;
  for (std::size_t axis = 1; axis < latent.size(); ++axis)
    encoder.latent_size_ *= latent[axis].count;
  encoder.range_ = range;
  encoder.preparation_ = preparation;
  GANLET_TRY(encoder.program_, backend.compile(std::move(graph), options));
  return encoder;
}

Result<Image> Encoder::prepared(const Image& picture) const {
  GANLET_TRY(const std::vector<float> pixels, prepare(picture, size_, range_, preparation_));
  return image_of(pixels, size_.width, size_.height, size_.channels, range_);
}

Result<std::vector<float>> Encoder::encode(const Image& picture) {
  GANLET_CHECK(start(picture));
  GANLET_TRY(std::optional<std::vector<float>> latent, advance(true));
  return std::move(*latent);
}

Result<void> Encoder::start(const Image& picture) {
  run_.reset();
  GANLET_TRY(const std::vector<float> pixels, prepare(picture, size_, range_, preparation_));
  const auto width = static_cast<std::size_t>(size_.width), height = static_cast<std::size_t>(size_.height);
  const auto channels = static_cast<std::size_t>(size_.channels);
  const Shape shape = is_channels_first_ ? Shape{rows_, size_.channels, size_.height, size_.width}
                                         : Shape{rows_, size_.height, size_.width, size_.channels};
  input_ = Tensor(DataType::float32, shape); // further rows, if the file fixes a larger batch, stay 0
  const std::span<float> values = input_->as<float>();
  for (std::size_t at = 0; at < width * height; ++at)
    for (std::size_t c = 0; c < channels; ++c)
      values[is_channels_first_ ? c * width * height + at : at * channels + c] = pixels[at * channels + c];
  budget_ = std::make_unique<Budget>(program_->options().run_budget());
  const Buffer given{input_->view(), nullptr};
  GANLET_TRY(run_, program_->start(std::span(&given, 1), *budget_));
  return {};
}

Result<std::optional<std::vector<float>>> Encoder::advance(bool may_block) {
  GANLET_TRY(const bool done, run_->advance(may_block));
  if (!done)
    return std::nullopt;
  const auto latent = run_->outputs()[0].view.as<const float>().first(static_cast<std::size_t>(latent_size_));
  return std::vector<float>(latent.begin(), latent.end());
}

} // namespace ganlet
