#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/lower.h"
#include "graph/rare_parts.h"

namespace ganlet {

/// The axis order that turns an ONNX image (N,C,H,W) into (N,H,W,C), and the inverse.
inline constexpr int channels_last_order[4] = {0, 2, 3, 1};
inline constexpr int channels_first_order[4] = {0, 3, 1, 2};

/// Builds a Graph node by node. A node that reads only constants is computed at once; consecutive transposes are merged
/// or cancelled as they are added.
class Builder {
 public:
  Builder(const LowerOptions& options, Budget& budget, std::string place)
      : options_(options), budget_(budget), place_(std::move(place)) {}

  const Limits& limits() const { return options_.limits; }
  /// The place of the ONNX node that is being lowered; errors and new nodes carry it.
  const std::string& place() const { return place_; }
  void at(std::string place) { place_ = std::move(place); }
  // Messages are taken by value: passing views takes half a kilobyte more of WebAssembly.
  tl::unexpected<Error> error(std::string message) const { // NOLINT(performance-unnecessary-value-param)
    return fail(ErrorCode::invalid_argument, place_, std::move(message));
  }
  /// A program without the rarer parts leaves the message to the one that has them, and so has no room for it.
  tl::unexpected<Error> unsupported(std::string_view message) const {
    return has_rare_parts() ? fail(ErrorCode::unsupported, place_, message) : needs_rare_parts();
  }

  const Value& value(ValueId id) const { return graph_.values[id]; }
  const SymbolicShape& shape(ValueId id) const { return graph_.values[id].shape; }
  int rank(ValueId id) const { return static_cast<int>(shape(id).size()); }
  const Tensor* constant_of(ValueId id) const { return graph_.constant_of(id); }
  /// The node that writes a value; null for inputs and constants. Invalidated by the next `emit`.
  Node* producer(ValueId id) { return producer_[id] < 0 ? nullptr : &graph_.nodes[producer_[id]]; }
  /// The shape for a message: "(N, 3, 28, 28)", in the file's order of axes.
  std::string text_of(ValueId id) const;

  Budget& budget() { return budget_; }
  /// Takes units of work. Errors: those of `Budget::take`, at `place()`.
  Result<void> take(std::int64_t units);

  /// The product of sizes; at most one may be per batch. Errors: invalid_argument, limit_exceeded.
  Result<Dim> product(std::span<const Dim> sizes) const;

  /// A tensor to fill. Errors: limit_exceeded, before anything is allocated.
  Result<Tensor> new_tensor(DataType type, const SymbolicShape& shape) const;
  Result<ValueId> constant(Tensor tensor, bool channels_last = false);
  /// A constant of another graph, for which no units are taken: they were when it was made.
  Result<ValueId> moved_constant(Tensor tensor, bool channels_last);
  ValueId input(std::string name, DataType type, SymbolicShape shape);
  /// The seeds of the pictures (`Graph::seeds`), added when they are first asked for, after the inputs.
  ValueId seeds();
  /// Another one for each node that draws random numbers.
  std::uint32_t next_stream() { return streams_++; }
  /// Makes a value an output with this name. If it already has a name (an input, or an output given twice), a separate
  /// op passes it on.
  Result<void> output(ValueId id, std::string name);

  /// `readers`: how many readers a value has in the graph that a pass reads. `uses`: how many nodes added so far read
  /// it. A linear op with a single reader may take over the operation that follows.
  void add_readers(ValueId id, int count) { readers_[id] += count; }
  int readers(ValueId id) const { return readers_[id]; }
  int uses(ValueId id) const { return uses_[id]; }

  /// Appends a node, or its result if all inputs are constants. The shapes must be right: backends assert them. Errors:
  /// limit_exceeded, and those of evaluation.
  Result<ValueId> emit(op::Any operation, std::vector<ValueId> inputs, DataType type, SymbolicShape shape,
                       bool channels_last = false);

  Result<ValueId> reshape(ValueId id, SymbolicShape shape, bool channels_last = false);
  /// Merges with a transpose before it; a transpose that moves no element becomes a Reshape.
  Result<ValueId> transpose(ValueId id, std::vector<int> permutation, bool channels_last = false);
  /// The value in the file's order of axes. This and `images` convert a value's layout only once, however often they
  /// are called.
  Result<ValueId> plain(ValueId id);
  /// A value of rank 4 as (N,H,W,C).
  Result<ValueId> images(ValueId id);
  /// Brings operands, which are in the file's order of axes, to the same rank by the rules of broadcasting.
  Result<void> align(std::span<ValueId> ids);

  /// Drops nodes and constants that nothing reads, and returns the graph.
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
  std::int64_t layout_changes_ = 0;    ///< nodes that don't count towards `Limits::nodes`
  std::int64_t constant_bytes_ = 0;
  std::uint32_t streams_ = 16; ///< lower ones are a generator's own (generator/latent.h)
};

bool is_concrete(const SymbolicShape& shape);
/// The sizes of a concrete shape.
SymbolicShape symbolic(const Shape& shape);

} // namespace ganlet
