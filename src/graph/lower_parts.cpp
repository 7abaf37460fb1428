#include <algorithm>
#include <limits>

#include "core/text.h"
#include "graph/lower_ops.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

Result<void> concat_integers(Context& context) {
  std::vector<Dim> all;
  for (std::size_t i = 0; i < context.input_count(); ++i) {
    if (!context.has_input(i))
      return context.builder.error(concat("input ", i, " is left out"));
    GANLET_TRY(const std::vector<Dim> part, context.dims_input(i));
    GANLET_CHECK(context.expect_list(all.size() + part.size()));
    all.insert(all.end(), part.begin(), part.end());
  }
  return context.set_integers(0, std::move(all), false);
}

/// The shape of values concatenated along an axis.
Result<SymbolicShape> joined_shape(const Builder& builder, std::span<const ValueId> ids, std::size_t axis) {
  SymbolicShape shape = builder.shape(ids[0]);
  for (const ValueId id : ids.subspan(1)) {
    const SymbolicShape& next = builder.shape(id);
    bool fits = next.size() == shape.size() && builder.value(id).type == builder.value(ids[0]).type;
    for (std::size_t a = 0; fits && a < shape.size(); ++a)
      fits = a == axis ? next[a].per_batch == shape[a].per_batch : next[a] == shape[a];
    if (!fits)
      return builder.error(
          concat("values of shapes ", builder.text_of(ids[0]), " and ", builder.text_of(id), " can't be put together"));
    shape[axis].count += next[axis].count;
  }
  return shape;
}

} // namespace

Result<void> lower_concat(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t file_axis, context.integer("axis", 0));
  bool any_integers = false;
  for (std::size_t i = 0; i < context.input_count(); ++i)
    any_integers |= context.has_input(i) && context.meaning(i).integers.has_value();
  if (any_integers)
    return concat_integers(context);
  GANLET_TRY(std::vector<ValueId> ids, context.inputs());
  GANLET_TRY(const int axis, checked_axis(builder, file_axis, builder.rank(ids[0])));
  const DataType type = builder.value(ids[0]).type;
  GANLET_TRY(SymbolicShape shape, joined_shape(builder, ids, static_cast<std::size_t>(axis)));
  ValueId out = ids[0];
  if (ids.size() > 1) {
    GANLET_TRY(out, builder.emit(op::Concat{axis}, ids, type, std::move(shape)));
  }
  context.set(0, out);
  return {};
}

namespace {

/// What Slice takes from one axis: `count` elements beginning at `start`.
struct Cut {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
};

/// ONNX Slice: negative starts and ends count from the end of the axis; both are clamped to it.
Cut cut_of(std::int64_t size, std::int64_t start, std::int64_t end, std::int64_t step) {
  if (size == 0)
    return {};
  const auto placed = [&](std::int64_t at, std::int64_t low, std::int64_t high) {
    return std::clamp(at < 0 ? at + size : at, low, high);
  };
  const bool forward = step > 0;
  start = forward ? placed(start, 0, size) : placed(start, 0, size - 1);
  end = forward ? placed(end, 0, size) : placed(end, -1, size - 1);
  const std::int64_t distance = forward ? end - start : start - end;
  const std::int64_t stride = forward ? step : -step;
  if (distance <= 0)
    return {};
  const std::int64_t count = (distance - 1) / stride + 1;
  // With a single element the step doesn't matter, and might overflow when multiplied.
  return {start, count == 1 ? 1 : step, count};
}

struct SliceArguments {
  std::vector<std::int64_t> starts, ends, axes, steps;
};

Result<SliceArguments> slice_arguments(Context& context) {
  SliceArguments out;
  GANLET_TRY(out.starts, context.integers_input(1));
  GANLET_TRY(out.ends, context.integers_input(2));
  for (std::size_t i = 0; i < out.starts.size(); ++i) {
    out.axes.push_back(static_cast<std::int64_t>(i));
    out.steps.push_back(1);
  }
  if (context.has_input(3)) {
    GANLET_TRY(out.axes, context.integers_input(3));
  }
  if (context.has_input(4)) {
    GANLET_TRY(out.steps, context.integers_input(4));
  }
  const std::size_t count = out.starts.size();
  if (out.ends.size() != count || out.axes.size() != count || out.steps.size() != count)
    return context.builder.error("starts, ends, axes and steps differ in length");
  for (const std::int64_t step : out.steps)
    if (step == 0 || step == std::numeric_limits<std::int64_t>::min())
      return context.builder.error(concat("step ", step, " leads nowhere"));
  return out;
}

Result<void> slice_integers(Context& context, const SliceArguments& arguments) {
  const std::vector<Dim>& integers = *context.meaning(0).integers;
  if (arguments.starts.size() != 1)
    return context.builder.error("a list of sizes has one axis");
  GANLET_CHECK(checked_axis(context.builder, arguments.axes[0], 1));
  const Cut cut =
      cut_of(static_cast<std::int64_t>(integers.size()), arguments.starts[0], arguments.ends[0], arguments.steps[0]);
  std::vector<Dim> out;
  for (std::int64_t i = 0; i < cut.count; ++i)
    out.push_back(integers[static_cast<std::size_t>(cut.start + i * cut.step)]);
  return context.set_integers(0, std::move(out), false);
}

/// Whether a cut of an axis of unknown length takes the whole axis.
bool takes_everything(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t most) {
  return start == 0 && step == 1 && end >= most;
}

Result<ValueId> sliced(Builder& builder, ValueId x, op::Slice slice, SymbolicShape shape) {
  const Value& value = builder.value(x);
  if (shape == value.shape && std::ranges::all_of(slice.steps, [](std::int64_t step) { return step == 1; }))
    return x;
  return builder.emit(std::move(slice), {x}, value.type, std::move(shape));
}

} // namespace

