#include <algorithm>
#include <cmath>

#include "gpu/finite.h"
#include "gpu/kernel.h"
#include "shaders/elementwise.h"

namespace ganlet::gpu {

namespace {

constexpr std::size_t most_inputs = 4, no_input = 4;

// shaders/activation.comp and elementwise.comp have the kinds as numbers.
static_assert(static_cast<int>(op::UnaryKind::tanh) == 14 && static_cast<int>(op::UnaryKind::clamp) == 1 &&
              static_cast<int>(op::UnaryKind::leaky_relu) == 7 && static_cast<int>(op::UnaryKind::sigmoid) == 11);
static_assert(static_cast<int>(op::BinaryKind::subtract) == 9 && static_cast<int>(op::BinaryKind::maximum) == 3 &&
              static_cast<int>(op::BinaryKind::multiply) == 6 && static_cast<int>(op::BinaryKind::prelu) == 8);

class ElementwiseKernel final : public Kernel {
 public:
  ElementwiseKernel(const Making& making, Nodes nodes) : output_(making.graph.nodes[nodes.back()].output) {
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
    const std::size_t step = uniforms_.step_count++;
    if (const auto* const unary = std::get_if<op::Unary>(&node.operation)) {
      uniforms_.steps[step] = {static_cast<std::uint32_t>(unary->kind), no_input, 0, 0};
      uniforms_.numbers[step] = {std::clamp(unary->a, -largest_finite, largest_finite),
                                 std::clamp(unary->b, -largest_finite, largest_finite), 0, 0};
      return;
    }
    const bool is_right = node.inputs[0] != value;
    const ValueId other = node.inputs[is_right ? 0 : 1];
    auto at = std::ranges::find(inputs_, other);
    if (at == inputs_.end()) {
      inputs_.push_back(other);
      at = inputs_.end() - 1;
    }
    uniforms_.steps[step] = {static_cast<std::uint32_t>(std::get<op::Binary>(node.operation).kind),
                             static_cast<std::uint32_t>(at - inputs_.begin()), is_right ? 1U : 0U, 0};
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

  std::vector<ValueId> inputs_; ///< at most 4, each once
  ValueId output_;
  shaders::Elementwise uniforms_;
  std::array<Binding, most_inputs> bindings_; ///< of the inputs that it lacks
};

} // namespace

std::string refusal(const op::Unary& operation, const Site&) {
  return operation.kind > op::UnaryKind::tanh ? "it has no kernel" : "";
}

std::string refusal(const op::Binary& operation, const Site& site) {
  if (op::compares(operation.kind) || operation.kind == op::BinaryKind::modulo ||
      operation.kind >= op::BinaryKind::bit_and)
    return "it has no kernel";
  if (operation.kind != op::BinaryKind::power)
    return "";
  // Of negative numbers the kernel has whole powers alone.
  const Tensor* const exponent = site.constant(1);
  const bool is_whole = exponent != nullptr && std::ranges::all_of(exponent->as<float>(), [](float number) {
                          return std::floor(number) == number && std::fabs(number) < 64;
                        });
  return is_whole ? "" : "its exponent isn't a constant of whole numbers";
}

MadeKernel make_elementwise(const Making& making, Nodes nodes) {
  return std::make_unique<ElementwiseKernel>(making, nodes);
}

} // namespace ganlet::gpu
