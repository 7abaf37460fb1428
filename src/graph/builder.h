#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/lower.h"

namespace ganlet {

/// How axes of an ONNX image, (N,C,H,W), lie in memory as (N,H,W,C), and back.
inline constexpr int to_channels_last[4] = {0, 2, 3, 1};
inline constexpr int to_channels_first[4] = {0, 3, 1, 2};

/// Makes a Graph node by node. Whatever reads only constants is computed at once; transposes meet and cancel as they
/// are made.
class Builder {
 public:
  Builder(const LowerOptions& options, Budget& budget, std::string place)
      : options_(options), budget_(budget), place_(std::move(place)) {}

  const Limits& limits() const { return options_.limits; }
  /// The place of the ONNX node that is being lowered; errors and new nodes get it.
  const std::string& place() const { return place_; }
  void at(std::string place) { place_ = std::move(place); }
  // Messages are taken by value: as views they cost half a kilobyte of WebAssembly more.
  tl::unexpected<Error> error(std::string message) const { // NOLINT(performance-unnecessary-value-param)
    return fail(ErrorCode::invalid_argument, place_, std::move(message));
  }
  tl::unexpected<Error> unsupported(std::string message) const { // NOLINT(performance-unnecessary-value-param)
    return fail(ErrorCode::unsupported, place_, std::move(message));
  }

  const Value& value(ValueId id) const { return graph_.values[id]; }
  const SymbolicShape& shape(ValueId id) const { return graph_.values[id].shape; }
  int rank(ValueId id) const { return static_cast<int>(shape(id).size()); }
  const Tensor* constant_of(ValueId id) const { return graph_.constant_of(id); }
  /// The node that writes a value; null for inputs and constants. Invalidated by the next `emit`.
  Node* producer(ValueId id) { return producer_[id] < 0 ? nullptr : &graph_.nodes[producer_[id]]; }
  /// The shape as one line of a message: "(N, 3, 28, 28)", in memory order.
  std::string text_of(ValueId id) const;

  /// Takes units of work. Errors: those of `Budget`, here.
  Result<void> take(std::int64_t units);

  /// The product of sizes; at most one may be per batch. Errors: invalid_argument, limit_exceeded.
  Result<Dim> product(std::span<const Dim> sizes) const;

  /// Zeros to fill. Errors: limit_exceeded, before anything is allocated.
  Result<Tensor> new_tensor(DataType type, const SymbolicShape& shape) const;
  Result<ValueId> constant(Tensor tensor, bool channels_last = false);
  /// A constant of another graph, which had its units taken when it was made.
  Result<ValueId> moved_constant(Tensor tensor, bool channels_last);
  ValueId input(std::string name, DataType type, SymbolicShape shape);
  /// Gives a value out under a name. One that has a name already (an input, or an output given twice) is passed on by
  /// an op of its own.
  Result<void> output(ValueId id, std::string name);

  /// How many readers a pass knows a value to have in the graph that it reads; `uses` counts the nodes made so far that
  /// read it. A linear op that nothing else reads may take over what follows it.
  void add_readers(ValueId id, int count) { readers_[id] += count; }
  int readers(ValueId id) const { return readers_[id]; }
  int uses(ValueId id) const { return uses_[id]; }

  /// Appends a node, or its result where all inputs are constants. The shapes must be right: backends assert them.
  /// Errors: limit_exceeded, and what evaluating gives.
  Result<ValueId> emit(op::Any operation, std::vector<ValueId> inputs, DataType type, SymbolicShape shape,
                       bool channels_last = false);

  Result<ValueId> reshape(ValueId id, SymbolicShape shape, bool channels_last = false);
  /// Composes with a transpose before it; those that move no element become a Reshape.
  Result<ValueId> transpose(ValueId id, std::vector<int> permutation, bool channels_last = false);
  /// The value in the file's order of axes. This and `images` change a value's layout once, whoever asks for it.
  Result<ValueId> plain(ValueId id);
  /// A value of rank 4 as (N,H,W,C).
  Result<ValueId> images(ValueId id);
  /// Brings operands, in the file's order of axes, to one rank by the rules of broadcasting.
  Result<void> align(std::span<ValueId> ids);

  /// Drops what nothing reads and hands the graph over.
  Graph finish() &&;

 private:
  Result<void> check_constant(std::int64_t bytes) const;
  Result<ValueId> in_layout(ValueId id, std::span<const int> permutation, bool channels_last);
  Result<ValueId> add_value(DataType type, SymbolicShape shape, bool channels_last);
  Result<ValueId> evaluate_now(const op::Any& operation, std::span<const ValueId> inputs, DataType type,
                               const SymbolicShape& shape, bool channels_last);

  const LowerOptions& options_;
  Budget& budget_;
  std::string place_;
  Graph graph_;
  std::vector<std::int32_t> producer_; ///< index of the node by ValueId, -1 for none
  std::vector<int> readers_, uses_;    ///< by ValueId
  std::vector<ValueId> other_layout_;  ///< by ValueId: the same images in the other layout, once asked for
  std::int64_t layout_changes_ = 0;    ///< nodes that `Limits::nodes` doesn't count
  std::int64_t constant_bytes_ = 0;
};

bool is_concrete(const SymbolicShape& shape);
/// The sizes of a shape without an open batch.
SymbolicShape symbolic(const Shape& shape);

} // namespace ganlet
