#pragma once

#include <string_view>

#include "import/bytes.h"

namespace ganlet::importing {

/// For a file of a known format that can't be imported, says what it is and what to do instead; empty for other files.
std::string_view remedy_for(Bytes file);

} // namespace ganlet::importing
