#include "journal.h"

#include <cmath>
#include <cstdio>
#include <span>

#include "core/text.h"
#include "export.h"
#include "image/image_writer.h"
#include "image/whole_file.h"
#include "onnx/quantize.h"
#include "onnx/writer.h"
#include "plot.h"

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

/// "000500" of 6 digits
std::string padded(std::int64_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  return text.insert(0, text.size() < digits ? digits - text.size() : 0, '0');
}

bool is_due(std::int64_t step, std::int64_t every) {
  return every > 0 && step % every == 0;
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

/// As Markdown shows it letter by letter.
std::string indented(const std::string& text) {
  std::string block = "    ";
  for (const char letter : text)
    block += letter == '\n' ? std::string("\n    ") : std::string(1, letter);
  return block;
}

} // namespace

Journal::Journal(const Checkpoint& checkpoint, const RunOptions& run, std::int64_t steps_each_epoch)
    : run_(run), steps_(checkpoint.settings.options.steps), steps_each_epoch_(steps_each_epoch),
      bar_(std::make_unique<ProgressBar>(checkpoint.step, checkpoint.settings.options.steps,
                                         checkpoint.settings.pictures_each_step(), "images")) {}

Result<Journal> Journal::open(const Checkpoint& checkpoint, const RunOptions& run, std::int64_t steps_each_epoch) {
  Journal journal(checkpoint, run, steps_each_epoch);
  const std::string settings = text_of(checkpoint.settings);
  GANLET_CHECK(write_whole(run.folder / "config.json", std::as_bytes(std::span(settings))));
  GANLET_TRY(journal.losses_, LossLog::open(run.folder / "log.csv", checkpoint.step));
  GANLET_TRY(journal.events_, EventFile::open(run.folder / events_file, checkpoint.step));
  return journal;
}

Result<void> Journal::begin(const Checkpoint& checkpoint) {
  if (checkpoint.step > 0)
    return {};
  events_.add_text(0, "config", indented(text_of(checkpoint.settings)));
  return keep_along(checkpoint);
}

Result<void> Journal::note(const Checkpoint& checkpoint, const std::vector<Loss>& losses, bool ends) {
  const std::int64_t step = checkpoint.step;
  bar_->show(step, note_of(losses));
  if (is_due(step, run_.log_every))
    GANLET_CHECK(log(step, losses));
  GANLET_CHECK(keep_along(checkpoint));
  if (samples_are_due(step) || step == steps_)
    GANLET_CHECK(write_samples(checkpoint));
  if (checkpoint_is_due(step) || ends)
    GANLET_CHECK(save(checkpoint));
  return {};
}

bool Journal::samples_are_due(std::int64_t step) const {
  return is_due(step, run_.samples_every.value_or(steps_each_epoch_));
}

bool Journal::checkpoint_is_due(std::int64_t step) const {
  constexpr std::int64_t steps_between = 500, epochs_between = 10;
  if (run_.save_every)
    return is_due(step, *run_.save_every);
  return is_due(step, steps_between) || is_due(step, epochs_between * steps_each_epoch_);
}

Result<void> Journal::log(std::int64_t step, const std::vector<Loss>& losses) {
  const double rate = bar_->rate(step);
  losses_.add(step, losses, rate);
  for (const Loss& loss : losses)
    events_.add_scalar(step, concat("loss/", loss.name), loss.value);
  events_.add_scalar(step, "images_per_second", rate);
  return events_.flush();
}

Result<void> Journal::write_samples(const Checkpoint& checkpoint) {
  constexpr std::int64_t rows = 10;
  const Image grid = sample_grid(*checkpoint.family, checkpoint.settings, rows);
  const bool by_epoch = !run_.samples_every && checkpoint.step % steps_each_epoch_ == 0;
  const std::string name =
      by_epoch ? "epoch_" + padded(checkpoint.step / steps_each_epoch_, 3) : "step_" + padded(checkpoint.step, 6);
  GANLET_CHECK(write_image(run_.folder / "samples" / (name + ".png"), grid));
  return events_.add_image(checkpoint.step, "samples", grid);
}

/// The losses first: a checkpoint is never without the rows up to its step.
Result<void> Journal::save(const Checkpoint& checkpoint) {
  if (!checkpoint.family->is_finite())
    return fail(ErrorCode::corrupt, concat("step ", checkpoint.step),
                concat("the weights aren't finite; ", last_checkpoint(run_.folder)));
  GANLET_CHECK(losses_.write());
  GANLET_CHECK(events_.flush());
  GANLET_CHECK(save_checkpoint(checkpoint_path(run_.folder), checkpoint));
  return run_.plot ? write_plots(run_.folder) : Result<void>();
}

Result<void> Journal::keep_along(const Checkpoint& checkpoint) {
  if (!is_kept(checkpoint.step, steps_, run_.along))
    return {};
  Result<onnx::Model> small = onnx::quantize(exported(checkpoint));
  if (!small && small.error().code() == ErrorCode::invalid_argument)
    return {}; // weights that aren't finite: the next checkpoint or loss will end the run and say so
  if (!small)
    return tl::unexpected(std::move(small).error());
  return write_whole(run_.folder / "along" / ("step_" + padded(checkpoint.step, 6) + ".onnx"), onnx::write(*small));
}

} // namespace ganlet::train
