#pragma once

#include <cstddef>
#include <cstdint>

#include "onnx/model.h"

namespace ganlet::fuzz {

/// Changes an ONNX file of `size` bytes in place and gives its new size. Half of the time bytes change blindly, else a
/// model that can be read is changed as a model: few changes of bytes get past the reader.
std::size_t change_model_file(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed);

} // namespace ganlet::fuzz
