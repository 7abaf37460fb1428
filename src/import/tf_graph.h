#pragma once

#include "import/keras_network.h"

/// Converts a frozen TensorFlow graph to an ONNX one.
namespace ganlet::importing::tf {

/// A size, or an integer from which sizes are computed: `count`, or `count` times the batch.
struct Size {
  std::int64_t count = 0;
  bool per_batch = false;

  bool operator==(const Size&) const = default;
};
using Dims = std::vector<Size>;
/// The most numbers of a value that sizes are computed with.
inline constexpr std::size_t most_known = 1024;

/// A value of the graph. TensorFlow has pictures as (N,...,C), ONNX as (N,C,...): a value keeps the order in which it
/// was made, and is transposed only if an operation needs the other.
struct Value {
  std::string name; ///< in the ONNX graph; empty for constants and sizes that haven't been added to it yet
  Dims shape;       ///< in TensorFlow's order
  DataType type = DataType::float32;
  bool channels_first = false;      ///< in the ONNX graph it is (N,C,...)
  const Tensor* constant = nullptr; ///< null unless it is a weight of the file
  std::optional<Dims> numbers = {}; ///< its elements, if they are known integers: up to `most_known`

  int rank() const { return static_cast<int>(shape.size()); }
};

/// A node of the graph.
struct Node {
  std::string name, op;
  const Json* attributes = nullptr;
  struct Input {
    std::size_t node, output;
  };
  std::vector<Input> inputs;
};

/// A node being converted.
struct Call {
  keras::Graph& graph;
  const Node& node;
  std::string_view op; ///< the operation to convert; a fused node is converted as one operation after another
  std::vector<Value> inputs;

  tl::unexpected<Error> error(ErrorCode code, std::string_view message) const;

  // Attributes; `otherwise` if the file doesn't have them.
  const Json* find(std::string_view name) const;
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  float real(std::string_view name, float otherwise) const;
  bool flag(std::string_view name) const;
  std::string text(std::string_view name) const;
  Sizes integers(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

  /// Its name in the ONNX graph, to which it is added if necessary, in the order that it has.
  Result<std::string> name_of(const Value& value) const;
  /// The value in TensorFlow's order.
  Result<Value> in_order(Value value) const;
  /// The value as (N,C,...).
  Result<Value> with_channels_first(Value value) const;
  /// The integers in an input. Errors: unsupported if they aren't known or depend on the batch.
  Result<Sizes> whole(std::size_t input, std::string_view what) const;
  Result<std::int64_t> whole_number(std::size_t input, std::string_view what) const;
  /// An input that is a weight of the file. Errors: unsupported.
  Result<const Tensor*> constant(std::size_t input, std::string_view what) const;
  /// The same of one number. Errors: unsupported, corrupt.
  Result<float> constant_number(std::size_t input, std::string_view what) const;
  /// An axis, which counts from the end if it is negative. Errors: corrupt.
  Result<std::size_t> axis_of(std::int64_t axis, int rank) const;
  /// The size of an axis that doesn't depend on the batch. Errors: unsupported.
  Result<std::int64_t> fixed(const Value& value, std::size_t axis) const;

  /// The result of a node that works element by element: of the same shape and order.
  Result<Value> each(std::string_view op_type, Value value, std::vector<Attribute> attributes = {}) const;
  Result<Value> each(std::string_view op_type, Value value, float operand) const;
};

using Values = std::vector<Value>;
using Convert = Result<Values> (*)(Call& call);

/// A supported operation.
struct Kind {
  std::string_view op;
  Convert convert;
  std::size_t inputs; ///< at least
};

/// Sorted by name.
std::span<const Kind> kinds();
const Kind* find_kind(std::string_view op);

/// The results of a conversion that has one.
Result<Values> only(Result<Value> value);
/// Known integers, which aren't in the ONNX graph yet.
Value known(Dims numbers, Dims shape);
/// The product of sizes; none if it exceeds 2^40 or contains the batch twice.
std::optional<Size> product(const Dims& sizes);
/// The result of Add, Sub, Mul, Div, Mod, Max or Min; none if it isn't a size.
std::optional<Size> computed(std::string_view op_type, Size left, Size right);
/// A binary operator such as "Add", with broadcasting.
Result<Value> combined(const Call& call, std::string_view op_type, const Value& left, const Value& right);
/// Activations and other functions of each element, by TensorFlow's name.
bool is_unary(std::string_view op);
Result<Value> unary(const Call& call, std::string_view op, Value value);
/// A tensor of weights with its axes in another order.
Tensor permuted(const Tensor& from, const Sizes& order);

// The operations.
Result<Values> convert_add_n(Call& call);
Result<Values> convert_batch_normalization(Call& call);
Result<Values> convert_bias(Call& call);
Result<Values> convert_binary(Call& call);
Result<Values> convert_broadcast(Call& call);
Result<Values> convert_cast(Call& call);
Result<Values> convert_concatenation(Call& call);
Result<Values> convert_convolution(Call& call);
Result<Values> convert_depth_to_space(Call& call);
Result<Values> convert_expansion(Call& call);
Result<Values> convert_fill(Call& call);
Result<Values> convert_gather(Call& call);
Result<Values> convert_identity(Call& call);
Result<Values> convert_matrix_product(Call& call);
Result<Values> convert_one_hot(Call& call);
Result<Values> convert_pack(Call& call);
Result<Values> convert_padding(Call& call);
Result<Values> convert_pool(Call& call);
Result<Values> convert_prelu(Call& call);
Result<Values> convert_range(Call& call);
Result<Values> convert_reduction(Call& call);
Result<Values> convert_reshape(Call& call);
Result<Values> convert_resize(Call& call);
Result<Values> convert_select(Call& call);
Result<Values> convert_shape(Call& call);
Result<Values> convert_slice(Call& call);
Result<Values> convert_softmax(Call& call);
Result<Values> convert_split(Call& call);
Result<Values> convert_squeeze(Call& call);
Result<Values> convert_strided_slice(Call& call);
Result<Values> convert_tile(Call& call);
Result<Values> convert_transpose(Call& call);
Result<Values> convert_transposed_convolution(Call& call);
Result<Values> convert_unary(Call& call);
Result<Values> convert_unpack(Call& call);

struct GraphFile {
  const Json& topology;
  const Json* signature = nullptr; ///< null if the file has none
  std::vector<keras::Variable> weights;
};

/// The graph as an ONNX model whose inputs are its placeholders. Errors: corrupt; unsupported, with all operations that
/// aren't supported; limit_exceeded, cancelled.
Result<onnx::Model> convert_graph(const GraphFile& file, const Limits& limits, Budget& budget);

} // namespace ganlet::importing::tf
