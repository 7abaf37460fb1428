#pragma once

#include <map>
#include <span>

#include "core/text.h"
#include "import/flatbuffer.h"
#include "import/onnx_graph.h"

/// How a TensorFlow Lite network becomes an ONNX one.
namespace ganlet::importing::tflite {

enum class Type : std::int8_t {
  float32 = 0,
  float16 = 1,
  int32 = 2,
  uint8 = 3,
  int64 = 4,
  boolean = 6,
  int16 = 7,
  int8 = 9,
  float64 = 10
};

/// A tensor of the file.
struct Stored {
  Sizes shape;
  Type type = Type::float32;
  std::string_view name;
  Bytes data; ///< of a constant
  std::vector<float> scale;
  Sizes zero;
  std::int64_t axis = 0; ///< along which there is one scale for each index
  bool is_sparse = false;

  int rank() const { return static_cast<int>(shape.size()); }
  bool is_quantized() const { return !scale.empty(); }
  bool is_real() const {
    return is_quantized() || type == Type::float32 || type == Type::float16 || type == Type::float64;
  }
  DataType becomes() const {
    return is_real() ? DataType::float32 : type == Type::boolean ? DataType::boolean : DataType::int64;
  }
};

/// A tensor in the ONNX graph. TensorFlow Lite has pictures as (N,H,W,C), ONNX's operators want (N,C,H,W): each is made
/// when something asks for it, and kept.
struct Value {
  std::string last;  ///< as the file has it
  std::string first; ///< with the channels in front
};

class Network {
 public:
  Network(Bytes file, const Limits& limits, Budget& budget);

  Result<onnx::Model> convert() &&;

 private:
  friend class Call;

  Result<void> read_tensors(FlatBuffer::Table model, FlatBuffer::Table graph);
  /// Errors: corrupt where they don't fit the tensor's shape; limit_exceeded.
  Result<void> read_scales(Bytes scales, Bytes zeros, Stored& stored);
  Result<void> read_codes(FlatBuffer::Table model);
  Result<void> convert_operator(FlatBuffer::Table op, std::size_t index);
  /// Constants, and what operators made.
  Result<Value*> value(std::int64_t tensor);
  Result<std::string> last(std::int64_t tensor);
  Result<std::string> first(std::int64_t tensor);
  /// A constant as ganlet computes with it, with real numbers where it is quantized.
  Result<Tensor> read(const Stored& stored);

  struct Code {
    std::int64_t builtin;
    std::string_view custom;
  };

  Bytes file_;
  FlatBuffer buffer_;
  OnnxGraph graph_;
  HeldBytes held_;
  std::vector<Stored> tensors_;
  std::vector<Code> codes_;
  std::map<std::int64_t, Value> values_;
};

/// An operator being converted.
class Call {
 public:
  Call(Network& network, FlatBuffer::Table op, std::string_view name, std::size_t index);

  std::string_view name() const { return name_; }
  /// The one operator of ONNX that it is.
  const char* onnx() const;
  tl::unexpected<Error> error(ErrorCode code, std::string_view message) const;

  /// Whether it has input `index`; optional ones may be left out.
  bool has(std::size_t index) const { return index < inputs_.size() && inputs_[index] >= 0; }
  std::size_t input_count() const { return inputs_.size(); }
  std::size_t output_count() const { return outputs_.size(); }
  /// Errors: corrupt where there is none.
  Result<void> expect_inputs(std::size_t count) const;
  const Stored& input(std::size_t index) const;
  const Stored& output(std::size_t index = 0) const;

  /// An input as the file has it, and with its channels in front.
  Result<std::string> last(std::size_t index);
  Result<std::string> first(std::size_t index);
  /// Whether it lies with its channels in front alone.
  bool lies_first(std::size_t index);
  /// The whole numbers of a constant input. Errors: unsupported where the network computes it.
  Result<Sizes> integers(std::size_t index);
  /// A constant input. Errors: unsupported where the network computes it.
  Result<Tensor> constant(std::size_t index);

  /// Options of the operator, by the number of the field.
  std::int64_t option(int field, std::size_t bytes, std::int64_t otherwise = 0);
  float real_option(int field, float otherwise = 0);
  bool has_options() const { return static_cast<bool>(options_); }
  Bytes custom_options();

  OnnxGraph& graph() { return network_.graph_; }
  /// Called before a tensor is allocated. Errors: limit_exceeded.
  Result<void> hold(std::int64_t bytes) { return network_.held_.take(bytes, "tflite"); }
  Result<std::string> node(std::string_view op_type, Names inputs, std::vector<Attribute> attributes = {});
  Result<std::string> transposed(const std::string& name, Sizes order);
  /// Gives an output, after the activation that is fused with the operator and the range of its integers.
  Result<void> give(std::string name, bool is_first, std::size_t index = 0);
  /// Makes the output the constant that input 0 is; false where it is none.
  bool pass_constant();
  /// The activation that is in this field of the options.
  void fuse(int field) { activation_ = option(field, 1); }

 private:
  Network& network_;
  std::string_view name_;
  Sizes inputs_, outputs_;
  FlatBuffer::Table op_, options_;
  std::int64_t activation_ = 0;
  std::size_t index_;
};

using Convert = Result<void> (*)(Call& call);

struct OpKind {
  std::int64_t code; ///< BuiltinOperator
  std::string_view name;
  Convert convert;
  const char* onnx = ""; ///< where it is one operator of ONNX, which
};

/// Sorted by code.
std::span<const OpKind> op_kinds();
const OpKind* find_op_kind(std::int64_t code);

Result<void> convert_arg(Call& call);
Result<void> convert_binary(Call& call);
Result<void> convert_broadcast(Call& call);
Result<void> convert_cast(Call& call);
Result<void> convert_compare(Call& call);
Result<void> convert_concatenation(Call& call);
Result<void> convert_convolution(Call& call);
Result<void> convert_depth_to_space(Call& call);
Result<void> convert_fill(Call& call);
Result<void> convert_fully_connected(Call& call);
Result<void> convert_gather(Call& call);
Result<void> convert_identity(Call& call);
Result<void> convert_matrix_product(Call& call);
Result<void> convert_normalization(Call& call);
Result<void> convert_one_hot(Call& call);
Result<void> convert_pack(Call& call);
Result<void> convert_pad(Call& call);
Result<void> convert_parametric(Call& call);
Result<void> convert_pool(Call& call);
Result<void> convert_prelu(Call& call);
Result<void> convert_reduce(Call& call);
Result<void> convert_reshape(Call& call);
Result<void> convert_resize(Call& call);
Result<void> convert_reverse(Call& call);
Result<void> convert_select(Call& call);
Result<void> convert_shape(Call& call);
Result<void> convert_slice(Call& call);
Result<void> convert_softmax(Call& call);
Result<void> convert_space_to_depth(Call& call);
Result<void> convert_split(Call& call);
Result<void> convert_strided_slice(Call& call);
Result<void> convert_tile(Call& call);
Result<void> convert_transpose(Call& call);
Result<void> convert_transposed_convolution(Call& call);
Result<void> convert_unary(Call& call);
Result<void> convert_unpack(Call& call);

} // namespace ganlet::importing::tflite
