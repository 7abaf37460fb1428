// Convolutions, pooling, matrix products, and what is fused with them.

#include <algorithm>

#include "import/tf_graph.h"

namespace ganlet::importing::tf {

namespace {

/// A picture, (N,H,W,C) or (N,C,H,W) by `data_format`, as ONNX takes it.
struct Picture {
  std::string name;
  Size batch;
  std::int64_t channels = 0;
  Sizes space;
  bool is_first = false; ///< TensorFlow has it as (N,C,H,W) too
};

bool has_channels_first(const Call& call) {
  return call.text("data_format") == "NCHW";
}

Result<Picture> picture_of(const Call& call, const Value& value) {
  constexpr int rank = 4;
  if (value.rank() != rank)
    return call.error(ErrorCode::unsupported, "reads no picture of height, width and channels");
  Picture picture;
  picture.is_first = has_channels_first(call);
  picture.batch = value.shape[0];
  GANLET_TRY(const Value lies, picture.is_first ? call.in_order(value) : call.with_channels_first(value));
  picture.name = lies.name;
  const std::size_t rows = picture.is_first ? 2 : 1;
  GANLET_TRY(picture.channels, call.fixed(value, picture.is_first ? 1 : 3));
  GANLET_TRY(const std::int64_t height, call.fixed(value, rows));
  GANLET_TRY(const std::int64_t width, call.fixed(value, rows + 1));
  picture.space = {height, width};
  return picture;
}

Value value_of(Picture picture) {
  Value value;
  value.name = std::move(picture.name);
  value.shape = {picture.batch, {picture.space[0], false}, {picture.space[1], false}};
  value.shape.insert(picture.is_first ? value.shape.begin() + 1 : value.shape.end(), {picture.channels, false});
  value.channels_first = !picture.is_first;
  return value;
}

/// Of an attribute with a number for each axis, those of height and width.
Result<Sizes> along_space(const Call& call, std::string_view name) {
  constexpr std::int64_t most = 1 << 16;
  const Sizes all = call.integers(name);
  if (all.empty())
    return Sizes{1, 1};
  const std::size_t rows = has_channels_first(call) ? 2 : 1;
  if (all.size() != 4)
    return call.error(ErrorCode::corrupt, concat("its ", name, " must be 4 numbers"));
  for (const std::int64_t one : all)
    if (one < 1 || one > most)
      return call.error(ErrorCode::corrupt, concat("its ", name, " must be 1 to ", most));
  return Sizes{all[rows], all[rows + 1]};
}

struct Window {
  Sizes kernel, strides, dilations, pads; ///< pads: both beginnings, then both ends

