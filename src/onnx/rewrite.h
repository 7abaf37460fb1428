#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "onnx/model.h"

/// Helpers for rewriting models.
namespace ganlet::onnx {

AttributeValue clone(const AttributeValue& value);

/// How many of a node's inputs are its own, and not read by its subgraphs.
std::size_t own_inputs(const Node& node);

/// How often each value is read: once by each reading input of a node, and once more if it is an output of the graph.
std::map<std::string, int> count_readers(const Model& model);

/// Replaces nodes that hold or pass on a constant (Constant with a tensor or numbers, Identity) by initializers.
void constants_to_initializers(Model& model);

/// Drops initializers that nothing reads.
void drop_unread_initializers(Model& model);

/// The names of a model's values, for giving new values names of their own.
class ValueNames {
 public:
  explicit ValueNames(const Model& model);

  /// `wanted`, with a number behind it if a value has that name already. The name counts as taken from then on.
  std::string unused(const std::string& wanted);

 private:
  std::set<std::string> taken_;
  std::map<std::string, std::size_t> next_; ///< the next number to try behind a name
};

/// The axis of the output channels in the weights (input 1) of Conv, ConvTranspose, Gemm or MatMul; for ConvTranspose,
/// the channels of one group. Empty for other nodes, and if the weights have an impossible rank.
std::optional<int> output_axis(const Node& node, const Shape& weights);

/// An integer attribute, or `otherwise`, ONNX's default, if the node doesn't have it.
std::int64_t integer_or(const Node& node, std::string_view attribute, std::int64_t otherwise);

/// The initializer that is input number `input` of the node; null if that input isn't an initializer.
Tensor* initializer_at(Model& model, const Node& node, std::size_t input);

} // namespace ganlet::onnx
