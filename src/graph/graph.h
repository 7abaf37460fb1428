#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/limits.h"
#include "core/tensor.h"
#include "graph/ops.h"

namespace ganlet {

/// A size that is known (count), or known once the batch is (count times the batch). A count of 0 is never per batch,
/// since the size is then 0 for every batch.
struct Dim {
  std::int64_t count = 0;
  bool per_batch = false;

  constexpr Dim() = default;
  constexpr Dim(std::int64_t count, bool per_batch) : count(count), per_batch(per_batch && count != 0) {}

  std::int64_t at(std::int64_t batch) const { return per_batch ? count * batch : count; }
  bool operator==(const Dim&) const = default;
};

using SymbolicShape = std::vector<Dim>;

/// The shape for a batch; checks it against `limits`.
Result<Shape> resolve(const SymbolicShape& shape, std::int64_t batch, const Limits& limits, std::string_view place);

using ValueId = std::int32_t;
inline constexpr ValueId no_value = -1; ///< stands for an optional input that is left out

/// A value that nodes read or write. `shape` is in the order of the elements in memory.
struct Value {
  std::string name; ///< from the file, or derived from it
  DataType type = DataType::float32;
  SymbolicShape shape;
  /// True if the file has (N,C,H,W) and this value lies in memory as (N,H,W,C).
  bool channels_last = false;
  /// Index into `Graph::constants`.
  std::optional<std::int32_t> constant;
};

/// The axis in memory that corresponds to an axis of the file.
int memory_axis(const Value& value, int axis);
/// The sizes in the file's order of axes.
SymbolicShape file_shape(const Value& value);

struct Node {
  op::Any operation;
  std::vector<ValueId> inputs;
  ValueId output = no_value;
  std::string place; ///< the place of the ONNX node it came from: `graph.node[12] ConvTranspose 'up2'`
};

/// A network after lowering: typed operations over (N,H,W,C), with constants resolved. Nodes are in an order in which
/// they can run.
struct Graph {
  std::vector<Value> values;
  std::vector<Tensor> constants;
  std::vector<Node> nodes;
  /// Inputs have the file's names and lie in memory as the file declares them (never channels_last). So do outputs,
  /// except that images of 1, 3 or 4 channels may be channels_last.
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  /// The seed of each picture, int64 (N), if nodes draw random numbers. It isn't among the inputs: `Program::seed` sets
  /// it.
  ValueId seeds = no_value;

  const Value& input(std::size_t index) const;
  const Value& output(std::size_t index) const;
  const Tensor* constant_of(ValueId id) const;
  /// A deep copy, including constants. Graphs are otherwise move-only.
  Graph clone() const;
  /// False if the file fixes the batch, as the first size of each input.
  bool has_batch() const;
};

/// Counts for `ganlet info` and for `Limits`: elements of float32 and int8 constants; multiply-adds of linear
/// operations.
std::int64_t parameters_of(const Graph& graph);
std::int64_t multiply_adds_of(const Graph& graph, const Node& node, std::int64_t batch);
std::int64_t multiply_adds_of(const Graph& graph, std::int64_t batch);

} // namespace ganlet
