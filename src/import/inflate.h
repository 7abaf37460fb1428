#pragma once

#include "import/bytes.h"

namespace ganlet::importing {

enum class Wrapping { zlib, none };

/// Decompresses to exactly `size` bytes, which the caller has checked against its limits (RFC 1950, 1951). Errors:
/// corrupt, at `place`.
Result<std::vector<std::byte>> inflate(Bytes compressed, std::size_t size, Wrapping wrapping, std::string_view place);

} // namespace ganlet::importing
