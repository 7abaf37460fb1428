#include <algorithm>
#include <cmath>

#include "core/checked.h"
#include "import/keras_network.h"

namespace ganlet::importing::keras {

namespace {

std::int64_t elements_of(const Sizes& shape) {
  std::int64_t elements = 1;
  for (const std::int64_t size : shape)
    elements = product_or_most({elements, size});
  return elements;
}

/// The value with other sizes; the batch stays in front.
Result<Value> reshaped(const LayerCall& call, Value value, const Sizes& shape) {
  GANLET_TRY(value.name, call.graph.in_keras_order(value));
  value.channels_first = false;
  Sizes sizes{-1};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  GANLET_TRY(value.name, call.graph.node("Reshape", {value.name, call.graph.integers(sizes)}));
  value.shape = shape;
  return value;
}

Result<bool> is_channels_first(const LayerCall& call) {
  GANLET_TRY(const std::string older, call.text("dim_ordering", "tf"));
  GANLET_TRY(const std::string format, call.text("data_format", older == "th" ? "channels_first" : "channels_last"));
  return format == "channels_first";
}

/// The position in the stored value of axis `axis` of Keras's order, in which the batch is axis 0.
std::size_t own_axis(const Value& value, int axis) {
  if (!value.channels_first || axis == 0)
    return static_cast<std::size_t>(axis);
  return axis == value.rank() ? 1 : static_cast<std::size_t>(axis + 1);
}

/// The first spatial axis in Keras's order: 1, or 2 if the channels come first.
Result<int> first_of_space(const LayerCall& call, int axes) {
  if (call.input().rank() != axes + 1)
    return call.error(ErrorCode::corrupt, concat("takes pictures of ", axes, " axes and channels"));
  GANLET_TRY(const bool is_first, is_channels_first(call));
  return is_first ? 2 : 1;
}

int axes_in_name(const LayerCall& call) {
  return call.layer.class_name.ends_with("1D") ? 1 : 2;
}

/// Two numbers per axis, written as ((1, 2), (3, 4)), as (1, 2) or as 1.
Result<Sizes> pairs(const LayerCall& call, std::string_view name, int axes) {
  const Json* const value = call.find(name);
  Sizes result;
  if (value != nullptr && value->kind == Json::Kind::list)
    for (const Json& element : value->elements) {
      const Json& inner = unwrapped(element);
      const std::size_t before = result.size();
      if (inner.kind == Json::Kind::list)
        for (const Json& number : inner.elements)
          result.push_back(number.integer().value_or(-1));
      else if (axes == 1)
        result.push_back(inner.integer().value_or(-1));
      else
        result.insert(result.end(), 2, inner.integer().value_or(-1));
      if (axes > 1 && result.size() != before + 2)
        return call.error(ErrorCode::corrupt, concat(name, " isn't a pair for each axis"));
    }
  else
    result.assign(static_cast<std::size_t>(2 * axes), value == nullptr ? 1 : value->integer().value_or(-1));
  constexpr std::int64_t most = 1 << 16;
  if (result.size() != static_cast<std::size_t>(2 * axes) ||
      std::ranges::any_of(result, [](std::int64_t one) { return one < 0 || one > most; }))
    return call.error(ErrorCode::corrupt, concat(name, " isn't a pair for each axis"));
  return result;
}

} // namespace

Result<Value> convert_reshape(LayerCall& call) {
  GANLET_TRY(Sizes shape, call.integers("target_shape", 0, 0));
  const std::int64_t elements = elements_of(call.input().shape);
  const auto open = std::ranges::find(shape, -1);
  if (open != shape.end()) {
    *open = 1;
    const std::int64_t others = elements_of(shape);
    *open = others > 0 ? elements / others : 0;
  }
  if (std::ranges::any_of(shape, [](std::int64_t size) { return size < 0; }) || elements_of(shape) != elements)
    return call.error(ErrorCode::corrupt, concat("can't make ", std::span<const std::int64_t>(shape), " of ",
                                                 std::span<const std::int64_t>(call.input().shape)));
  return reshaped(call, call.input(), shape);
}

Result<Value> convert_flatten(LayerCall& call) {
  Value value = call.input();
  GANLET_TRY(const bool is_first, is_channels_first(call));
  const std::int64_t elements = elements_of(value.shape);
  if (is_first && value.rank() > 1) { // Keras moves the channels to the end before it flattens
    GANLET_TRY(value.name, call.graph.in_keras_order(value));
    value.channels_first = true;
    std::rotate(value.shape.begin(), value.shape.begin() + 1, value.shape.end());
  }
  return reshaped(call, std::move(value), {elements});
}

Result<Value> convert_permute(LayerCall& call) {
  GANLET_TRY(const Sizes dims, call.integers("dims", 0, 0));
  Value value = call.input();
  const auto rank = static_cast<std::size_t>(value.rank());
  Sizes sorted = dims;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < rank; ++i)
    if (sorted.size() != rank || sorted[i] != static_cast<std::int64_t>(i + 1))
      return call.error(ErrorCode::corrupt, "its dims aren't an order of the axes");
  Sizes shape;
  for (const std::int64_t dim : dims)
    shape.push_back(value.shape[static_cast<std::size_t>(dim - 1)]);
  Sizes to_last;
  for (std::size_t i = 0; i < rank; ++i)
    to_last.push_back(static_cast<std::int64_t>((i + 1) % rank + 1));
  if (rank >= 2 && dims == to_last && !value.channels_first) {
    value.channels_first = true; // it is stored as before
  } else {
    GANLET_TRY(value.name, call.graph.in_keras_order(value));
    value.channels_first = false;
    Sizes order{0};
    order.insert(order.end(), dims.begin(), dims.end());
    GANLET_TRY(value.name, call.graph.node("Transpose", {value.name}, {attribute("perm", order)}));
  }
  value.shape = shape;
  return value;
}

