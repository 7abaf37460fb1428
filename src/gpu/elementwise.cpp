#include <algorithm>
#include <cmath>
#include <utility>

#include "gpu/finite.h"
#include "gpu/kernel.h"
#include "shaders/elementwise.h"

namespace ganlet::gpu {

namespace {

constexpr std::size_t most_inputs = 4, no_input = 4;
constexpr std::uint32_t to_boolean = 64, chosen = 65; // steps that are neither unary nor binary

// shaders/activation.comp and elementwise.comp have the kinds as numbers.
static_assert(static_cast<int>(op::UnaryKind::arc_cosine) == 15 && static_cast<int>(op::UnaryKind::ceiling) == 18 &&
              static_cast<int>(op::UnaryKind::round) == 26 && static_cast<int>(op::UnaryKind::tangent) == 29);
static_assert(static_cast<int>(op::UnaryKind::tanh) == 14 && static_cast<int>(op::UnaryKind::clamp) == 1 &&
              static_cast<int>(op::UnaryKind::leaky_relu) == 7 && static_cast<int>(op::UnaryKind::sigmoid) == 11);
static_assert(static_cast<int>(op::BinaryKind::subtract) == 9 && static_cast<int>(op::BinaryKind::maximum) == 3 &&
              static_cast<int>(op::BinaryKind::multiply) == 6 && static_cast<int>(op::BinaryKind::prelu) == 8 &&
              static_cast<int>(op::BinaryKind::equal) == 2 && static_cast<int>(op::BinaryKind::less) == 10 &&
              static_cast<int>(op::BinaryKind::less_or_equal) == 11);

class ElementwiseKernel final : public Kernel {
 public:
  ElementwiseKernel(const Making& making, Nodes nodes)
      : graph_(&making.graph), output_(making.graph.nodes[nodes.back()].output) {
    const Node& first = making.graph.nodes[nodes[0]];
    inputs_.push_back(first.inputs[0]);
    ValueId value = first.inputs[0];
    for (const std::size_t n : nodes) {
      add_step(making.graph.nodes[n], value);
      value = making.graph.nodes[n].output;
    }
    for (std::size_t slot = inputs_.size(); slot < most_inputs; ++slot)
      bindings_[slot] = making.constants.nothing(slot);
  }

  const shaders::Shader& shader() const override { return shaders::Elementwise::shader; }

  void record(Recorder& recorder) const override {
    shaders::Elementwise uniforms = uniforms_;
    uniforms.axes = narrowed(place_axes(recorder, uniforms));
    const std::int64_t count = recorder.shape(output_).elements();
    uniforms.count = narrowed(count);
    std::array<Binding, most_inputs> bindings = bindings_;
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      bindings[i] = recorder.value(inputs_[i]);
    recorder.add(uniforms, {bindings[0], bindings[1], bindings[2], bindings[3], recorder.value(output_)},
                 Recorder::groups_of(count));
  }

 private:
  void add_step(const Node& node, ValueId value) {
    if (const auto* const unary = std::get_if<op::Unary>(&node.operation))
      return add_step({static_cast<std::uint32_t>(unary->kind), no_input, 0, 0}, unary->a, unary->b);
    if (std::holds_alternative<op::Cast>(node.operation)) {
      if (graph_->values[static_cast<std::size_t>(node.output)].type == DataType::boolean)
        add_step({to_boolean, no_input, 0, 0});
      return; // truth is a number already
    }
    const auto* const binary = std::get_if<op::Binary>(&node.operation);
    std::array<std::uint32_t, 4> step{binary ? static_cast<std::uint32_t>(binary->kind) : chosen, 0, 0, 0};
    const auto at = std::ranges::find(node.inputs, value);
    step[2] = static_cast<std::uint32_t>(at - node.inputs.begin());
    std::size_t slot = 1; // of the first operand that isn't the value, then of the second
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (i != step[2])
        step[std::exchange(slot, 3)] = input(node.inputs[i]);
    add_step(step);
  }

  void add_step(const std::array<std::uint32_t, 4>& step, float a = 0, float b = 0) {
    uniforms_.steps[uniforms_.step_count] = step;
    uniforms_.numbers[uniforms_.step_count++] = {std::clamp(a, -largest_finite, largest_finite),
                                                 std::clamp(b, -largest_finite, largest_finite), 0, 0};
  }

