#pragma once

#include <map>

#include "core/budget.h"
#include "core/text.h"
#include "import/bytes.h"
#include "import/keras_config.h"
#include "onnx/model.h"

/// How a Keras network becomes an ONNX one.
namespace ganlet::importing::keras {

using Sizes = std::vector<std::int64_t>;

/// A tensor on its way. ONNX wants pictures as (N,C,...) where Keras has (N,...,C): values are kept in the order in
/// which they were made, and turned around only where something needs the other.
struct Value {
  std::string name;
  Sizes shape;                 ///< in Keras's order, without the batch
  bool channels_first = false; ///< it lies as (N,C,...), while Keras says (N,...,C)
  DataType type = DataType::float32;

  int rank() const { return static_cast<int>(shape.size()); }
};

/// Of a node; unlike ONNX's it can be copied, and so be listed.
struct Attribute {
  std::string name;
  std::variant<std::int64_t, float, std::string, Sizes> value;
};

template <typename T> Attribute attribute(std::string name, T value) {
  return {std::move(name), std::move(value)};
}

/// Builds the ONNX graph. A name that is asked for is made unique.
class Graph {
 public:
  Graph(const Limits& limits, Budget& budget);

  /// The output of a new node. Errors: limit_exceeded.
  Result<std::string> node(std::string op_type, std::vector<std::string> inputs,
                           std::vector<Attribute> attributes = {});
  std::string constant(Tensor tensor);
  std::string number(float value);
  std::string integers(const Sizes& values);
  /// A tensor of the file, changed by `change` when first asked for.
  template <typename Change> Result<std::string> weight(const Tensor& tensor, Change change);

  /// The value as Keras has it, and as (N,C,...).
  Result<std::string> in_keras_order(const Value& value);
  Result<std::string> with_channels_first(const Value& value);
  /// Float32 where it isn't.
  Result<Value> as_real(Value value);

  Value add_input(const std::string& name, const Sizes& shape, DataType type);
  Result<void> add_output(const std::string& name, const Value& value);
  /// Labels that nothing but tables are looked up with are declared as integers.
  void declare_labels();

  /// Names of nodes begin with it.
  void begin(std::string layer) { layer_ = std::move(layer); }
  const Limits& limits() const { return limits_; }
  Budget& budget() { return budget_; }
  onnx::Model take() && { return std::move(model_); }

 private:
  std::string unused(std::string name);

  onnx::Model model_;
  const Limits& limits_;
  Budget& budget_;
  std::string layer_;
  std::map<std::string, int> used_;
  std::map<std::string, std::string> turned_; ///< what was transposed once
  std::map<const Tensor*, std::string> weights_;
};

template <typename Change> Result<std::string> Graph::weight(const Tensor& tensor, Change change) {
  if (const auto found = weights_.find(&tensor); found != weights_.end())
    return found->second;
  GANLET_CHECK(budget_.take(2 * tensor.shape().elements() + 1));
  return weights_[&tensor] = constant(change(tensor));
}

/// A layer being called.
struct LayerCall {
  Graph& graph;
  const Layer& layer;
  const std::vector<NamedArgument>& arguments; ///< as the file has them
  std::vector<Value> inputs;                   ///< the tensors among them
  std::int64_t version = 0;                    ///< Keras's: 1, 2 or 3

  const Value& input() const { return inputs.front(); }
  tl::unexpected<Error> error(ErrorCode code, std::string_view message) const;

  /// Arguments of the layer; `otherwise` where the file doesn't have them, or null.
  Result<std::int64_t> integer(std::string_view name, std::int64_t otherwise) const;
  Result<float> real(std::string_view name, float otherwise) const;
  Result<bool> flag(std::string_view name, bool otherwise) const;
  Result<std::string> text(std::string_view name, std::string_view otherwise) const;
  /// A list of whole numbers, or one that stands for `count` of them.
  Result<Sizes> integers(std::string_view name, std::size_t count, std::int64_t otherwise) const;
  const Json* find(std::string_view name) const;

  /// Its next variable: number `index`, of this shape (-1: any size). Errors: corrupt.
  Result<const Tensor*> variable(std::size_t index, std::string_view name, const Sizes& shape) const;
  bool has_variable(std::size_t index) const { return index < layer.variables.size(); }

  /// The same value after a node that works on each number.
  Result<Value> each(std::string op_type, Value value, std::vector<Attribute> attributes = {}) const;
  Result<Value> each(std::string op_type, Value value, float operand) const;
};

using Convert = Result<Value> (*)(LayerCall& call);

/// A layer that can be read.
struct LayerKind {
  std::string_view class_name;
  Convert convert;
  /// Of its variables, in Keras's order: "kernel bias?use_bias"; behind '?' the argument that leaves one out, and '-'
  /// in front of those that training doesn't change by gradients.
  std::string_view variables;
  std::string_view without; ///< what of it isn't supported, for people
};

/// Sorted by name.
std::span<const LayerKind> layer_kinds();
const LayerKind* find_layer_kind(std::string_view class_name);

/// The names of a layer's variables, in Keras's order.
struct VariableName {
  std::string_view name;
  bool is_trained = true;
};
std::vector<VariableName> variable_names(const Layer& layer);

/// `value` after an activation as Keras names one: a string, or an object with a class or a function.
Result<Value> activate(LayerCall& call, Value value, const Json* activation);
/// Those with a name: "relu", "tanh", ... Errors: unsupported.
Result<Value> activate(LayerCall& call, Value value, std::string_view name);

struct Operand {
  std::optional<Value> value;
  float number = 0;
};
/// Operands by position or name, tensors and numbers.
Result<Value> combine(LayerCall& call, std::string_view op_type, std::vector<Operand> operands);

/// The network as an ONNX model whose inputs are its InputLayers. Errors name their layer.
Result<onnx::Model> convert_network(const Network& network, std::int64_t version, const Limits& limits, Budget& budget);

// The layers.
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
