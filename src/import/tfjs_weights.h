#pragma once

#include "core/json.h"
#include "import/keras_weights.h"
#include "import/tfjs.h"

/// The weights of TensorFlow.js's models: a manifest, and files with all of a group's numbers one behind the other.
namespace ganlet::importing {

struct WeightOptions {
  const Beside& beside;
  bool keep_whole_numbers = false; ///< int32 and bool become int64, as graphs need them; else everything float32
};

/// The files that a manifest names. Errors: corrupt, for a name that leads out of their folder.
Result<std::vector<std::string>> shards_of(const Json& manifest);

/// Errors: corrupt, unsupported, not_found, limit_exceeded, cancelled.
Result<std::vector<keras::Variable>> read_tfjs_weights(const Json& manifest, const WeightOptions& options,
                                                       const Limits& limits, Budget& budget);

} // namespace ganlet::importing
