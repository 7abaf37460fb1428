#include "checkpoint.h"
#include "core/rng.h"
#include "image/image.h"
#include "samples.h"

namespace ganlet::evaluate {

namespace {

class CheckpointSource final : public Source {
 public:
  explicit CheckpointSource(train::Checkpoint checkpoint) : checkpoint_(std::move(checkpoint)) {}

  Result<train::Dataset> draw(std::int64_t count, std::uint64_t seed) override {
    const train::FamilyOptions& options = checkpoint_.settings.options;
    train::Dataset drawn{count, options.height, options.width, options.classes, {}, {}};
    drawn.pixels.reserve(static_cast<std::size_t>(count * drawn.pixels_each()));
    constexpr std::int64_t batch = 250;
    for (std::int64_t first = 0; first < count; first += batch)
      draw_some(first, std::min(batch, count - first), seed, drawn);
    return drawn;
  }

 private:
  void draw_some(std::int64_t first, std::int64_t count, std::uint64_t seed, train::Dataset& drawn) {
    const train::FamilyOptions& options = checkpoint_.settings.options;
    const torch::Tensor latents = torch::empty({count, options.latent});
    for (std::int64_t i = 0; i < count; ++i)
      Rng(seed + static_cast<std::uint64_t>(first + i))
          .fill_normal({latents[i].data_ptr<float>(), static_cast<std::size_t>(options.latent)});
    const torch::Tensor labels = torch::arange(first, first + count).remainder(options.classes);
    const torch::Tensor images = checkpoint_.family->draw(latents, labels).contiguous();
    for (const float value : std::span(images.data_ptr<float>(), static_cast<std::size_t>(images.numel())))
      drawn.pixels.push_back(to_byte(value, {-1, 1}));
    for (std::int64_t i = first; i < first + count; ++i)
      drawn.labels.push_back(static_cast<std::uint8_t>(i % options.classes));
  }

  train::Checkpoint checkpoint_;
};

} // namespace

Result<std::unique_ptr<Source>> open_checkpoint(const std::filesystem::path& path) {
  GANLET_TRY(train::Checkpoint checkpoint, train::load_checkpoint(train::checkpoint_file(path)));
  return std::make_unique<CheckpointSource>(std::move(checkpoint));
}

} // namespace ganlet::evaluate
