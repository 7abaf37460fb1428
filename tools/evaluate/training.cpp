#include "training.h"

#include <filesystem>

#include "checkpoint.h"
#include "generator/model_folder.h"
#include "image/whole_file.h"

namespace ganlet::evaluate {

namespace fs = std::filesystem;

Result<std::optional<train::Settings>> training_of(const std::string& model) {
  const fs::path checkpoint = train::checkpoint_file(model);
  if (checkpoint.extension() == ".pt" && fs::exists(checkpoint)) {
    GANLET_TRY(train::CheckpointRecord record, train::read_record(checkpoint));
    return std::optional(std::move(record.settings));
  }
  GANLET_TRY(const ModelFolder folder, find_model(model.substr(0, model.rfind('#')), LoadOptions().models));
  const fs::path config = folder.path / "config.json";
  if (!fs::exists(config))
    return std::optional<train::Settings>();
  constexpr std::int64_t most_bytes = std::int64_t{1} << 20;
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(config, most_bytes));
  GANLET_TRY(train::Settings settings,
             train::settings_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, config.string()));
  return std::optional(std::move(settings));
}

train::Settings picture_settings(const std::vector<std::optional<train::Settings>>& runs,
                                 const train::Overrides& overrides) {
  train::Settings settings;
  settings.options = train::with_folder_shape(settings.options);
  if (!runs.empty() && runs.front())
    settings = *runs.front();
  if (settings.validation == 0)
    settings.validation = 0.1;
  apply(overrides, settings);
  return settings;
}

} // namespace ganlet::evaluate
