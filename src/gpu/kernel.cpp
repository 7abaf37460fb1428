#include "gpu/kernel.h"

#include <algorithm>

#include "gpu/device.h"
#include "shaders/copy.h"

namespace ganlet::gpu {

namespace {

constexpr std::int64_t rounded(std::int64_t bytes, std::int64_t multiple) {
  return (bytes + multiple - 1) / multiple * multiple;
}

} // namespace

Binding Constants::add_bytes(Memory memory, std::span<const std::byte> bytes) {
  std::vector<std::byte>& all = memory == Memory::weights ? weights_ : values_;
  const auto offset = static_cast<std::int64_t>(all.size()), size = static_cast<std::int64_t>(bytes.size());
  all.insert(all.end(), bytes.begin(), bytes.end());
  const std::int64_t seen = std::max<std::int64_t>(rounded(size, 16), 16);
  all.resize(static_cast<std::size_t>(rounded(offset + seen, Device::alignment)));
  largest_ = std::max(largest_, seen);
  return {memory, offset, seen};
}

Binding Constants::add_value(const Graph& graph, ValueId id) {
  std::optional<Binding>& known = of_values_[static_cast<std::size_t>(id)];
  const Tensor& constant = *graph.constant_of(id);
  if (known)
    return *known;
  if (constant.type() == DataType::float32) {
    known = add_value(constant.as<float>());
  } else {
    const auto truths = constant.as<std::uint8_t>();
    known = add_value(std::span<const float>(std::vector<float>(truths.begin(), truths.end())));
  }
  return *known;
}

Binding Constants::nothing(std::size_t slot) {
  if (!nothing_[slot])
    nothing_[slot] = add_bytes(Memory::values, {});
  return *nothing_[slot];
}

Binding Recorder::value(ValueId id) const {
  const auto index = static_cast<std::size_t>(id);
  if (graph_.values[index].constant)
    return *constants_.of_value(id);
  const std::int64_t offset =
      plan_.offset[index] == MemoryPlan::unplanned ? places_.inputs[index] : plan_.offset[index];
  return {Memory::arena, offset, std::max<std::int64_t>(rounded(plan_.shape[index].elements() * 4, 16), 16)};
}

/// An array that is bound twice is read once.
std::int64_t Recorder::bytes_of(std::span<const Binding> bindings) {
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    const auto is_same = [&](const Binding& before) {
      return before.memory == bindings[i].memory && before.offset == bindings[i].offset;
    };
    if (std::ranges::none_of(bindings.first(i), is_same))
      bytes += bindings[i].bytes;
  }
  return bytes;
}

/// WebGPU takes all but weights as written, and refuses to bind such bytes twice: a value that a node reads twice is
/// copied.
Recorder::Bindings Recorder::disjoint(std::initializer_list<Binding> given) {
  Bindings bindings;
  std::ranges::copy(given, bindings.begin());
  const auto meet = [](const Binding& a, const Binding& b) {
    return a.memory == b.memory && a.memory != Memory::weights && a.offset < b.offset + b.bytes &&
           b.offset < a.offset + a.bytes;
  };
  for (std::size_t i = 0; i < given.size(); ++i)
    if (std::any_of(bindings.begin() + i + 1, bindings.begin() + given.size(),
                    [&](const Binding& later) { return meet(bindings[i], later); }))
      bindings[i] = copied(bindings[i]);
  return bindings;
}

Binding Recorder::scratch(std::int64_t bytes) {
  const Binding made{Memory::arena, scratch_end_, std::max<std::int64_t>(rounded(bytes, 16), 16)};
  scratch_end_ += rounded(made.bytes, Device::alignment);
  arena_bytes_ = std::max(arena_bytes_, scratch_end_);
  return made;
}

/// A copy that a dispatch makes.
Binding Recorder::copied(const Binding& binding) {
  const Binding copy = scratch(binding.bytes);
  shaders::Copy values;
  const std::int64_t count = binding.bytes / 4;
  values.axes = 1;
  values.boxes[0] = {narrowed(count), 1, narrowed(count), 1};
  values.moves[0] = {0, 1, 0, 0};
  values.count = narrowed(count);
  add(values, {binding, copy}, groups_of(count), 0);
  return copy;
}

