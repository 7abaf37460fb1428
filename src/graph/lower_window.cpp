#include <cmath>

#include "core/text.h"
#include "graph/lower_ops.h"
#include "graph/onnx_ops.h"
#include "graph/window.h"

namespace ganlet {

namespace {

/// A window of a pool slid over x, which may be one-dimensional. `ceil` as in `sliding_shape`.
Result<ValueId> pooled(Context& context, ValueId x, op::PoolKind kind, bool ceil, bool count_padding) {
  Builder& builder = context.builder;
  bool one_dimensional = false;
  GANLET_TRY(x, as_images(builder, x, one_dimensional));
  WindowReader reader(context, builder.shape(x), std::nullopt, one_dimensional);
  GANLET_TRY(const op::Window window, reader.window());
  for (int axis = 0; axis < 2; ++axis)
    if (std::max(window.pad_before[axis], window.pad_after[axis]) >=
        window.dilation[axis] * (window.kernel[axis] - 1) + 1)
      return builder.error("pads must be smaller than the window, or it would pool nothing");
  GANLET_TRY(SymbolicShape shape, sliding_shape(builder, builder.shape(x), window, ceil));
  GANLET_TRY(const ValueId out,
             builder.emit(op::Pool{kind, window, count_padding}, {x}, DataType::float32, std::move(shape), true));
  return from_images(builder, out, one_dimensional);
}

} // namespace

Result<void> lower_average_or_max_pool(Context& context) {
  const bool maximum = context.op_type() == "MaxPool";
  if (context.output_count() > 1)
    return context.builder.unsupported("the indices of MaxPool aren't supported");
  context.ignore("storage_order");
  if (context.is_volume(0))
    return has_rare_parts() ? lower_volume_pool(context) : needs_rare_parts();
  GANLET_TRY(const std::int64_t ceil_mode, context.integer("ceil_mode", 0));
  std::int64_t count_padding = 0;
  if (!maximum) {
    GANLET_TRY(count_padding, context.integer("count_include_pad", 0));
  }
  GANLET_TRY(const ValueId x, context.stored_float_input(0));
  return context.give(
      pooled(context, x, maximum ? op::PoolKind::maximum : op::PoolKind::average, ceil_mode != 0, count_padding != 0));
}

/// The p-norm of a window: (mean of |x|^p times the window's size)^(1/p), where what is padded counts as 0.
Result<void> lower_lp_pool(Context& context) {
  using enum op::BinaryKind;
  Builder& builder = context.builder;
  if (context.is_volume(0))
    return lower_volume_pool(context);
  GANLET_TRY(const std::int64_t ceil_mode, context.integer("ceil_mode", 0));
  GANLET_TRY(const std::int64_t p, context.integer("p", 2));
  GANLET_TRY(const auto kernel, context.integers("kernel_shape", {}));
  if (ceil_mode != 0 || p < 1)
    return builder.unsupported(p < 1 ? concat("p is ", p, ", must be at least 1") : "ceil_mode isn't supported");
  double size = 1;
  for (const std::int64_t length : kernel)
    size *= static_cast<double>(length);
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const ValueId exponent, number(builder, static_cast<float>(p)));
  GANLET_TRY(const ValueId root, number(builder, 1 / static_cast<float>(p)));
  GANLET_TRY(const ValueId count, number(builder, static_cast<float>(size)));
  GANLET_TRY(const ValueId sizes, unary(builder, {op::UnaryKind::absolute, 0, 0}, x));
  GANLET_TRY(const ValueId powers, binary(builder, power, sizes, exponent));
  GANLET_TRY(const ValueId stored, pooled(context, powers, op::PoolKind::average, false, true));
  GANLET_TRY(const ValueId mean, builder.plain(stored));
  GANLET_TRY(const ValueId sum, binary(builder, multiply, mean, count));
  return context.give(binary(builder, power, sum, root));
}

Result<void> lower_depth_to_space(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t block, context.integer("blocksize", 0));
  GANLET_TRY(const std::string mode, context.word("mode", "DCR"));
  if (mode != "DCR" && mode != "CRD")
    return builder.error(concat("mode '", printable(mode), "' isn't known"));
  GANLET_TRY(ValueId x, context.stored_float_input(0));
  GANLET_TRY(x, builder.images(x));
  const SymbolicShape shape = builder.shape(x);
  if (block < 1 || block > 1024 || shape[3].per_batch || shape[3].count % (block * block) != 0)
    return builder.error(concat("blocksize ", block, " doesn't divide an input of shape ", builder.text_of(x)));
  SymbolicShape out_shape = {shape[0],
                             {shape[1].count * block, shape[1].per_batch},
                             {shape[2].count * block, shape[2].per_batch},
                             {shape[3].count / (block * block), false}};
  return context.give(
      builder.emit(op::DepthToSpace{block, mode == "DCR"}, {x}, DataType::float32, std::move(out_shape), true));
}

