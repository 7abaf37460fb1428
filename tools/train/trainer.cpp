#include "trainer.h"

#include <cmath>
#include <cstdio>

#include "batches.h"
#include "core/text.h"
#include "export.h"
#include "image/image_writer.h"
#include "image/whole_file.h"
#include "loss_log.h"
#include "onnx/quantize.h"
#include "onnx/writer.h"
#include "progress.h"
#include "seeds.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;

std::string note_of(const std::vector<Loss>& losses) {
  std::string note;
  for (const Loss& loss : losses) {
    char number[32];
    std::snprintf(number, sizeof number, "%.3f", loss.value);
    note += concat(note.empty() ? "" : "  ", loss.name, " ", number);
  }
  return note;
}

const Loss* first_not_finite(const std::vector<Loss>& losses) {
  for (const Loss& loss : losses)
    if (!std::isfinite(loss.value))
      return &loss;
  return nullptr;
}

/// "000500"
std::string six_digits(std::int64_t step) {
  std::string number = std::to_string(step);
  return number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
}

Result<void> write_samples(const Checkpoint& checkpoint, const fs::path& folder) {
  constexpr std::int64_t rows = 10;
  return write_image(folder / "samples" / ("step_" + six_digits(checkpoint.step) + ".png"),
                     sample_grid(*checkpoint.family, checkpoint.settings, rows));
}

Result<void> save(const Checkpoint& checkpoint, const LossLog& log, const fs::path& folder) {
  GANLET_CHECK(save_checkpoint(checkpoint_path(folder), checkpoint));
  return log.write();
}

/// Whether a generator is kept at this step: `count` of them at quadratically growing distances, since most of what can
/// be seen happens early.
bool is_kept(std::int64_t step, std::int64_t steps, std::int64_t count) {
  for (std::int64_t k = 0; k <= count; ++k) {
    const double share = count > 0 ? static_cast<double>(k) / static_cast<double>(count) : 1;
    if (step == std::llround(static_cast<double>(steps) * share * share))
      return count > 0;
  }
  return false;
}

Result<void> write_along(const Checkpoint& checkpoint, const fs::path& folder) {
  Result<onnx::Model> small = onnx::quantize(exported(checkpoint));
  if (!small && small.error().code() == ErrorCode::invalid_argument)
    return {}; // weights that aren't finite: the next update's losses will end the run and say so
  if (!small)
    return tl::unexpected(std::move(small).error());
  return write_whole(folder / "along" / ("step_" + six_digits(checkpoint.step) + ".onnx"), onnx::write(*small));
}

bool is_due(std::int64_t step, std::int64_t every) {
  return every > 0 && step % every == 0;
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
  GANLET_CHECK(write_whole(run.folder / "config.json", std::as_bytes(std::span<const char>(text_of(settings)))));
  Batches batches(data, settings.pictures_each_step(), settings.seed, settings.options.augment);
  GANLET_TRY(LossLog log, LossLog::open(run.folder / "log.csv", checkpoint.step));
  ProgressBar bar(checkpoint.step, settings.options.steps, settings.pictures_each_step(), "images");
  const auto keep_along = [&]() -> Result<void> {
    return is_kept(checkpoint.step, settings.options.steps, run.along) ? write_along(checkpoint, run.folder)
                                                                       : Result<void>();
  };
  if (checkpoint.step == 0)
    GANLET_CHECK(keep_along());
  while (checkpoint.step < settings.options.steps) {
    const std::int64_t step = checkpoint.step;
    torch::manual_seed(derived_seed(settings.seed, SeedUse::update, step));
    const std::vector<Loss> losses = checkpoint.family->update(batches.at(step), step);
    if (const Loss* const bad = first_not_finite(losses))
      return fail(ErrorCode::corrupt, concat("step ", step),
                  concat("the ", bad->name, "'s loss is ", bad->value, "; the last good checkpoint is ",
                         checkpoint_path(run.folder).string()));
    checkpoint.step = step + 1;
    if (is_due(checkpoint.step, run.log_every))
      log.add(checkpoint.step, losses, bar.rate(checkpoint.step));
    bar.show(checkpoint.step, note_of(losses));
    GANLET_CHECK(keep_along());
    if (run.stop != nullptr && *run.stop != 0)
      break;
    if (is_due(checkpoint.step, run.samples_every))
      GANLET_CHECK(write_samples(checkpoint, run.folder));
    if (is_due(checkpoint.step, run.save_every))
      GANLET_CHECK(save(checkpoint, log, run.folder));
  }
  GANLET_CHECK(save(checkpoint, log, run.folder));
  if (checkpoint.step < settings.options.steps)
    return fail(ErrorCode::cancelled, concat("step ", checkpoint.step),
                "stopped; the checkpoint is saved and --resume continues from it");
  return write_samples(checkpoint, run.folder);
}

} // namespace ganlet::train
