#include <algorithm>

#include "core/text.h"
#include "generator/model_folder.h"
#include "samples.h"

namespace ganlet::evaluate {

namespace {

/// Picture i of grey or RGB ones, with the alpha that data sets don't keep.
Image picture_of(const train::Dataset& data, std::int64_t i) {
  Image picture{static_cast<int>(data.width), static_cast<int>(data.height), {}};
  const std::int64_t pixels = data.width * data.height;
  for (std::int64_t pixel = i * pixels; pixel < (i + 1) * pixels; ++pixel) {
    for (std::int64_t channel = 0; channel < 3; ++channel)
      picture.pixels.push_back(data.pixels[pixel * data.channels + std::min(channel, data.channels - 1)]);
    picture.pixels.push_back(255);
  }
  return picture;
}

class ModelSource final : public Source {
 public:
  ModelSource(Generator generator, std::optional<Encoder> encoder)
      : generator_(std::move(generator)), encoder_(std::move(encoder)) {}

  Result<train::Dataset> draw(std::int64_t count, std::uint64_t seed) override {
    Request request; // by default labels take turns
    request.seed = seed;
    request.count = count;
    GANLET_TRY(train::Dataset drawn, draw(request));
    drawn.classes = generator_.label_count();
    for (std::int64_t i = 0; i < count && drawn.classes > 0; ++i)
      drawn.labels.push_back(static_cast<std::uint8_t>(i % drawn.classes));
    return drawn;
  }

  /// From pictures as a reader would give them, which are made ready for the encoder first.
  Result<std::optional<train::Dataset>> reconstruct(const train::Dataset& data) override {
    if (!encoder_)
      return std::nullopt;
    std::vector<float> latents;
    for (std::int64_t i = 0; i < data.count; ++i) {
      GANLET_TRY(const std::vector<float> latent, encoder_->encode(picture_of(data, i)));
      latents.insert(latents.end(), latent.begin(), latent.end());
    }
    Request request;
    request.count = data.count;
    request.latents = latents;
    const std::vector<std::int64_t> labels(data.labels.begin(), data.labels.end());
    if (generator_.label_count() > 0)
      request.labels = labels;
    GANLET_TRY(train::Dataset made, draw(request));
    made.classes = data.classes;
    made.labels = data.labels;
    return made;
  }

 private:
  Result<train::Dataset> draw(const Request& request) {
    train::Dataset drawn{
        request.count, generator_.image_height(), generator_.image_width(), 0, {}, {}, generator_.image_channels(), {}};
    drawn.pixels.reserve(static_cast<std::size_t>(request.count * drawn.pixels_each()));
    GANLET_CHECK(generator_.generate_values(request, [&](std::span<const float> values, std::int64_t, std::int64_t) {
      for (const float value : values)
        drawn.pixels.push_back(to_byte(value, generator_.value_range()));
      return true;
    }));
    return drawn;
  }

  Generator generator_;
  std::optional<Encoder> encoder_;
};

} // namespace

Result<std::unique_ptr<Source>> open_model(const std::string& name, int threads) {
  LoadOptions load;
  const std::size_t mark = name.rfind('#');
  if (mark != std::string::npos)
    load.part = name.substr(mark + 1);
  load.compile.threads = threads;
  GANLET_TRY(Generator generator, load_model(name.substr(0, mark), load));
  if (generator.label_count() > 256)
    return fail(ErrorCode::unsupported, name,
                concat("has ", generator.label_count(), " classes; up to 256 can be judged"));
  if (generator.image_channels() != 1 && generator.image_channels() != 3)
    return fail(ErrorCode::unsupported, name,
                concat("draws ", generator.image_channels(), " channels; grey and RGB pictures can be judged"));
  std::optional<Encoder> encoder;
  if (load.part.starts_with("generator")) { // generators kept on the way have none of their own
    if (Result<Encoder> found = load_encoder(name.substr(0, mark), load))
      encoder = std::move(*found);
    else if (found.error().code() != ErrorCode::not_found)
      return tl::unexpected(std::move(found).error());
  }
  return std::make_unique<ModelSource>(std::move(generator), std::move(encoder));
}

} // namespace ganlet::evaluate