Result<Value> convert_repeat_vector(LayerCall& call) {
  GANLET_TRY(const std::int64_t count, call.integer("n", 1));
  if (call.input().rank() != 1 || count < 1)
    return call.error(ErrorCode::corrupt, "repeats a row of numbers");
  const std::int64_t features = call.input().shape[0];
  GANLET_TRY(Value value, reshaped(call, call.input(), {1, features}));
  GANLET_TRY(value.name, call.graph.node("Tile", {value.name, call.graph.integers({1, count, 1})}));
  value.shape = {count, features};
  return value;
}

Result<Value> convert_embedding(LayerCall& call) {
  GANLET_TRY(const Tensor* const table, call.variable(0, "embeddings", {-1, -1}));
  Value value = call.input();
  GANLET_TRY(value.name, call.graph.in_keras_order(value));
  if (value.type != DataType::int64) {
    constexpr std::int64_t int64 = 7;
    GANLET_TRY(value.name, call.graph.node("Cast", {value.name}, {attribute("to", int64)}));
  }
  GANLET_TRY(const std::string rows, call.graph.weight(*table, [](const Tensor& from) { return from.clone(); }));
  GANLET_TRY(value.name, call.graph.node("Gather", {rows, value.name}, {attribute("axis", std::int64_t{0})}));
  value.shape.push_back(table->shape()[1]);
  value.channels_first = false;
  value.type = DataType::float32;
  return value;
}

Result<Value> convert_zero_padding(LayerCall& call) {
  const int axes = axes_in_name(call);
  GANLET_TRY(const Sizes padding, pairs(call, "padding", axes));
  GANLET_TRY(const int first, first_of_space(call, axes));
  GANLET_TRY(Value value, call.graph.as_real(call.input()));
  const auto all = static_cast<std::size_t>(value.rank() + 1);
  Sizes pads(2 * all, 0);
  for (int i = 0; i < axes; ++i) {
    const std::size_t own = own_axis(value, first + i), pair = static_cast<std::size_t>(2 * i);
    pads[own] = padding[pair];
    pads[all + own] = padding[pair + 1];
    value.shape[static_cast<std::size_t>(first + i - 1)] += padding[pair] + padding[pair + 1];
  }
  GANLET_TRY(value.name, call.graph.node("Pad", {value.name, call.graph.integers(pads)}));
  return value;
}

Result<Value> convert_cropping(LayerCall& call) {
  const int axes = axes_in_name(call);
  GANLET_TRY(const Sizes cropping, pairs(call, "cropping", axes));
  GANLET_TRY(const int first, first_of_space(call, axes));
  Value value = call.input();
  Sizes starts, ends, own;
  for (int i = 0; i < axes; ++i) {
    const std::size_t pair = static_cast<std::size_t>(2 * i);
    std::int64_t& size = value.shape[static_cast<std::size_t>(first + i - 1)];
    if (cropping[pair] + cropping[pair + 1] >= size)
      return call.error(ErrorCode::corrupt, "crops more than there is");
    starts.push_back(cropping[pair]);
    ends.push_back(size - cropping[pair + 1]);
    own.push_back(static_cast<std::int64_t>(own_axis(value, first + i)));
    size -= cropping[pair] + cropping[pair + 1];
  }
  GANLET_TRY(value.name, call.graph.node("Slice", {value.name, call.graph.integers(starts), call.graph.integers(ends),
                                                   call.graph.integers(own)}));
  return value;
}

