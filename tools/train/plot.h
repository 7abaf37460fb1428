#pragma once

#include <filesystem>

#include "drawing.h"
#include "loss_table.h"

namespace ganlet::train {

/// Curves over the steps: the losses of the two networks that play against each other in one frame, every other loss in
/// a frame of its own, since their sizes differ. Each as it was (faint) and as a running mean. Frames end where all but
/// the outermost hundredth of the values lie.
Drawing loss_chart(const LossTable& table);

/// Writes RUN/losses.svg and RUN/losses.png from RUN/log.csv. Errors: those of `read_loss_table`; io.
Result<void> write_plots(const std::filesystem::path& run);

} // namespace ganlet::train
