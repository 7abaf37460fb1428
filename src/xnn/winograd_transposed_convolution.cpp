#include "xnn/winograd_transposed_convolution.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "xnn/pixel_loops.h"
#include "xnn/row_product.h"
#include "xnn/weights.h"

// Along one axis, a transposed convolution of kernel 4, stride 2 and padding 1 makes outputs of two phases, each of
// which is a convolution with two taps:
//
//   y[2i] = x[i-1] k3 + x[i] k1,   y[2i+1] = x[i] k2 + x[i+1] k0.
//
// Two neighbouring outputs of one phase need three products instead of four by Winograd's F(2, 2) (Winograd: Arithmetic
// Complexity of Computations, 1980; Lavin and Gray: Fast Algorithms for Convolutional Neural Networks, 2016, section
// 4). With e[j] = x[j] - x[j+1], where x is 0 outside the picture,
//
//   y[4t]   = x[2t]   (k3 + k1) + e[2t-1] k3       y[4t+1] = x[2t+1] (k2 + k0) + e[2t] k2
//   y[4t+2] = x[2t]   (k3 + k1) - e[2t]   k1       y[4t+3] = x[2t+1] (k2 + k0) - e[2t+1] k0.
//
// Two such sums share each difference. Over both axes that is 9 products per input and output channel for four outputs
// instead of 16, and each output is a sum of 4 products. Differences are taken in float32, and are then quantized if
// weights are; sums of int8 weights are requantized with their own scale when they are loaded.

namespace ganlet::xnn {

namespace {

struct Tap {
  int at;
  int sign;
};

/// The factors along an axis: all x[j], or all e[j], with j even or odd. e[-1] is the first of the odd ones.
struct Kind {
  bool is_difference;
  int first; ///< the first j; the following ones are 2 apart
  int columns;
  std::array<std::array<Tap, 2>, 2> weights; ///< sums of taps, by column; sign 0 ends a sum
};
constexpr std::array<Kind, 4> kinds{{
    {false, 0, 1, {{{{{3, 1}, {1, 1}}}}}},
    {false, 1, 1, {{{{{2, 1}, {0, 1}}}}}},
    {true, 0, 2, {{{{{2, 1}}}, {{{1, -1}}}}}},
    {true, -1, 2, {{{{{0, -1}}}, {{{3, 1}}}}}},
}};

/// The source of output 4t + r: element t + shift of a kind, in one of its columns.
struct Source {
  int kind;
  int shift;
  int column;
};
constexpr std::array<std::array<Source, 2>, 4> sources{{
    {{{0, 0, 0}, {3, 0, 1}}},
    {{{1, 0, 0}, {2, 0, 0}}},
    {{{0, 0, 0}, {2, 0, 1}}},
    {{{1, 0, 0}, {3, 1, 0}}},
}};

constexpr std::int64_t fewest_channels = 16;
constexpr std::int64_t fewest_pixels = 4; ///< along a side: the edges' differences cost more in smaller pictures
constexpr std::int64_t strip_bytes =
    2 << 20; ///< of products at once; in smaller strips there are too few rows for each load of weights

/// The number of elements of a kind in `tiles` tiles of two pixels; the whole axis has `size` pixels.
std::int64_t count_of(const Kind& kind, std::int64_t tiles, std::int64_t size) {
  return kind.first < 0 ? std::min(tiles, size / 2) + 1 : tiles;
}

/// The sums of taps for a kind of row and a kind of column, from a kernel (O,4,4,I): (columns of both, O) rows of
/// length I.
template <typename T> Tensor summed_taps(const Tensor& kernel, const Kind& down, const Kind& across) {
  const std::int64_t outputs = kernel.shape()[0], inputs = kernel.shape()[3];
  Tensor rows(kernel.type(), Shape{down.columns * across.columns * outputs, inputs});
  const auto from = kernel.as<T>();
  const auto to = rows.as<T>();
  std::vector<float> sum(static_cast<std::size_t>(inputs));
  std::size_t row = 0;
  for (int i = 0; i < down.columns; ++i)
    for (int j = 0; j < across.columns; ++j)
      for (std::int64_t o = 0; o < outputs; ++o, ++row) {
        std::ranges::fill(sum, 0.0F);
        for (const Tap y : down.weights[i])
          for (const Tap x : across.weights[j])
            for (std::int64_t c = 0; c < inputs; ++c)
              sum[c] += static_cast<float>(y.sign * x.sign) *
                        static_cast<float>(from[((o * 4 + y.at) * 4 + x.at) * inputs + c]);
        float unit = 1;
        if (!kernel.scale.empty()) {
          for (const float value : sum)
            unit = std::max(unit, std::fabs(value) / 127);
          rows.scale.push_back(kernel.scale[o] * unit);
        }
        for (std::int64_t c = 0; c < inputs; ++c)
          to[row * inputs + c] = static_cast<T>(kernel.scale.empty() ? sum[c] : std::nearbyint(sum[c] / unit));
      }
  return rows;
}

class WinogradTransposedConvolution final : public Kernel {
 public:
  static MadeKernel make(const op::Clamp& clamp, const Weights& weights) {
    auto made = std::make_unique<WinogradTransposedConvolution>();
    made->clamp_ = clamp;
    made->bias_.assign(static_cast<std::size_t>(weights.kernel->shape()[0]), 0.0F);
    if (weights.bias != nullptr)
      std::copy_n(weights.bias, made->bias_.size(), made->bias_.begin());
    for (std::size_t i = 0; i < kinds.size(); ++i)
      for (std::size_t j = 0; j < kinds.size(); ++j) {
        const auto sums = weights.quantized() ? summed_taps<std::int8_t> : summed_taps<float>;
        if (!made->groups_[i][j].product.create(sums(*weights.kernel, kinds[i], kinds[j])))
          return nullptr;
      }
    return made;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    input_ = inputs[0];
    const std::int64_t height = input_[1], channels = input_[3];
    if (std::min(height, input_[2]) < fewest_pixels)
      return xnn_status_unsupported_parameter;
    const auto outputs = static_cast<std::int64_t>(bias_.size());
    const std::int64_t tiles = (height + 1) / 2, tiles_across = (input_[2] + 1) / 2;
    const std::int64_t tile_bytes = 36 * tiles_across * outputs * static_cast<std::int64_t>(sizeof(float));
    strip_tiles_ = std::clamp<std::int64_t>(strip_bytes / tile_bytes, 1, tiles);
    std::int64_t elements = 0, most_rows = 0, product_bytes = 0;
    for (std::size_t i = 0; i < kinds.size(); ++i)
      for (std::size_t j = 0; j < kinds.size(); ++j) {
        Group& group = groups_[i][j];
        group.height = count_of(kinds[i], strip_tiles_, height);
        group.width = count_of(kinds[j], tiles_across, input_[2]);
        group.columns = kinds[i].columns * kinds[j].columns * outputs;
        group.offset = elements;
        const std::int64_t rows = group.height * group.width;
        if (const xnn_status status = group.product.reshape(rows, pool); status != xnn_status_success)
          return status;
        product_bytes = std::max(product_bytes, group.product.scratch_bytes());
        most_rows = std::max(most_rows, rows);
        elements += rows * group.columns;
      }
    zeros_.assign(static_cast<std::size_t>(channels), 0.0F);
    constexpr std::int64_t element_bytes = sizeof(float);
    planes_bytes_ = padded_bytes(elements * element_bytes);
    rows_bytes_ = padded_bytes(most_rows * channels * element_bytes);
    scratch_bytes = planes_bytes_ + rows_bytes_ + product_bytes;
    return xnn_status_success;
  }

