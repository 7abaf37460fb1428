#include <algorithm>
#include <cmath>

#include "import/tflite_network.h"

/// Convolutions, pools, sizes of pictures, and products with weights.
namespace ganlet::importing::tflite {

namespace {

constexpr std::int64_t same = 0;

/// Strides, dilations and padding over height and width.
struct Window {
  std::int64_t padding = same;
  Sizes strides{1, 1}, dilations{1, 1}, kernel{1, 1};
};

bool is_sound(const Window& window) {
  constexpr std::int64_t most = 1 << 16;
  for (const Sizes& list : {window.strides, window.dilations, window.kernel})
    if (std::ranges::any_of(list, [](std::int64_t one) { return one < 1 || one > most; }))
      return false;
  return true;
}

/// As TensorFlow pads: what doesn't divide evenly goes to the end.
Sizes pads_of(const Window& window, const Sizes& input, const Sizes& output) {
  Sizes pads(4, 0);
  for (std::size_t i = 0; window.padding == same && i < 2; ++i) {
    const std::int64_t reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
    const std::int64_t total =
        std::max<std::int64_t>((output[1 + i] - 1) * window.strides[i] + reach - input[1 + i], 0);
    pads[i] = total / 2;
    pads[2 + i] = total - total / 2;
  }
  return pads;
}

/// Elements (a,b,c,d) in another order of the axes.
template <typename T> Tensor reordered(const Tensor& from, const std::array<int, 4>& order) {
  const Shape& shape = from.shape();
  const Shape to{shape[order[0]], shape[order[1]], shape[order[2]], shape[order[3]]};
  std::array<std::int64_t, 4> steps{};
  std::int64_t step = 1;
  for (int axis = 3; axis >= 0; --axis) {
    steps[static_cast<std::size_t>(axis)] = step;
    step *= shape[axis];
  }
  Tensor result(from.type(), to);
  const auto source = from.as<T>();
  const auto target = result.template as<T>();
  std::size_t at = 0;
  for (std::int64_t a = 0; a < to[0]; ++a)
    for (std::int64_t b = 0; b < to[1]; ++b)
      for (std::int64_t c = 0; c < to[2]; ++c)
        for (std::int64_t d = 0; d < to[3]; ++d) {
          const std::int64_t index[] = {a, b, c, d};
          std::int64_t from_index = 0;
          for (std::size_t axis = 0; axis < 4; ++axis)
            from_index += index[axis] * steps[static_cast<std::size_t>(order[axis])];
          target[at++] = source[static_cast<std::size_t>(from_index)];
        }
  return result;
}

/// Weights with axis `order` in ONNX's places. Those in int8, symmetric, stay so, with one scale for each index of
/// `axis` of the result.
Result<std::string> weights(Call& call, std::size_t index, std::optional<std::array<int, 4>> order, std::int64_t axis) {
  const Stored& stored = call.input(index);
  const bool is_symmetric = std::ranges::all_of(stored.zero, [](std::int64_t zero) { return zero == 0; });
  const std::size_t own =
      order ? static_cast<std::size_t>((*order)[static_cast<std::size_t>(axis)]) : static_cast<std::size_t>(axis);
  const bool fits = stored.scale.size() == 1 || static_cast<std::size_t>(stored.axis) == own;
  if (stored.type != Type::int8 || !stored.is_quantized() || !is_symmetric || !fits || stored.is_sparse) {
    GANLET_TRY(Tensor real, call.constant(index));
    if (real.type() != DataType::float32)
      return call.error(ErrorCode::unsupported, "its weights are whole numbers without a scale");
    return call.graph().constant(order ? reordered<float>(real, *order) : std::move(real));
  }
  GANLET_TRY(const Shape shape, Shape::make(stored.shape, call.graph().limits(), "tflite"));
  if (shape.elements() == 0 || static_cast<std::size_t>(shape.elements()) != stored.data.size())
    return call.error(ErrorCode::corrupt, "its weights have another size than their shape says");
  GANLET_CHECK(take_for_bytes(call.graph().budget(), 4 * static_cast<std::uint64_t>(stored.data.size()), "tflite"));
  const auto count = static_cast<std::size_t>(stored.shape[own]);
  GANLET_CHECK(call.hold(2 * shape.elements() + static_cast<std::int64_t>(sizeof(float) * count)));
  Tensor numbers(DataType::int8, shape);
  std::ranges::transform(stored.data, numbers.as<std::int8_t>().begin(),
                         [](std::byte one) { return static_cast<std::int8_t>(std::to_integer<std::uint8_t>(one)); });
  std::vector<float> scale = stored.scale;
  if (scale.size() == 1)
    scale.resize(count, scale[0]);
  OnnxGraph& graph = call.graph();
  const std::string whole = graph.constant(order ? reordered<std::int8_t>(numbers, *order) : std::move(numbers));
  const std::string scales =
      graph.constant(Tensor::of<float>(Shape{static_cast<std::int64_t>(count)}, std::span<const float>(scale)));
  return call.node("DequantizeLinear", {whole, scales}, {attribute("axis", axis)});
}

Result<void> expect_pictures(Call& call, std::initializer_list<std::size_t> inputs) {
  bool fits = call.output().rank() == 4;
  for (const std::size_t index : inputs)
    fits &= call.input(index).rank() == 4;
  if (!fits)
    return call.error(ErrorCode::corrupt, "takes and gives pictures (N,H,W,C)");
  return {};
}

} // namespace

Result<void> convert_convolution(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  GANLET_CHECK(expect_pictures(call, {0, 1}));
  const bool is_depthwise = call.name() == "DEPTHWISE_CONV_2D";
  const Sizes& shape = call.input(1).shape; // (O,H,W,I), depthwise (1,H,W,O)
  const int more = is_depthwise ? 1 : 0;    // depth_multiplier stands in front of the activation
  const Window window{call.option(0, 1),
                      {call.option(2, 4, 1), call.option(1, 4, 1)},
                      {call.option(5 + more, 4, 1), call.option(4 + more, 4, 1)},
                      {shape[1], shape[2]}};
  const std::int64_t channels = call.input(0).shape[3];
  if (!is_sound(window) || shape[3] < 1 || channels < 1 || (!is_depthwise && channels % shape[3] != 0))
    return call.error(ErrorCode::corrupt, "its window or its channels don't fit");
  GANLET_TRY(const std::string kernel,
             is_depthwise ? weights(call, 1, std::array{3, 0, 1, 2}, 0) : weights(call, 1, std::array{0, 3, 1, 2}, 0));
  GANLET_TRY(const std::string picture, call.first(0));
  std::vector<std::string> inputs{picture, kernel};
  if (call.has(2)) {
    GANLET_TRY(std::string bias, call.last(2));
    inputs.push_back(std::move(bias));
  }
  GANLET_TRY(const std::string made,
             call.node("Conv", inputs,
                       {attribute("strides", window.strides), attribute("dilations", window.dilations),
                        attribute("pads", pads_of(window, call.input(0).shape, call.output().shape)),
                        attribute("group", is_depthwise ? channels : channels / shape[3])}));
  call.fuse(3 + more);
  return call.give(made, true);
}

namespace {

/// (padding, stride_w, stride_h), by TensorFlow Lite's table or as MediaPipe keeps them.
Window transposed_window(Call& call) {
  Window window;
  if (call.has_options()) {
    window.padding = call.option(0, 1);
    window.strides = {call.option(2, 4, 1), call.option(1, 4, 1)};
    call.fuse(3);
    return window;
  }
  Cursor bytes(call.custom_options());
  window.padding = bytes.number(4) == 2 ? 1 : same; // TfLitePadding: 1 same, 2 valid
  const auto wide = static_cast<std::int64_t>(bytes.number(4)), high = static_cast<std::int64_t>(bytes.number(4));
  window.strides = {high, wide};
  return window;
}

} // namespace

/// Its inputs are the size, the weights (O,H,W,I), the picture, and perhaps a bias; MediaPipe's operator has the
/// picture first, the weights and the bias.
Result<void> convert_transposed_convolution(Call& call) {
  GANLET_CHECK(call.expect_inputs(3));
  const bool is_mediapipe = !call.has_options() && call.input(0).rank() == 4;
  const std::size_t picture = is_mediapipe ? 0 : 2;
  GANLET_CHECK(expect_pictures(call, {picture, 1}));
  Window window = transposed_window(call);
  const Sizes &shape = call.input(1).shape, &from = call.input(picture).shape, &to = call.output().shape;
  window.kernel = {shape[1], shape[2]};
  if (!is_sound(window))
    return call.error(ErrorCode::corrupt, "its window doesn't fit");
  Sizes pads(4, 0), more(2, 0);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t whole = (from[1 + i] - 1) * window.strides[i] + window.kernel[i];
    const std::int64_t total = whole - to[1 + i];
    more[i] = std::max<std::int64_t>(-total, 0);
    if (more[i] >= window.strides[i] && more[i] > 0)
      return call.error(ErrorCode::corrupt, "gives more than its window reaches");
    const std::int64_t cut = std::max<std::int64_t>(total, 0);
    pads[i] = window.padding == same ? cut / 2 : 0;
    pads[2 + i] = cut - pads[i];
  }
  GANLET_TRY(const std::string kernel, weights(call, 1, std::array{3, 0, 1, 2}, 1));
  GANLET_TRY(std::string name, call.first(picture));
  std::vector<std::string> inputs{std::move(name), kernel};
  if (const std::size_t bias = is_mediapipe ? 2 : 3; call.has(bias)) {
    GANLET_TRY(std::string offset, call.last(bias));
    inputs.push_back(std::move(offset));
  }
  GANLET_TRY(const std::string made, call.node("ConvTranspose", inputs,
                                               {attribute("strides", window.strides), attribute("pads", pads),
                                                attribute("output_padding", more)}));
  return call.give(made, true);
}