  std::int64_t reach(std::size_t axis) const { return (kernel[axis] - 1) * dilations[axis] + 1; }
};

/// Padding that the file lists itself: two numbers for each axis.
Result<Sizes> explicit_pads(const Call& call) {
  const Sizes all = call.integers("explicit_paddings");
  const std::size_t rows = has_channels_first(call) ? 4 : 2;
  if (all.size() != 8 || std::ranges::any_of(all, [](std::int64_t pad) { return pad < 0 || pad > 1 << 16; }))
    return call.error(ErrorCode::corrupt, "its explicit_paddings must be 8 numbers");
  return Sizes{all[rows], all[rows + 2], all[rows + 1], all[rows + 3]};
}

/// The window over a picture, and the size of what it gives. TensorFlow's "same" pads what doesn't divide at the end.
Result<Window> window_over(const Call& call, const Sizes& kernel, Sizes& space) {
  Window window{kernel, {}, {}, Sizes(4, 0)};
  GANLET_TRY(window.strides, along_space(call, "strides"));
  GANLET_TRY(window.dilations, along_space(call, "dilations"));
  const std::string padding = call.text("padding");
  if (padding == "EXPLICIT") {
    GANLET_TRY(window.pads, explicit_pads(call));
  } else if (padding != "SAME" && padding != "VALID") {
    return call.error(ErrorCode::unsupported, concat("the padding '", printable(padding), "' isn't known"));
  }
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t stride = window.strides[axis], reach = window.reach(axis);
    if (padding == "SAME") {
      const std::int64_t size = (space[axis] + stride - 1) / stride;
      const std::int64_t total = std::max<std::int64_t>((size - 1) * stride + reach - space[axis], 0);
      window.pads[axis] = total / 2;
      window.pads[axis + 2] = total - total / 2;
    }
    const std::int64_t whole = space[axis] + window.pads[axis] + window.pads[axis + 2];
    if (whole < reach)
      return call.error(ErrorCode::corrupt, "its kernel is larger than the picture");
    space[axis] = (whole - reach) / stride + 1;
  }
  return window;
}

std::vector<Attribute> attributes_of(const Window& window, std::int64_t groups) {
  std::vector<Attribute> attributes{attribute("kernel_shape", window.kernel), attribute("strides", window.strides),
                                    attribute("pads", window.pads)};
  if (window.dilations != Sizes{1, 1})
    attributes.push_back(attribute("dilations", window.dilations));
  if (groups != 1)
    attributes.push_back(attribute("group", groups));
  return attributes;
}

/// What a fused node does behind its product: a bias, a normalization, an activation. `bias` is to be added by the
/// product itself.
struct Fused {
  std::vector<std::string> ops;
  const Tensor* bias = nullptr;
  std::size_t next = 2; ///< input of the next part
};

Result<Fused> fused_of(const Call& call, std::int64_t channels) {
  Fused fused;
  fused.ops = call.texts("fused_ops");
  if (!fused.ops.empty() && fused.ops[0] == "BiasAdd") {
    GANLET_TRY(fused.bias, call.constant(fused.next++, "bias"));
    fused.ops.erase(fused.ops.begin());
    if (fused.bias->shape().elements() != channels)
      return call.error(ErrorCode::corrupt, "its bias hasn't one number for each channel");
  }
  return fused;
}

Result<std::vector<std::string>> with_bias(const Call& call, std::vector<std::string> inputs, const Fused& fused) {
  if (fused.bias != nullptr)
    inputs.push_back(call.graph.constant(fused.bias->clone().reshaped(Shape{fused.bias->shape().elements()})));
  return inputs;
}

Result<Value> finish(Call& call, Value value, const Fused& fused) {
  std::size_t next = fused.next;
  for (const std::string& op : fused.ops) {
    Values inputs;
    inputs.push_back(std::move(value));
    const std::size_t more = op == "FusedBatchNorm" ? 4 : op == "Prelu" ? 1 : 0;
    if (next + more > call.inputs.size())
      return call.error(ErrorCode::corrupt, concat("lacks inputs of its ", printable(op)));
    for (std::size_t i = 0; i < more; ++i)
      inputs.push_back(call.inputs[next++]);
    Call part{call.graph, call.node, op, std::move(inputs)};
    if (!is_unary(op) && more == 0)
      return call.error(ErrorCode::unsupported, concat("is fused with '", printable(op), "', which can't be read"));
    GANLET_TRY(Values values, is_unary(op)    ? convert_unary(part)
                              : op == "Prelu" ? convert_prelu(part)
                                              : convert_batch_normalization(part));
    value = std::move(values[0]);
  }
  return value;
}

} // namespace

