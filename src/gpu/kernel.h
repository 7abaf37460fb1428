#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/text.h"
#include "gpu/device.h"
#include "graph/compile_options.h"
#include "graph/memory_plan.h"
#include "graph/program.h"
#include "shaders/shader.h"

/// How nodes of a graph become dispatches of the kernels in shaders/.
namespace ganlet::gpu {

/// The buffers of a program. WebGPU gives a buffer one usage in a dispatch: weights are what kernels declare as
/// `constant`, the others what they declare as `input` and `output`.
enum class Memory : std::uint8_t {
  arena,   ///< activations
  weights, ///< and tables
  values,  ///< constants of the graph that are read as activations are
};

/// Bytes that a kernel reads or writes.
struct Binding {
  Memory memory = Memory::arena;
  std::int64_t offset = 0; ///< a multiple of Device::alignment
  std::int64_t bytes = 0;  ///< at least 16
};

/// A node with the values around it.
struct Site {
  const Graph& graph;
  const Node& node;

  bool has_input(std::size_t index) const { return index < node.inputs.size() && node.inputs[index] != no_value; }
  const Value& value(ValueId id) const { return graph.values[static_cast<std::size_t>(id)]; }
  const Value& input(std::size_t index) const { return value(node.inputs[index]); }
  const Value& output() const { return value(node.output); }
  /// Null if the input is left out or isn't constant.
  const Tensor* constant(std::size_t index) const {
    return has_input(index) ? graph.constant_of(node.inputs[index]) : nullptr;
  }
};

/// What kernels read but never write, collected when compiling: in two buffers, of weights and of values.
class Constants {
 public:
  explicit Constants(const Graph& graph) : of_values_(graph.values.size()) {}

  /// For what a kernel declares as `constant`.
  template <typename T> Binding add(std::span<const T> elements) {
    return add_bytes(Memory::weights, std::as_bytes(elements));
  }
  /// For an `input`.
  template <typename T> Binding add_value(std::span<const T> elements) {
    return add_bytes(Memory::values, std::as_bytes(elements));
  }
  /// The same, of a constant of the graph, float32 or boolean, in floats; added once.
  Binding add_value(const Graph& graph, ValueId id);
  std::optional<Binding> of_value(ValueId id) const { return of_values_[static_cast<std::size_t>(id)]; }
  /// For input `slot` of a kernel, at most 4, where this node has none.
  Binding nothing(std::size_t slot);

  std::span<const std::byte> bytes(Memory memory) const { return bytes_of(memory); }
  std::int64_t all_bytes() const { return static_cast<std::int64_t>(weights_.size() + values_.size()); }
  /// The most bytes that one kernel sees of them.
  std::int64_t largest() const { return largest_; }
  /// Once they are on the device.
  void forget_bytes() { weights_ = values_ = {}; }

 private:
  const std::vector<std::byte>& bytes_of(Memory memory) const { return memory == Memory::weights ? weights_ : values_; }
  Binding add_bytes(Memory memory, std::span<const std::byte> bytes);

  std::vector<std::byte> weights_, values_;
  std::int64_t largest_ = 0;
  std::vector<std::optional<Binding>> of_values_;
  std::array<std::optional<Binding>, 4> nothing_;
};

/// One call of a kernel, or a slice of it.
struct Dispatch {
  static constexpr std::size_t most_bindings = 5;

  const shaders::Shader* shader = nullptr;
  std::array<Binding, most_bindings> bindings; ///< as many as the shader has
  std::int64_t uniforms = 0;                   ///< where they begin in the buffer of all uniforms
  std::int64_t uniform_bytes = 0;
  std::uint32_t columns = 0, rows = 0; ///< of work groups
  std::int64_t units = 0;              ///< of a budget
  std::size_t step = 0;
};

/// Collects the dispatches of a program for one batch.
class Recorder {
 public:
  /// Where what isn't planned lies in the arena: inputs by ValueId, and indices, as words, in their order. From `end`
  /// on the arena is free.
  struct Places {
    std::vector<std::int64_t> inputs;
    std::vector<Binding> indices;
    std::int64_t end = 0;
  };