Result<void> convert_fully_connected(Call& call) {
  GANLET_CHECK(call.expect_inputs(2));
  const Sizes& shape = call.input(1).shape; // (O,I)
  if (shape.size() != 2 || call.option(1, 1) != 0)
    return call.error(ErrorCode::unsupported, "its weights are no plain matrix");
  GANLET_TRY(const std::string kernel, weights(call, 1, std::nullopt, 0));
  GANLET_TRY(std::string rows, call.last(0));
  if (call.input(0).rank() != 2 || call.input(0).shape[1] != shape[1]) {
    GANLET_TRY(rows, call.node("Reshape", {rows, call.graph().integers({-1, shape[1]})}));
  }
  std::vector<std::string> inputs{rows, kernel};
  if (call.has(2)) {
    GANLET_TRY(std::string bias, call.last(2));
    inputs.push_back(std::move(bias));
  }
  GANLET_TRY(std::string made, call.node("Gemm", inputs, {attribute("transB", std::int64_t{1})}));
  if (call.output().rank() != 2) {
    GANLET_TRY(made, call.node("Reshape", {made, call.graph().integers(call.output().shape)}));
  }
  call.fuse(0);
  return call.give(made, false);
}

Result<void> convert_pool(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_CHECK(expect_pictures(call, {0}));
  const Window window{call.option(0, 1),
                      {call.option(2, 4, 1), call.option(1, 4, 1)},
                      {1, 1},
                      {call.option(4, 4, 1), call.option(3, 4, 1)}};
  if (!is_sound(window))
    return call.error(ErrorCode::corrupt, "its window doesn't fit");
  GANLET_TRY(const std::string picture, call.first(0));
  GANLET_TRY(const std::string made,
             call.node(call.onnx(), {picture},
                       {attribute("kernel_shape", window.kernel), attribute("strides", window.strides),
                        attribute("pads", pads_of(window, call.input(0).shape, call.output().shape))}));
  call.fuse(5);
  return call.give(made, true);
}

