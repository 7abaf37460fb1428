#include "generator/tiling.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace ganlet {

namespace {

/// Coarser steps than this are no use for pictures, and keep all products small.
constexpr std::int64_t most_pixels_per_step = 1 << 12;

/// The picture's side as an axis of a value: element i lies at the picture's pixel i * pixels / steps, and the value of
/// another tile is the same but for a shift. The first `before` elements and the last `after` ones see that the tile
/// ends there.
struct Side {
  std::size_t axis = 0;
  std::int64_t pixels = 1, steps = 1; ///< without a common divisor
  std::int64_t before = 0, after = 0;
};

/// Element i after an op is made of elements floor((i * step + first) / parts) to floor((i * step + last) / parts).
struct Reads {
  std::int64_t step = 1, parts = 1;
  std::int64_t first = 0, last = 0;
};

std::int64_t floor_divided(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

std::int64_t size_at(const Value& value, std::size_t axis) {
  return value.shape[axis].per_batch ? 0 : value.shape[axis].count;
}

std::int64_t elements(const SymbolicShape& shape, std::size_t first, std::size_t last) {
  std::int64_t product = 1;
  for (std::size_t axis = first; axis < last; ++axis)
    product *= shape[axis].count;
  return product;
}

/// What a node makes of its inputs' sides, as `out`. The operators return false if it sees the whole side.
struct SideOfNode {
  const Graph& graph;
  const Node& node;
  const std::vector<std::optional<Side>>& known; ///< by value; empty if it doesn't depend on the picture
  Side out{};

  const Value& value(std::size_t input) const { return graph.values[static_cast<std::size_t>(node.inputs[input])]; }
  const Value& output() const { return graph.values[static_cast<std::size_t>(node.output)]; }
  bool depends(std::size_t input) const {
    return node.inputs[input] != no_value && known[static_cast<std::size_t>(node.inputs[input])];
  }
  bool depends_from(std::size_t input) const {
    for (; input < node.inputs.size(); ++input)
      if (depends(input))
        return true;
    return false;
  }
  /// Begins with the side of an input that depends on the picture, if no other does.
  bool only(std::size_t input) {
    if (!depends(input) || depends_from(input + 1))
      return false;
    out = *known[static_cast<std::size_t>(node.inputs[input])];
    return true;
  }

  /// Reads `out` of input 0 so, as axis `axis` of the output.
  bool read(const Reads& reads, std::size_t axis) {
    if (reads.step > most_pixels_per_step || reads.parts > most_pixels_per_step)
      return false;
    const std::int64_t size = size_at(output(), axis), end = size_at(value(0), out.axis) - out.after;
    const std::int64_t divisor = std::gcd(out.pixels * reads.step, out.steps * reads.parts);
    out = {axis, out.pixels * reads.step / divisor, out.steps * reads.parts / divisor,
           -floor_divided(reads.first - out.before * reads.parts, reads.step),
           size - 1 - floor_divided(end * reads.parts - 1 - reads.last, reads.step)};
    out.before = std::clamp<std::int64_t>(out.before, 0, size);
    out.after = std::clamp<std::int64_t>(out.after, 0, size);
    return out.pixels <= most_pixels_per_step && out.steps <= most_pixels_per_step;
  }
  /// For an op on images, (N,H,W,C), whose sides are 1 and 2.
  bool is_image() { return only(0) && (out.axis == 1 || out.axis == 2); }
  bool slide(const op::Window& window, bool is_transposed) {
    if (!is_image())
      return false;
    const std::size_t side = out.axis - 1;
    const std::int64_t stride = window.stride[side], pad = window.pad_before[side],
                       reach = window.dilation[side] * (window.kernel[side] - 1);
    return read(is_transposed ? Reads{1, stride, pad - reach + stride - 1, pad} : Reads{stride, 1, -pad, reach - pad},
                out.axis);
  }

  bool operator()(const op::Convolution& operation) { return slide(operation.window, false); }
  bool operator()(const op::Pool& operation) { return slide(operation.window, false); }
  bool operator()(const op::TransposedConvolution& operation) { return slide(operation.window, true); }
  bool operator()(const op::DepthToSpace& operation) {
    return is_image() && read({1, operation.block, 0, 0}, out.axis);
  }
  /// By whole factors alone. In halves of elements: pixel i has its centre at 2 i + 1, or, if asymmetric, at 2 i.
  bool operator()(const op::Resize& operation) {
    if (!is_image() || operation.mode == op::ResizeMode::cubic)
      return false;
    const std::int64_t from = size_at(value(0), out.axis), to = size_at(output(), out.axis);
    if (to < 1)
      return false;
    const std::int64_t step = std::max<std::int64_t>(from / to, 1), parts = std::max<std::int64_t>(to / from, 1);
    const float scaled = operation.scale[out.axis - 1] * static_cast<float>(from);
    if (from * parts != to * step || std::abs(scaled - static_cast<float>(to)) > 0.01F)
      return false;
    if (from == to)
      return true;
    const std::int64_t first = operation.coordinates == op::Coordinates::asymmetric ? 0 : step - parts;
    return operation.coordinates != op::Coordinates::align_corners &&
           operation.coordinates != op::Coordinates::half_pixel_symmetric &&
           read({2 * step, 2 * parts, first, first + 2 * parts - 1}, out.axis);
  }
  bool operator()(const op::Pad& operation) {
    if (!only(0))
      return false;
    const std::int64_t before = operation.before[out.axis];
    return read({1, 1, -before, -before}, out.axis);
  }

  /// For ops that broadcast their inputs against each other and see one element of each: all that depend on the picture
  /// must lie alike, and the others be the same all over the side.
  bool together() {
    const std::size_t rank = output().shape.size();
    bool is_first = true;
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
      if (!depends(input))
        continue;
      Side own = *known[static_cast<std::size_t>(node.inputs[input])];
      own.axis += rank - value(input).shape.size();
      if (is_first)
        out = own;
      if (out.axis != own.axis || out.pixels != own.pixels || out.steps != own.steps)
        return false;
      out.before = std::max(own.before, out.before);
      out.after = std::max(own.after, out.after);
      is_first = false;
    }
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
      const std::size_t missing = rank - value(input).shape.size();
      const std::int64_t size = out.axis < missing ? 1 : size_at(value(input), out.axis - missing);
      if (size != (depends(input) ? size_at(output(), out.axis) : 1))
        return false;
    }
    return true;
  }

