#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "xnn/pixel_loops.h"
#include "xnn/product_convolution.h"
#include "xnn/row_product.h"
#include "xnn/weights.h"

// A convolution is a matrix product followed by a sum of shifted planes:
//
//   y[p, o] = sum over taps t and inputs i of x[p + shift(t), i] w[o, t, i]
//           = sum over taps t of z[p + shift(t), (t, o)],   z[q, (t, o)] = sum over i of x[q, i] w[o, t, i].
//
// z has kh kw O columns. A transposed convolution is the same with other shifts (the product and col2im of many
// libraries). This method is used where XNNPACK's own operators waste work:
//
// - A generator ends in a convolution to 1 or 3 channels. XNNPACK computes a tile of 8 or more output channels at once
//   and discards those that aren't needed, so that this last layer can cost as much as all others together; the 49
//   columns of a 7x7 kernel fill the tiles.
// - XNNPACK's transposed convolutions choose their kernel by the batch instead of by the number of pixels (as of
//   2024-11), so that a single image runs at half speed.
//
// Activations are then quantized per pixel, which is also more accurate than per image. z is computed a few rows of the
// image at a time, so that it stays in the cache.

namespace ganlet::xnn {

namespace {

constexpr std::int64_t tile = 8;           ///< XNNPACK's smallest tile of output channels on the platforms that count
constexpr std::int64_t fewest_inputs = 16; ///< with fewer input channels the sum of planes costs more than the product
constexpr std::int64_t strip_bytes = 256 << 10; ///< of z at once: about what a second-level cache holds

bool is_narrow(const op::Window& window, std::int64_t groups, const Shape& weights) {
  if (groups != 1 || weights[3] < fewest_inputs)
    return false;
  const std::int64_t taps = window.kernel[0] * window.kernel[1];
  const std::int64_t product_columns = (taps * weights[0] + tile - 1) / tile * tile;
  return 2 * product_columns <= taps * tile;
}

/// Along one axis, input element i contributes to output element i * spread + first + tap * advance.
struct AxisMap {
  std::int64_t spread = 1;
  std::int64_t first = 0;
  std::int64_t advance = 1;

  std::int64_t offset(std::int64_t tap) const { return first + tap * advance; }
};

/// The elements [begin, end) of an axis whose contribution through a tap falls inside the output.
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

Range inside(const AxisMap& map, std::int64_t tap, std::int64_t inputs, std::int64_t outputs) {
  const std::int64_t offset = map.offset(tap);
  const std::int64_t begin = offset >= 0 ? 0 : (-offset + map.spread - 1) / map.spread;
  const std::int64_t last = outputs - 1 - offset;
  const std::int64_t end = last < 0 ? 0 : last / map.spread + 1;
  return {begin, std::max(begin, std::min(end, inputs))};
}

/// (O,kh,kw,I) -> (kh kw O, I): one row for each tap and output channel.
template <typename T> Tensor rows_by_tap(const Tensor& kernel) {
  const Shape& shape = kernel.shape();
  const std::int64_t outputs = shape[0], taps = shape[1] * shape[2], inputs = shape[3];
  Tensor rows(kernel.type(), Shape{taps * outputs, inputs});
  rows.scale.resize(kernel.scale.empty() ? 0 : static_cast<std::size_t>(taps * outputs));
  for (std::int64_t o = 0; o < outputs; ++o)
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      std::memcpy(&rows.as<T>()[static_cast<std::size_t>((tap * outputs + o) * inputs)],
                  &kernel.as<T>()[static_cast<std::size_t>((o * taps + tap) * inputs)],
                  static_cast<std::size_t>(inputs) * sizeof(T));
      if (!kernel.scale.empty())
        rows.scale[static_cast<std::size_t>(tap * outputs + o)] = kernel.scale[static_cast<std::size_t>(o)];
    }
  return rows;
}

class ProductConvolution final : public Kernel {
 public:
  static MadeKernel make(const op::Window& window, const op::Clamp& clamp, const std::array<AxisMap, 2>& maps,
                         const Weights& weights) {
    auto made = std::make_unique<ProductConvolution>();
    made->window_ = window;
    made->clamp_ = clamp;
    made->maps_ = maps;
    const auto channels = static_cast<std::size_t>(weights.kernel->shape()[0]);
    made->bias_.assign(channels, 0.0F);
    if (weights.bias != nullptr)
      std::copy_n(weights.bias, channels, made->bias_.begin());
    return made->create_product(*weights.kernel) ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    input_ = inputs[0];
    output_shape_ = output;
    const std::int64_t height = input_[1], width = input_[2];
    if (height == 0 || width == 0)
      return xnn_status_unsupported_parameter;
    const std::int64_t row_bytes = width * planes_ * static_cast<std::int64_t>(sizeof(float));
    const std::int64_t strips =
        std::clamp<std::int64_t>((height * row_bytes + strip_bytes - 1) / strip_bytes, 1, height);
    strip_rows_ = (height + strips - 1) / strips;
    columns_.clear();
    for (std::int64_t tap = 0; tap < window_.kernel[1]; ++tap)
      columns_.push_back(inside(maps_[1], tap, width, output[2]));
    planes_bytes_ = padded_bytes(strip_rows_ * row_bytes);
    const xnn_status status = product_.reshape(strip_rows_ * width, pool);
    scratch_bytes = planes_bytes_ + product_.scratch_bytes();
    return status;
  }

