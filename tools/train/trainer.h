#pragma once

#include <csignal>
#include <filesystem>
#include <optional>
#include <span>

#include "checkpoint.h"
#include "dataset.h"
#include "image/image.h"

namespace ganlet::train {

/// TensorBoard's, in a run's folder.
inline constexpr const char* events_file = "events.out.tfevents.ganlet";

/// A run in its folder: state.pt (the checkpoint), config.json (its settings), log.csv and TensorBoard's events
/// (losses), samples/ (pictures) and along/ (generators on the way, as int8 ONNX files, to watch them learn).
struct RunOptions {
  std::filesystem::path folder;
  /// Steps between checkpoints; nothing: ten epochs, and at most 500 steps. There is always one at the end.
  std::optional<std::int64_t> save_every;
  /// Steps between sample grids (0: none but the last); nothing: an epoch.
  std::optional<std::int64_t> samples_every;
  std::int64_t log_every = 50;                      ///< steps between rows of log.csv
  std::int64_t along = 16;                          ///< generators to keep besides the first: closer at the start
  bool plot = false;                                ///< losses.svg and losses.png with each checkpoint
  const volatile std::sig_atomic_t* stop = nullptr; ///< not 0: end after this step, with a checkpoint
};

/// Makes a run's folder and says whether it may be written, before anything is computed.
/// Errors: io; invalid_argument where it holds a checkpoint that isn't to be resumed.
Result<void> prepare_folder(const std::filesystem::path& folder, bool resume);

/// Trains from the checkpoint's step to the last of its settings, and leaves a checkpoint there. Random numbers depend
/// on the seed and the step alone: a run that stopped and was resumed gives what an uninterrupted one gives. With
/// several ranks all call this with the same checkpoint, and the first alone writes; N ranks with batches of B give
/// what one process with batches of N B gives, but for rounding (and, in stylegan, for the deviation within groups of
/// pictures, which are a rank's own). Errors: io, also where another rank is lost; corrupt where a loss, or a weight
/// that is to be saved, isn't finite; then the checkpoint before it stays; cancelled where `stop` ended it.
Result<void> train(Checkpoint& checkpoint, const Dataset& data, const RunOptions& run);

/// One picture of as many inputs as results and truths: eight inputs a row, below it the results, and below these the
/// truths.
Image contact_sheet(std::span<const Image> inputs, std::span<const Image> results, std::span<const Image> truths);

/// One picture: a row for each of `rows` latents, a column for each class; or, without classes, ten latents a row. In
/// families from pictures to pictures the contact sheet of the family's examples.
Image sample_grid(Family& family, const Settings& settings, std::int64_t rows);

} // namespace ganlet::train
