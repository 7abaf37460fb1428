#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/json.h"
#include "generator/model_description.h"

namespace ganlet {

inline constexpr std::int64_t most_json_bytes = std::int64_t{1} << 20;

/// What a model.json says; `place` names it in errors. Errors: corrupt.
Result<ModelDescription> read_model_json(std::span<const std::byte> bytes, const std::string& place);

/// A file or folder name that can't lead out of the folder it is looked up in.
bool is_plain_name(std::string_view name);

/// The text of a member; empty where there is none.
Result<std::string> text_or_nothing(const JsonValue& object, std::string_view name);

} // namespace ganlet
