#pragma once

#include "core/limits.h"
#include "import/bytes.h"
#include "onnx/model.h"

namespace ganlet::importing {

/// Whether a file has tensors, or a whole module, written by torch.save or safetensors, and no program.
bool is_torch_weights(Bytes file);

/// The name of the metadata in which a model has what was guessed of it.
inline constexpr std::string_view chain_metadata = "chain";

struct TensorListing {
  std::string name, type;
  std::vector<std::int64_t> shape;
};

/// Lists the tensors of such a file in its order. Nothing in it is executed. Errors: those of TorchFile::open.
Result<std::vector<TensorListing>> list_tensors(Bytes file, const Limits& limits, Budget& budget);

/// Such a file has no network. Without `chain`, fails with how to save one. With it, returns the network if the tensors
/// can only be one chain of layers (torch_chain.h); what was guessed is the model's metadata `chain_metadata`.
/// `network` names one of several groups of tensors. Errors: unsupported, not_found, and those of TorchFile.
Result<onnx::Model> read_torch_weights(Bytes file, bool chain, std::string_view network, const Limits& limits,
                                       Budget& budget);

} // namespace ganlet::importing
