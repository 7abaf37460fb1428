#include "onnx/contents.h"

#include <algorithm>

#include "core/limits.h"
#include "onnx/structure.h"

namespace ganlet::onnx {

namespace {

/// GraphProto or FunctionProto, whose nodes are its field `nodes`.
Result<void> read_graph(std::span<const std::byte> message, std::uint32_t nodes, MemoryBudget& memory,
                        Contents& contents) {
  WireReader wire(message, "graph", memory);
  while (wire.next()) {
    if (wire.field() != nodes)
      continue;
    GANLET_TRY(const auto node, wire.message());
    const std::string_view op_type = find_text(node, 4), given = find_text(node, 7);
    const std::string_view domain = given == "ai.onnx" ? std::string_view() : given;
    auto found = std::ranges::find_if(
        contents.operators, [&](const UsedOperator& one) { return one.op_type == op_type && one.domain == domain; });
    constexpr std::size_t most = 1000; // of those that ONNX and its runtimes have there are fewer
    if (found == contents.operators.end() && contents.operators.size() < most)
      found = contents.operators.insert(found, {std::string(domain), std::string(op_type), 0});
    if (found != contents.operators.end())
      ++found->nodes;
  }
  return wire.finish();
}

} // namespace

Result<Contents> contents_of(std::span<const std::byte> file) {
  Contents contents;
  std::vector<std::string> functions; // calls of them are no operators
  MemoryBudget memory(4 * Limits{}.file_bytes);
  WireReader wire(file, "model", memory);
  while (wire.next()) {
    if (wire.field() == 1) {
      contents.ir_version = wire.integer();
    } else if (wire.field() == 7) {
      GANLET_TRY(const auto graph, wire.message());
      GANLET_CHECK(read_graph(graph, 1, memory, contents));
    } else if (reads_structure() && wire.field() == 25) {
      GANLET_TRY(const auto function, wire.message(sizeof(std::string)));
      GANLET_CHECK(read_graph(function, 7, memory, contents));
      functions.push_back(name_in(find_text(function, 10), find_text(function, 1)));
    } else if (wire.field() == 8) {
      GANLET_TRY(const auto opset, wire.message());
      GANLET_TRY(const auto version, read_opset(opset, "model.opset_import", memory));
      contents.opset = version.value_or(contents.opset);
    }
  }
  GANLET_CHECK(wire.finish());
  if (reads_structure())
    std::erase_if(contents.operators, [&](const UsedOperator& one) {
      return std::ranges::find(functions, name_in(one.domain, one.op_type)) != functions.end();
    });
  return contents;
}

} // namespace ganlet::onnx
