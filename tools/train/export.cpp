#include "export.h"

#include "image/whole_file.h"
#include "onnx/writer.h"

namespace ganlet::train {

onnx::Model exported(const Checkpoint& checkpoint) {
  onnx::Model model = checkpoint.family->exported();
  model.metadata = {{"family", checkpoint.settings.family},
                    {"steps", std::to_string(checkpoint.step)},
                    {"seed", std::to_string(checkpoint.settings.seed)}};
  return model;
}

Result<void> export_onnx(const std::filesystem::path& run, const std::filesystem::path& output) {
  GANLET_TRY(const Checkpoint checkpoint, load_checkpoint(checkpoint_file(run)));
  return write_whole(output, onnx::write(exported(checkpoint)));
}

} // namespace ganlet::train
