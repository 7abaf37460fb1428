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

/// A parsed and checked ONNX file: opset 7 to 25 (older ones than 13 are brought to the forms of opset 13), one graph,
/// in which functions are inlined, and no sparse tensors or external data.
namespace ganlet::onnx {

/// One axis of a declared shape: a size, or, if the file leaves it open, a name ("batch", possibly empty).
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

/// Tensors hold `DataType`s: float16, bfloat16 and double have become float32; int32, int16, uint8 and the like have
/// become int64. int8 stays int8.
/// The graph of a branch or loop, as the file has it (GraphProto): it is read where its node is lowered (graph/lower_
/// control.cpp), once for each time that it runs.
struct Subgraph {
  std::string bytes;
  std::int64_t opset = 0; ///< of the file
  bool operator==(const Subgraph&) const = default;
};

using AttributeValue = std::variant<std::int64_t, float, std::string, Tensor, std::vector<std::int64_t>,
                                    std::vector<float>, std::vector<std::string>, Subgraph>;

struct Attribute {
  std::string name;
  AttributeValue value;
};

struct Node {
  std::string op_type; ///< "Conv"; in another domain than ONNX's own behind that: "com.microsoft.FusedConv"
  std::string name;
  /// "" stands for an optional input that is left out. Behind the inputs of a node with subgraphs come the values of
  /// this graph that those read.
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<Attribute> attributes;

  /// Null if the node has no such attribute.
  const AttributeValue* find(std::string_view attribute) const;
};

struct Model {
  std::int64_t ir_version = 0;
  std::int64_t opset = 0; ///< of ONNX's own domain
  std::string producer;   ///< "pytorch 2.6.0"
  std::vector<std::pair<std::string, std::string>> metadata;
  std::string graph_name;
  std::vector<Node> nodes; ///< sorted: each node follows those that it reads
  std::map<std::string, Tensor> initializers;
  std::vector<ValueInfo> inputs; ///< except those that have an initializer
  std::vector<ValueInfo> outputs;
};

/// The place of node `index` for an `Error`: `graph.node[12] ConvTranspose 'up2'`.
std::string place_of(const Model& model, std::size_t index);
std::string place_of(std::size_t index, std::string_view op_type, std::string_view name);

/// The value of a Constant node; empty if it is missing or is text, which ganlet doesn't compute with.
std::optional<Tensor> constant_value(const Node& node);

/// Deep copies. They are functions because tensors, and everything that holds them, are move-only, so that none is
/// copied by accident.
Node clone(const Node& node);
Model clone(const Model& model);

} // namespace ganlet::onnx
