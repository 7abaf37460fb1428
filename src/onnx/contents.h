#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"

/// What a file asks for, before any of it is read: also of files that `read` refuses.
namespace ganlet::onnx {

/// An operator that nodes of the graph have, in the order of their first nodes.
struct UsedOperator {
  std::string domain; ///< "": ONNX's own
  std::string op_type;
  std::int64_t nodes = 0;
};

struct Contents {
  std::int64_t ir_version = 0;
  std::int64_t opset = 0; ///< of ONNX's own domain, as the file has it
  std::vector<UsedOperator> operators;
};

/// Errors: corrupt, limit_exceeded.
Result<Contents> contents_of(std::span<const std::byte> file);

} // namespace ganlet::onnx
