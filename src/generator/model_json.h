#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/json.h"
#include "generator/model_description.h"

namespace ganlet {

inline constexpr std::int64_t most_json_bytes = std::int64_t{1} << 20;

/// The description in a model.json; `place` names the file in errors. Errors: corrupt, and
/// limit_exceeded for more than `most_json_bytes`.
Result<ModelDescription> read_model_json(std::span<const std::byte> bytes, const std::string& place);

/// Whether a file or folder name can't lead out of the folder in which it is looked up.
bool is_plain_name(std::string_view name);

/// The text of a member; empty if there is none. Errors: corrupt.
Result<std::string> text_or_nothing(const JsonValue& object, std::string_view name);

} // namespace ganlet
