#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/limits.h"
#include "core/tensor.h"
#include "import/onnx_graph.h"
#include "import/pickle.h"
#include "import/zip.h"

namespace ganlet::importing {

/// A tensor in a file of PyTorch.
struct TorchTensor {
  std::string name; ///< as in a state dict, with dots; the groups of a checkpoint come first, with '/'
  std::string type; ///< "float32", "int64", ...
  Sizes sizes, strides;
  std::uint64_t offset = 0; ///< in elements
  std::string storage;
};

/// A layer of a module that was pickled as a whole. Layers are in the order in which they were registered.
struct TorchModule {
  std::string name;       ///< as in a state dict, with dots; "" is the outermost
  std::string class_name; ///< "ConvTranspose2d"
  bool is_of_torch = false;
  std::map<std::string, Sizes> numbers; ///< its arguments that are integers or tuples of integers
  std::map<std::string, double> reals;
  std::map<std::string, std::string> texts;
};

/// A file of tensors: the zip archive that torch.save writes since 1.6, the bare pickle that it wrote before, or
/// safetensors. Nothing in it is executed. Refers to the bytes of the file.
class TorchFile {
 public:
  /// Errors: corrupt, unsupported, limit_exceeded, cancelled; at `pickle`, `zip` or `safetensors`.
  static Result<TorchFile> open(Bytes file, const Limits& limits, Budget& budget);

  const std::vector<TorchTensor>& tensors() const { return tensors_; }
  const std::vector<TorchModule>& modules() const { return modules_; }
  /// float16, bfloat16 and float64 become float32, integers int64. Errors: corrupt, unsupported, limit_exceeded.
  Result<Tensor> read(const TorchTensor& tensor, HeldBytes& held, Budget& budget) const;

 private:
  friend class TorchReader;

  Limits limits_;
  std::optional<Zip> zip_;
  std::string folder_; ///< prefix of the names in the archive
  std::map<std::string, Bytes> storages_;
  std::vector<TorchTensor> tensors_;
  std::vector<TorchModule> modules_;
};

/// The size of an element of a type as in TorchTensor::type; 0 for types that can't be read.
std::size_t torch_type_bytes(std::string_view type);

/// Reads a tensor from its storage. Errors: corrupt, unsupported, limit_exceeded, at `place`.
Result<Tensor> strided_tensor(const TorchTensor& tensor, Bytes storage, const Limits& limits, HeldBytes& held,
                              Budget& budget, const std::string& place);
/// The type as in TorchTensor::type for a storage class, or a type of safetensors or torch; otherwise the name itself.
std::string torch_type_of(std::string_view name);

bool is_safetensors(Bytes file);
/// The pickle that torch.save wrote before 1.6.
bool is_old_torch(Bytes file);

} // namespace ganlet::importing
