#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

/// The closed set of operations that backends run. Attributes are numbers only; sizes come from the shapes of the
/// values. Images are (N,H,W,C) here; axes count from 0 and are never negative.
namespace ganlet::op {

/// Bounds on the output of a linear op: Relu is [0, inf), Clip 0..6 is [0, 6].
struct Clamp {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
  bool operator==(const Clamp&) const = default;
};

/// A window that slides over (N,H,W,C); index 0 is vertical, 1 horizontal.
struct Window {
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> dilation{1, 1};
  std::array<std::int64_t, 2> pad_before{0, 0};
  std::array<std::int64_t, 2> pad_after{0, 0};
};

/// (M,K) x (O,K) [+ (O)] -> (M,O). Weights are a constant, float32 or int8 with a scale per O; so is the bias, which is
/// optional.
struct FullyConnected {
  Clamp clamp;
};

/// (N,H,W,I) * (O,kh,kw,I/groups) [+ (O)] -> (N,H',W',O). Weights and bias as in FullyConnected; but the weights may
/// also be what the network computes, in float32, which only the reference runs.
struct Convolution {
  Window window;
  std::int64_t groups = 1;
  Clamp clamp;
};

/// (N,H,W,I) * (O,kh,kw,I/groups) [+ (O)] -> (N,H',W',O), H' = (H - 1) stride + dilation (kh - 1) + 1 + output_padding
/// - pads. O runs over the outputs of group 0, then of group 1, ...; pads are cut off the full result.
struct TransposedConvolution {
  Window window;
  std::array<std::int64_t, 2> output_padding{0, 0};
  std::int64_t groups = 1;
  Clamp clamp;
};

/// (...,M,K) x (...,K,N) -> (...,M,N), leading axes broadcast as in NumPy; ranks are equal and at least 2.
struct MatrixMultiply {};

enum class UnaryKind : std::uint8_t {
  absolute,
  clamp,
  elu,
  error_function,
  exponential,
  gelu,
  gelu_tanh,
  leaky_relu,
  logarithm,
  negate,
  reciprocal,
  sigmoid,
  softplus,
  square_root,
  tanh,
  arc_cosine,
  arc_sine,
  arc_tangent,
  ceiling,
  cosine,
  floor,
  hyperbolic_cosine,
  hyperbolic_sine,
  inverse_hyperbolic_cosine,
  inverse_hyperbolic_sine,
  inverse_hyperbolic_tangent,
  round,
  sign,
  sine,
  tangent
};

/// Elementwise. clamp: [a, b]; elu: alpha = a; leaky_relu: slope a for negative values; the others use neither. gelu is
/// x Phi(x); gelu_tanh is its approximation by tanh (Hendrycks and Gimpel 2016). round: halves to the even neighbour.
struct Unary {
  UnaryKind kind = UnaryKind::clamp;
  float a = 0;
  float b = 0;
};

/// prelu: a if a >= 0, else a * b. modulo is Python's for int64 (the sign of the divisor) and C's fmod for float32.
/// Those of bits are for int64 alone; shifts by less than 0 or more than 63 give 0.
enum class BinaryKind : std::uint8_t {
  add,
  divide,
  equal,
  maximum,
  minimum,
  modulo,
  multiply,
  power,
  prelu,
  subtract,
  less,
  less_or_equal,
  bit_and,
  bit_or,
  bit_xor,
  shift_left,
  shift_right
};

/// Whether a kind gives boolean; the others give the type of their inputs.
constexpr bool compares(BinaryKind kind) {
  return kind == BinaryKind::equal || kind == BinaryKind::less || kind == BinaryKind::less_or_equal;
}

/// Two values of one type (float32 or int64; equal: boolean, too), broadcast as in NumPy.
struct Binary {
  BinaryKind kind = BinaryKind::add;
};

/// Over one axis, numerically stable for large values.
struct Softmax {
  int axis = 0;
};

enum class ReduceKind : std::uint8_t { mean, sum, maximum, minimum, product };

/// Over `axes`, sorted; the output's shape shows whether they are kept with size 1. float32, and but for the mean
/// int64.
struct Reduce {
  ReduceKind kind = ReduceKind::mean;
  std::vector<int> axes;
};

/// The same elements in the same order, under the output's shape.
struct Reshape {};

/// Output axis i is input axis permutation[i].
struct Transpose {
  std::vector<int> permutation;
};

/// Concatenates any number of values along an axis.
struct Concat {
  int axis = 0;
};

/// Element i of axis a is input element starts[a] + i steps[a]; the output's shape gives the count. Steps may be
/// negative.
struct Slice {
  std::vector<std::int64_t> starts;
  std::vector<std::int64_t> steps;
};

enum class PadMode : std::uint8_t { constant, edge, reflect };

/// before[a] elements are added in front of axis a; the output's shape determines how many follow. Negative counts
/// crop.
struct Pad {
  PadMode mode = PadMode::constant;
  float value = 0;
  std::vector<std::int64_t> before;
};

enum class ResizeMode : std::uint8_t { linear, nearest, cubic };
enum class Coordinates : std::uint8_t {
  align_corners,
  asymmetric,
  half_pixel,
  pytorch_half_pixel,
  half_pixel_symmetric
};
enum class Rounding : std::uint8_t { ceil, floor, round_prefer_ceil, round_prefer_floor };

/// ONNX Resize of (N,H,W,C) along H and W; `scale` is output size over input size, as given in the file. Cubic
/// convolution with the coefficient a (Keys 1981); with `exclude_outside` pixels outside have no weight.
struct Resize {
  ResizeMode mode = ResizeMode::nearest;
  Coordinates coordinates = Coordinates::half_pixel;
  Rounding rounding = Rounding::round_prefer_floor;
  std::array<float, 2> scale{1, 1};
  float cubic_coefficient = -0.75F;
  bool exclude_outside = false;
};

/// (N,H,W,C b b) -> (N,H b,W b,C). The input's channels are ordered (row, column, channel) if `block_first` (ONNX mode
/// DCR), else (channel, row, column) (CRD, PyTorch's PixelShuffle).
struct DepthToSpace {
  std::int64_t block = 1;
  bool block_first = true;
};

enum class PoolKind : std::uint8_t { average, maximum };

/// (N,H,W,C) -> (N,H',W',C). With `count_padding`, averages divide by the whole window, including padding, but not by
/// what ceil_mode adds beyond the padding.
struct Pool {
  PoolKind kind = PoolKind::maximum;
  Window window;
  bool count_padding = false;
};

/// Takes slices of input 0 along `axis` at the int64 indices of input 1; negative ones count from the end. An index out
/// of range makes the run fail with invalid_argument.
struct Gather {
  int axis = 0;
};

/// Repeats input 0 along axes of size 1 (or missing in front) to reach the output's shape.
struct Expand {};

/// Repeats input 0 as a whole along each axis, output size / input size times.
struct Tile {};

/// Inputs: condition (boolean), x, y, broadcast against each other. Gives x where the condition is true, else y.
struct Select {};

/// Inputs: int64 indices, and values (off, on) of the output's type. Inserts a new axis of the output's size at `axis`.
/// Negative indices count from the end; an index out of range gives all off.
struct OneHot {
  int axis = 0;
};

/// The type to which a value is narrowed before it becomes float32 or int64, which can hold it.
enum class Narrow : std::uint8_t { none, bfloat16, float16, int8, int16, int32, uint8, uint16, uint32 };

/// Converts to the output's type. Float to integer truncates, and integers keep their low bits; float16 and bfloat16
/// round to nearest, ties to even. To boolean: whether the value isn't 0.
struct Cast {
  Narrow narrow = Narrow::none;
};

/// Output element p is input 0 at p, but along `axis` at the int64 index that input 1, of the output's shape, has at p.
/// Indices as in Gather.
struct GatherElements {
  int axis = 0;
};

enum class ScatterKind : std::uint8_t { assign, add, maximum, minimum, multiply };

/// Input 0, into which the elements of input 2 go: that at p to p, but along `axis` to the int64 index that input 1, of
/// the same shape, has at p. All kinds but assign combine it with the element there, of float32 or int64, in the order
/// of the updates. Indices as in Gather.
struct ScatterElements {
  int axis = 0;
  ScatterKind kind = ScatterKind::assign;
};

/// The int64 indices along `axis` of the largest or smallest float32 or int64 elements, the best first, as many as the
/// output's shape has. Of equal elements the first comes first; NaN counts as the largest number.
struct TopK {
  int axis = 0;
  bool largest = true;
};

/// The sum of an element and all before it along an axis. float32 or int64.
struct CumulativeSum {
  int axis = 0;
};

enum class Outside : std::uint8_t { zeros, border, reflection };

/// (N,H,W,C) at the places (N,H',W',2), horizontal and vertical, from -1 to 1 over the image -> (N,H',W',C). -1 and 1
/// are the middles of the outermost pixels if `align_corners`, else their edges (Jaderberg et al. 2015).
struct GridSample {
  ResizeMode mode = ResizeMode::linear;
  Outside outside = Outside::zeros;
  bool align_corners = false;
};

enum class RandomKind : std::uint8_t { normal, uniform };

/// (N) int64 seeds, one for each picture -> random numbers: normal of mean a and deviation b, or uniform from a up to,
/// but without, b. `axis` is the output's batch: what it holds of a picture depends on that picture's seed alone, or,
/// if there is none (-1), on the first seed. `stream` tells the nodes of a network apart.
struct Random {
  RandomKind kind = RandomKind::normal;
  float a = 0;
  float b = 1;
  int axis = -1;
  std::uint32_t stream = 0;
};

/// Every operation. The table in ops.cpp describes each of them, in the same order.
using Any =
    std::variant<FullyConnected, Convolution, TransposedConvolution, MatrixMultiply, Unary, Binary, Softmax, Reduce,
                 Reshape, Transpose, Concat, Slice, Pad, Resize, DepthToSpace, Pool, Gather, Expand, Tile, Select,
                 OneHot, Cast, GatherElements, ScatterElements, TopK, CumulativeSum, GridSample, Random>;

/// What is known about an operation. Its cost is in cost.cpp, as it depends on shapes.
struct Row {
  std::string_view name;     ///< "TransposedConvolution"
  std::string_view basename; ///< of its source files: "transposed_convolution"
  std::size_t least_inputs;
  std::size_t most_inputs; ///< including optional ones
  bool on_xnn;             ///< whether XNNPACK runs it, at least with some attributes
};

/// One row for each alternative of `Any`, in its order. Tests and docs/operations.md use it.
std::span<const Row> table();

/// The row of an operation, with the name for messages and profiles: for Unary and Binary that of the kind ("Tanh").
Row names_of(const Any& operation);

} // namespace ganlet::op
