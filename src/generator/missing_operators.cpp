#include "generator/missing_operators.h"

#include <algorithm>
#include <iterator>

#include "core/text.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

struct Remedy {
  std::string_view op_type, words;
};

constexpr std::string_view recurrent = "recurrent networks aren't run";

constexpr Remedy remedies[] = {
    {"GRU", recurrent},
    {"LSTM", recurrent},
    {"RNN", recurrent},
};

std::string_view remedy_for(const onnx::UsedOperator& used) {
  if (!used.domain.empty())
    return "operators of a runtime's or a program's own: export without its optimizations";
  const auto* const found = std::ranges::find(remedies, used.op_type, &Remedy::op_type);
  return found == std::end(remedies) ? "write it with operators of docs/operations.md" : found->words;
}

} // namespace

Result<void> check_operators(const onnx::Contents& contents) {
  std::string list;
  int missing = 0;
  for (const onnx::UsedOperator& used : contents.operators) {
    const std::string name = concat(used.domain, used.domain.empty() ? "" : ".", used.op_type);
    if (used.op_type.empty() || find_onnx_op(name) != nullptr)
      continue; // reading the file tells where an operator has no name
    list += concat(missing++ == 0 ? "" : "; ", printable(name), " (", used.nodes,
                   used.nodes == 1 ? " node): " : " nodes): ", remedy_for(used));
  }
  if (missing == 0)
    return {};
  return fail(ErrorCode::unsupported, "model",
              concat(missing, " of its ", contents.operators.size(), " operators ", missing == 1 ? "isn't" : "aren't",
                     " supported: ", list));
}

Error explained(Error error, std::span<const std::byte> onnx) {
  if (error.code() == ErrorCode::unsupported)
    if (const auto contents = onnx::contents_of(onnx))
      if (auto checked = check_operators(*contents); !checked)
        return std::move(checked).error();
  return error;
}

} // namespace ganlet
