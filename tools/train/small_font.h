#pragma once

#include <array>
#include <cstdint>

namespace ganlet::train {

/// A letter of 5 x 8 pixels, as the displays of small machines have it: five columns, the lowest bit at the top; the
/// seventh row is the base line.
using Glyph = std::array<std::uint8_t, 5>;

/// Of digits, small letters and "+,-./_"; a box for others, but nothing for a space.
Glyph glyph_of(char letter);

} // namespace ganlet::train