Result<Values> convert_convolution(Call& call) {
  GANLET_TRY(Picture picture, picture_of(call, call.inputs[0]));
  GANLET_TRY(const Tensor* const filter, call.constant(1, "kernel"));
  if (filter->shape().rank() != 4)
    return call.error(ErrorCode::corrupt, "its kernel must have 4 axes");
  const auto size = [&](int axis) { return filter->shape()[axis]; };
  const bool is_depthwise = call.op.find("epthwise") != std::string_view::npos;
  if (size(2) < 1 || picture.channels % size(2) != 0 || (is_depthwise && picture.channels != size(2)))
    return call.error(ErrorCode::corrupt, "its kernel is for another number of channels");
  GANLET_TRY(const Window window, window_over(call, {size(0), size(1)}, picture.space));
  GANLET_CHECK(call.graph.budget().take(2 * filter->shape().elements() + 1));
  const std::int64_t groups = is_depthwise ? picture.channels : picture.channels / size(2);
  picture.channels = is_depthwise ? size(2) * size(3) : size(3);
  if (picture.channels % groups != 0)
    return call.error(ErrorCode::corrupt, "its groups don't divide the channels");
  // (h, w, in, out) as (out, in, h, w); of a depthwise one (h, w, channel, copy) as (channel * copy, 1, h, w)
  Tensor weights = is_depthwise ? permuted(*filter, {2, 3, 0, 1}).reshaped(Shape{picture.channels, 1, size(0), size(1)})
                                : permuted(*filter, {3, 2, 0, 1});
  GANLET_TRY(const Fused fused, fused_of(call, picture.channels));
  GANLET_TRY(auto inputs, with_bias(call, {picture.name, call.graph.constant(std::move(weights))}, fused));
  GANLET_TRY(picture.name, call.graph.node("Conv", std::move(inputs), attributes_of(window, groups)));
  return only(finish(call, value_of(std::move(picture)), fused));
}

Result<Values> convert_transposed_convolution(Call& call) {
  GANLET_TRY(Picture picture, picture_of(call, call.inputs[2]));
  GANLET_TRY(const Tensor* const filter, call.constant(1, "kernel"));
  const auto& wanted = call.inputs[0].numbers;
  if (filter->shape().rank() != 4 || filter->shape()[3] != picture.channels || !wanted || wanted->size() != 4)
    return call.error(ErrorCode::corrupt, "its kernel or its size doesn't fit the picture");
  Window window{{filter->shape()[0], filter->shape()[1]}, {}, {}, Sizes(4, 0)};
  GANLET_TRY(window.strides, along_space(call, "strides"));
  GANLET_TRY(window.dilations, along_space(call, "dilations"));
  const std::string padding = call.text("padding");
  if (padding == "EXPLICIT") {
    GANLET_TRY(window.pads, explicit_pads(call));
  }
  Sizes rest(2, 0);
  const std::size_t rows = picture.is_first ? 2 : 1;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const Size size = (*wanted)[rows + axis];
    // The convolution backwards, with the padding that it would have had.
    const std::int64_t whole = (picture.space[axis] - 1) * window.strides[axis] + window.reach(axis);
    if (padding == "SAME") {
      const std::int64_t total = std::max<std::int64_t>(whole - size.count, 0);
      window.pads[axis] = total / 2;
      window.pads[axis + 2] = total - total / 2;
    }
    rest[axis] = size.count - (whole - window.pads[axis] - window.pads[axis + 2]);
    if (size.per_batch || size.count < 1 || rest[axis] < 0 || rest[axis] >= window.strides[axis])
      return call.error(ErrorCode::corrupt, "the size that it is to give doesn't fit its strides");
    picture.space[axis] = size.count;
  }
  picture.channels = filter->shape()[2];
  GANLET_CHECK(call.graph.budget().take(2 * filter->shape().elements() + 1));
  std::vector<std::string> inputs{picture.name, call.graph.constant(permuted(*filter, {3, 2, 0, 1}))};
  std::vector<Attribute> attributes = attributes_of(window, 1);
  if (rest != Sizes{0, 0})
    attributes.push_back(attribute("output_padding", rest));
  GANLET_TRY(picture.name, call.graph.node("ConvTranspose", std::move(inputs), std::move(attributes)));
  return only(value_of(std::move(picture)));
}

Result<Values> convert_pool(Call& call) {
  GANLET_TRY(Picture picture, picture_of(call, call.inputs[0]));
  GANLET_TRY(const Sizes kernel, along_space(call, "ksize"));
  GANLET_TRY(const Window window, window_over(call, kernel, picture.space));
  GANLET_TRY(picture.name, call.graph.node(call.op == "MaxPool" ? "MaxPool" : "AveragePool", {picture.name},
                                           attributes_of(window, 1)));
  return only(value_of(std::move(picture)));
}

