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

Image sample_grid(Family& family, const Settings& settings, std::int64_t rows) {
  const std::int64_t classes = settings.options.classes;
  const std::int64_t columns = classes > 0 ? classes : 10;
  torch::Tensor latents = torch::empty({classes > 0 ? rows : rows * columns, settings.options.latent});
  Rng(derived_seed(settings.seed, SeedUse::samples, 0))
      .fill_normal({latents.data_ptr<float>(), static_cast<std::size_t>(latents.numel())});
  if (classes > 0)
    latents = latents.repeat_interleave(classes, 0);
  const torch::Tensor values =
      family.draw(latents, torch::arange(columns).repeat({rows})).permute({0, 2, 3, 1}).contiguous();
  std::vector<Image> images;
  const auto each = static_cast<std::size_t>(values[0].numel());
  for (std::int64_t i = 0; i < values.size(0); ++i)
    images.push_back(image_of({values[i].data_ptr<float>(), each}, static_cast<int>(values.size(2)),
                              static_cast<int>(values.size(1)), static_cast<int>(values.size(3)), {-1, 1}));
  return grid(images, static_cast<int>(columns));
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
