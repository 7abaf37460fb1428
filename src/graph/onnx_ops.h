#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/help.h"
#include "graph/context.h"
#include "graph/rare_parts.h"

namespace ganlet {

/// An operator of ONNX's own domain that ganlet runs, and the function that lowers it.
struct OnnxOp {
  std::string_view op_type;
  Result<void> (*lower)(Context& context);
  std::size_t least_inputs;
  std::size_t most_inputs;
  int since;                ///< the opset that introduced it
  std::string_view becomes; ///< the operations of graph/ops.h that it becomes, in words (`help`)
  std::string_view without; ///< which of its features aren't supported, in words (`help`)

  consteval OnnxOp(std::string_view name, Result<void> (*lowers)(Context& context), std::size_t least, std::size_t most,
                   int opset, std::string_view operations, std::string_view unsupported)
      : op_type(name), lower(lowers), least_inputs(least), most_inputs(most), since(opset), becomes(help(operations)),
        without(help(unsupported)) {}
};

/// The rarer operators. CMake chooses whether a program has them (tools/cmake/RareParts.cmake): pages fetch an engine
/// that does only when a file needs it.
std::span<const OnnxOp> rare_onnx_ops();
/// Operators that the studio in pages has, too.
std::span<const OnnxOp> less_common_onnx_ops();

/// All supported operators, sorted by name; docs/operations.md, the fuzzer and the conformance tests use this list.
std::vector<const OnnxOp*> onnx_ops();
/// Null if the operator isn't supported.
const OnnxOp* find_onnx_op(std::string_view op_type);

} // namespace ganlet
