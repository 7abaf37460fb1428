#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/builder.h"
#include "onnx/model.h"

namespace ganlet {

struct OnnxOp;

/// What a name in the file stands for during lowering: a value, or integers that depend on the batch (the results of
/// Shape and of arithmetic with them), or int8 weights whose scale still runs along the file's axis.
struct Meaning {
  ValueId id = no_value;
  std::optional<std::vector<Dim>> integers; ///< of rank 1, or of rank 0 if `scalar`
  bool scalar = false;
  std::optional<int> quantized_axis; ///< `id` is an int8 constant; `Tensor::scale` runs along this axis
};

/// One ONNX node being lowered: its inputs, attributes and outputs. Errors are at the node's place.
class Context {
 public:
  Context(Builder& builder, const onnx::Node& node, std::map<std::string, Meaning>& meanings)
      : builder(builder), node_(node), meanings_(meanings) {}

  Builder& builder;

  const onnx::Node& node() const { return node_; }
  const std::string& op_type() const { return node_.op_type; }
  std::size_t output_count() const { return node_.outputs.size(); }
  std::size_t input_count() const { return node_.inputs.size(); }

  /// Lowers the node as this operator. Also errors if it has too few or too many inputs, if a required one is left out,
  /// or if it has an attribute that was never asked for.
  Result<void> lower_as(const OnnxOp& operation);
  /// Errors if the number of inputs is out of bounds, or if one of the first `least` is left out.
  Result<void> expect_inputs(std::size_t least, std::size_t most) const;
  /// Whether an input is (N,C,D,H,W), with three dimensions besides the batch and the channels.
  bool is_volume(std::size_t index) const;
  bool has_input(std::size_t index) const { return index < node_.inputs.size() && !node_.inputs[index].empty(); }
  const Meaning& meaning(std::size_t index) const { return meanings_.at(node_.inputs[index]); }
  /// An input as a value to compute with, its axes in the file's order; int8 weights are dequantized. Errors if it
  /// depends on the batch.
  Result<ValueId> input(std::size_t index);
  /// The same; errors if it isn't float32.
  Result<ValueId> float_input(std::size_t index);
  /// The same for int64 and boolean. Errors if it has another type.
  Result<ValueId> input_of(std::size_t index, DataType type);
  /// Like float_input, but in its layout in memory: the result of an operation on images is still (N,H,W,C).
  Result<ValueId> stored_float_input(std::size_t index);
  /// `input` for all inputs from `first` on.
  Result<std::vector<ValueId>> inputs(std::size_t first = 0);
  /// A constant input. Errors if it isn't constant.
  Result<const Tensor*> constant_input(std::size_t index);
  /// Lists of sizes, axes and the like are in practice as long as a value's rank. Errors if `length` is far beyond
  /// that.
  Result<void> expect_list(std::size_t length) const;
  /// Integers of rank 0 or 1, constant or depending on the batch.
  Result<std::vector<Dim>> dims_input(std::size_t index);
  /// Constant integers of rank 0 or 1.
  Result<std::vector<std::int64_t>> integers_input(std::size_t index);
  /// What the inputs stand for, by name: those of a node with subgraphs include all that these read.
  std::map<std::string, Meaning> seen() const;
  /// The file's name for an input.
  const std::string& name(std::size_t index) const { return node_.inputs[index]; }
  /// A name for a value, by which nodes that `compute` lowers can read it.
  std::string named(ValueId id);
  /// Such a name's value, as `input` gives it.
  Result<ValueId> value_named(const std::string& name);
  /// Makes an output, if it is wanted, what a name stands for.
  Result<void> pass_on(std::size_t output, const std::string& name);
  /// Lowers an operator that this one has inside, and returns the name of its only output.
  Result<std::string> compute(std::string_view op_type, std::vector<std::string> inputs,
                              std::vector<onnx::Attribute> attributes);
  /// The same; its output is this node's.
  Result<void> become(std::string_view op_type, std::vector<std::string> inputs,
                      std::vector<onnx::Attribute> attributes);
  /// A constant float of one element.
  Result<float> scalar_input(std::size_t index);

  /// Attributes, or `otherwise` if the node doesn't have one. Errors if the attribute has another type.
  Result<std::int64_t> integer(std::string_view name, std::int64_t otherwise);
  Result<float> number(std::string_view name, float otherwise);
  Result<std::string> word(std::string_view name, std::string_view otherwise);
  Result<std::vector<std::int64_t>> integers(std::string_view name, std::vector<std::int64_t> otherwise);
  /// The same; errors if there aren't exactly `count`.
  Result<std::vector<std::int64_t>> integers(std::string_view name, std::vector<std::int64_t> otherwise,
                                             std::size_t count);
  const onnx::AttributeValue* attribute(std::string_view name);
  /// Ignores an attribute that has no effect at inference.
  void ignore(std::string_view name) { asked_.push_back(std::string(name)); }

  void set(std::size_t output, ValueId id);
  void set(std::size_t output, Meaning meaning);
  /// Sets output 0, or returns the error.
  Result<void> give(Result<ValueId> out);
  /// Integers of rank 1, or of rank 0 if `scalar`. They become a constant if none depends on the batch.
  Result<void> set_integers(std::size_t output, std::vector<Dim> integers, bool scalar);

 private:
  Result<ValueId> stored_input(std::size_t index);
  Result<void> finish() const;

  const onnx::Node& node_;
  std::map<std::string, Meaning>& meanings_;
  std::vector<std::string> asked_;
};

/// A list of one attribute, for `Context::compute`; attributes can't be copied into a list.
std::vector<onnx::Attribute> attributes_with(std::string name, onnx::AttributeValue value);

/// Lowers a node, whose inputs `meanings` has, to which its outputs are added. Takes the units for it.
Result<void> lower_node(Builder& builder, const onnx::Node& node, std::map<std::string, Meaning>& meanings);

/// The axis counted from 0; a negative `axis` counts from the end. Errors if it is outside [-rank, rank).
Result<int> checked_axis(const Builder& builder, std::int64_t axis, int rank);

} // namespace ganlet
