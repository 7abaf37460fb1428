#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/tensor.h"

/// A parsed and checked ONNX file (opset 7 to 25, brought to the forms of opset 13 where it is older; one graph, no
/// subgraphs, functions, sparse tensors or external data).
namespace ganlet::onnx {

/// One axis of a declared shape: a size, or a name ("batch", possibly empty) where the file leaves it open.
struct Dimension {
  std::optional<std::int64_t> size;
  std::string name;
};

/// A graph input or output as the file declares it.
struct ValueInfo {
  std::string name;
  DataType type = DataType::float32;
  std::optional<std::vector<Dimension>> shape;
};

/// Tensors hold `DataType`s: float16, bfloat16 and double have become float32; int32, int16, uint8 and the like int64.
/// int8 stays.
using AttributeValue = std::variant<std::int64_t, float, std::string, Tensor, std::vector<std::int64_t>,
                                    std::vector<float>, std::vector<std::string>>;

struct Attribute {
  std::string name;
  AttributeValue value;
};

struct Node {
  std::string op_type;
  std::string domain; ///< "": ONNX's own, the only one that is read
  std::string name;
  std::vector<std::string> inputs; ///< "" where an optional input is left out
  std::vector<std::string> outputs;
  std::vector<Attribute> attributes;

  /// Nothing where the node has no such attribute.
  const AttributeValue* find(std::string_view attribute) const;
};

struct Model {
  std::int64_t ir_version = 0;
  std::int64_t opset = 0; ///< of ONNX's own domain
  std::string producer;   ///< "pytorch 2.6.0"
  std::vector<std::pair<std::string, std::string>> metadata;
  std::string graph_name;
  std::vector<Node> nodes; ///< in an order in which each node follows what it reads
  std::map<std::string, Tensor> initializers;
  std::vector<ValueInfo> inputs; ///< without those that have an initializer
  std::vector<ValueInfo> outputs;
};

/// The place of node `index` for an `Error`: `graph.node[12] ConvTranspose 'up2'`.
std::string place_of(const Model& model, std::size_t index);
std::string place_of(std::size_t index, std::string_view op_type, std::string_view name);

/// What a Constant node holds; empty if it is missing, or text, which ganlet doesn't compute with.
std::optional<Tensor> constant_value(const Node& node);

/// Tensors are moved, not copied by accident, and so are what holds them; these copy.
Node clone(const Node& node);
Model clone(const Model& model);

} // namespace ganlet::onnx
