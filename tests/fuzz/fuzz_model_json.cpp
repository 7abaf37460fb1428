// A model.json, and an index.json: what is read keeps to what the rest of the program takes for granted of it.

#include <algorithm>
#include <cmath>

#include "fuzz.h"
#include "generator/model_folder.h"
#include "generator/model_json.h"

namespace ganlet::fuzz {

void try_bytes(std::span<const std::byte> bytes) {
  if (const auto catalog = parse_catalog(bytes, "index.json"); succeeded(catalog))
    for (const CatalogEntry& entry : *catalog)
      require(is_plain_name(entry.id), "ids don't lead out of the folder");
  const auto model = read_model_json(bytes, "model.json");
  if (!succeeded(model))
    return;
  require(!model->parts.empty(), "there is a part");
  for (const ModelPart& part : model->parts)
    require(is_plain_name(part.file) && part.bytes > 0 && part.sha256.size() == 64, "parts are described");
  if (model->value_range)
    require(model->value_range->low < model->value_range->high, "a range has two ends");
  const auto steps = [](const TrainingStep& a, const TrainingStep& b) { return a.step < b.step; };
  require(model->training.empty() || std::is_sorted(model->training.begin(), model->training.end() - 1, steps),
          "steps of training are in order");
  succeeded(model->part("no such part"));
}

} // namespace ganlet::fuzz
