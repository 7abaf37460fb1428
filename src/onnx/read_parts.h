#pragma once

#include <optional>

#include "core/budget.h"
#include "core/limits.h"
#include "onnx/model.h"
#include "onnx/wire.h"

/// Readers of ONNX's messages (onnx.proto), one per message type. Each takes the message's bytes and the place to name
/// in errors.
namespace ganlet::onnx {

/// The attributes that a call passes to a function, and those that the function has for the others.
struct Call {
  std::span<const Attribute> given, defaults;
};

struct ReadContext {
  const Limits& limits;
  Budget& work;
  MemoryBudget budget;
  const Call* call; ///< of the function whose nodes are being read; null for those of the graph

  /// Takes units of work. Errors: those of `Budget::take`, at `place`.
  Result<void> take(std::int64_t units, std::string_view place) {
    if (auto taken = work.take(units); !taken)
      return tl::unexpected<Error>(std::move(taken).error().within(place));
    return {};
  }
};

/// TensorProto.
Result<Tensor> read_tensor(std::span<const std::byte> message, const std::string& place, ReadContext& context);

/// AttributeProto of a node at a place.
Result<Attribute> read_attribute(std::span<const std::byte> message, const std::string& node_place,
                                 ReadContext& context);

/// The name of an operator or function with its domain in front, unless that is ONNX's own, under either name.
std::string name_in(std::string_view domain, std::string_view name);

/// OperatorSetIdProto: the version of ONNX's own operators, or nothing if it is about those of another domain.
Result<std::optional<std::int64_t>> read_opset(std::span<const std::byte> message, std::string_view place,
                                               MemoryBudget& memory);

/// NodeProto.
Result<Node> read_node(std::span<const std::byte> message, std::size_t index, ReadContext& context);

/// ValueInfoProto. `kind` and `index` make the place: `graph.input[0] 'z'`.
Result<ValueInfo> read_value_info(std::span<const std::byte> message, std::string_view kind, std::size_t index,
                                  ReadContext& context);

/// Checks that every value has one maker, and sorts nodes so that each follows what it reads; nodes already in order
/// keep their places. Errors: corrupt.
Result<void> check_and_order(Model& model);

} // namespace ganlet::onnx