void Recorder::add_slice(const shaders::Shader& shader, std::span<const std::byte> uniform_bytes,
                         const Bindings& bindings, std::int64_t groups, std::int64_t units) {
  // 65,535 in each direction is the least that both APIs allow.
  const std::int64_t columns = std::min<std::int64_t>(groups, 32768);
  Dispatch& dispatch = dispatches.emplace_back();
  dispatch.shader = &shader;
  dispatch.bindings = bindings;
  dispatch.uniforms = static_cast<std::int64_t>(uniforms.size());
  dispatch.uniform_bytes = rounded(static_cast<std::int64_t>(uniform_bytes.size()), 16);
  dispatch.columns = narrowed(columns);
  dispatch.rows = narrowed((groups + columns - 1) / columns);
  dispatch.units = units;
  dispatch.step = step_;
  ++work[step_].dispatches;
  uniforms.insert(uniforms.end(), uniform_bytes.begin(), uniform_bytes.end());
  uniforms.resize(static_cast<std::size_t>(rounded(static_cast<std::int64_t>(uniforms.size()), Device::alignment)));
}

namespace {

/// Operations whose nodes all have a kernel, or none.
template <typename... Operations, typename Operation> constexpr bool is_one_of(const Operation&) {
  return (std::is_same_v<Operation, Operations> || ...);
}
template <typename Operation> std::string refusal(const Operation& operation, const Site&) {
  return is_one_of<op::GatherElements, op::ScatterElements, op::TopK, op::CumulativeSum, op::GridSample, op::Random>(
             operation)
             ? "it has no kernel"
             : "";
}

bool is_elementwise(const op::Any& operation) {
  return std::holds_alternative<op::Unary>(operation) || std::holds_alternative<op::Binary>(operation) ||
         std::holds_alternative<op::Select>(operation) || std::holds_alternative<op::Cast>(operation);
}

/// Whether an operation takes truth as it takes numbers, which it is in kernels: 0 or 1.
bool takes_truth(const op::Any& operation) {
  return is_elementwise(operation) || std::holds_alternative<op::Reshape>(operation) ||
         std::holds_alternative<op::Transpose>(operation) || std::holds_alternative<op::Concat>(operation) ||
         std::holds_alternative<op::Slice>(operation) || std::holds_alternative<op::Expand>(operation) ||
         std::holds_alternative<op::Tile>(operation);
}

/// Numbers in the kernels are float32, and so is truth; weights may be int8, and indices int64.
std::string type_refusal(const Site& site) {
  const auto is_number = [&](DataType type) {
    return type == DataType::float32 || (type == DataType::boolean && takes_truth(site.node.operation));
  };
  if (!is_number(site.output().type))
    return concat("its output is ", name_of(site.output().type), ", kernels compute in float32");
  const std::optional<std::size_t> index_input =
      std::holds_alternative<op::Gather>(site.node.operation)   ? std::optional<std::size_t>(1)
      : std::holds_alternative<op::OneHot>(site.node.operation) ? std::optional<std::size_t>(0)
                                                                : std::nullopt;
  for (std::size_t i = 0; i < site.node.inputs.size(); ++i) {
    if (!site.has_input(i))
      continue;
    const DataType type = site.input(i).type;
    const bool is_weight = type == DataType::int8 && i == 1 && site.constant(1) != nullptr;
    const bool is_index = type == DataType::int64 && i == index_input;
    if (!is_number(type) && !is_weight && !is_index)
      return concat("its input ", i, " is ", name_of(type), ", kernels compute in float32");
  }
  return "";
}

bool is_empty(const Value& value) {
  return std::ranges::any_of(value.shape, [](Dim dim) { return dim.count == 0; });
}

bool is_linear(const op::Any& operation) {
  return std::holds_alternative<op::FullyConnected>(operation) || std::holds_alternative<op::Convolution>(operation) ||
         std::holds_alternative<op::TransposedConvolution>(operation);
}
/// Whether a convolution applies it to its results (shaders/activation.comp).
bool is_activation(const op::Any& operation) {
  const auto* const unary = std::get_if<op::Unary>(&operation);
  return unary != nullptr && unary->kind <= op::UnaryKind::tanh;
}

} // namespace

Result<void> can_run(const Graph& graph, const Node& node) {
  const Site site{graph, node};
  std::string why = type_refusal(site);
  for (const ValueId id : node.inputs)
    if (why.empty() && id != no_value && is_empty(site.value(id)))
      why = "an input has no elements";
  if (why.empty() && is_empty(site.output()))
    why = "its output has no elements";
  if (why.empty())
    why = std::visit([&](const auto& operation) { return refusal(operation, site); }, node.operation);
  if (!why.empty())
    return fail(ErrorCode::unsupported, node.place, why);
  return {};
}