  xnn_status setup(const Buffers& buffers) override {
    from_ = buffers.inputs[0].as<float>().data();
    to_ = buffers.output.as<float>().data();
    planes_ = reinterpret_cast<float*>(buffers.scratch);
    rows_ = reinterpret_cast<float*>(buffers.scratch + planes_bytes_);
    product_scratch_ = buffers.scratch + planes_bytes_ + rows_bytes_;
    return xnn_status_success;
  }

  Result<void> run(pthreadpool_t pool) override {
    const std::int64_t tiles = (input_[1] + 1) / 2;
    image_ = from_;
    float* output = to_;
    for (std::int64_t image = 0; image < input_[0]; ++image) {
      for (std::int64_t tile = 0; tile < tiles; tile += strip_tiles_) {
        // The last strip is moved up so that it is a whole one; it computes some rows again.
        const std::int64_t first = std::min(tile, tiles - strip_tiles_);
        for (std::size_t i = 0; i < kinds.size(); ++i)
          for (std::size_t j = 0; j < kinds.size(); ++j)
            if (multiply(i, j, first, pool) != xnn_status_success)
              return failed_to_run();
        for (std::int64_t y = 4 * first; y < std::min(4 * (first + strip_tiles_), 2 * input_[1]); ++y)
          sum_row(y - 4 * first, output + y * 2 * input_[2] * static_cast<std::int64_t>(bias_.size()));
      }
      image_ += input_[1] * input_[2] * input_[3];
      output += 4 * input_[1] * input_[2] * static_cast<std::int64_t>(bias_.size());
    }
    return {};
  }

 private:
  /// The elements that are of one kind vertically and one kind horizontally, and the product with their weights.
  struct Group {
    RowProduct product;
    std::int64_t height = 0, width = 0; ///< the number of elements in a strip
    std::int64_t columns = 0;           ///< of the product
    std::int64_t offset = 0;            ///< of the product in the planes
  };