  bool operator()(const op::Unary&) { return together(); }
  bool operator()(const op::Cast&) { return together(); }
  bool operator()(const op::Binary&) { return together(); }
  bool operator()(const op::Select&) { return together(); }
  bool operator()(const op::Expand&) { return together(); }
  bool operator()(const op::Tile&) { return together(); }
  bool operator()(const op::Softmax& operation) { return together() && out.axis != std::size_t(operation.axis); }
  bool operator()(const op::Concat& operation) { return together() && out.axis != std::size_t(operation.axis); }
  bool operator()(const op::Slice& operation) {
    return together() && operation.starts[out.axis] == 0 && operation.steps[out.axis] == 1;
  }
  bool operator()(const op::Reduce& operation) {
    const bool keeps = output().shape.size() == value(0).shape.size();
    if (!only(0))
      return false;
    std::size_t fewer = 0;
    for (const int axis : operation.axes) {
      if (std::size_t(axis) == out.axis)
        return false;
      fewer += !keeps && std::size_t(axis) < out.axis ? 1 : 0;
    }
    out.axis -= fewer;
    return true;
  }
  bool operator()(const op::Transpose& operation) {
    if (!only(0))
      return false;
    const auto found = std::ranges::find(operation.permutation, static_cast<int>(out.axis));
    out.axis = static_cast<std::size_t>(found - operation.permutation.begin());
    return true;
  }
  /// The side may keep its place among the elements, take the axes behind it in, or be divided.
  bool operator()(const op::Reshape&) {
    constexpr std::int64_t most_parts = 16; // more of them divide the picture, not its pixels
    if (!only(0))
      return false;
    const SymbolicShape &before = value(0).shape, &after = output().shape;
    const std::int64_t size = size_at(value(0), out.axis), ahead = elements(before, 0, out.axis),
                       behind = elements(before, out.axis + 1, before.size());
    for (std::size_t axis = 0; axis < after.size(); ++axis) {
      const std::int64_t now = size_at(output(), axis);
      if (now <= 1 || elements(after, 0, axis) != ahead)
        continue;
      const std::int64_t left = elements(after, axis + 1, after.size());
      if (now % size == 0 && left * (now / size) == behind)
        return read({1, now / size, 0, 0}, axis);
      const std::int64_t parts = size / now;
      return size % now == 0 && parts <= most_parts && left == behind * parts && read({parts, 1, 0, parts - 1}, axis);
    }
    return false;
  }

  /// The rest isn't followed; in networks that see only near pixels they are rare.
  template <typename Operation> bool operator()(const Operation&) { return false; }
};

} // namespace

std::optional<SideTiling> tiling_along(const Graph& graph, std::size_t in, std::size_t out) {
  std::vector<std::optional<Side>> known(graph.values.size());
  known[static_cast<std::size_t>(graph.inputs[0])] = Side{in};
  std::int64_t period = 1;
  for (const Node& node : graph.nodes) {
    SideOfNode visitor{graph, node, known};
    if (!visitor.depends_from(0))
      continue;
    if (!std::visit(visitor, node.operation) || size_at(visitor.output(), visitor.out.axis) < 1)
      return std::nullopt;
    known[static_cast<std::size_t>(node.output)] = visitor.out;
    period = std::lcm(period, visitor.out.pixels);
    if (period > most_pixels_per_step)
      return std::nullopt;
  }
  const std::optional<Side>& made = known[static_cast<std::size_t>(graph.outputs[0])];
  if (!made || made->axis != out ||
      size_at(graph.output(0), out) * made->pixels != size_at(graph.input(0), in) * made->steps)
    return std::nullopt;
  const auto pixels = [&](std::int64_t count) { // rounded up to periods
    return -floor_divided(-count * made->pixels, made->steps * period) * period;
  };
  return SideTiling{period, pixels(made->before), pixels(made->after)};
}

} // namespace ganlet