  /// The slot of an input, which is new or known.
  std::uint32_t input(ValueId id) {
    const auto at = std::ranges::find(inputs_, id);
    const auto slot = static_cast<std::uint32_t>(at - inputs_.begin());
    if (at == inputs_.end())
      inputs_.push_back(id);
    return slot;
  }

  /// Neighbouring axes along which all inputs lie densely, or repeat, become one. Returns how many are left.
  std::int64_t place_axes(const Recorder& recorder, shaders::Elementwise& uniforms) const {
    const Shape& y = recorder.shape(output_);
    std::size_t axes = 0;
    std::array<std::int64_t, most_inputs> next{}; // the stride that continues each input's last axis
    std::vector<std::vector<std::int64_t>> strides;
    for (const ValueId id : inputs_)
      strides.push_back(broadcast_strides(recorder.shape(id), y));
    for (int axis = y.rank() - 1; axis >= 0; --axis) {
      const std::int64_t size = y[axis];
      if (size == 1)
        continue;
      bool joins = axes > 0;
      for (std::size_t i = 0; i < inputs_.size(); ++i)
        joins &= strides[i][static_cast<std::size_t>(axis)] == next[i];
      if (joins) {
        element(uniforms.sizes, axes - 1) *= narrowed(size);
      } else {
        element(uniforms.sizes, axes) = narrowed(size);
        for (std::size_t i = 0; i < inputs_.size(); ++i)
          uniforms.strides[2 * i + axes / 4][axes % 4] = narrowed(strides[i][static_cast<std::size_t>(axis)]);
        ++axes;
      }
      for (std::size_t i = 0; i < inputs_.size(); ++i)
        next[i] = strides[i][static_cast<std::size_t>(axis)] * size;
    }
    return static_cast<std::int64_t>(axes);
  }

  /// By axis of `to`, 0 where `from` repeats.
  static std::vector<std::int64_t> broadcast_strides(const Shape& from, const Shape& to) {
    const std::vector<std::int64_t> dense = strides_of(from.sizes());
    std::vector<std::int64_t> strides(static_cast<std::size_t>(to.rank()));
    for (int axis = 0; axis < from.rank(); ++axis)
      if (from[axis] != 1)
        strides[static_cast<std::size_t>(to.rank() - from.rank() + axis)] = dense[static_cast<std::size_t>(axis)];
    return strides;
  }

  const Graph* graph_;          ///< only while it is made
  std::vector<ValueId> inputs_; ///< at most 4, each once
  ValueId output_;
  shaders::Elementwise uniforms_;
  std::array<Binding, most_inputs> bindings_; ///< of the inputs that it lacks
};

} // namespace

namespace {

/// Drivers may take numbers to be finite.
std::string comparison_refusal(const Site& site) {
  if (site.node.inputs[0] == site.node.inputs[1])
    return "whether a number is one isn't asked on GPUs";
  for (const std::size_t i : {0, 1})
    if (const Tensor* const constant = site.constant(i);
        constant && constant->type() == DataType::float32 &&
        !std::ranges::all_of(constant->as<float>(), [](float number) { return std::isfinite(number); }))
      return "GPUs don't compare with infinity";
  return "";
}

} // namespace

std::string refusal(const op::Binary& operation, const Site& site) {
  if (operation.kind == op::BinaryKind::modulo || operation.kind >= op::BinaryKind::bit_and)
    return "it has no kernel";
  if (op::compares(operation.kind))
    return comparison_refusal(site);
  if (operation.kind != op::BinaryKind::power)
    return "";
  // Of negative numbers the kernel has whole powers alone.
  const Tensor* const exponent = site.constant(1);
  const bool is_whole = exponent != nullptr && std::ranges::all_of(exponent->as<float>(), [](float number) {
                          return std::floor(number) == number && std::fabs(number) < 64;
                        });
  return is_whole ? "" : "its exponent isn't a constant of whole numbers";
}

std::string refusal(const op::Cast& operation, const Site&) {
  return operation.narrow == op::Narrow::none ? "" : "kernels don't narrow numbers";
}

MadeKernel make_elementwise(const Making& making, Nodes nodes) {
  return std::make_unique<ElementwiseKernel>(making, nodes);
}

} // namespace ganlet::gpu
