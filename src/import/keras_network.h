#pragma once

#include <map>

#include "core/budget.h"
#include "core/text.h"
#include "import/bytes.h"
#include "import/keras_config.h"
#include "import/onnx_graph.h"
#include "onnx/model.h"

/// Converts a Keras network into an ONNX one.
namespace ganlet::importing::keras {

/// A tensor during conversion. ONNX wants pictures as (N,C,...), Keras has (N,...,C): values stay in the order in which
/// they were computed, and are transposed only where an operation needs the other order.
struct Value {
  std::string name;
  Sizes shape;                 ///< in Keras's order, without the batch
  bool channels_first = false; ///< stored as (N,C,...), while Keras's shape is (N,...,C)
  DataType type = DataType::float32;

  int rank() const { return static_cast<int>(shape.size()); }
};

/// Builds the ONNX graph.
class Graph : public OnnxGraph {
 public:
  Graph(const Limits& limits, Budget& budget) : OnnxGraph("keras", limits, budget) {}

  /// A tensor of the file as an initializer, transformed by `change` when it is first asked for.
  template <typename Change> Result<std::string> weight(const Tensor& tensor, Change change);

  /// The value in Keras's order, and as (N,C,...).
  Result<std::string> in_keras_order(const Value& value);
  Result<std::string> with_channels_first(const Value& value);
  /// The value as float32, with a Cast if it isn't.
  Result<Value> as_real(Value value);

  /// `batch` is given if the file fixes it.
  Value add_input(const std::string& name, const Sizes& shape, DataType type, std::optional<std::int64_t> batch = {});
  Result<void> add_output(const std::string& name, const Value& value);
  Result<void> add_output(const std::string& name, const std::string& value, DataType type,
                          std::vector<onnx::Dimension> dimensions);
  /// Declares labels that are only used to look up tables as integers.
  void declare_labels();

 private:
  std::map<std::string, std::string> turned_; ///< values by the name of what they transpose
  std::map<const Tensor*, std::string> weights_;
};

template <typename Change> Result<std::string> Graph::weight(const Tensor& tensor, Change change) {
  if (const auto found = weights_.find(&tensor); found != weights_.end())
    return found->second;
  GANLET_CHECK(budget().take(2 * tensor.shape().elements() + 1));
  return weights_[&tensor] = constant(change(tensor));
}

/// One call of a layer.
struct LayerCall {
  Graph& graph;
  const Layer& layer;
  const std::vector<NamedArgument>& arguments; ///< as in the file
  std::vector<Value> inputs;                   ///< the tensors among the arguments
  std::int64_t version = 0;                    ///< the major version of Keras: 1, 2 or 3

  const Value& input() const { return inputs.front(); }
  tl::unexpected<Error> error(ErrorCode code, std::string_view message) const;

  /// Arguments of the layer; `otherwise` if the file doesn't have them, or has null.
  Result<std::int64_t> integer(std::string_view name, std::int64_t otherwise) const;
  Result<float> real(std::string_view name, float otherwise) const;
  Result<bool> flag(std::string_view name, bool otherwise) const;
  Result<std::string> text(std::string_view name, std::string_view otherwise) const;
  /// A list of whole numbers; a single number stands for `count` equal ones.
  Result<Sizes> integers(std::string_view name, std::size_t count, std::int64_t otherwise) const;
  const Json* find(std::string_view name) const;

  /// The layer's variable number `index`, which must have this shape (-1: any size). Errors: corrupt.
  Result<const Tensor*> variable(std::size_t index, std::string_view name, const Sizes& shape) const;
  bool has_variable(std::size_t index) const { return index < layer.variables.size(); }