namespace {

/// Finds which nodes are computed together.
class Steps {
 public:
  explicit Steps(const Graph& graph)
      : graph_(graph), readers_(graph.values.size()), reader_(graph.values.size()), taken_(graph.nodes.size()) {
    for (std::size_t n = 0; n < graph.nodes.size(); ++n)
      for (const ValueId id : graph.nodes[n].inputs)
        if (id != no_value) {
          ++readers_[static_cast<std::size_t>(id)];
          reader_[static_cast<std::size_t>(id)] = n;
        }
    for (const ValueId id : graph.outputs)
      readers_[static_cast<std::size_t>(id)] += 2; // so that it is written
  }

  std::vector<std::vector<std::size_t>> all() {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n)
      if (!taken_[n])
        follow(n);
    // A chain runs where its last node stands, when all that it reads is there.
    std::ranges::sort(steps_, {}, [](const std::vector<std::size_t>& step) { return step.back(); });
    return std::move(steps_);
  }

 private:
  /// The most steps and inputs of shaders/elementwise.comp.
  static constexpr std::size_t most_nodes = 8, most_inputs = 4;

  void follow(std::size_t first) {
    std::vector<std::size_t> nodes{first};
    const op::Any& operation = graph_.nodes[first].operation;
    std::vector<ValueId> inputs;
    if (is_elementwise(operation))
      inputs = graph_.nodes[first].inputs;
    // Where two chains meet, the node belongs to the first of them.
    for (auto next = behind(first); next && !taken_[*next]; next = behind(*next)) {
      const Node& node = graph_.nodes[*next];
      const bool fuses = is_linear(operation) ? nodes.size() == 1 && is_activation(node.operation)
                                              : is_elementwise(operation) && nodes.size() < most_nodes &&
                                                    is_elementwise(node.operation) && has_room(inputs, nodes, node);
      if (!fuses)
        break;
      nodes.push_back(*next);
    }
    for (const std::size_t n : nodes)
      taken_[n] = true;
    steps_.push_back(std::move(nodes));
  }

  /// The only node that reads what this one makes, if the shape stays.
  std::optional<std::size_t> behind(std::size_t n) const {
    const ValueId made = graph_.nodes[n].output;
    const auto index = static_cast<std::size_t>(made);
    if (readers_[index] != 1)
      return std::nullopt;
    const Node& reader = graph_.nodes[reader_[index]];
    const bool same = graph_.values[static_cast<std::size_t>(reader.output)].shape == graph_.values[index].shape;
    return same ? std::optional(reader_[index]) : std::nullopt;
  }

  bool has_room(std::vector<ValueId>& inputs, const std::vector<std::size_t>& nodes, const Node& node) const {
    for (const ValueId id : node.inputs)
      if (id != graph_.nodes[nodes.back()].output && std::ranges::find(inputs, id) == inputs.end()) {
        if (inputs.size() == most_inputs)
          return false;
        inputs.push_back(id);
      }
    return true;
  }

  const Graph& graph_;
  std::vector<int> readers_;        ///< by ValueId
  std::vector<std::size_t> reader_; ///< by ValueId: the last one
  std::vector<bool> taken_;
  std::vector<std::vector<std::size_t>> steps_;
};

/// Constants that are read as they are: not the weights of linear operations, nor indices.
void add_constants(const Making& making, Nodes nodes) {
  for (const std::size_t n : nodes) {
    const Site site{making.graph, making.graph.nodes[n]};
    const std::size_t count = is_linear(site.node.operation) ? 1 : site.node.inputs.size();
    for (std::size_t i = 0; i < count; ++i)
      if (const Tensor* const constant = site.constant(i);
          constant && (constant->type() == DataType::float32 || constant->type() == DataType::boolean))
        making.constants.add_value(making.graph, site.node.inputs[i]);
  }
}

} // namespace

std::vector<std::vector<std::size_t>> steps_of(const Graph& graph) {
  return Steps(graph).all();
}

MadeKernel make_kernel(const Making& making, Nodes nodes) {
  add_constants(making, nodes);
  const op::Any& operation = making.graph.nodes[nodes[0]].operation;
  if (is_elementwise(operation))
    return make_elementwise(making, nodes);
  return std::visit(
      [&](const auto& one) -> MadeKernel {
        if constexpr (requires { make(one, making, nodes); })
          return make(one, making, nodes);
        else
          return make_copy(making, nodes);
      },
      operation);
}

} // namespace ganlet::gpu
