// Windows over three dimensions, and what undoes windows over two.

#include <algorithm>
#include <iterator>

#include "core/text.h"
#include "graph/lower_ops.h"

namespace ganlet {

namespace {

using Integers = std::vector<std::int64_t>;

/// The attributes of a pool over some axes of a volume: elements of its lists, one for each of two axes. The second
/// axis may be none (-1): then the window has the size 1 there.
Result<std::vector<onnx::Attribute>> over_axes(Context& context, int first, int second) {
  onnx::Node copied = onnx::clone(context.node());
  for (onnx::Attribute& attribute : copied.attributes) {
    context.ignore(attribute.name);
    constexpr std::string_view of_axes[] = {"dilations", "kernel_shape", "pads", "strides"};
    auto* const list = std::get_if<Integers>(&attribute.value);
    if (!list || std::ranges::find(of_axes, attribute.name) == std::end(of_axes))
      continue; // the pool of images knows it, or refuses it
    const bool is_pads = attribute.name == "pads";
    if (list->size() != (is_pads ? 6U : 3U))
      return context.builder.error(concat(attribute.name, " needs ", is_pads ? 6 : 3, " values, has ", list->size()));
    Integers chosen;
    for (std::size_t end = 0; end < (is_pads ? 2U : 1U); ++end)
      for (const int axis : {first, second})
        chosen.push_back(axis < 0 ? (is_pads ? 0 : 1) : (*list)[static_cast<std::size_t>(axis) + 3 * end]);
    *list = std::move(chosen);
  }
  return std::move(copied.attributes);
}

} // namespace

/// A window over a volume is one over its planes, and then one over its depth: largest numbers, means and norms allow
/// that.
Result<void> lower_volume_pool(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  const SymbolicShape shape = builder.shape(x);
  if (shape[1].per_batch || shape[2].per_batch)
    return builder.unsupported("the channels depend on the batch");
  const Dim planes[] = {shape[1], shape[2]};
  GANLET_TRY(const Dim all, builder.product(planes));
  GANLET_TRY(const ValueId images, builder.reshape(x, {shape[0], all, shape[3], shape[4]}));
  GANLET_TRY(auto of_planes, over_axes(context, 1, 2));
  GANLET_TRY(const std::string pooled,
             context.compute(context.op_type(), {context.named(images)}, std::move(of_planes)));
  GANLET_TRY(const ValueId flat, context.value_named(pooled));
  const SymbolicShape small = builder.shape(flat);
  GANLET_TRY(const Dim pixels, builder.product(std::span(small).subspan(2)));
  GANLET_TRY(const ValueId columns, builder.reshape(flat, {shape[0], shape[1], shape[2], pixels}));
  GANLET_TRY(auto of_depth, over_axes(context, 0, -1));
  GANLET_TRY(const std::string deep, context.compute(context.op_type(), {context.named(columns)}, std::move(of_depth)));
  GANLET_TRY(const ValueId out, context.value_named(deep));
  return context.give(builder.reshape(out, {shape[0], shape[1], builder.shape(out)[2], small[2], small[3]}));
}

namespace {

/// A size of an image that windows cover, as an attribute's list for each of two axes.
Result<Integers> pair(Context& context, std::string_view name, std::int64_t otherwise) {
  return context.integers(name, {otherwise, otherwise}, 2);
}

/// The weights by which a transposed convolution puts each number of a column in its place: (C rows columns, 1, rows,
/// columns).
Result<ValueId> placing_weights(Builder& builder, std::int64_t channels, const Integers& block) {
  const std::int64_t size = block[0] * block[1];
  GANLET_TRY(Tensor weights,
             builder.new_tensor(DataType::float32,
                                {{channels * size, false}, {1, false}, {block[0], false}, {block[1], false}}));
  for (std::int64_t i = 0; i < channels * size; ++i)
    weights.as<float>()[static_cast<std::size_t>(i * size + i % size)] = 1;
  return builder.constant(std::move(weights));
}

} // namespace

/// Columns (N, C rows columns, L) of blocks are added up as images: a transposed convolution with weights of 0 and 1.
Result<void> lower_col2im(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const auto image, context.integers_input(1));
  GANLET_TRY(const auto block, context.integers_input(2));
  if (image.size() != 2 || block.size() != 2)
    return builder.unsupported("only images of two dimensions are put together");
  GANLET_TRY(const auto strides, pair(context, "strides", 1));
  GANLET_TRY(const auto dilations, pair(context, "dilations", 1));
  GANLET_TRY(const auto pads, context.integers("pads", {0, 0, 0, 0}, 4));
  const std::int64_t most = builder.limits().tensor_elements;
  const auto all = [&](const Integers& list, std::int64_t least) {
    return std::ranges::all_of(list, [&](std::int64_t size) { return size >= least && size <= most; });
  };
  if (!all(image, 1) || !all(block, 1) || !all(strides, 1) || !all(dilations, 1) || !all(pads, 0))
    return builder.error("its sizes must be positive, and within the limits");
  Integers places, more;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t free = image[axis] + pads[axis] + pads[axis + 2] - dilations[axis] * (block[axis] - 1) - 1;
    places.push_back(free < 0 ? 0 : free / strides[axis] + 1);
    more.push_back(free < 0 ? 0 : free % strides[axis]);
  }
  const SymbolicShape shape = builder.shape(x);
  const std::int64_t size = block[0] * block[1];
  if (shape.size() != 3 || shape[1].per_batch || shape[1].count % size != 0 || shape[1].count == 0 ||
      shape[2] != Dim{places[0] * places[1], false})
    return builder.error(concat("blocks of ", block[0], " x ", block[1], " in an image of ", image[0], " x ", image[1],
                                " don't make columns of shape ", builder.text_of(x)));
  const std::int64_t channels = shape[1].count / size;
  GANLET_TRY(const ValueId columns, builder.reshape(x, {shape[0], shape[1], {places[0], false}, {places[1], false}}));
  GANLET_TRY(const ValueId weights, placing_weights(builder, channels, block));
  std::vector<onnx::Attribute> attributes = attributes_with("group", channels);
  attributes.push_back({"strides", strides});
  attributes.push_back({"dilations", dilations});
  attributes.push_back({"pads", pads});
  attributes.push_back({"output_padding", more});
  return context.become("ConvTranspose", {context.named(columns), context.named(weights)}, std::move(attributes));
}