Result<Values> convert_batch_normalization(Call& call) {
  // x, scale, offset, mean, variance
  if (call.flag("is_training"))
    return call.error(ErrorCode::unsupported,
                      "normalizes over the batch, as in training: freeze the graph for inference");
  const float epsilon = call.real("epsilon", 1e-3F);
  Sizes shape;
  std::vector<Tensor> parts;
  for (std::size_t i = 1; i < 5; ++i) {
    GANLET_TRY(const Tensor* const part, call.constant(i, "statistics"));
    parts.push_back(part->clone());
    if (part->shape().rank() != 1 || part->shape() != parts[0].shape())
      return call.error(ErrorCode::corrupt, "its statistics haven't one size");
  }
  GANLET_TRY(Picture picture, picture_of(call, call.inputs[0]));
  if (parts[0].shape()[0] != picture.channels)
    return call.error(ErrorCode::corrupt, "its statistics are for another number of channels");
  std::vector<std::string> inputs{picture.name};
  for (Tensor& part : parts)
    inputs.push_back(call.graph.constant(std::move(part)));
  GANLET_TRY(picture.name, call.graph.node("BatchNormalization", std::move(inputs), {attribute("epsilon", epsilon)}));
  return only(value_of(std::move(picture)));
}

Result<Values> convert_matrix_product(Call& call) {
  GANLET_TRY(const Value left, call.in_order(call.inputs[0]));
  const Value& right = call.inputs[1];
  const bool is_plain = left.rank() == 2 && right.rank() == 2;
  const bool turns_left = call.flag("transpose_a") || call.flag("adj_x");
  const bool turns_right = call.flag("transpose_b") || call.flag("adj_y");
  if (left.rank() < 2 || right.rank() < 2 || (!is_plain && turns_left))
    return call.error(ErrorCode::unsupported, "multiplies tensors of these axes");
  const std::size_t last = left.shape.size() - 1, end = right.shape.size() - 1;
  const Size columns = right.shape[turns_right ? end - 1 : end];
  if (left.shape[turns_left ? last - 1 : last] != right.shape[turns_right ? end : end - 1] || columns.per_batch)
    return call.error(ErrorCode::corrupt, "multiplies matrices that don't fit");
  Value value;
  value.shape = {left.shape[turns_left ? 1 : 0], columns};
  GANLET_TRY(const Fused fused, fused_of(call, columns.count));
  if (is_plain && right.constant != nullptr && right.type == DataType::float32 && !turns_left) {
    // A row for each output, as int8 weights have a scale.
    Tensor weights = turns_right ? right.constant->clone() : permuted(*right.constant, {1, 0});
    GANLET_CHECK(call.graph.budget().take(2 * weights.shape().elements() + 1));
    GANLET_TRY(auto inputs, with_bias(call, {left.name, call.graph.constant(std::move(weights))}, fused));
    GANLET_TRY(value.name, call.graph.node("Gemm", std::move(inputs), {attribute("transB", std::int64_t{1})}));
    return only(finish(call, std::move(value), fused));
  }
  if (turns_left)
    return call.error(ErrorCode::unsupported, "turns around its first matrix");
  GANLET_TRY(Value other, call.in_order(right));
  if (turns_right) {
    Sizes order;
    for (std::size_t axis = 0; axis + 2 < right.shape.size(); ++axis)
      order.push_back(static_cast<std::int64_t>(axis));
    order.push_back(static_cast<std::int64_t>(end));
    order.push_back(static_cast<std::int64_t>(end) - 1);
    GANLET_TRY(other.name, call.graph.node("Transpose", {other.name}, {attribute("perm", order)}));
  }
  const Dims& larger = left.shape.size() >= right.shape.size() ? left.shape : right.shape;
  value.shape = larger;
  value.shape[value.shape.size() - 2] = left.shape[last - 1];
  value.shape.back() = columns;
  GANLET_TRY(value.name, call.graph.node("MatMul", {left.name, other.name}));
  if (fused.bias != nullptr) {
    GANLET_TRY(value.name, call.graph.node("Add", {value.name, call.graph.constant(fused.bias->clone())}));
  }
  return only(finish(call, std::move(value), fused));
}

} // namespace ganlet::importing::tf
