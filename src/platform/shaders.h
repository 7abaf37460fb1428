#pragma once

#include <cstddef>

/// The files in shaders/, put into the program when it is built; each ends in a zero.
namespace ganlet::platform::shaders {

extern const unsigned char display_vert[];
extern const unsigned char display_frag[];
extern const unsigned char interface_vert[];
extern const unsigned char interface_frag[];

} // namespace ganlet::platform::shaders