  xnn_status setup(const Buffers& buffers) override {
    buffers_ = {buffers.inputs[0].as<float>().data(), buffers.output.as<float>().data(),
                reinterpret_cast<float*>(buffers.scratch), buffers.scratch + planes_bytes_};
    return xnn_status_success;
  }

  Result<void> run(pthreadpool_t pool) override {
    const std::int64_t image_elements = output_shape_[1] * output_shape_[2] * output_shape_[3];
    for (std::int64_t image = 0; image < input_[0]; ++image) {
      float* output = buffers_.output + image * image_elements;
      const std::span<float> pixels(output, static_cast<std::size_t>(image_elements));
      fill_with_bias(bias_, pixels);
      for (std::int64_t row = 0; row < input_[1]; row += strip_rows_) {
        // The last strip is moved up so that it is a whole one; rows that it shares with the strip before aren't added
        // again.
        const std::int64_t first = std::min(row, input_[1] - strip_rows_);
        const float* rows = buffers_.input + (image * input_[1] + first) * input_[2] * input_[3];
        if (product_.run(rows, buffers_.planes, buffers_.quantized, pool) != xnn_status_success)
          return failed_to_run();
        for (std::int64_t y = row; y < first + strip_rows_; ++y)
          add_row(buffers_.planes + (y - first) * input_[2] * planes_, y, output);
      }
      clamp_all(clamp_, pixels);
    }
    return {};
  }

 private:
  struct Places {
    const float* input = nullptr;
    float* output = nullptr;
    float* planes = nullptr; ///< (strip rows, W, kh kw O)
    std::byte* quantized = nullptr;
  };

  bool create_product(const Tensor& kernel) {
    const bool is_quantized = kernel.type() == DataType::int8;
    const Tensor rows = is_quantized ? rows_by_tap<std::int8_t>(kernel) : rows_by_tap<float>(kernel);
    planes_ = rows.shape()[0];
    return product_.create(rows);
  }

  /// Adds the contributions of input row y to an image.
  void add_row(const float* planes, std::int64_t y, float* image) const {
    const auto channels = static_cast<std::int64_t>(bias_.size());
    const AxisMap& across = maps_[1];
    for (std::int64_t ky = 0; ky < window_.kernel[0]; ++ky) {
      const std::int64_t target = y * maps_[0].spread + maps_[0].offset(ky);
      if (target < 0 || target >= output_shape_[1])
        continue;
      float* row = image + target * output_shape_[2] * channels;
      for (std::int64_t kx = 0; kx < window_.kernel[1]; ++kx) {
        const auto [begin, end] = columns_[static_cast<std::size_t>(kx)];
        add_plane(row + (begin * across.spread + across.offset(kx)) * channels, across.spread * channels,
                  planes + begin * planes_ + (ky * window_.kernel[1] + kx) * channels, planes_, end - begin, channels);
      }
    }
  }

  op::Window window_;
  op::Clamp clamp_;
  std::array<AxisMap, 2> maps_;
  std::vector<float> bias_; ///< as many as there are output channels
  std::int64_t planes_ = 0; ///< kh kw O
  RowProduct product_;      ///< a row a pixel

  Shape input_;
  Shape output_shape_;
  std::int64_t strip_rows_ = 1;
  std::int64_t planes_bytes_ = 0;
  std::vector<Range> columns_; ///< by horizontal tap
  Places buffers_;
};

} // namespace

MadeKernel make_product_convolution(const op::Convolution& operation, const NodeContext& context) {
  const Weights weights = weights_of(context);
  const op::Window& window = operation.window;
  if (weights.kernel == nullptr || window.stride != std::array<std::int64_t, 2>{1, 1} ||
      !is_narrow(window, operation.groups, weights.kernel->shape()))
    return nullptr;
  std::array<AxisMap, 2> maps;
  for (std::size_t axis = 0; axis < 2; ++axis)
    maps[axis] = {1, window.pad_before[axis], -window.dilation[axis]};
  return ProductConvolution::make(window, operation.clamp, maps, weights);
}

MadeKernel make_product_convolution(const op::TransposedConvolution& operation, const NodeContext& context) {
  const Weights weights = weights_of(context);
  const op::Window& window = operation.window;
  if (weights.kernel == nullptr || operation.groups != 1)
    return nullptr;
  std::array<AxisMap, 2> maps;
  for (std::size_t axis = 0; axis < 2; ++axis)
    maps[axis] = {window.stride[axis], -window.pad_before[axis], window.dilation[axis]};
  return ProductConvolution::make(window, operation.clamp, maps, weights);
}

} // namespace ganlet::xnn
