#include "generator/other_formats.h"

namespace ganlet {

bool is_other_model_json(std::span<const std::byte>) {
  return false;
}

Result<std::vector<std::byte>> as_onnx(std::vector<std::byte> bytes, const std::filesystem::path&, const Wanted&,
                                       const Limits&) {
  return bytes;
}

} // namespace ganlet
