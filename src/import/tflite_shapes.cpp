#include <algorithm>
#include <limits>

#include "import/tflite_network.h"

namespace ganlet::importing::tflite {

namespace {

/// An axis counted from the front. Errors: corrupt.
Result<std::int64_t> counted(Call& call, std::int64_t axis, int rank) {
  const std::int64_t counted = axis < 0 ? axis + rank : axis;
  if (counted < 0 || counted >= std::max(rank, 1))
    return call.error(ErrorCode::corrupt, concat("there is no axis ", axis));
  return counted;
}

Result<std::string> reshaped(Call& call, const std::string& name, const Sizes& sizes) {
  if (std::ranges::count(sizes, 0) > 0)
    return call.error(ErrorCode::unsupported, "has an axis without elements");
  return call.node("Reshape", {name, call.graph().integers(sizes)});
}

Result<std::string> sliced(Call& call, const std::string& name, std::int64_t axis, std::int64_t from, std::int64_t to) {
  OnnxGraph& graph = call.graph();
  return call.node("Slice",
                   {name, graph.integers({from}), graph.integers({to}), graph.integers({axis}), graph.integers({1})});
}

/// Where axis `axis` of (N,H,W,C) is in (N,C,H,W).
std::int64_t in_front(std::int64_t axis) {
  return axis == 0 ? 0 : axis == 3 ? 1 : axis + 1;
}

} // namespace

/// All of them, whose result's shape the file says.
Result<void> convert_reshape(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_TRY(const std::string x, call.last(0));
  GANLET_TRY(const std::string made, reshaped(call, x, call.output().shape));
  return call.give(made, false);
}

Result<void> convert_transpose(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  GANLET_TRY(Sizes order, call.integers(1));
  GANLET_TRY(const std::string x, call.last(0));
  GANLET_TRY(const std::string made, call.transposed(x, std::move(order)));
  return call.give(made, false);
}

Result<void> convert_concatenation(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  const int rank = call.output().rank();
  GANLET_TRY(const std::int64_t axis, counted(call, call.option(0, 4), rank));
  bool is_first = false;
  for (std::size_t i = 0; i < call.input_count(); ++i)
    is_first |= call.lies_first(i);
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < call.input_count(); ++i) {
    if (!call.has(i) || call.input(i).rank() != rank)
      return call.error(ErrorCode::corrupt, "joins tensors of different ranks");
    GANLET_TRY(std::string part, is_first ? call.first(i) : call.last(i));
    parts.push_back(std::move(part));
  }
  GANLET_TRY(const std::string made,
             call.node("Concat", std::move(parts), {attribute("axis", is_first ? in_front(axis) : axis)}));
  call.fuse(1);
  return call.give(made, is_first);
}

Result<void> convert_pad(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  GANLET_TRY(const Sizes margins, call.integers(1)); // (rank, 2)
  const auto rank = static_cast<std::size_t>(call.input(0).rank());
  if (margins.size() != 2 * rank)
    return call.error(ErrorCode::corrupt, "has no two margins for each axis");
  const bool is_first = call.lies_first(0);
  Sizes pads(2 * rank);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const auto own =
        static_cast<std::size_t>(is_first ? in_front(static_cast<std::int64_t>(axis)) : std::int64_t(axis));
    pads[own] = margins[2 * axis];
    pads[rank + own] = margins[2 * axis + 1];
  }
  const bool is_mirror = call.name() == "MIRROR_PAD";
  if (is_mirror && call.option(0, 1) != 0)
    return call.error(ErrorCode::unsupported, "mirrors the border as well");
  GANLET_TRY(const std::string x, is_first ? call.first(0) : call.last(0));
  std::vector<std::string> inputs{x, call.graph().integers(pads)};
  if (call.name() == "PADV2" && call.has(2)) {
    GANLET_TRY(Tensor value, call.constant(2));
    if (value.shape().elements() != 1)
      return call.error(ErrorCode::corrupt, "pads with more than one number");
    inputs.push_back(call.graph().constant(std::move(value).reshaped(Shape{})));
  }
  GANLET_TRY(const std::string made,
             call.node("Pad", inputs, {attribute("mode", std::string(is_mirror ? "reflect" : "constant"))}));
  return call.give(made, is_first);
}

Result<void> convert_reduce(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  GANLET_TRY(Sizes axes, call.integers(1));
  const bool keeps = call.option(0, 1) != 0;
  const int rank = call.input(0).rank();
  const bool is_first = call.lies_first(0) && keeps;
  for (std::int64_t& axis : axes) {
    GANLET_TRY(axis, counted(call, axis, rank));
    axis = is_first ? in_front(axis) : axis;
  }
  GANLET_TRY(const std::string x, is_first ? call.first(0) : call.last(0));
  const Attribute keep = attribute("keepdims", std::int64_t{keeps ? 1 : 0});
  const std::string op_type = call.onnx();
  GANLET_TRY(const std::string made, op_type == "ReduceSum"
                                         ? call.node(op_type, {x, call.graph().integers(axes)}, {keep})
                                         : call.node(op_type, {x}, {attribute("axes", axes), keep}));
  return call.give(made, is_first);
}

