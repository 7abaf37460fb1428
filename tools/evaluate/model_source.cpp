#include <algorithm>

#include "core/text.h"
#include "model_source.h"
#include "samples.h"

namespace ganlet::evaluate {

Result<Model> load_part(const std::string& name, int threads) {
  LoadOptions load;
  const std::size_t mark = name.rfind('#');
  if (mark != std::string::npos)
    load.part = name.substr(mark + 1);
  load.compile.threads = threads;
  return load_model(name.substr(0, mark), load);
}

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

namespace {

class ModelSource final : public Source {
 public:
  ModelSource(Model model, ImageFacts facts, std::optional<float> jitter)
      : model_(std::move(model)), facts_(std::move(facts)), jitter_(jitter) {}

  Result<train::Dataset> draw(std::int64_t count, std::uint64_t seed) override {
    // By default labels take turns, as in texts of all classes.
    GANLET_TRY(train::Dataset drawn, jitter_ ? draw_texts(count, seed) : draw({.count = count, .seed = seed}));
    drawn.classes = facts_.label_count;
    for (std::int64_t i = 0; i < count && drawn.classes > 0; ++i)
      drawn.labels.push_back(static_cast<std::uint8_t>(i % drawn.classes));
    return drawn;
  }

  /// From pictures as a reader would give them, which are made ready for the encoder first.
  Result<std::optional<train::Dataset>> reconstruct(const train::Dataset& data) override {
    if (!model_.has_encoder())
      return std::nullopt;
    DrawRequest request{.count = data.count};
    for (std::int64_t i = 0; i < data.count; ++i) {
      GANLET_TRY(const std::vector<float> latent, model_.encode(picture_of(data, i)));
      request.latents.insert(request.latents.end(), latent.begin(), latent.end());
    }
    if (facts_.label_count > 0)
      request.labels.assign(data.labels.begin(), data.labels.end());
    GANLET_TRY(train::Dataset made, draw(std::move(request)));
    made.classes = data.classes;
    made.labels = data.labels;
    return made;
  }

 private:
  /// Pictures of texts that name each class once, every text in a hand of its own.
  Result<train::Dataset> draw_texts(std::int64_t count, std::uint64_t seed) {
    std::string text;
    for (const std::string& label : model_.labels())
      text += label;
    GANLET_TRY(train::Dataset drawn, draw({.text = text, .jitter = *jitter_, .seed = seed}));
    while (drawn.count < count) {
      GANLET_TRY(const train::Dataset more, draw({.text = text, .jitter = *jitter_, .seed = ++seed}));
      drawn.pixels.insert(drawn.pixels.end(), more.pixels.begin(), more.pixels.end());
      drawn.count += more.count;
    }
    drawn.pixels.resize(static_cast<std::size_t>(count * drawn.pixels_each()));
    drawn.count = count;
    return drawn;
  }

  Result<train::Dataset> draw(DrawRequest request) {
    GANLET_TRY(ganlet::Drawing drawing, model_.draw(std::move(request), Keep::nothing));
    const ImageSize& size = facts_.image;
    train::Dataset drawn{drawing.count(), size.height, size.width, 0, {}, {}, size.channels, {}};
    drawn.pixels.reserve(static_cast<std::size_t>(drawn.count * drawn.pixels_each()));
    while (!drawing.is_done()) {
      GANLET_TRY(const ganlet::Drawing::Images images, drawing.step());
      for (const float value : images.values)
        drawn.pixels.push_back(to_byte(value, facts_.range));
    }
    return drawn;
  }

  Model model_;
  ImageFacts facts_;
  std::optional<float> jitter_;
};

} // namespace

Result<std::unique_ptr<Source>> open_model(const std::string& name, int threads, std::optional<float> jitter) {
  GANLET_TRY(Model model, load_part(name, threads));
  GANLET_TRY(ImageFacts facts, model.facts());
  if (facts.label_count > 256)
    return fail(ErrorCode::unsupported, name, concat("has ", facts.label_count, " classes; up to 256 can be judged"));
  if (facts.image.channels != 1 && facts.image.channels != 3)
    return fail(ErrorCode::unsupported, name,
                concat("draws ", facts.image.channels, " channels; grey and RGB pictures can be judged"));
  if (jitter && facts.label_count == 0)
    return fail(ErrorCode::invalid_argument, name, "has no classes, so that no text can be written for --jitter");
  return std::make_unique<ModelSource>(std::move(model), std::move(facts), jitter);
}

} // namespace ganlet::evaluate
