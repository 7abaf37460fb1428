#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "loss_table.h"
#include "settings.h"

namespace ganlet::train {

/// What people want to know of a model that its run doesn't tell.
struct CardOptions {
  std::string title;             ///< empty: made of the family's name
  std::int64_t version = 1;      ///< a seed's picture never changes within an id and version
  std::string license;           ///< of the model, such as MIT
  std::string data_credit;       ///< what the pictures are, whose, under which licence
  std::string preparation;       ///< of pictures for an encoder: square or digit, as model.json has it; empty: square
  std::filesystem::path metrics; ///< what ganlet-evaluate wrote, to be taken over; empty: none
  std::string description{};     ///< in a sentence or two; empty: made of the settings
  std::vector<std::string> class_names{}; ///< one a class, for people; empty: as the data has them
};

/// A file of a model's folder that model.json lists.
struct PartFile {
  std::string name;    ///< "generator", "generator_f32", "along_000500"
  std::string file;    ///< in the folder
  std::string summary; ///< for the card's table; empty: not in the table
  std::int64_t bytes = 0;
  std::string sha256{};
  std::optional<std::int64_t> step{}; ///< after which it was kept, for generators on the way
  bool is_part = true;                ///< else it stands in model.json's `arrays`, for those who look for it
};

/// A model as its folder describes it.
struct ModelAbout {
  std::string id; ///< the folder's name
  Settings settings;
  std::int64_t steps = 0;   ///< that were trained
  double spread = 1;        ///< of the latents
  std::int64_t weights = 0; ///< of the generator
  bool has_encoder = false;
  std::vector<PartFile> parts{};
  LossTable losses{};
};

/// Writes model.json and README.md into a model's folder. Errors: those of reading the metrics; io.
Result<void> write_model_card(const std::filesystem::path& folder, const ModelAbout& model, const CardOptions& options);

} // namespace ganlet::train
