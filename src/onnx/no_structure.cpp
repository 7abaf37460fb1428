// In place of functions and subgraphs (tools/cmake/RareParts.cmake).

#include "onnx/structure.h"

namespace ganlet::onnx {

bool reads_structure() {
  return false;
}

Result<void> resolve_structure(std::span<const std::byte>, Model&, ReadContext&) {
  return {};
}

Result<bool> bind_attribute(std::span<const std::byte>, const std::string&, const Call&, Node&) {
  return false;
}

} // namespace ganlet::onnx
