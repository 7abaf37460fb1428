#include <algorithm>

#include "import/keras_network.h"

namespace ganlet::importing::keras {

namespace {

/// A picture as ONNX takes it: (N, C) followed by one to three spatial axes.
struct Picture {
  std::string name;
  std::int64_t channels = 0;
  Sizes space;
  bool keras_is_first = false; ///< data_format
};

Result<bool> has_channels_first(const LayerCall& call) {
  GANLET_TRY(const std::string older, call.text("dim_ordering", "tf"));
  GANLET_TRY(const std::string format, call.text("data_format", older == "th" ? "channels_first" : "channels_last"));
  return format == "channels_first";
}

Result<Picture> picture_of(LayerCall& call) {
  GANLET_TRY(const Value value, call.graph.as_real(call.input()));
  if (value.rank() < 2 || value.rank() > 4)
    return call.error(ErrorCode::corrupt, "reads no picture");
  Picture picture;
  GANLET_TRY(picture.keras_is_first, has_channels_first(call));
  if (picture.keras_is_first) {
    GANLET_TRY(picture.name, call.graph.in_keras_order(value));
    picture.channels = value.shape.front();
    picture.space.assign(value.shape.begin() + 1, value.shape.end());
  } else {
    GANLET_TRY(picture.name, call.graph.with_channels_first(value));
    picture.channels = value.shape.back();
    picture.space.assign(value.shape.begin(), value.shape.end() - 1);
  }
  return picture;
}

Value value_of(Picture picture) {
  Value value;
  value.name = std::move(picture.name);
  value.shape = std::move(picture.space);
  value.shape.insert(picture.keras_is_first ? value.shape.begin() : value.shape.end(), picture.channels);
  value.channels_first = !picture.keras_is_first;
  return value;
}

/// The kernel, strides, dilations and padding, with one number per spatial axis.
struct Window {
  Sizes kernel, strides, dilations;
  std::string padding;

