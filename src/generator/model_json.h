#pragma once

#include "generator/json_reader.h"
#include "generator/model_folder.h"

namespace ganlet {

inline constexpr std::int64_t most_json_bytes = std::int64_t{1} << 20;

/// What a folder's model.json says. Errors: not_found, corrupt.
Result<ModelFolder> read_model_json(const std::filesystem::path& folder);

/// A file or folder name that can't lead out of the folder it is looked up in.
bool is_plain_name(std::string_view name);

/// The text of a member; empty where there is none.
Result<std::string> text_or_nothing(const JsonValue& object, std::string_view name);

} // namespace ganlet