  /// Dispatches of more than `slice_units` are cut.
  Recorder(std::int64_t slice_units, const MemoryPlan& plan, const Graph& graph, const Constants& constants,
           const Places& places)
      : slice_units_(slice_units), plan_(plan), graph_(graph), constants_(constants), places_(places),
        arena_bytes_(places.end) {}

  void begin_step(std::size_t step, std::int64_t units) {
    step_ = step;
    units_ = units;
    scratch_end_ = places_.end;
    work.resize(step + 1);
  }
  /// Bytes that only this step's dispatches see.
  Binding scratch(std::int64_t bytes);

  const Shape& shape(ValueId id) const { return plan_.shape[static_cast<std::size_t>(id)]; }
  Binding value(ValueId id) const;
  /// The indices that a node reads from an input of the graph.
  Binding indices(std::size_t which) const { return places_.indices[which]; }

  /// Adds `groups` work groups that together cost `share` of the node's units. `values.first` is set here. `moves` are
  /// the bytes that they read and write, all of what is bound by default.
  template <typename Uniforms>
  void add(const Uniforms& values, std::initializer_list<Binding> given, std::int64_t groups, double share = 1,
           std::optional<std::int64_t> moves = {}) {
    add(Uniforms::shader, values, given, groups, share, moves);
  }
  /// The same, of one of the shaders that a kernel has.
  template <typename Uniforms>
  void add(const shaders::Shader& shader, Uniforms values, std::initializer_list<Binding> given, std::int64_t groups,
           double share = 1, std::optional<std::int64_t> moves = {}) {
    work[step_].bytes += moves.value_or(bytes_of({given.begin(), given.size()}));
    const std::int64_t units = static_cast<std::int64_t>(share * static_cast<double>(units_));
    const std::int64_t slices = std::clamp<std::int64_t>((units + slice_units_ - 1) / slice_units_, 1, groups);
    const Bindings bindings = disjoint(given);
    fits_ &= groups <= most_groups;
    for (std::int64_t slice = 0; slice < slices && groups > 0 && fits_; ++slice) {
      const std::int64_t first = groups * slice / slices, count = groups * (slice + 1) / slices - first;
      values.first = static_cast<std::uint32_t>(first);
      add_slice(shader, std::as_bytes(std::span(&values, 1)), bindings, count, units / slices);
    }
  }
  /// Counts what the step's dispatches multiply and add.
  void count_multiply_adds(std::int64_t count) { work[step_].multiply_adds += count; }
  /// Work groups of 64 invocations, one for each of `items`.
  static std::int64_t groups_of(std::int64_t items) { return (items + 63) / 64; }

  /// False if a dispatch was too large for indices of 32 bits.
  bool fits() const { return fits_; }
  std::int64_t arena_bytes() const { return arena_bytes_; }
  std::vector<Dispatch> dispatches;
  std::vector<NodeWork> work; ///< by step
  std::vector<std::byte> uniforms;

 private:
  using Bindings = std::array<Binding, Dispatch::most_bindings>;
  /// Invocations are counted in 32 bits.
  static constexpr std::int64_t most_groups = std::int64_t{1} << 25;

  static std::int64_t bytes_of(std::span<const Binding> bindings);
  Bindings disjoint(std::initializer_list<Binding> given);
  Binding copied(const Binding& binding);
  void add_slice(const shaders::Shader& shader, std::span<const std::byte> uniform_bytes, const Bindings& bindings,
                 std::int64_t groups, std::int64_t units);

  std::int64_t slice_units_;
  const MemoryPlan& plan_;
  const Graph& graph_;
  const Constants& constants_;
  const Places& places_;
  std::int64_t arena_bytes_, scratch_end_ = 0;
  std::size_t step_ = 0;
  std::int64_t units_ = 0;
  bool fits_ = true;
};

/// Runs one step of a program: a node, or several that are computed at once. Weights are in the constants.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Its shader, or that of most batches.
  virtual const shaders::Shader& shader() const = 0;
  /// Adds the dispatches for the recorder's batch.
  virtual void record(Recorder& recorder) const = 0;
};
using MadeKernel = std::unique_ptr<Kernel>;

/// Indices that a Gather or OneHot takes from an input of the graph; the host makes them words before each run.
struct IndexInput {
  ValueId input = no_value;
  std::int64_t size = 0; ///< of the axis that they count along
  std::size_t node = 0;
};

