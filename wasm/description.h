#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "generator/roles.h"

namespace ganlet::c {

/// What model.json says of a model, as it comes through `ganlet_load`.
struct Description {
  ModelDescription model;
  std::optional<std::int64_t> bytes; ///< of the ONNX file
  std::string sha256;                ///< of the ONNX file; empty: not said
};

/// Reads pairs of a key and a value, each ended by a NUL. Errors: invalid_argument, with the key as place.
Result<Description> read_description(std::string_view pairs);

/// Errors: corrupt, where the file isn't the one described.
Result<void> check_file(const Description& description, std::span<const std::byte> file);

} // namespace ganlet::c
