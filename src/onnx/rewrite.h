#pragma once

#include <map>
#include <optional>
#include <string>

#include "onnx/model.h"

/// What rewriting a model needs to know of it.
namespace ganlet::onnx {

/// How often each value is read: by nodes, and once more where it is an output of the graph.
std::map<std::string, int> count_readers(const Model& model);

/// Nodes that hold or pass on a constant (Constant with a tensor or numbers, Identity) give way to initializers.
void constants_to_initializers(Model& model);

/// Drops initializers that nothing reads.
void drop_unread_initializers(Model& model);

/// A name like `wanted` that no value of the model has yet.
std::string unused_name(const Model& model, std::string wanted);

/// The axis of the output channels in the weights (input 1) of Conv, ConvTranspose, Gemm or MatMul; of ConvTranspose
/// those of one group. Nothing for other nodes, and where the weights' rank can't be right.
std::optional<int> output_axis(const Node& node, const Shape& weights);

/// An integer attribute, or what ONNX says where the node has none.
std::int64_t integer_or(const Node& node, std::string_view attribute, std::int64_t otherwise);

/// The initializer at an input; null where the input is none.
Tensor* initializer_at(Model& model, const Node& node, std::size_t input);

} // namespace ganlet::onnx
