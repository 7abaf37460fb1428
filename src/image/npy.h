#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/limits.h"
#include "core/tensor.h"

/// NumPy's .npy files (NEP 1): float32, int64 and bool; little-endian, C order.
namespace ganlet {

/// A version 1.0 file with a tensor (float32, int64 or boolean); its data is aligned to 64 bytes.
std::vector<std::byte> write_npy(const TensorView& tensor);

/// Reads a whole file of version 1.0 to 3.0. Errors, at `place`: corrupt (not .npy, a damaged header, too few or too
/// many bytes), unsupported (another type, big-endian, Fortran order; the message says what to do about it),
/// limit_exceeded.
Result<Tensor> read_npy(std::span<const std::byte> bytes, const Limits& limits, std::string_view place);

} // namespace ganlet