namespace {

/// The factor by which Resize makes `to` of `from`, although it rounds the product down.
float scale_of(std::int64_t from, std::int64_t to) {
  if (from == 0)
    return 1;
  const auto scale = static_cast<float>(static_cast<double>(to) / static_cast<double>(from));
  const bool falls_short = static_cast<double>(scale) * static_cast<double>(from) < static_cast<double>(to);
  return falls_short ? std::nextafter(scale, INFINITY) : scale;
}

/// Resizes the spatial axes to `sizes` with ONNX's Resize.
Result<Value> resized(LayerCall& call, const Sizes& sizes, std::string_view interpolation, bool from_centers) {
  if (interpolation != "nearest" && interpolation != "bilinear")
    return call.error(ErrorCode::unsupported, concat("the interpolation '", printable(interpolation), "' isn't known"));
  GANLET_TRY(Value value, call.graph.as_real(call.input()));
  GANLET_TRY(const bool is_first, is_channels_first(call));
  const bool is_one_axis = value.rank() == 2;
  Value picture = value;
  GANLET_TRY(picture.name, is_first ? call.graph.in_keras_order(value) : call.graph.with_channels_first(value));
  const std::int64_t channels = is_first ? value.shape.front() : value.shape.back();
  if (is_one_axis) { // the engine resizes exactly two axes
    const std::int64_t length = is_first ? value.shape[1] : value.shape[0];
    GANLET_TRY(picture.name,
               call.graph.node("Reshape", {picture.name, call.graph.integers({-1, channels, 1, length})}));
  }
  const bool is_nearest = interpolation == "nearest";
  std::vector<float> scales{1, 1};
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    const std::int64_t from = value.shape[axis + (is_first ? 1 : 0)];
    scales.push_back(scale_of(from, sizes[axis]));
  }
  if (is_one_axis)
    scales.insert(scales.begin() + 2, 1);
  const auto count = static_cast<std::int64_t>(scales.size());
  const std::string factors = call.graph.constant(Tensor::of<float>(Shape{count}, std::span<const float>(scales)));
  std::vector<Attribute> attributes{attribute("mode", std::string(is_nearest ? "nearest" : "linear")),
                                    attribute("coordinate_transformation_mode",
                                              std::string(is_nearest && !from_centers ? "asymmetric" : "half_pixel"))};
  if (is_nearest) // TensorFlow rounds halves up
    attributes.push_back(attribute("nearest_mode", std::string(from_centers ? "round_prefer_ceil" : "floor")));
  GANLET_TRY(picture.name, call.graph.node("Resize", {picture.name, std::string(), factors}, std::move(attributes)));
  if (is_one_axis) {
    GANLET_TRY(picture.name, call.graph.node("Reshape", {picture.name, call.graph.integers({-1, channels, sizes[0]})}));
  }
  picture.channels_first = !is_first;
  std::copy(sizes.begin(), sizes.end(), picture.shape.begin() + (is_first ? 1 : 0));
  return picture;
}

} // namespace

Result<Value> convert_upsampling(LayerCall& call) {
  const int axes = axes_in_name(call);
  GANLET_TRY(const int first, first_of_space(call, axes));
  const bool is_older = call.find("length") != nullptr;
  GANLET_TRY(const Sizes factors, call.integers(is_older ? "length" : "size", static_cast<std::size_t>(axes), 2));
  GANLET_TRY(const std::string interpolation, call.text("interpolation", "nearest"));
  Sizes sizes;
  for (int i = 0; i < axes; ++i) {
    constexpr std::int64_t most = 1 << 16;
    const std::int64_t factor = factors[static_cast<std::size_t>(i)];
    if (factor < 1 || factor > most)
      return call.error(ErrorCode::corrupt, "its size must be 1 or more");
    sizes.push_back(call.input().shape[static_cast<std::size_t>(first + i - 1)] * factor);
  }
  return resized(call, sizes, interpolation, false);
}

Result<Value> convert_resizing(LayerCall& call) {
  GANLET_TRY(const std::int64_t height, call.integer("height", 0));
  GANLET_TRY(const std::int64_t width, call.integer("width", 0));
  GANLET_TRY(const bool crops, call.flag("crop_to_aspect_ratio", false));
  GANLET_TRY(const bool pads, call.flag("pad_to_aspect_ratio", false));
  GANLET_TRY(const std::string interpolation, call.text("interpolation", "bilinear"));
  GANLET_CHECK(first_of_space(call, 2));
  if (height < 1 || width < 1 || crops || pads)
    return call.error(ErrorCode::unsupported, "resizing that keeps the aspect ratio can't be read");
  return resized(call, {height, width}, interpolation, true);
}

} // namespace ganlet::importing::keras