namespace {

struct Word {
  std::string_view word;
  int value;
};

/// The number of the enumerator that an attribute's word means; other words are errors that name them.
Result<int> meaning_of(Context& context, std::string_view attribute, std::string_view otherwise,
                       std::span<const Word> known) {
  GANLET_TRY(const std::string word, context.word(attribute, otherwise));
  for (const Word& row : known)
    if (row.word == word)
      return row.value;
  return context.builder.unsupported(concat(attribute, " '", printable(word), "' isn't supported"));
}

constexpr Word modes[] = {{"cubic", static_cast<int>(op::ResizeMode::cubic)},
                          {"linear", static_cast<int>(op::ResizeMode::linear)},
                          {"nearest", static_cast<int>(op::ResizeMode::nearest)}};
constexpr Word coordinates[] = {
    {"align_corners", static_cast<int>(op::Coordinates::align_corners)},
    {"asymmetric", static_cast<int>(op::Coordinates::asymmetric)},
    {"half_pixel", static_cast<int>(op::Coordinates::half_pixel)},
    {"half_pixel_symmetric", static_cast<int>(op::Coordinates::half_pixel_symmetric)},
    {"pytorch_half_pixel", static_cast<int>(op::Coordinates::pytorch_half_pixel)},
};
constexpr Word roundings[] = {
    {"ceil", static_cast<int>(op::Rounding::ceil)},
    {"floor", static_cast<int>(op::Rounding::floor)},
    {"round_prefer_ceil", static_cast<int>(op::Rounding::round_prefer_ceil)},
    {"round_prefer_floor", static_cast<int>(op::Rounding::round_prefer_floor)},
};

Result<op::Resize> resize_attributes(Context& context) {
  op::Resize resize;
  GANLET_TRY(const int mode, meaning_of(context, "mode", "nearest", modes));
  resize.mode = static_cast<op::ResizeMode>(mode);
  GANLET_TRY(const int transformation,
             meaning_of(context, "coordinate_transformation_mode", "half_pixel", coordinates));
  GANLET_TRY(const int rounding, meaning_of(context, "nearest_mode", "round_prefer_floor", roundings));
  resize.coordinates = static_cast<op::Coordinates>(transformation);
  resize.rounding = static_cast<op::Rounding>(rounding);
  GANLET_TRY(const std::string policy, context.word("keep_aspect_ratio_policy", "stretch"));
  if (policy != "stretch")
    return context.builder.unsupported(concat("keep_aspect_ratio_policy '", printable(policy), "' isn't supported"));
  GANLET_TRY(resize.cubic_coefficient, context.number("cubic_coeff_a", -0.75F));
  GANLET_TRY(const std::int64_t exclude_outside, context.integer("exclude_outside", 0));
  resize.exclude_outside = exclude_outside != 0;
  const bool is_rare =
      resize.mode == op::ResizeMode::cubic || resize.coordinates == op::Coordinates::half_pixel_symmetric;
  if (is_rare && !has_rare_parts())
    return needs_rare_parts();
  context.ignore("extrapolation_value"); // belongs to cropping, which is refused above
  return resize;
}

/// Output size and scale for each axis of the file; axes that the node doesn't name keep their size.
struct Scaling {
  std::vector<float> scales;
  SymbolicShape sizes;
};

Result<std::vector<int>> resized_axes(Context& context, int rank) {
  GANLET_TRY(const auto listed, context.integers("axes", {}));
  std::vector<int> axes;
  for (const std::int64_t axis : listed) {
    GANLET_TRY(const int checked, checked_axis(context.builder, axis, rank));
    axes.push_back(checked);
  }
  for (int axis = 0; listed.empty() && axis < rank; ++axis)
    axes.push_back(axis);
  return axes;
}

Result<Scaling> from_scales(Context& context, std::span<const float> scales, const std::vector<int>& axes,
                            const SymbolicShape& shape) {
  Builder& builder = context.builder;
  if (scales.size() != axes.size())
    return builder.error(concat("scales needs ", axes.size(), " values, has ", scales.size()));
  Scaling out{std::vector<float>(shape.size(), 1), shape};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(axes[i]);
    const double size = std::floor(static_cast<double>(shape[axis].count) * static_cast<double>(scales[i]));
    if (!(scales[i] > 0) || !(size >= 1 && size <= static_cast<double>(builder.limits().tensor_elements)))
      return builder.error(
          concat("scale ", static_cast<double>(scales[i]), " of axis ", axis, " gives no size within the limits"));
    out.scales[axis] = scales[i];
    if (scales[i] != 1)
      out.sizes[axis].count = static_cast<std::int64_t>(size);
  }
  return out;
}

