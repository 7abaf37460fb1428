#pragma once

#include "import/torch_tensors.h"

/// Guesses the network of a file that only has tensors, if they are one chain of layers: each tensor is used once, the
/// channels of neighbours agree, and each layer without tensors is known from a whole module, or is the only one for
/// which the numbers of a Sequential leave room.
namespace ganlet::importing {

/// A layer of the chain.
struct ChainLayer {
  enum class Kind : std::uint8_t { linear, convolution, transposed, batch_norm, activation };

  Kind kind = Kind::activation;
  std::string name; ///< of the module, for errors
  const TorchTensor* weight = nullptr;
  const TorchTensor* bias = nullptr;
  const TorchTensor* mean = nullptr;
  const TorchTensor* variance = nullptr;
  std::int64_t stride = 1, padding = 0, output_padding = 0;
  double number = 0;   ///< epsilon, or the slope of LeakyRelu
  std::string op_type; ///< ONNX's operator for an activation
};

struct Chain {
  std::vector<ChainLayer> layers;
  std::vector<std::int64_t> input; ///< without the batch: (Z,1,1), or (Z)
  std::string guesses;             ///< for people
};

/// Looks only at tensors whose names begin with `prefix`. Errors: unsupported, with the reason; limit_exceeded,
/// cancelled.
Result<Chain> find_chain(const TorchFile& file, std::string_view prefix, Budget& budget);

} // namespace ganlet::importing
