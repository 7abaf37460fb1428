#pragma once

#include <cstddef>

/// The files in shaders/, embedded when the program is built; each is zero-terminated.
namespace ganlet::platform::shaders {

extern const unsigned char display_vert[];
extern const unsigned char display_frag[];
extern const unsigned char interface_vert[];
extern const unsigned char interface_frag[];

} // namespace ganlet::platform::shaders
