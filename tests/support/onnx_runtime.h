#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace ganlet::test {

/// A tensor for an input, or from an output, of a network.
struct NamedTensor {
  std::string name;
  Tensor tensor;
};

/// The first output of an ONNX file, float32, as ONNX Runtime computes it on one thread without optimizing. Throws
/// where it can't read or run the file.
Tensor run_in_onnx_runtime(std::span<const std::byte> file, const std::vector<NamedTensor>& inputs);

} // namespace ganlet::test
