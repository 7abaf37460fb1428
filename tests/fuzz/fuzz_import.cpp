// A file of Keras or TensorFlow.js: what is imported is an ONNX model that can be written and read back.

#include "fuzz.h"
#include "import/importer.h"
#include "onnx/reader.h"
#include "onnx/writer.h"

namespace ganlet::fuzz {

void try_bytes(std::span<const std::byte> bytes) {
  const auto beside = [](const std::string&) -> Result<std::vector<std::byte>> {
    return std::vector<std::byte>(4096, std::byte{1});
  };
  Budget budget(limits.load_units);
  const auto model = importing::read(bytes, {"", beside}, limits, budget);
  if (succeeded(model))
    succeeded(onnx::read(onnx::write(*model), limits));
}

} // namespace ganlet::fuzz