Result<void> convert_arg(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  GANLET_TRY(const Sizes axes, call.integers(1));
  if (axes.size() != 1)
    return call.error(ErrorCode::corrupt, "has no one axis");
  GANLET_TRY(const std::int64_t axis, counted(call, axes[0], call.input(0).rank()));
  GANLET_TRY(const std::string x, call.last(0));
  GANLET_TRY(const std::string made,
             call.node(call.onnx(), {x}, {attribute("axis", axis), attribute("keepdims", std::int64_t{0})}));
  return call.give(made, false);
}

/// A constant, since all sizes of the file are fixed.
Result<void> convert_shape(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  return call.give(call.graph().integers(call.input(0).shape), false);
}

Result<void> convert_slice(Call& call) {
  GANLET_CHECK(call.expect_inputs(3));
  GANLET_TRY(const Sizes begin, call.integers(1));
  const Sizes& to = call.output().shape;
  if (begin.size() != to.size() || call.input(0).shape.size() != to.size())
    return call.error(ErrorCode::corrupt, "has no beginning for each axis");
  GANLET_TRY(std::string made, call.last(0));
  for (std::size_t axis = 0; axis < to.size(); ++axis)
    if (to[axis] != call.input(0).shape[axis]) {
      GANLET_TRY(made, sliced(call, made, static_cast<std::int64_t>(axis), begin[axis],
                              std::clamp<std::int64_t>(begin[axis], 0, 1 << 30) + to[axis]));
    }
  return call.give(made, false);
}

/// Masks have a bit for each axis whose beginning or end isn't used, or that goes.
Result<void> convert_strided_slice(Call& call) {
  GANLET_CHECK(call.expect_inputs(4));
  GANLET_TRY(Sizes begin, call.integers(1));
  GANLET_TRY(Sizes end, call.integers(2));
  GANLET_TRY(Sizes step, call.integers(3));
  const std::int64_t goes = call.option(4, 4);
  if (call.option(2, 4) != 0 || call.option(3, 4) != 0 || call.option(5, 1) != 0)
    return call.error(ErrorCode::unsupported, "has an ellipsis or new axes");
  const auto rank = static_cast<std::size_t>(call.input(0).rank());
  if (begin.size() > rank || end.size() != begin.size() || step.size() != begin.size())
    return call.error(ErrorCode::corrupt, "has no beginning, end and step for each axis");
  Sizes axes;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    axes.push_back(static_cast<std::int64_t>(i));
    if ((call.option(0, 4) >> i & 1) != 0)
      begin[i] = step[i] < 0 ? most : 0;
    if ((call.option(1, 4) >> i & 1) != 0)
      end[i] = step[i] < 0 ? -most : most;
    if ((goes >> i & 1) != 0) {
      end[i] = begin[i] == -1 || begin[i] == most ? most : begin[i] + 1;
      step[i] = 1;
    }
  }
  OnnxGraph& graph = call.graph();
  GANLET_TRY(const std::string x, call.last(0));
  GANLET_TRY(std::string made, call.node("Slice", {x, graph.integers(begin), graph.integers(end), graph.integers(axes),
                                                   graph.integers(step)}));
  if (goes != 0) {
    GANLET_TRY(made, reshaped(call, made, call.output().shape));
  }
  return call.give(made, false);
}

/// SPLIT has the axis in front of the tensor, SPLIT_V behind it and the sizes.
Result<void> convert_split(Call& call) {
  const bool is_plain = call.name() == "SPLIT";
  GANLET_CHECK(call.expect_inputs(is_plain ? 2 : 3));
  GANLET_TRY(const Sizes axes, call.integers(is_plain ? 0 : 2));
  const std::size_t from = is_plain ? 1 : 0;
  if (axes.size() != 1)
    return call.error(ErrorCode::corrupt, "has no one axis");
  GANLET_TRY(const std::int64_t axis, counted(call, axes[0], call.input(from).rank()));
  GANLET_TRY(const std::string x, call.last(from));
  std::int64_t at = 0;
  for (std::size_t i = 0; i < call.output_count(); ++i) {
    if (call.output(i).rank() != call.input(from).rank())
      return call.error(ErrorCode::corrupt, "has parts of another rank");
    const std::int64_t size = call.output(i).shape[static_cast<std::size_t>(axis)];
    GANLET_TRY(const std::string part, sliced(call, x, axis, at, at + size));
    at += size;
    GANLET_CHECK(call.give(part, false, i));
  }
  return {};
}