/// By which a convolution's kernel and its parts are chosen.
struct Tuning {
  TileSpeeds speeds{1, 0, 0};
  bool cuts_sums = false;      ///< into parts, so that a GPU is busy; a software rasteriser always is
  std::int64_t most_bytes = 0; ///< of what a kernel sees
  KernelChoice forced;
};

/// What kernels are made from.
struct Making {
  const Graph& graph;
  Constants& constants;
  std::vector<IndexInput>& indices;
  const Tuning& tuning;
};

/// Indices along an axis, as words that are none of WGSL's missing 64-bit integers: from a constant, or from an input.
class Indices {
 public:
  static constexpr std::uint32_t outside = 0xFFFFFFFF; ///< stands for indices that the axis doesn't have

  /// Of input `input` of a node, along an axis of `size`.
  Indices(const Making& making, std::size_t node, std::size_t input, std::int64_t size);

  Binding binding(const Recorder& recorder) const { return constant_ ? *constant_ : recorder.indices(which_); }
  /// Negative indices count from the end.
  static std::uint32_t word_of(std::int64_t index, std::int64_t size);

 private:
  std::optional<Binding> constant_;
  std::size_t which_ = 0;
};

/// The nodes of a step; several are an operation with a chain of elementwise ones behind it.
using Nodes = std::span<const std::size_t>;

/// Whether there is a kernel for a node; if not, the error's message says why.
Result<void> can_run(const Graph& graph, const Node& node);
/// Cuts a graph into steps, in an order in which they can run. Each node is in one of them.
std::vector<std::vector<std::size_t>> steps_of(const Graph& graph);
/// The kernel of a step, whose nodes can all run.
MadeKernel make_kernel(const Making& making, Nodes nodes);

// Of operations, each in the file of its basename. `refusal` is why this node has no kernel, or empty.
std::string refusal(const op::Convolution& operation, const Site& site);
std::string refusal(const op::TransposedConvolution& operation, const Site& site);
std::string refusal(const op::FullyConnected& operation, const Site& site);
std::string refusal(const op::Binary& operation, const Site& site);
std::string refusal(const op::Cast& operation, const Site& site);
std::string refusal(const op::Resize& operation, const Site& site);
std::string refusal(const op::Gather& operation, const Site& site);
std::string refusal(const op::OneHot& operation, const Site& site);
std::string refusal(const op::Pool& operation, const Site& site);
std::string refusal(const op::Pad& operation, const Site& site);

MadeKernel make(const op::Convolution& operation, const Making& making, Nodes nodes);
MadeKernel make(const op::TransposedConvolution& operation, const Making& making, Nodes nodes);
MadeKernel make(const op::FullyConnected& operation, const Making& making, Nodes nodes);
MadeKernel make(const op::MatrixMultiply& operation, const Making& making, Nodes nodes);
MadeKernel make(const op::Softmax& operation, const Making& making, Nodes nodes);
MadeKernel make(const op::Reduce& operation, const Making& making, Nodes nodes);
MadeKernel make(const op::Gather& operation, const Making& making, Nodes nodes);
MadeKernel make(const op::OneHot& operation, const Making& making, Nodes nodes);
MadeKernel make(const op::Resize& operation, const Making& making, Nodes nodes);
MadeKernel make(const op::Pool& operation, const Making& making, Nodes nodes);
/// A chain of Unary, Binary, Select and Cast.
MadeKernel make_elementwise(const Making& making, Nodes nodes);
/// Reshape, Transpose, Concat, Slice, Pad, Expand, Tile, DepthToSpace.
MadeKernel make_copy(const Making& making, Nodes nodes);

/// The elements between two elements along each axis of a dense array.
inline std::vector<std::int64_t> strides_of(std::span<const std::int64_t> sizes) {
  std::vector<std::int64_t> strides(sizes.size(), 1);
  for (std::size_t axis = sizes.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * sizes[axis];
  return strides;
}

/// A number that the recorder's checks have shown to fit.
inline std::uint32_t narrowed(std::int64_t number) {
  return static_cast<std::uint32_t>(number);
}

/// Element i of an array of vectors of 4.
template <typename T, std::size_t n> T& element(std::array<std::array<T, 4>, n>& vectors, std::size_t i) {
  return vectors[i / 4][i % 4];
}

} // namespace ganlet::gpu