/// Numbers go back to where MaxPool found them; the rest is 0. Indices count through whole batches, as MaxPool's do.
Result<void> lower_max_unpool(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const ValueId indices, context.input_of(1, DataType::int64));
  const SymbolicShape shape = builder.shape(x);
  if (shape.size() != 4 || builder.shape(indices) != shape || shape[1].per_batch)
    return builder.error(
        concat("needs images and as many indices, has ", builder.text_of(x), " and ", builder.text_of(indices)));
  GANLET_TRY(const auto kernel, context.integers("kernel_shape", {}, 2));
  GANLET_TRY(const auto strides, pair(context, "strides", 1));
  GANLET_TRY(const auto pads, context.integers("pads", {0, 0, 0, 0}, 4));
  SymbolicShape large = shape;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t most = builder.limits().tensor_elements;
    const std::int64_t values[] = {kernel[axis], strides[axis], pads[axis], pads[axis + 2]};
    if (std::ranges::any_of(values, [&](std::int64_t value) { return value < 0 || value > most; }) ||
        shape[axis + 2].per_batch)
      return builder.error("kernel_shape, strides or pads are outside the limits");
    large[axis + 2].count = (shape[axis + 2].count - 1) * strides[axis] + kernel[axis] - pads[axis] - pads[axis + 2];
  }
  if (large[2].count < 1 || large[3].count < 1)
    return builder.error("the result has no pixels");
  GANLET_TRY(const Dim from, builder.product(std::span(shape).subspan(1)));
  GANLET_TRY(const Dim to, builder.product(std::span(large).subspan(1)));
  GANLET_TRY(const ValueId rows, builder.reshape(x, {shape[0], from}));
  GANLET_TRY(const ValueId flat, builder.reshape(indices, {shape[0], from}));
  GANLET_TRY(const ValueId count, builder.constant(Tensor::of<std::int64_t>(Shape{}, {to.count})));
  GANLET_TRY(const ValueId places, binary(builder, op::BinaryKind::modulo, flat, count));
  GANLET_TRY(const ValueId zero, builder.constant(Tensor(DataType::float32, Shape{1, 1})));
  GANLET_TRY(const ValueId empty, builder.emit(op::Expand{}, {zero}, DataType::float32, {shape[0], to}));
  GANLET_TRY(const ValueId filled, builder.emit(op::ScatterElements{1, op::ScatterKind::assign}, {empty, places, rows},
                                                DataType::float32, {shape[0], to}));
  GANLET_TRY(const ValueId image, builder.reshape(filled, large));
  if (!context.has_input(2)) {
    context.set(0, image);
    return {};
  }
  GANLET_TRY(const auto sizes, context.integers_input(2));
  if (sizes.size() != 4)
    return builder.error(concat("output_shape needs 4 values, has ", sizes.size()));
  std::vector<std::int64_t> padding(8, 0);
  for (std::size_t axis = 2; axis < 4; ++axis)
    padding[axis + 4] = std::clamp<std::int64_t>(sizes[axis], 0, builder.limits().tensor_elements) - large[axis].count;
  GANLET_TRY(const ValueId pad,
             builder.constant(Tensor::of<std::int64_t>(Shape{8}, std::span<const std::int64_t>(padding))));
  return context.become("Pad", {context.named(image), context.named(pad)}, {});
}

} // namespace ganlet