  const float* pixel(std::int64_t y, std::int64_t x) const {
    const bool is_inside = y >= 0 && y < input_[1] && x >= 0 && x < input_[2];
    return is_inside ? image_ + (y * input_[2] + x) * input_[3] : zeros_.data();
  }

  /// x or e at (y, x); a difference is computed into `place`.
  const float* element(const Kind& down, const Kind& across, std::int64_t y, std::int64_t x, float* place) const {
    const float* const at = pixel(y, x);
    const std::span<float> made(place, static_cast<std::size_t>(input_[3]));
    if (down.is_difference && across.is_difference)
      subtract(made, at, pixel(y, x + 1), pixel(y + 1, x), pixel(y + 1, x + 1));
    else if (down.is_difference || across.is_difference)
      subtract(made, at, down.is_difference ? pixel(y + 1, x) : pixel(y, x + 1));
    else
      return at;
    return place;
  }

  /// Computes the products of one group, in the strip that begins with tile `first`.
  xnn_status multiply(std::size_t i, std::size_t j, std::int64_t first, pthreadpool_t pool) {
    Group& group = groups_[i][j];
    const bool is_quantized = group.product.is_quantized();
    std::int64_t row = 0;
    for (std::int64_t ty = 0; ty < group.height; ++ty)
      for (std::int64_t tx = 0; tx < group.width; ++tx, ++row) {
        const std::int64_t y = 2 * (first + ty) + kinds[i].first, x = 2 * tx + kinds[j].first;
        float* const place = is_quantized ? rows_ : rows_ + row * input_[3];
        const float* const values = element(kinds[i], kinds[j], y, x, place);
        if (is_quantized)
          group.product.put(row, values, product_scratch_);
        else if (values != place)
          std::copy_n(values, input_[3], place);
      }
    float* const products = planes_ + group.offset;
    return is_quantized ? group.product.run_put(products, product_scratch_, pool)
                        : group.product.run(rows_, products, product_scratch_, pool);
  }

  /// Sums row y of a strip's output.
  void sum_row(std::int64_t y, float* output) const {
    const auto outputs = static_cast<std::int64_t>(bias_.size());
    for (std::int64_t x = 0; x < 4; ++x, output += outputs) {
      std::array<Strided, 4> terms{};
      std::size_t term = 0;
      for (const Source& down : sources[y % 4])
        for (const Source& across : sources[x]) {
          const Group& group = groups_[down.kind][across.kind];
          const std::int64_t row = (y / 4 + down.shift) * group.width + across.shift;
          const std::int64_t column = down.column * kinds[across.kind].columns + across.column;
          terms[term++] = {planes_ + group.offset + row * group.columns + column * outputs, group.columns};
        }
      sum_clamped(output, 4 * outputs, terms, (2 * input_[2] + 3 - x) / 4, bias_, clamp_);
    }
  }

  op::Clamp clamp_;
  std::vector<float> bias_;  ///< as many as there are output channels
  std::vector<float> zeros_; ///< a pixel outside of the picture
  std::array<std::array<Group, 4>, 4> groups_;

  Shape input_;
  std::int64_t strip_tiles_ = 1;
  std::int64_t planes_bytes_ = 0;
  std::int64_t rows_bytes_ = 0;
  const float* from_ = nullptr;
  float* to_ = nullptr;
  float* planes_ = nullptr; ///< all products of a strip, group by group
  float* rows_ = nullptr;   ///< of one group; one of them where it is quantized
  std::byte* product_scratch_ = nullptr;
  const float* image_ = nullptr; ///< that is being computed
};

bool doubles(const op::TransposedConvolution& operation) {
  using Pair = std::array<std::int64_t, 2>;
  const op::Window& window = operation.window;
  return operation.groups == 1 && window.kernel == Pair{4, 4} && window.stride == Pair{2, 2} &&
         window.dilation == Pair{1, 1} && window.pad_before == Pair{1, 1} && window.pad_after == Pair{1, 1} &&
         operation.output_padding == Pair{0, 0};
}

} // namespace

MadeKernel make_winograd_transposed_convolution(const op::TransposedConvolution& operation,
                                                const NodeContext& context) {
  const Weights weights = weights_of(context);
  if (!doubles(operation) || weights.kernel == nullptr ||
      std::min(weights.kernel->shape()[0], weights.kernel->shape()[3]) < fewest_channels)
    return nullptr;
  // The sides are known before the batch is.
  const SymbolicShape& input = context.input(0).shape;
  if (std::min(input[1].count, input[2].count) < fewest_pixels)
    return nullptr;
  return WinogradTransposedConvolution::make(operation.clamp, weights);
}

} // namespace ganlet::xnn
