#include "translated.h"

#include <algorithm>

#include "generator/translation.h"
#include "model_source.h"
#include "trainer.h"

namespace ganlet::evaluate {

namespace {

class MadeSource final : public Source {
 public:
  explicit MadeSource(train::Dataset made) : made_(std::move(made)) {}

  Result<train::Dataset> draw(std::int64_t count, std::uint64_t) override {
    train::Dataset first = made_;
    first.count = std::min(count, made_.count);
    first.pixels.resize(static_cast<std::size_t>(first.count * first.pixels_each()));
    first.labels.clear();
    return first;
  }

  Result<std::optional<train::Dataset>> reconstruct(const train::Dataset&) override { return made_; }

 private:
  train::Dataset made_;
};

Result<Image> translated(Model& model, const Image& input) {
  GANLET_TRY(Translation translation, model.translate(input));
  while (!translation.is_done())
    GANLET_CHECK(translation.step());
  return std::move(translation).take_picture();
}

void append(train::Dataset& made, const Image& picture) {
  for (std::size_t pixel = 0; pixel < picture.pixels.size(); pixel += 4)
    for (std::int64_t channel = 0; channel < made.channels; ++channel)
      made.pixels.push_back(picture.pixels[pixel + static_cast<std::size_t>(channel)]);
  ++made.count;
}

} // namespace

train::Dataset inputs_of(const train::Dataset& pairs) {
  train::Dataset inputs = pairs;
  inputs.channels = pairs.input_channels;
  inputs.pixels = std::move(inputs.inputs);
  inputs.input_channels = 0;
  return inputs;
}

Result<train::Dataset> translated(const std::string& name, int threads, const train::Dataset& inputs,
                                  std::int64_t channels) {
  GANLET_TRY(Model model, load_part(name, threads));
  GANLET_CHECK(model.graph()); // loads it
  if (!model.takes_pictures())
    return fail(ErrorCode::invalid_argument, name, "doesn't make pictures of pictures: leave --from out");
  train::Dataset made{0, 0, 0, inputs.classes, {}, inputs.labels, channels, inputs.class_names};
  for (std::int64_t i = 0; i < inputs.count; ++i) {
    GANLET_TRY(const Image picture, translated(model, picture_of(inputs, i)));
    made.width = picture.width;
    made.height = picture.height;
    append(made, picture);
  }
  return made;
}

std::unique_ptr<Source> source_of(train::Dataset made) {
  return std::make_unique<MadeSource>(std::move(made));
}

Image contact_sheet_of(const train::Dataset& pairs, const train::Dataset& made) {
  constexpr std::int64_t most = 32;
  const auto first = [&](const train::Dataset& data) {
    std::vector<Image> images;
    for (std::int64_t i = 0; i < std::min(most, pairs.count); ++i)
      images.push_back(picture_of(data, i));
    return images;
  };
  return train::contact_sheet(first(inputs_of(pairs)), first(made), first(pairs));
}

} // namespace ganlet::evaluate
