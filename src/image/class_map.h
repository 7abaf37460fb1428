#pragma once

#include <span>

#include "image/image.h"

namespace ganlet {

inline constexpr int most_classes_of_a_map = 256;

/// A picture of which class has the largest value at each pixel; of equal ones the first. `values` are (H,W,classes).
/// Classes 0 to 7 have colours that people with any vision tell apart (Okabe and Ito 2008, Color Universal Design);
/// further ones have hues a golden angle apart.
Image class_map(std::span<const float> values, int width, int height, int classes);

} // namespace ganlet
