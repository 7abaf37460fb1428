#include "core/text.h"
#include "generator/model_folder.h"
#include "samples.h"

namespace ganlet::evaluate {

namespace {

class ModelSource final : public Source {
 public:
  explicit ModelSource(Generator generator) : generator_(std::move(generator)) {}

  Result<train::Dataset> draw(std::int64_t count, std::uint64_t seed) override {
    const std::int64_t classes = generator_.label_count();
    train::Dataset drawn{
        count, generator_.image_height(), generator_.image_width(), classes, {}, {}, generator_.image_channels(), {}};
    drawn.pixels.reserve(static_cast<std::size_t>(count * drawn.pixels_each()));
    Request request; // by default labels take turns
    request.seed = seed;
    request.count = count;
    GANLET_CHECK(generator_.generate_values(request, [&](std::span<const float> values, std::int64_t, std::int64_t) {
      for (const float value : values)
        drawn.pixels.push_back(to_byte(value, generator_.value_range()));
      return true;
    }));
    for (std::int64_t i = 0; i < count && classes > 0; ++i)
      drawn.labels.push_back(static_cast<std::uint8_t>(i % classes));
    return drawn;
  }

 private:
  Generator generator_;
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
  return std::make_unique<ModelSource>(std::move(generator));
}

} // namespace ganlet::evaluate