  std::int64_t reach(std::size_t axis) const { return (kernel[axis] - 1) * dilations[axis] + 1; }
};

Result<Sizes> checked(const LayerCall& call, Result<Sizes> sizes, std::string_view name) {
  constexpr std::int64_t most = 1 << 16;
  if (sizes && std::ranges::any_of(*sizes, [](std::int64_t size) { return size < 1 || size > most; }))
    return call.error(ErrorCode::corrupt, concat(name, " must be 1 to ", most));
  return sizes;
}

Result<Window> window_of(const LayerCall& call, std::string_view kernel_name, std::size_t axes) {
  Window window;
  if (call.find("nb_row") != nullptr) { // Keras 1
    GANLET_TRY(const std::int64_t rows, call.integer("nb_row", 1));
    GANLET_TRY(const std::int64_t columns, call.integer("nb_col", 1));
    window.kernel = {rows, columns};
    GANLET_TRY(window.strides, checked(call, call.integers("subsample", axes, 1), "subsample"));
  } else {
    const char* const older = call.find("filter_length") != nullptr ? "filter_length" : nullptr;
    GANLET_TRY(window.kernel, checked(call, call.integers(older ? older : kernel_name, axes, 2), kernel_name));
    const bool is_pool = kernel_name == "pool_size";
    GANLET_TRY(window.strides, checked(call, call.integers("strides", axes, 1), "strides"));
    if (is_pool && call.find("strides") == nullptr)
      window.strides = window.kernel;
  }
  GANLET_TRY(window.dilations, checked(call, call.integers("dilation_rate", axes, 1), "dilation_rate"));
  GANLET_TRY(const std::string older, call.text("border_mode", "valid"));
  GANLET_TRY(window.padding, call.text("padding", older));
  if (window.kernel.size() != axes ||
      (window.padding != "valid" && window.padding != "same" && window.padding != "causal"))
    return call.error(ErrorCode::unsupported, concat("the padding '", printable(window.padding), "' isn't known"));
  return window;
}

struct Padded {
  Sizes pads; ///< all beginnings, then all ends
  Sizes sizes;
};

/// Pads as TensorFlow does: if the padding isn't even, the extra element goes to the end.
Result<Padded> padded(const LayerCall& call, const Window& window, const Sizes& space) {
  const std::size_t axes = space.size();
  Padded result{Sizes(2 * axes, 0), Sizes(axes)};
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t size = space[axis], stride = window.strides[axis], reach = window.reach(axis);
    std::int64_t before = 0, total = 0;
    if (window.padding == "same") {
      result.sizes[axis] = (size + stride - 1) / stride;
      total = std::max<std::int64_t>((result.sizes[axis] - 1) * stride + reach - size, 0);
      before = total / 2;
    } else {
      before = total = window.padding == "causal" ? reach - 1 : 0;
      result.sizes[axis] = (size + total - reach) / stride + 1;
      if (size + total < reach)
        return call.error(ErrorCode::corrupt, "its kernel is larger than the picture");
    }
    result.pads[axis] = before;
    result.pads[axes + axis] = total - before;
  }
  return result;
}

/// Keras's (k..., a, b) as ONNX's (b, a, k...) if `swaps`, else as (a, b, k...).
Tensor kernel_first(const Tensor& from, bool swaps) {
  const int axes = from.shape().rank() - 2;
  const std::int64_t a = from.shape()[axes], b = from.shape()[axes + 1];
  Sizes sizes{swaps ? b : a, swaps ? a : b};
  for (int axis = 0; axis < axes; ++axis)
    sizes.push_back(from.shape()[axis]);
  Tensor to(DataType::float32, Shape(std::span<const std::int64_t>(sizes)));
  const std::int64_t places = a * b == 0 ? 0 : from.shape().elements() / (a * b);
  for (std::int64_t place = 0; place < places; ++place)
    for (std::int64_t i = 0; i < a; ++i)
      for (std::int64_t j = 0; j < b; ++j)
        to.as<float>()[static_cast<std::size_t>((swaps ? j * a + i : i * b + j) * places + place)] =
            from.as<float>()[static_cast<std::size_t>((place * a + i) * b + j)];
  return to;
}

Tensor same_tensor(const Tensor& from) {
  return from.clone();
}

Sizes with(const Sizes& sizes, std::initializer_list<std::int64_t> more) {
  Sizes all = sizes;
  all.insert(all.end(), more);
  return all;
}

std::vector<Attribute> attributes_of(const Window& window, const Sizes& pads, std::int64_t groups) {
  std::vector<Attribute> attributes{attribute("kernel_shape", window.kernel), attribute("strides", window.strides),
                                    attribute("pads", pads)};
  if (std::ranges::any_of(window.dilations, [](std::int64_t dilation) { return dilation != 1; }))
    attributes.push_back(attribute("dilations", window.dilations));
  if (groups != 1)
    attributes.push_back(attribute("group", groups));
  return attributes;
}

/// The inputs of a convolution: the picture, its weights, and variable `index` as the bias, if the layer has it.
Result<std::vector<std::string>> with_bias(LayerCall& call, std::vector<std::string> inputs, std::size_t index,
                                           std::int64_t channels) {
  if (call.has_variable(index)) {
    GANLET_TRY(const Tensor* const bias, call.variable(index, "bias", {channels}));
    GANLET_TRY(std::string name, call.graph.weight(*bias, same_tensor));
    inputs.push_back(std::move(name));
  }
  return inputs;
}

Result<std::int64_t> filters_of(const LayerCall& call) {
  GANLET_TRY(const std::int64_t older, call.integer("nb_filter", 0));
  GANLET_TRY(const std::int64_t filters, call.integer("filters", older));
  if (filters < 1)
    return call.error(ErrorCode::corrupt, "has no filters");
  return filters;
}

Result<Value> activated(LayerCall& call, Picture picture) {
  return activate(call, value_of(std::move(picture)), call.find("activation"));
}

} // namespace

