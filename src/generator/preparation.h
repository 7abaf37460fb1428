#pragma once

#include <vector>

#include "core/error.h"
#include "generator/roles.h"
#include "image/image.h"

namespace ganlet {

/// The picture as (H,W,C) numbers in `range`, scaled over white (see `scaled` in area_average.h). Errors:
/// invalid_argument for an empty picture, and for one without ink if a digit is wanted.
Result<std::vector<float>> prepare(const Image& picture, const ImageSize& size, ValueRange range,
                                   Preparation preparation);

} // namespace ganlet
