#include "graph/cost.h"

#include <algorithm>

#include "core/checked.h"

namespace ganlet {

namespace {

using Inputs = std::span<const TensorView>;

std::int64_t sum_or_most(std::int64_t a, std::int64_t b) {
  return checked_add(a, b).value_or(std::numeric_limits<std::int64_t>::max());
}

std::int64_t per_output(const TensorView& output, std::int64_t each) {
  return product_or_most({output.shape.elements(), each});
}

/// The cost of walking `tensors` tensors simultaneously over the output's axes.
std::int64_t walk(const TensorView& output, std::int64_t tensors) {
  return per_output(output, tensors * std::max(output.shape.rank(), 1));
}

/// A dot product with a row of the weights (O, ..., I) for each element of the output, computed in pieces of length I.
Cost linear(Inputs inputs, const TensorView& output) {
  const Shape& weights = inputs[1].shape;
  const std::int64_t length = weights[0] == 0 ? 0 : weights.elements() / weights[0];
  const std::int64_t depth = std::max<std::int64_t>(weights[weights.rank() - 1], 1);
  return {per_output(output, length), per_output(output, 4 * (length / depth)), 0};
}

std::int64_t steps_of(op::UnaryKind kind) {
  switch (kind) {
  case op::UnaryKind::absolute:
  case op::UnaryKind::negate:
    return 2;
  case op::UnaryKind::ceiling:
  case op::UnaryKind::floor:
  case op::UnaryKind::round:
  case op::UnaryKind::sign:
  case op::UnaryKind::clamp:
  case op::UnaryKind::leaky_relu:
  case op::UnaryKind::reciprocal:
  case op::UnaryKind::square_root:
    return 6;
  case op::UnaryKind::elu:
  case op::UnaryKind::exponential:
  case op::UnaryKind::logarithm:
  case op::UnaryKind::sigmoid:
    return 36;
  case op::UnaryKind::cosine:
  case op::UnaryKind::gelu_tanh:
  case op::UnaryKind::hyperbolic_cosine:
  case op::UnaryKind::hyperbolic_sine:
  case op::UnaryKind::sine:
  case op::UnaryKind::tanh:
    return 48;
  case op::UnaryKind::arc_cosine:
  case op::UnaryKind::arc_sine:
  case op::UnaryKind::arc_tangent:
  case op::UnaryKind::inverse_hyperbolic_cosine:
  case op::UnaryKind::inverse_hyperbolic_sine:
  case op::UnaryKind::inverse_hyperbolic_tangent:
  case op::UnaryKind::softplus:
  case op::UnaryKind::tangent:
    return 96;
  case op::UnaryKind::error_function:
  case op::UnaryKind::gelu:
    return 240;
  }
  return 240;
}

Cost cost(const op::FullyConnected&, Inputs inputs, const TensorView& output) {
  return linear(inputs, output);
}
Cost cost(const op::Convolution&, Inputs inputs, const TensorView& output) {
  return linear(inputs, output);
}
/// Each input element is multiplied with all kernels of its group.
Cost cost(const op::TransposedConvolution& operation, Inputs inputs, const TensorView& output) {
  const Shape& weights = inputs[1].shape;
  const std::int64_t all_inputs = weights[3] * operation.groups;
  const std::int64_t each = all_inputs == 0 ? 0 : weights.elements() / all_inputs;
  const std::int64_t multiply_adds = product_or_most({inputs[0].shape.elements(), each});
  const std::int64_t pieces = product_or_most({multiply_adds / std::max<std::int64_t>(weights[3], 1), 4});
  return {multiply_adds, sum_or_most(pieces, per_output(output, 8)), 0};
}
Cost cost(const op::MatrixMultiply&, Inputs inputs, const TensorView& output) {
  const Shape& a = inputs[0].shape;
  return {per_output(output, a[a.rank() - 1]), walk(output, 2), 0};
}
Cost cost(const op::Unary& operation, Inputs, const TensorView& output) {
  return {0, per_output(output, steps_of(operation.kind)), 0};
}
Cost cost(const op::Binary& operation, Inputs, const TensorView& output) {
  const std::int64_t each = operation.kind == op::BinaryKind::power    ? 96
                            : operation.kind == op::BinaryKind::modulo ? 16
                                                                       : 4;
  return {0, sum_or_most(per_output(output, each), walk(output, 2)), 0};
}
Cost cost(const op::Softmax&, Inputs, const TensorView& output) {
  return {0, per_output(output, 120), 0};
}
Cost cost(const op::Reduce&, Inputs inputs, const TensorView&) {
  return {0, walk(inputs[0], 2), 0};
}
Cost cost(const op::Reshape&, Inputs, const TensorView&) {
  return {};
}
Cost cost(const op::Transpose&, Inputs, const TensorView& output) {
  return {0, walk(output, 4), 0};
}
Cost cost(const op::Concat&, Inputs, const TensorView&) {
  return {};
}
Cost cost(const op::Slice&, Inputs, const TensorView& output) {
  return {0, walk(output, 4), 0};
}
Cost cost(const op::Pad&, Inputs, const TensorView& output) {
  return {0, walk(output, 6), 0};
}
std::int64_t steps_of(op::ResizeMode mode) {
  return mode == op::ResizeMode::cubic ? 60 : mode == op::ResizeMode::linear ? 20 : 1;
}
/// Positions are computed for each pixel, values for each channel.
Cost cost(const op::Resize& operation, Inputs, const TensorView& output) {
  const std::int64_t pixels = product_or_most({output.shape[0], output.shape[1], output.shape[2]});
  const std::int64_t each = operation.mode == op::ResizeMode::cubic ? 120 : 40;
  return {0, sum_or_most(product_or_most({pixels, each}), per_output(output, steps_of(operation.mode))), 0};
}
Cost cost(const op::GridSample& operation, Inputs, const TensorView& output) {
  const std::int64_t pixels = product_or_most({output.shape[0], output.shape[1], output.shape[2]});
  const std::int64_t each = operation.mode == op::ResizeMode::cubic ? 240 : 80;
  return {0, sum_or_most(product_or_most({pixels, each}), per_output(output, steps_of(operation.mode))), 0};
}
Cost cost(const op::DepthToSpace&, Inputs, const TensorView& output) {
  return {0, per_output(output, 24), 0};
}
/// A window covers at most the whole image.
Cost cost(const op::Pool& operation, Inputs inputs, const TensorView& output) {
  const auto taps = [&](std::size_t axis) {
    return std::min(operation.window.kernel[axis], inputs[0].shape[static_cast<int>(axis) + 1]);
  };
  const std::int64_t values = product_or_most({output.shape.elements(), taps(0), taps(1), 2});
  return {0, sum_or_most(values, per_output(output, 40)), 0};
}
Cost cost(const op::Gather&, Inputs inputs, const TensorView&) {
  return {0, product_or_most({inputs[1].shape.elements(), 8}), 0};
}
Cost cost(const op::GatherElements&, Inputs, const TensorView& output) {
  return {0, walk(output, 4), 0};
}
/// The copy of input 0, and each update.
Cost cost(const op::ScatterElements&, Inputs inputs, const TensorView& output) {
  return {0, sum_or_most(output.shape.elements(), walk(inputs[1], 4)), 0};
}
/// Each result takes a look at all elements.
Cost cost(const op::TopK& operation, Inputs inputs, const TensorView& output) {
  return {0, product_or_most({output.shape.elements(), inputs[0].shape[operation.axis], 4}), 0};
}
Cost cost(const op::CumulativeSum&, Inputs, const TensorView& output) {
  return {0, per_output(output, 8), 0};
}
Cost cost(const op::Random&, Inputs, const TensorView& output) {
  return {0, per_output(output, 120), 0};
}
Cost cost(const op::Expand&, Inputs, const TensorView& output) {
  return {0, walk(output, 4), 0};
}
Cost cost(const op::Tile&, Inputs, const TensorView& output) {
  return {0, walk(output, 8), 0};
}
Cost cost(const op::Select&, Inputs, const TensorView& output) {
  return {0, walk(output, 4), 0};
}
Cost cost(const op::OneHot&, Inputs, const TensorView& output) {
  return {0, per_output(output, 24), 0};
}
Cost cost(const op::Cast& operation, Inputs, const TensorView& output) {
  return {0, per_output(output, operation.narrow == op::Narrow::float16 ? 16 : 4), 0};
}

std::int64_t bytes_of_all(const TensorView& value) {
  return product_or_most({value.shape.elements(), static_cast<std::int64_t>(bytes_of(value.type))});
}

} // namespace

std::int64_t Cost::units() const {
  return sum_or_most(sum_or_most(multiply_adds, steps), bytes / 4);
}

Cost cost_of(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output) {
  Cost all = std::visit([&](const auto& chosen) { return cost(chosen, inputs, output); }, operation);
  std::int64_t read = 0;
  for (const TensorView& input : inputs)
    read = sum_or_most(read, bytes_of_all(input));
  all.bytes = std::max(read, bytes_of_all(output));
  return all;
}

Cost cost_of(const Graph& graph, const Node& node, std::span<const Shape> shapes) {
  const auto view = [&](ValueId id) {
    const auto index = static_cast<std::size_t>(id);
    return id == no_value ? TensorView{} : TensorView{graph.values[index].type, shapes[index], nullptr, {}};
  };
  std::vector<TensorView> inputs;
  for (const ValueId id : node.inputs)
    inputs.push_back(view(id));
  return cost_of(node.operation, inputs, view(node.output));
}

Result<void> check_budget(const Graph& graph, std::span<const std::int64_t> units, const Budget& budget) {
  std::int64_t all = 0;
  for (std::size_t node = 0; node < units.size(); ++node) {
    all = sum_or_most(all, units[node]);
    if (auto checked = budget.check(all); !checked)
      return tl::unexpected<Error>(std::move(checked).error().within(graph.nodes[node].place));
  }
  return {};
}

} // namespace ganlet