Result<Value> convert_convolution(LayerCall& call) {
  GANLET_TRY(Picture picture, picture_of(call));
  GANLET_TRY(const Window window, window_of(call, "kernel_size", picture.space.size()));
  GANLET_TRY(const Padded to, padded(call, window, picture.space));
  GANLET_TRY(const std::int64_t filters, filters_of(call));
  GANLET_TRY(const std::int64_t groups, call.integer("groups", 1));
  if (groups < 1 || picture.channels % groups != 0 || filters % groups != 0)
    return call.error(ErrorCode::corrupt, "its groups don't divide the channels");
  GANLET_TRY(const Tensor* const kernel,
             call.variable(0, "kernel", with(window.kernel, {picture.channels / groups, filters})));
  GANLET_TRY(const std::string weights,
             call.graph.weight(*kernel, [](const Tensor& from) { return kernel_first(from, true); }));
  GANLET_TRY(const auto inputs, with_bias(call, {picture.name, weights}, 1, filters));
  GANLET_TRY(picture.name, call.graph.node("Conv", inputs, attributes_of(window, to.pads, groups)));
  picture.channels = filters;
  picture.space = to.sizes;
  return activated(call, std::move(picture));
}

Result<Value> convert_transposed_convolution(LayerCall& call) {
  GANLET_TRY(Picture picture, picture_of(call));
  const std::size_t axes = picture.space.size();
  GANLET_TRY(const Window window, window_of(call, "kernel_size", axes));
  GANLET_TRY(const std::int64_t filters, filters_of(call));
  GANLET_TRY(const Sizes given, call.integers("output_padding", axes, -1));
  // The transposed convolution inverts a convolution that gives the input's size; the padding is TensorFlow's for that
  // convolution.
  Sizes pads(2 * axes, 0), rest(axes, 0), sizes(axes);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t size = picture.space[axis], stride = window.strides[axis], reach = window.reach(axis);
    const bool is_same = window.padding == "same";
    if (call.find("output_padding") != nullptr)
      sizes[axis] = (size - 1) * stride + reach - (is_same ? 2 * (reach / 2) : 0) + given[axis];
    else
      sizes[axis] = is_same ? size * stride : size * stride + std::max<std::int64_t>(reach - stride, 0);
    const std::int64_t whole = (size - 1) * stride + reach;
    const std::int64_t total = is_same ? std::max<std::int64_t>(whole - sizes[axis], 0) : 0;
    pads[axis] = total / 2;
    pads[axes + axis] = total - total / 2;
    rest[axis] = sizes[axis] - (whole - total);
    if (sizes[axis] < 1 || rest[axis] < 0 || rest[axis] >= std::max(stride, window.dilations[axis]))
      return call.error(ErrorCode::corrupt, "its output_padding doesn't fit its strides");
  }
  GANLET_TRY(const Tensor* const kernel, call.variable(0, "kernel", with(window.kernel, {filters, picture.channels})));
  GANLET_TRY(const std::string weights,
             call.graph.weight(*kernel, [](const Tensor& from) { return kernel_first(from, true); }));
  GANLET_TRY(const auto inputs, with_bias(call, {picture.name, weights}, 1, filters));
  std::vector<Attribute> attributes = attributes_of(window, pads, 1);
  if (std::ranges::any_of(rest, [](std::int64_t one) { return one != 0; }))
    attributes.push_back(attribute("output_padding", rest));
  GANLET_TRY(picture.name, call.graph.node("ConvTranspose", inputs, std::move(attributes)));
  picture.channels = filters;
  picture.space = sizes;
  return activated(call, std::move(picture));
}

