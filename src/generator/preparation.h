#pragma once

#include <vector>

#include "core/error.h"
#include "generator/roles.h"
#include "image/image.h"

namespace ganlet {

/// The picture as (H,W,C) numbers in `range`, scaled as `scaled` of area_average.h does it, over white. Errors:
/// invalid_argument for an empty picture, and for one without ink where a digit is wanted.
Result<std::vector<float>> prepare(const Image& picture, const ImageSize& size, ValueRange range,
                                   Preparation preparation);

} // namespace ganlet