Result<Scaling> from_sizes(Context& context, std::size_t index, const std::vector<int>& axes,
                           const SymbolicShape& shape) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::vector<Dim> sizes, context.dims_input(index));
  if (sizes.size() != axes.size())
    return builder.error(concat("sizes needs ", axes.size(), " values, has ", sizes.size()));
  Scaling out{std::vector<float>(shape.size(), 1), shape};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(axes[i]);
    if (sizes[i] == shape[axis])
      continue;
    if (sizes[i].per_batch || shape[axis].per_batch || sizes[i].count < 1 || shape[axis].count < 1)
      return builder.unsupported(concat("axis ", axis, " can't be resized to ", sizes[i].count));
    out.scales[axis] = static_cast<float>(sizes[i].count) / static_cast<float>(shape[axis].count);
    out.sizes[axis] = sizes[i];
  }
  return out;
}

/// Reads the scales from input 2, or the sizes from input 3.
Result<Scaling> read_scaling(Context& context, const SymbolicShape& shape) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::vector<int> axes, resized_axes(context, static_cast<int>(shape.size())));
  if (context.has_input(2)) {
    GANLET_TRY(const Tensor* scales, context.constant_input(2));
    if (scales->type() != DataType::float32 || scales->shape().rank() != 1)
      return builder.error("scales must be a list of float32");
    if (scales->shape().elements() > 0)
      return from_scales(context, scales->as<float>(), axes, shape);
  }
  if (!context.has_input(3))
    return builder.error("neither scales nor sizes are given");
  return from_sizes(context, 3, axes, shape);
}

} // namespace

Result<void> lower_resize(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId input, context.stored_float_input(0));
  GANLET_TRY(op::Resize resize, resize_attributes(context));
  GANLET_TRY(const std::int64_t antialias, context.integer("antialias", 0));
  if (builder.rank(input) != 3 && builder.rank(input) != 4)
    return builder.unsupported(concat("only images are resized, the input has shape ", builder.text_of(input)));
  GANLET_TRY(Scaling scaling, read_scaling(context, file_shape(builder.value(input))));
  if (scaling.scales[0] != 1 || scaling.scales[1] != 1)
    return builder.unsupported("only height and width can be resized");
  if (builder.rank(input) == 3) {
    scaling.scales.insert(scaling.scales.begin() + 2, 1);
    scaling.sizes.insert(scaling.sizes.begin() + 2, Dim{1, false});
  }
  resize.scale = {scaling.scales[2], scaling.scales[3]};
  if (resize.exclude_outside && resize.mode == op::ResizeMode::linear)
    return builder.unsupported("exclude_outside is supported for cubic mode only");
  if (antialias != 0 && resize.mode != op::ResizeMode::nearest && (resize.scale[0] < 1 || resize.scale[1] < 1))
    return builder.unsupported("antialias isn't supported where an image gets smaller");
  bool one_dimensional = false;
  GANLET_TRY(const ValueId x, as_images(builder, input, one_dimensional));
  ValueId out = x;
  if (resize.scale != std::array<float, 2>{1, 1}) {
    SymbolicShape shape = {scaling.sizes[0], scaling.sizes[2], scaling.sizes[3], scaling.sizes[1]};
    GANLET_TRY(out, builder.emit(resize, {x}, DataType::float32, std::move(shape), true));
  }
  return context.give(from_images(builder, out, one_dimensional));
}

namespace {

constexpr Word grid_modes[] = {{"bicubic", static_cast<int>(op::ResizeMode::cubic)},
                               {"bilinear", static_cast<int>(op::ResizeMode::linear)},
                               {"cubic", static_cast<int>(op::ResizeMode::cubic)},
                               {"linear", static_cast<int>(op::ResizeMode::linear)},
                               {"nearest", static_cast<int>(op::ResizeMode::nearest)}};
constexpr Word outsides[] = {{"border", static_cast<int>(op::Outside::border)},
                             {"reflection", static_cast<int>(op::Outside::reflection)},
                             {"zeros", static_cast<int>(op::Outside::zeros)}};

} // namespace