Result<void> lower_slice(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const SliceArguments arguments, slice_arguments(context));
  if (context.meaning(0).integers)
    return slice_integers(context, arguments);
  GANLET_TRY(const ValueId x, context.input(0));
  SymbolicShape shape = builder.shape(x);
  op::Slice slice{std::vector<std::int64_t>(shape.size(), 0), std::vector<std::int64_t>(shape.size(), 1)};
  std::vector<bool> cut_already(shape.size(), false);
  for (std::size_t i = 0; i < arguments.starts.size(); ++i) {
    GANLET_TRY(const int axis, checked_axis(builder, arguments.axes[i], builder.rank(x)));
    const auto at = static_cast<std::size_t>(axis);
    if (cut_already[at])
      return builder.error(concat("axis ", axis, " is named twice"));
    cut_already[at] = true;
    if (shape[at].per_batch) {
      if (!takes_everything(arguments.starts[i], arguments.ends[i], arguments.steps[i], builder.limits().batch))
        return builder.unsupported("the batch can't be sliced");
      continue;
    }
    const Cut cut = cut_of(shape[at].count, arguments.starts[i], arguments.ends[i], arguments.steps[i]);
    slice.starts[at] = cut.start;
    slice.steps[at] = cut.step;
    shape[at].count = cut.count;
  }
  return context.give(sliced(builder, x, std::move(slice), std::move(shape)));
}

namespace {

/// How many elements each output of Split gets: as listed, or in equal parts with a smaller last one.
Result<std::vector<std::int64_t>> split_sizes(Context& context, std::int64_t size) {
  Builder& builder = context.builder;
  const auto outputs = static_cast<std::int64_t>(context.output_count());
  GANLET_TRY(const std::int64_t declared, context.integer("num_outputs", outputs));
  if (declared != outputs || outputs < 1)
    return builder.error(concat("num_outputs is ", declared, ", the node has ", outputs));
  std::vector<std::int64_t> sizes;
  if (context.has_input(1)) {
    GANLET_TRY(sizes, context.integers_input(1));
  } else {
    const std::int64_t each = (size + outputs - 1) / outputs;
    for (std::int64_t i = 0; i < outputs; ++i)
      sizes.push_back(std::clamp(size - i * each, std::int64_t{0}, each));
  }
  std::int64_t left = size;
  for (const std::int64_t part : sizes) {
    if (part < 0 || part > left)
      return builder.error(concat("split ", std::span<const std::int64_t>(sizes), " doesn't fit an axis of ", size));
    left -= part;
  }
  if (left != 0 || static_cast<std::int64_t>(sizes.size()) != outputs)
    return builder.error(concat("split ", std::span<const std::int64_t>(sizes), " doesn't fit ", outputs,
                                " outputs of an axis of ", size));
  return sizes;
}

Result<void> split_integers(Context& context) {
  const std::vector<Dim> integers = *context.meaning(0).integers;
  GANLET_TRY(const auto sizes, split_sizes(context, static_cast<std::int64_t>(integers.size())));
  auto next = integers.begin();
  for (std::size_t i = 0; i < sizes.size(); next += sizes[i], ++i)
    GANLET_CHECK(context.set_integers(i, {next, next + sizes[i]}, false));
  return {};
}

} // namespace

Result<void> lower_split(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t file_axis, context.integer("axis", 0));
  if (context.meaning(0).integers)
    return split_integers(context);
  GANLET_TRY(const ValueId x, context.input(0));
  GANLET_TRY(const int axis, checked_axis(builder, file_axis, builder.rank(x)));
  const auto at = static_cast<std::size_t>(axis);
  const SymbolicShape shape = builder.shape(x);
  if (shape[at].per_batch)
    return builder.unsupported("the batch can't be split");
  GANLET_TRY(const auto sizes, split_sizes(context, shape[at].count));
  std::int64_t start = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    op::Slice slice{std::vector<std::int64_t>(shape.size(), 0), std::vector<std::int64_t>(shape.size(), 1)};
    slice.starts[at] = start;
    SymbolicShape part = shape;
    part[at].count = sizes[i];
    start += sizes[i];
    GANLET_TRY(const ValueId out, sliced(builder, x, std::move(slice), std::move(part)));
    context.set(i, out);
  }
  return {};
}

