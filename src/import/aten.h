#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>

#include "core/json.h"
#include "core/text.h"
#include "import/onnx_graph.h"
#include "import/torch_tensors.h"

/// Converts a graph of PyTorch's ATen operations into an ONNX one.
namespace ganlet::importing::aten {

struct Value {
  std::string name;
  Sizes sizes; ///< -1 for the batch if the file leaves it open
  DataType type = DataType::float32;

  int rank() const { return static_cast<int>(sizes.size()); }
};

/// The content of a union of the schema, such as {"as_tensor": {"name": "x"}}; null if it is of another kind.
const Json* held(const Json& argument, std::string_view kind);
/// The member `name`; "" if there is none.
std::string name_in(const Json* object);
/// A size, or another integer; -1 if it depends on the batch.
std::int64_t size_of(const Json& size);
/// Adds the names of the tensors that an argument reads.
void add_names(const Json& argument, std::vector<std::string>& names);

/// Converts an exported program node by node.
class Converter {
 public:
  /// Returns a weight, a buffer or a constant by its name in the graph; empty if there is none.
  using Weights = std::function<Result<std::optional<Tensor>>(const std::string& name)>;

  /// `graph` is the member `graph` of the file.
  Converter(const Json& graph, Weights weights, const Limits& limits, Budget& budget);

  Result<void> add_input(const std::string& name);
  Result<void> add_output(const std::string& name);
  Result<void> convert_nodes();
  onnx::Model take() && { return std::move(onnx_).take(); }

  /// A value as the file declares it: its sizes and type. Errors: corrupt.
  Result<Value> declared(const std::string& name) const;
  Result<Value> value(const std::string& name);

 private:
  friend class Call;

  Result<void> convert_node(const Json& node, std::size_t index);
  Result<void> check_in_place(const std::string& name, const std::string& op, std::size_t index);
  void find_last_uses();

  const Json& graph_;
  Weights weights_;
  OnnxGraph onnx_;
  std::map<std::string, Value, std::less<>> values_;
  std::map<std::string, const Json*, std::less<>> declared_;
  std::map<std::string, std::size_t, std::less<>> last_uses_; ///< by name, the last node that reads it
  std::map<std::string, std::string, std::less<>> roots_;     ///< by the name of a view, the tensor that it shows
  std::string first_input_;                                   ///< whose first axis is the batch
};

/// A node during conversion.
class Call {
 public:
  Call(Converter& converter, const Json& node, std::string op);

  /// "conv2d", without domain and overload.
  const std::string& op() const { return op_; }
  /// The operator of ONNX if the conversion is a single one, as in OpKind.
  const char* onnx() const;
  tl::unexpected<Error> error(ErrorCode code, std::string_view message) const;

  /// Arguments by their names in ATen's schema; null or `otherwise` if the node leaves them out or has None.
  const Json* find(std::string_view argument) const;
  bool has(std::string_view argument) const { return find(argument) != nullptr; }
  bool is_tensor(std::string_view argument) const;
  Result<Value> tensor(std::string_view argument);
  Result<std::vector<std::optional<Value>>> tensors(std::string_view argument);
  std::int64_t integer(std::string_view argument, std::int64_t otherwise) const;
  double real(std::string_view argument, double otherwise) const;
  std::string_view text(std::string_view argument) const;
  /// A list of integers (-1 for one that depends on the batch); a single one stands for `count` equal ones.
  Sizes integers(std::string_view argument, std::size_t count, std::int64_t otherwise) const;
  std::vector<double> reals(std::string_view argument) const;
  /// An axis counted from the front. Errors: corrupt.
  Result<std::int64_t> axis(std::string_view argument, std::int64_t otherwise, int rank) const;

  /// The names of the outputs; those of a list follow each other.
  const std::vector<std::string>& outputs() const { return outputs_; }
  /// The first output as the file declares it. Errors: corrupt.
  Result<Value> declared(std::size_t output = 0) const;

  /// The output of a new node. Errors: limit_exceeded.
  Result<std::string> node(std::string_view op_type, Names inputs, std::vector<Attribute> attributes = {});
  std::string number(double value, DataType type = DataType::float32);
  std::string integers_of(const Sizes& values) { return graph().integers(values); }
  OnnxGraph& graph() const { return converter_.onnx_; }
  /// An argument that is a tensor or a number, as this type.
  Result<std::string> operand(std::string_view argument, DataType type);
  Result<std::string> cast(const Value& value, DataType type);
  /// With this shape; an open batch stays open. Errors: unsupported.
  Result<std::string> reshape(const std::string& name, const Sizes& sizes);
  /// Sizes as a tensor, with the batch of the first input.
  Result<std::string> shape(const Sizes& sizes);

  /// Makes `name` the value of output `index`, which is as the file declares it.
  Result<void> give(const std::string& name, std::size_t index = 0);

 private:
  Converter& converter_;
  const Json& node_;
  std::string op_;
  std::vector<std::string> outputs_;
};

using Convert = Result<void> (*)(Call& call);

struct OpKind {
  std::string_view name;
  Convert convert;
  const char* onnx = ""; ///< the operator, if the conversion is a single one
};

/// Sorted by name.
std::span<const OpKind> op_kinds();
/// Whether the result shares its numbers with the input, so that changing one in place changes both.
bool makes_view(std::string_view op);

Result<void> convert_any(Call& call);
Result<void> convert_arange(Call& call);
Result<void> convert_attention(Call& call);
Result<void> convert_batch_norm(Call& call);
Result<void> convert_binary(Call& call);
Result<void> convert_cast(Call& call);
Result<void> convert_cat(Call& call);
Result<void> convert_clamp(Call& call);
Result<void> convert_compare(Call& call);
Result<void> convert_convolution(Call& call);
Result<void> convert_dot(Call& call);
Result<void> convert_einsum(Call& call);
Result<void> convert_embedding(Call& call);
Result<void> convert_expand(Call& call);
Result<void> convert_fill(Call& call);
Result<void> convert_flip(Call& call);
Result<void> convert_gelu(Call& call);
Result<void> convert_group_norm(Call& call);
Result<void> convert_identity(Call& call);
Result<void> convert_index(Call& call);
Result<void> convert_index_select(Call& call);
Result<void> convert_instance_norm(Call& call);
Result<void> convert_layer_norm(Call& call);
Result<void> convert_linear(Call& call);
Result<void> convert_norm(Call& call);
Result<void> convert_meshgrid(Call& call);
Result<void> convert_nothing(Call& call);
Result<void> convert_pad(Call& call);
Result<void> convert_parametric(Call& call);
Result<void> convert_permute(Call& call);
Result<void> convert_pixel_shuffle(Call& call);
Result<void> convert_pool(Call& call);
Result<void> convert_product(Call& call);
Result<void> convert_random(Call& call);
Result<void> convert_reduce(Call& call);
Result<void> convert_remainder(Call& call);
Result<void> convert_repeat(Call& call);
Result<void> convert_repeat_interleave(Call& call);
Result<void> convert_reshape(Call& call);
Result<void> convert_roll(Call& call);
Result<void> convert_select(Call& call);
Result<void> convert_slice(Call& call);
Result<void> convert_softmax(Call& call);
Result<void> convert_split(Call& call);
Result<void> convert_stack(Call& call);
Result<void> convert_three(Call& call);
Result<void> convert_triangle(Call& call);
Result<void> convert_unary(Call& call);
Result<void> convert_upsample(Call& call);
Result<void> convert_variance(Call& call);
Result<void> convert_where(Call& call);

} // namespace ganlet::importing::aten