Result<void> convert_resize(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_CHECK(expect_pictures(call, {0}));
  const bool is_linear = call.name() == "RESIZE_BILINEAR";
  const int first_option = is_linear ? 2 : 0; // behind sizes that are no longer used
  const bool aligns = call.option(first_option, 1) != 0, is_centred = call.option(first_option + 1, 1) != 0;
  GANLET_TRY(const std::string picture, call.first(0));
  const Sizes& to = call.output().shape;
  GANLET_TRY(const std::string sizes, call.graph().sizes_of_resize(picture, {to[1], to[2]}));
  std::vector<Attribute> attributes{
      attribute("mode", std::string(is_linear ? "linear" : "nearest")),
      attribute("coordinate_transformation_mode", std::string(aligns       ? "align_corners"
                                                              : is_centred ? "half_pixel"
                                                                           : "asymmetric"))};
  if (!is_linear)
    attributes.push_back(attribute("nearest_mode", std::string(aligns || is_centred ? "round_prefer_ceil" : "floor")));
  GANLET_TRY(const std::string made, call.node("Resize", {picture, std::string(), std::string(), sizes}, attributes));
  return call.give(made, true);
}

/// Blocks of channels become blocks of pixels: depth is the slowest of the three there, as in ONNX's DCR.
Result<void> convert_depth_to_space(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_CHECK(expect_pictures(call, {0}));
  GANLET_TRY(const std::string picture, call.first(0));
  GANLET_TRY(const std::string made,
             call.node("DepthToSpace", {picture},
                       {attribute("blocksize", call.option(0, 4, 1)), attribute("mode", std::string("DCR"))}));
  return call.give(made, true);
}

Result<void> convert_space_to_depth(Call& call) {
  GANLET_CHECK(call.expect_inputs(1));
  GANLET_CHECK(expect_pictures(call, {0}));
  const std::int64_t by = call.option(0, 4, 1);
  const Sizes& from = call.input(0).shape;
  if (by < 1 || from[1] % by != 0 || from[2] % by != 0)
    return call.error(ErrorCode::corrupt, "takes a picture that its block doesn't divide");
  GANLET_TRY(const std::string picture, call.last(0));
  GANLET_TRY(
      std::string made,
      call.node("Reshape", {picture, call.graph().integers({from[0], from[1] / by, by, from[2] / by, by, from[3]})}));
  GANLET_TRY(made, call.transposed(made, {0, 1, 3, 2, 4, 5}));
  GANLET_TRY(made, call.node("Reshape", {made, call.graph().integers(call.output().shape)}));
  return call.give(made, false);
}

} // namespace ganlet::importing::tflite
