#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/builder.h"
#include "onnx/model.h"

namespace ganlet {

/// What a name of the file stands for while lowering: a value, or integers that depend on the batch (what Shape gives
/// and arithmetic makes of it), or int8 weights whose scale still has the file's axis.
struct Meaning {
  ValueId id = no_value;
  std::optional<std::vector<Dim>> integers; ///< of rank 1, or of rank 0 where `scalar`
  bool scalar = false;
  std::optional<int> quantized_axis; ///< `id` is an int8 constant; `Tensor::scale` runs along this axis
};

/// One ONNX node on its way into the graph: its inputs, attributes and outputs.
class Context {
 public:
  Context(Builder& builder, const onnx::Node& node, std::map<std::string, Meaning>& meanings)
      : builder(builder), node_(node), meanings_(meanings) {}

  Builder& builder;

  const onnx::Node& node() const { return node_; }
  const std::string& op_type() const { return node_.op_type; }
  std::size_t output_count() const { return node_.outputs.size(); }
  std::size_t input_count() const { return node_.inputs.size(); }

  /// Errors where the count of inputs or outputs is outside the bounds, or a required input is left out.
  Result<void> expect_inputs(std::size_t least, std::size_t most) const;
  bool has_input(std::size_t index) const { return index < node_.inputs.size() && !node_.inputs[index].empty(); }
  const Meaning& meaning(std::size_t index) const { return meanings_.at(node_.inputs[index]); }
  /// Input as a value to compute with, its axes in the file's order: int8 weights are dequantized. Errors where it
  /// depends on the batch.
  Result<ValueId> input(std::size_t index);
  /// The same, and it must be float32.
  Result<ValueId> float_input(std::size_t index);
  /// float_input as it lies: what an operation on images has made is still (N,H,W,C).
  Result<ValueId> stored_float_input(std::size_t index);
  /// The same for all inputs from `first` on.
  Result<std::vector<ValueId>> inputs(std::size_t first = 0);
  /// A constant input. Errors where it isn't one.
  Result<const Tensor*> constant_input(std::size_t index);
  /// Lists of sizes, axes and the like are a value's rank long in practice. Errors where one is beyond any use.
  Result<void> expect_list(std::size_t length) const;
  /// Integers of rank 0 or 1, constant or depending on the batch.
  Result<std::vector<Dim>> dims_input(std::size_t index);
  /// Constant integers of rank 0 or 1.
  Result<std::vector<std::int64_t>> integers_input(std::size_t index);
  /// A constant float of one element.
  Result<float> scalar_input(std::size_t index);

  /// Attributes. Errors where one has another type than asked for; `finish` errors where one was never asked for.
  Result<std::int64_t> integer(std::string_view name, std::int64_t otherwise);
  Result<float> number(std::string_view name, float otherwise);
  Result<std::string> word(std::string_view name, std::string_view otherwise);
  Result<std::vector<std::int64_t>> integers(std::string_view name, std::vector<std::int64_t> otherwise);
  /// The same, and there must be `count` of them.
  Result<std::vector<std::int64_t>> integers(std::string_view name, std::vector<std::int64_t> otherwise,
                                             std::size_t count);
  const onnx::AttributeValue* attribute(std::string_view name);
  /// Ignores an attribute that has no effect at inference.
  void ignore(std::string_view name) { asked_.push_back(std::string(name)); }
  Result<void> finish() const;

  void set(std::size_t output, ValueId id);
  void set(std::size_t output, Meaning meaning);
  /// Sets output 0, or hands the error on.
  Result<void> give(Result<ValueId> out);
  /// Integers of rank 1, or of rank 0 where `scalar`; a constant where none depends on the batch.
  Result<void> set_integers(std::size_t output, std::vector<Dim> integers, bool scalar);

 private:
  Result<ValueId> stored_input(std::size_t index);

  const onnx::Node& node_;
  std::map<std::string, Meaning>& meanings_;
  std::vector<std::string> asked_;
};

/// An axis counted from 0; negative ones count from the end. Errors where it is outside [-rank, rank).
Result<int> checked_axis(const Builder& builder, std::int64_t axis, int rank);

} // namespace ganlet
