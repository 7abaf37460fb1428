#include "trainer.h"

#include <cmath>

#include "batches.h"
#include "clusters.h"
#include "core/sha256.h"
#include "core/text.h"
#include "export.h"
#include "image/whole_file.h"
#include "journal.h"
#include "onnx/writer.h"
#include "seeds.h"
#include "shares.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;

const Loss* first_not_finite(const std::vector<Loss>& losses) {
  for (const Loss& loss : losses)
    if (!std::isfinite(loss.value))
      return &loss;
  return nullptr;
}

/// Replaces losses by their means over all ranks. True where any rank is to stop.
bool agree(std::vector<Loss>& losses, bool stop) {
  if (ranks().count() == 1)
    return stop;
  torch::Tensor values = torch::zeros({static_cast<std::int64_t>(losses.size()) + 1}, torch::kFloat);
  for (std::size_t i = 0; i < losses.size(); ++i)
    values[static_cast<std::int64_t>(i)] = losses[i].value;
  values[-1] = stop ? 1 : 0;
  values = values.to(compute_device());
  ranks().mean(values);
  values = values.cpu();
  for (std::size_t i = 0; i < losses.size(); ++i)
    losses[i].value = values[static_cast<std::int64_t>(i)].item<double>();
  return values[-1].item<float>() > 0;
}

/// Ranks that make the same updates end with the same averaged generator, to the last bit.
Result<void> compare_ranks(const Checkpoint& checkpoint) {
  if (ranks().count() == 1)
    return {};
  // A checkpoint's bytes would do, if the optimizers' didn't hold addresses in memory.
  const std::string digest = sha256_text(onnx::write(exported(checkpoint)));
  torch::Tensor different = torch::zeros({1}, compute_device());
  different[0] = ranks().from_first(digest) == digest ? 0 : 1;
  ranks().sum(different); // so that no rank leaves before all have said
  return different.item<float>() == 0
             ? Result<void>()
             : fail(ErrorCode::corrupt, concat("step ", checkpoint.step), "the ranks' weights differ");
}

/// The updates, which throw `RankLost`.
Result<void> train_steps(Checkpoint& checkpoint, Batches& batches, const RunOptions& run, Journal* journal) {
  const Settings& settings = checkpoint.settings;
  bool stop = false;
  while (checkpoint.step < settings.options.steps && !stop) {
    const std::int64_t step = checkpoint.step;
    torch::manual_seed(derived_seed(settings.seed, SeedUse::update, step));
    std::vector<Loss> losses = checkpoint.family->update(batches.at(step), step);
    stop = agree(losses, run.stop != nullptr && *run.stop != 0);
    if (const Loss* const bad = first_not_finite(losses))
      return fail(ErrorCode::corrupt, concat("step ", step),
                  concat("the ", bad->name, "'s loss is ", bad->value, "; ", last_checkpoint(run.folder)));
    checkpoint.step = step + 1;
    if (journal != nullptr)
      GANLET_CHECK(journal->note(checkpoint, losses, stop || checkpoint.step == settings.options.steps));
  }
  GANLET_CHECK(compare_ranks(checkpoint));
  if (checkpoint.step < settings.options.steps)
    return fail(ErrorCode::cancelled, concat("step ", checkpoint.step),
                "stopped; the checkpoint is saved and --resume continues from it");
  return {};
}

} // namespace

Result<void> prepare_folder(const fs::path& folder, bool resume) {
  const bool holds_run = fs::exists(checkpoint_path(folder));
  if (holds_run && !resume)
    return fail(ErrorCode::invalid_argument, folder.string(), "already holds a run: --resume continues it");
  if (!holds_run && resume)
    return fail(ErrorCode::not_found, checkpoint_path(folder).string(), "there is no checkpoint to resume from");
  std::error_code error;
  for (const char* const inside : {"samples", "along"})
    if (!error)
      fs::create_directories(folder / inside, error);
  if (error)
    return fail(ErrorCode::io, folder.string(), concat("can't be made: ", error.message()));
  // Now, rather than at the first checkpoint.
  const fs::path trial = folder / "writable";
  GANLET_CHECK(write_whole(trial, {}));
  fs::remove(trial, error);
  return {};
}

namespace {

/// Values (N, C, H, W) in [-1, 1] as pictures.
std::vector<Image> images_of(const torch::Tensor& values) {
  const torch::Tensor rows = values.permute({0, 2, 3, 1}).contiguous();
  std::vector<Image> images;
  const auto side = [&rows](std::int64_t axis) { return static_cast<int>(rows.size(axis)); };
  for (std::int64_t i = 0; i < rows.size(0); ++i)
    images.push_back(image_of({rows[i].data_ptr<float>(), static_cast<std::size_t>(rows[i].numel())}, side(2), side(1),
                              side(3), {-1, 1}));
  return images;
}

/// Transparent.
Image blank_like(const Image& image) {
  return {image.width, image.height, std::vector<std::uint8_t>(image.pixels.size())};
}

} // namespace

Image contact_sheet(std::span<const Image> inputs, std::span<const Image> results, std::span<const Image> truths) {
  constexpr std::size_t columns = 8;
  std::vector<Image> cells;
  for (std::size_t first = 0; first < inputs.size(); first += columns)
    for (const std::span<const Image> row : {inputs, results, truths}) {
      const std::span<const Image> some = row.subspan(first, std::min(columns, inputs.size() - first));
      cells.insert(cells.end(), some.begin(), some.end());
      cells.resize((cells.size() + columns - 1) / columns * columns, blank_like(inputs[0]));
    }
  return grid(cells, columns);
}

Image sample_grid(Family& family, const Settings& settings, std::int64_t rows) {
  if (const std::vector<torch::Tensor> examples = family.examples(); !examples.empty())
    return contact_sheet(images_of(examples[0]), images_of(examples[1]), images_of(examples[2]));
  const std::int64_t classes = settings.options.classes;
  const std::int64_t columns = classes > 0 ? classes : 10;
  torch::Tensor latents = torch::empty({classes > 0 ? rows : rows * columns, settings.options.latent});
  Rng(derived_seed(settings.seed, SeedUse::samples, 0))
      .fill_normal({latents.data_ptr<float>(), static_cast<std::size_t>(latents.numel())});
  if (classes > 0)
    latents = latents.repeat_interleave(classes, 0);
  return grid(images_of(family.draw(latents, torch::arange(columns).repeat({rows}))), static_cast<int>(columns));
}

Result<void> train(Checkpoint& checkpoint, const Dataset& data, const RunOptions& run) {
  const Settings& settings = checkpoint.settings;
  Batches batches(data, settings.pictures_each_step(), settings.seed, settings.options.augment,
                  settings.options.critic_steps);
  const std::int64_t clusters = settings.options.clusters;
  if (clusters > data.count)
    return fail(ErrorCode::invalid_argument, "--clusters", concat("is more than the ", data.count, " pictures"));
  if (clusters > 0)
    batches.set_labels(balanced_clusters(batches.images(), clusters, settings.seed));
  std::optional<Journal> journal;
  if (ranks().is_first()) {
    GANLET_TRY(journal, Journal::open(checkpoint, run, batches.steps_each_epoch()));
    GANLET_CHECK(journal->begin(checkpoint));
  }
  try {
    return train_steps(checkpoint, batches, run, journal ? &*journal : nullptr);
  } catch (const RankLost& error) {
    return fail(ErrorCode::io, concat("rank ", ranks().rank(), ", step ", checkpoint.step),
                concat("another rank ended or can't be reached (", error.what(), "); ", last_checkpoint(run.folder)));
  }
}

} // namespace ganlet::train