Result<void> lower_grid_sample(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const int mode, meaning_of(context, "mode", "linear", grid_modes));
  GANLET_TRY(const int outside, meaning_of(context, "padding_mode", "zeros", outsides));
  GANLET_TRY(const std::int64_t align_corners, context.integer("align_corners", 0));
  GANLET_TRY(ValueId x, context.stored_float_input(0));
  GANLET_TRY(const ValueId grid, context.float_input(1));
  if (builder.rank(x) != 4 || builder.rank(grid) != 4)
    return builder.unsupported(concat("only images are sampled, the input has shape ", builder.text_of(x)));
  GANLET_TRY(x, builder.images(x));
  const SymbolicShape &from = builder.shape(x), &at = builder.shape(grid);
  if (at[0] != from[0] || at[3] != Dim{2, false} || from[1].count < 1 || from[2].count < 1)
    return builder.error(concat("a grid of shape ", builder.text_of(grid), " doesn't fit ", builder.text_of(x)));
  const op::GridSample sample{static_cast<op::ResizeMode>(mode), static_cast<op::Outside>(outside), align_corners != 0};
  return context.give(
      builder.emit(sample, {x, grid}, DataType::float32, SymbolicShape{at[0], at[1], at[2], from[3]}, true));
}

/// The places, for GridSample, that 2x3 matrices move the pixels of an image to.
Result<void> lower_affine_grid(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t align_corners, context.integer("align_corners", 0));
  GANLET_TRY(const ValueId matrices, context.float_input(0));
  GANLET_TRY(const SymbolicShape sizes, context.dims_input(1));
  const SymbolicShape shape = builder.shape(matrices);
  if (sizes.size() != 4 || sizes[2].per_batch || sizes[3].per_batch ||
      shape != SymbolicShape{sizes[0], {2, false}, {3, false}})
    return builder.unsupported(concat("only images have a grid, the matrices have shape ", builder.text_of(matrices)));
  const std::int64_t rows = sizes[2].count, columns = sizes[3].count;
  if (rows < 1 || columns < 1)
    return builder.error("the grid has no pixels");
  const auto place = [&](std::int64_t i, std::int64_t size) {
    const auto x = static_cast<double>(i), all = static_cast<double>(size);
    if (align_corners != 0)
      return static_cast<float>(size == 1 ? 0 : 2 * x / (all - 1) - 1);
    return static_cast<float>((2 * x + 1) / all - 1);
  };
  GANLET_TRY(const Dim pixels, builder.product(std::span(sizes).subspan(2)));
  GANLET_TRY(Tensor base, builder.new_tensor(DataType::float32, {{1, false}, pixels, {3, false}}));
  std::span<float> to = base.as<float>();
  for (std::int64_t i = 0; i < pixels.count; ++i, to = to.subspan(3)) {
    to[0] = place(i % columns, columns);
    to[1] = place(i / columns, rows);
    to[2] = 1;
  }
  GANLET_TRY(const ValueId places, builder.constant(std::move(base)));
  GANLET_TRY(const ValueId columns_of, builder.transpose(matrices, {0, 2, 1}));
  GANLET_TRY(const ValueId moved, matrix_multiply(builder, places, columns_of));
  return context.give(builder.reshape(moved, {sizes[0], sizes[2], sizes[3], {2, false}}));
}

/// Blocks of pixels become channels: (row, column, channel).
Result<void> lower_space_to_depth(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t block, context.integer("blocksize", 0));
  GANLET_TRY(const ValueId x, context.float_input(0));
  const SymbolicShape shape = builder.shape(x);
  if (shape.size() != 4 || block < 1 || shape[2].per_batch || shape[3].per_batch || shape[2].count % block != 0 ||
      shape[3].count % block != 0)
    return builder.error(concat("blocksize ", block, " doesn't divide an input of shape ", builder.text_of(x)));
  const Dim rows{shape[2].count / block, false}, columns{shape[3].count / block, false}, inside{block, false};
  GANLET_TRY(const ValueId split, builder.reshape(x, {shape[0], shape[1], rows, inside, columns, inside}));
  GANLET_TRY(const ValueId moved, builder.transpose(split, {0, 3, 5, 1, 2, 4}));
  const Dim parts[] = {shape[1], inside, inside};
  GANLET_TRY(const Dim channels, builder.product(parts));
  return context.give(builder.reshape(moved, {shape[0], channels, rows, columns}));
}

} // namespace ganlet
