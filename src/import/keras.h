#pragma once

#include <string>

#include "core/limits.h"
#include "import/bytes.h"
#include "import/keras_config.h"
#include "onnx/model.h"

namespace ganlet::importing {

/// Reads what Keras 1 to 3 save as `.h5`, and as `.keras` (a zip archive). `network` names a model inside the model
/// that is to be read alone. If it is empty and the whole ends in a verdict, as a generator followed by its
/// discriminator does, the inner model that draws is read. Errors: corrupt, unsupported, not_found, limit_exceeded,
/// cancelled.
Result<onnx::Model> read_keras_h5(Bytes file, std::string_view network, const Limits& limits, Budget& budget);
Result<onnx::Model> read_keras_zip(Bytes file, std::string_view network, const Limits& limits, Budget& budget);

/// The same for a network whose variables are bound.
Result<onnx::Model> draw_with(const keras::Network& whole, std::string_view network, std::int64_t version,
                              const Limits& limits, Budget& budget);

/// Parses a model's config, whose JSON may contain Python's NaN. `text` is overwritten and must outlive the result.
Result<Json> parse_config(std::string& text, std::string_view place, Budget& budget);
/// The major version, 1, 2 or 3, of a text such as "3.8.0"; 2 if the text has none.
std::int64_t version_of(std::string_view keras_version);

} // namespace ganlet::importing
