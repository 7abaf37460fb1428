#include "batches.h"
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
    train::Dataset drawn{count, options.height, options.width, options.classes, {}, {}, options.channels, {}};
    drawn.pixels.reserve(static_cast<std::size_t>(count * drawn.pixels_each()));
    constexpr std::int64_t batch = 250;
    for (std::int64_t first = 0; first < count; first += batch)
      draw_some(first, std::min(batch, count - first), seed, drawn);
    return drawn;
  }

  Result<std::optional<train::Dataset>> reconstruct(const train::Dataset& data) override {
    train::Batches batches(data, data.count, 0);
    train::Dataset made{data.count, data.height, data.width, data.classes, {}, data.labels, data.channels, {}};
    constexpr std::int64_t batch = 250;
    for (std::int64_t first = 0; first < data.count; first += batch) {
      const torch::Tensor images = batches.images().slice(0, first, std::min(first + batch, data.count));
      const torch::Tensor seen = checkpoint_.family->reconstruct(images.to(torch::kFloat) / 127.5 - 1);
      if (!seen.defined())
        return std::nullopt;
      append(seen, made);
    }
    return made;
  }

 private:
  /// Images (N, C, H, W), whose pixels data sets have together.
  static void append(torch::Tensor images, train::Dataset& drawn) {
    images = images.permute({0, 2, 3, 1}).contiguous();
    for (const float value : std::span(images.data_ptr<float>(), static_cast<std::size_t>(images.numel())))
      drawn.pixels.push_back(to_byte(value, {-1, 1}));
  }

  void draw_some(std::int64_t first, std::int64_t count, std::uint64_t seed, train::Dataset& drawn) {
    const train::FamilyOptions& options = checkpoint_.settings.options;
    const torch::Tensor latents = torch::empty({count, options.latent});
    for (std::int64_t i = 0; i < count; ++i)
      Rng(seed + static_cast<std::uint64_t>(first + i))
          .fill_normal({latents[i].data_ptr<float>(), static_cast<std::size_t>(options.latent)});
    const torch::Tensor labels =
        torch::arange(first, first + count).remainder(std::max<std::int64_t>(options.classes, 1));
    append(checkpoint_.family->draw(latents, labels), drawn);
    for (std::int64_t i = first; i < first + count && options.classes > 0; ++i)
      drawn.labels.push_back(static_cast<std::uint8_t>(i % options.classes));
  }

  train::Checkpoint checkpoint_;
};

} // namespace

Result<std::unique_ptr<Source>> open_checkpoint(const std::filesystem::path& path) {
  GANLET_TRY(train::Checkpoint checkpoint, train::load_checkpoint(train::checkpoint_file(path)));
  if (checkpoint.settings.options.input_channels > 0)
    return fail(ErrorCode::unsupported, path.string(),
                "makes pictures of pictures: export the run to a folder, and judge that with --from");
  return std::make_unique<CheckpointSource>(std::move(checkpoint));
}

} // namespace ganlet::evaluate