namespace {

/// Convolves each channel by itself with weights (k..., channels, multiplier). Uses the next variable, and the one
/// after it only as the bias.
Result<Picture> depthwise(LayerCall& call, bool has_bias) {
  GANLET_TRY(Picture picture, picture_of(call));
  GANLET_TRY(const Window window, window_of(call, "kernel_size", picture.space.size()));
  GANLET_TRY(const Padded to, padded(call, window, picture.space));
  // TensorFlow.js doesn't write how many copies a separable convolution makes: the kernel says it too.
  GANLET_TRY(const std::int64_t given, call.integer("depth_multiplier", -1));
  GANLET_TRY(const Tensor* const kernel,
             call.variable(0, "depthwise kernel", with(window.kernel, {picture.channels, given})));
  const std::int64_t multiplier = kernel->shape().sizes().back();
  GANLET_TRY(const std::string weights, call.graph.weight(*kernel, [&](const Tensor& from) {
    Sizes sizes{picture.channels * multiplier, 1};
    sizes.insert(sizes.end(), window.kernel.begin(), window.kernel.end());
    return kernel_first(from, false).reshaped(Shape(std::span<const std::int64_t>(sizes)));
  }));
  const std::int64_t groups = picture.channels;
  picture.channels *= multiplier;
  std::vector<std::string> inputs{picture.name, weights};
  if (has_bias) {
    GANLET_TRY(inputs, with_bias(call, std::move(inputs), 1, picture.channels));
  }
  GANLET_TRY(picture.name, call.graph.node("Conv", inputs, attributes_of(window, to.pads, groups)));
  picture.space = to.sizes;
  return picture;
}

} // namespace

Result<Value> convert_depthwise_convolution(LayerCall& call) {
  GANLET_TRY(Picture picture, depthwise(call, true));
  return activated(call, std::move(picture));
}

Result<Value> convert_separable_convolution(LayerCall& call) {
  GANLET_TRY(Picture picture, depthwise(call, false));
  GANLET_TRY(const std::int64_t filters, filters_of(call));
  const Sizes ones(picture.space.size(), 1);
  GANLET_TRY(const Tensor* const kernel, call.variable(1, "pointwise kernel", with(ones, {picture.channels, filters})));
  GANLET_TRY(const std::string weights,
             call.graph.weight(*kernel, [](const Tensor& from) { return kernel_first(from, true); }));
  GANLET_TRY(const auto inputs, with_bias(call, {picture.name, weights}, 2, filters));
  GANLET_TRY(picture.name, call.graph.node("Conv", inputs, {attribute("kernel_shape", ones)}));
  picture.channels = filters;
  return activated(call, std::move(picture));
}

Result<Value> convert_pooling(LayerCall& call) {
  GANLET_TRY(Picture picture, picture_of(call));
  GANLET_TRY(const Window window, window_of(call, "pool_size", picture.space.size()));
  GANLET_TRY(const Padded to, padded(call, window, picture.space));
  const bool is_max = call.layer.class_name.starts_with("Max");
  GANLET_TRY(picture.name, call.graph.node(is_max ? "MaxPool" : "AveragePool", {picture.name},
                                           {attribute("kernel_shape", window.kernel),
                                            attribute("strides", window.strides), attribute("pads", to.pads)}));
  picture.space = to.sizes;
  return value_of(std::move(picture));
}

Result<Value> convert_global_pooling(LayerCall& call) {
  GANLET_TRY(Picture picture, picture_of(call));
  GANLET_TRY(const bool keeps, call.flag("keepdims", false));
  if (call.layer.class_name.starts_with("GlobalMax")) {
    GANLET_TRY(picture.name, call.graph.node("MaxPool", {picture.name}, {attribute("kernel_shape", picture.space)}));
  } else {
    GANLET_TRY(picture.name, call.graph.node("GlobalAveragePool", {picture.name}));
  }
  std::ranges::fill(picture.space, 1);
  if (keeps)
    return value_of(std::move(picture));
  Value value;
  value.shape = {picture.channels};
  GANLET_TRY(value.name, call.graph.node("Reshape", {picture.name, call.graph.integers({-1, picture.channels})}));
  return value;
}

} // namespace ganlet::importing::keras