namespace {

Result<op::PadMode> pad_mode(Context& context) {
  GANLET_TRY(const std::string mode, context.word("mode", "constant"));
  if (mode == "constant")
    return op::PadMode::constant;
  if (mode == "edge")
    return op::PadMode::edge;
  if (mode == "reflect")
    return op::PadMode::reflect;
  return context.builder.unsupported(concat("mode '", printable(mode), "' isn't supported"));
}

Result<void> check_padding(const Builder& builder, op::PadMode mode, Dim size, std::int64_t before,
                           std::int64_t after) {
  const std::int64_t most = builder.limits().tensor_elements;
  if (size.per_batch && (before != 0 || after != 0))
    return builder.unsupported("the batch can't be padded");
  if (std::max(before, after) > most || std::min(before, after) < -most || before + after + size.count < 0)
    return builder.error(concat("pads of ", before, " and ", after, " don't fit an axis of ", size.count));
  if (mode == op::PadMode::reflect && std::max(before, after) >= std::max<std::int64_t>(size.count, 1))
    return builder.error(concat("reflecting ", std::max(before, after), " needs more than an axis of ", size.count));
  if (mode == op::PadMode::edge && size.count == 0 && before + after > 0)
    return builder.error("an empty axis has no edge");
  return {};
}

} // namespace

/// The middle of the input with the sizes that are wanted, with zeros around where it is smaller.
Result<void> lower_center_crop_pad(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const auto sizes, context.integers_input(1));
  std::vector<std::int64_t> all;
  for (int axis = 0; axis < builder.rank(x); ++axis)
    all.push_back(axis);
  GANLET_TRY(const auto axes, context.integers("axes", all, sizes.size()));
  SymbolicShape shape = builder.shape(x);
  op::Pad pad{op::PadMode::constant, 0, std::vector<std::int64_t>(shape.size(), 0)};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    GANLET_TRY(const int axis, checked_axis(builder, axes[i], builder.rank(x)));
    const Dim size = shape[axis];
    if (size == Dim{sizes[i], false})
      continue;
    if (size.per_batch || sizes[i] < 0 || sizes[i] > builder.limits().tensor_elements)
      return builder.error(concat("axis ", axis, " can't have ", sizes[i], " elements"));
    const std::int64_t more = sizes[i] - size.count;
    pad.before[axis] = more / 2;
    shape[axis].count = sizes[i];
  }
  return context.give(builder.emit(std::move(pad), {x}, DataType::float32, std::move(shape)));
}

/// What a Pad fills with; of whole numbers those that float32 has.
Result<float> padding_of(Context& context, DataType type) {
  if (!context.has_input(2))
    return 0.0F;
  if (!has_rare_parts() || type == DataType::float32)
    return context.scalar_input(2);
  GANLET_TRY(const std::vector<std::int64_t> numbers, context.integers_input(2));
  constexpr std::int64_t most = 1 << 24;
  if (numbers.size() != 1 || numbers[0] < -most || numbers[0] > most)
    return context.builder.unsupported("only pads whole numbers with one up to 2^24");
  return static_cast<float>(numbers[0]);
}

Result<void> lower_pad(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, has_rare_parts() ? context.input(0) : context.float_input(0));
  const DataType type = builder.value(x).type;
  if (type == DataType::boolean)
    return builder.unsupported("doesn't pad truth values");
  op::Pad pad;
  GANLET_TRY(pad.mode, pad_mode(context));
  GANLET_TRY(const auto pads, context.integers_input(1));
  GANLET_TRY(pad.value, padding_of(context, type));
  std::vector<std::int64_t> axes;
  for (int axis = 0; axis < builder.rank(x); ++axis)
    axes.push_back(axis);
  if (context.has_input(3)) {
    GANLET_TRY(axes, context.integers_input(3));
  }
  if (pads.size() != 2 * axes.size())
    return builder.error(concat("pads needs ", 2 * axes.size(), " values, has ", pads.size()));
  SymbolicShape shape = builder.shape(x);
  pad.before.assign(shape.size(), 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    GANLET_TRY(const int axis, checked_axis(builder, axes[i], builder.rank(x)));
    const auto at = static_cast<std::size_t>(axis);
    const std::int64_t before = pads[i], after = pads[i + axes.size()];
    GANLET_CHECK(check_padding(builder, pad.mode, builder.shape(x)[at], before, after));
    pad.before[at] = before;
    shape[at].count = builder.shape(x)[at].count + before + after;
  }
  ValueId out = x;
  if (shape != builder.shape(x) || std::ranges::any_of(pad.before, [](std::int64_t before) { return before != 0; })) {
    GANLET_TRY(out, builder.emit(std::move(pad), {x}, type, std::move(shape)));
  }
  context.set(0, out);
  return {};
}

} // namespace ganlet