Result<void> convert_pack(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_TRY(const std::int64_t axis, counted(call, call.option(1, 4), call.output().rank()));
  Sizes sizes = call.output().shape;
  if (sizes.empty())
    return call.error(ErrorCode::corrupt, "gives a single number");
  sizes[static_cast<std::size_t>(axis)] = 1;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < call.input_count(); ++i) {
    if (!call.has(i))
      return call.error(ErrorCode::corrupt, "joins nothing");
    GANLET_TRY(const std::string x, call.last(i));
    GANLET_TRY(std::string part, reshaped(call, x, sizes));
    parts.push_back(std::move(part));
  }
  GANLET_TRY(const std::string made, call.node("Concat", std::move(parts), {attribute("axis", axis)}));
  return call.give(made, false);
}

Result<void> convert_unpack(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_TRY(const std::int64_t axis, counted(call, call.option(1, 4), call.input(0).rank()));
  GANLET_TRY(const std::string x, call.last(0));
  for (std::size_t i = 0; i < call.output_count(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    GANLET_TRY(const std::string part, sliced(call, x, axis, at, at + 1));
    GANLET_TRY(const std::string made, reshaped(call, part, call.output(i).shape));
    GANLET_CHECK(call.give(made, false, i));
  }
  return {};
}

Result<void> convert_tile(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  GANLET_TRY(const Sizes repeats, call.integers(1));
  GANLET_TRY(const std::string x, call.last(0));
  GANLET_TRY(const std::string made, call.node("Tile", {x, call.graph().integers(repeats)}));
  return call.give(made, false);
}

Result<void> convert_broadcast(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_TRY(const std::string x, call.last(0));
  GANLET_TRY(const std::string made, call.node("Expand", {x, call.graph().integers(call.output().shape)}));
  return call.give(made, false);
}

/// FILL of a number, its second input; ZEROS_LIKE.
Result<void> convert_fill(Call& call) {
  const bool is_fill = call.name() == "FILL";
  GANLET_CHECK(call.expect_inputs(is_fill ? 2 : 1));
  std::string number;
  if (is_fill) {
    GANLET_TRY(number, call.last(1));
  } else {
    number = call.output().becomes() == DataType::float32
                 ? call.graph().number(0)
                 : call.graph().constant(Tensor::of<std::int64_t>(Shape{}, {0}));
  }
  GANLET_TRY(const std::string made, call.node("Expand", {number, call.graph().integers(call.output().shape)}));
  return call.give(made, false);
}

/// EMBEDDING_LOOKUP has the indices first.
Result<void> convert_gather(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  const bool is_lookup = call.name() == "EMBEDDING_LOOKUP";
  const std::size_t table = is_lookup ? 1 : 0, indices = is_lookup ? 0 : 1;
  if (!is_lookup && call.option(1, 4) != 0)
    return call.error(ErrorCode::unsupported, "looks up another table for each image");
  GANLET_TRY(const std::int64_t axis, counted(call, is_lookup ? 0 : call.option(0, 4), call.input(table).rank()));
  GANLET_TRY(const std::string from, call.last(table));
  GANLET_TRY(const std::string at, call.last(indices));
  GANLET_TRY(const std::string made, call.node("Gather", {from, at}, {attribute("axis", axis)}));
  return call.give(made, false);
}

Result<void> convert_one_hot(Call& call) {
  GANLET_CHECK(call.expect_inputs(4));
  GANLET_TRY(const std::string indices, call.last(0));
  GANLET_TRY(const Sizes depth, call.integers(1));
  GANLET_TRY(const std::string on, call.last(2));
  GANLET_TRY(const std::string off, call.last(3));
  if (depth.size() != 1)
    return call.error(ErrorCode::corrupt, "has no one depth");
  GANLET_TRY(const std::string low, reshaped(call, off, {1}));
  GANLET_TRY(const std::string high, reshaped(call, on, {1}));
  GANLET_TRY(const std::string values, call.node("Concat", {low, high}, {attribute("axis", std::int64_t{0})}));
  const std::string count = call.graph().constant(Tensor::of<std::int64_t>(Shape{}, {depth[0]}));
  GANLET_TRY(const std::string made,
             call.node("OneHot", {indices, count, values}, {attribute("axis", call.option(0, 4, -1))}));
  return call.give(made, false);
}

Result<void> convert_reverse(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  GANLET_TRY(const Sizes axes, call.integers(1));
  GANLET_TRY(std::string made, call.last(0));
  OnnxGraph& graph = call.graph();
  for (const std::int64_t axis : axes) {
    GANLET_TRY(made, call.node("Slice", {made, graph.integers({-1}),
                                         graph.integers({std::numeric_limits<std::int64_t>::min() + 1}),
                                         graph.integers({axis}), graph.integers({-1})}));
  }
  return call.give(made, false);
}

} // namespace ganlet::importing::tflite
