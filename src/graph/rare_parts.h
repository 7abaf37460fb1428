#pragma once

#include "core/error.h"

namespace ganlet {

/// Whether a program has the rarer operators, and the rarer uses of common ones. CMake chooses that
/// (tools/cmake/RareParts.cmake), and linking makes it a constant, so that code behind it is left out.
bool has_rare_parts();
/// The error of a program without them, for what needs them. It has no place: the program that has them, which pages
/// try next, says more.
tl::unexpected<Error> needs_rare_parts();

} // namespace ganlet