  /// Applies an elementwise node to the value.
  Result<Value> each(std::string_view op_type, Value value, std::vector<Attribute> attributes = {}) const;
  Result<Value> each(std::string_view op_type, Value value, float operand) const;
};

using Convert = Result<Value> (*)(LayerCall& call);

/// A layer class that can be converted.
struct LayerKind {
  std::string_view class_name;
  Convert convert;
  /// The names of its variables, in Keras's order: "kernel bias?use_bias". After '?' stands the argument that can leave
  /// the variable out; a '-' in front marks variables that training doesn't change by gradients.
  std::string_view variables;
  std::string_view without; ///< which of its features aren't supported, for people
};

/// Sorted by name.
std::span<const LayerKind> layer_kinds();
const LayerKind* find_layer_kind(std::string_view class_name);

/// Errors: unsupported, with all layers, at any depth, that can't be read.
Result<void> check_layers(const Network& network);

/// The names of a layer's variables, in Keras's order.
struct VariableName {
  std::string_view name;
  bool is_trained = true;
};
std::vector<VariableName> variable_names(const Layer& layer);

/// Applies an activation as Keras writes one: a string, or an object with a class or a function.
Result<Value> activate(LayerCall& call, Value value, const Json* activation);
/// Applies an activation by its name: "relu", "tanh", ... Errors: unsupported.
Result<Value> activate(LayerCall& call, Value value, std::string_view name);

struct Operand {
  std::optional<Value> value;
  float number = 0;
};
/// Applies a binary operator to operands that are tensors or numbers, given by position or name.
Result<Value> combine(LayerCall& call, std::string_view op_type, std::vector<Operand> operands);

/// The network as an ONNX model whose inputs are its InputLayers. Errors name their layer.
Result<onnx::Model> convert_network(const Network& network, std::int64_t version, const Limits& limits, Budget& budget);

// The conversions of the layer classes.
Result<Value> convert_add(LayerCall& call);
Result<Value> convert_activation(LayerCall& call);
Result<Value> convert_average(LayerCall& call);
Result<Value> convert_batch_normalization(LayerCall& call);
Result<Value> convert_concatenate(LayerCall& call);
Result<Value> convert_convolution(LayerCall& call);
Result<Value> convert_cropping(LayerCall& call);
Result<Value> convert_dense(LayerCall& call);
Result<Value> convert_depthwise_convolution(LayerCall& call);
Result<Value> convert_dot(LayerCall& call);
Result<Value> convert_elu(LayerCall& call);
Result<Value> convert_embedding(LayerCall& call);
Result<Value> convert_flatten(LayerCall& call);
Result<Value> convert_global_pooling(LayerCall& call);
Result<Value> convert_group_normalization(LayerCall& call);
Result<Value> convert_identity(LayerCall& call);
Result<Value> convert_lambda(LayerCall& call);
Result<Value> convert_layer_normalization(LayerCall& call);
Result<Value> convert_leaky_relu(LayerCall& call);
Result<Value> convert_maximum(LayerCall& call);
Result<Value> convert_minimum(LayerCall& call);
Result<Value> convert_multiply(LayerCall& call);
Result<Value> convert_operation(LayerCall& call);
Result<Value> convert_permute(LayerCall& call);
Result<Value> convert_pooling(LayerCall& call);
Result<Value> convert_prelu(LayerCall& call);
Result<Value> convert_relu(LayerCall& call);
Result<Value> convert_repeat_vector(LayerCall& call);
Result<Value> convert_rescaling(LayerCall& call);
Result<Value> convert_reshape(LayerCall& call);
Result<Value> convert_resizing(LayerCall& call);
Result<Value> convert_separable_convolution(LayerCall& call);
Result<Value> convert_softmax(LayerCall& call);
Result<Value> convert_subtract(LayerCall& call);
Result<Value> convert_thresholded_relu(LayerCall& call);
Result<Value> convert_transposed_convolution(LayerCall& call);
Result<Value> convert_unit_normalization(LayerCall& call);
Result<Value> convert_upsampling(LayerCall& call);
Result<Value> convert_zero_padding(LayerCall& call);

} // namespace ganlet::importing::keras
