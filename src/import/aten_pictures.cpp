#include <algorithm>
#include <cmath>

#include "import/aten.h"

/// Reductions, pools, margins and sizes of pictures.
namespace ganlet::importing::aten {

namespace {

/// The axes that are reduced: all where none are named.
Result<Sizes> reduced_axes(Call& call, const Value& value) {
  Sizes axes = call.has("dim") ? call.integers("dim", 1, 0) : Sizes{};
  if (axes.empty())
    for (int axis = 0; axis < value.rank(); ++axis)
      axes.push_back(axis);
  for (std::int64_t& axis : axes) {
    axis += axis < 0 ? value.rank() : 0;
    if (axis < 0 || axis >= value.rank())
      return call.error(ErrorCode::corrupt, "reduces an axis that isn't there");
  }
  return axes;
}

/// ReduceSum has its axes as an input.
Result<std::string> reduced(Call& call, const std::string& op_type, const std::string& name, const Sizes& axes,
                            bool keeps) {
  const Attribute keep = attribute("keepdims", std::int64_t{keeps ? 1 : 0});
  if (op_type == "ReduceSum")
    return call.node(op_type, {name, call.integers_of(axes)}, {keep});
  return call.node(op_type, {name}, {attribute("axes", axes), keep});
}

} // namespace

Result<void> convert_reduce(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const Sizes axes, reduced_axes(call, value));
  GANLET_TRY(const std::string input, call.cast(value, declared.type));
  GANLET_TRY(const std::string made, reduced(call, call.onnx(), input, axes, call.integer("keepdim", 0) != 0));
  return call.give(made);
}

/// Whether one of them is true: more than none are.
Result<void> convert_any(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const Sizes axes, reduced_axes(call, value));
  GANLET_TRY(const std::string flags, call.cast(value, DataType::boolean));
  GANLET_TRY(const std::string numbers, call.cast({flags, {}, DataType::boolean}, DataType::float32));
  GANLET_TRY(const std::string count, reduced(call, "ReduceSum", numbers, axes, call.integer("keepdim", 0) != 0));
  GANLET_TRY(std::string made, call.node("Equal", {count, call.number(0)}));
  GANLET_TRY(made, call.cast({made, {}, DataType::boolean}, DataType::float32));
  GANLET_TRY(made, call.node("Equal", {made, call.number(0)}));
  return call.give(made);
}

/// The mean of squared distances from the mean; `correction` is 1 where another estimate is wanted.
Result<void> convert_variance(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const Sizes axes, reduced_axes(call, value));
  const bool keeps = call.integer("keepdim", 0) != 0;
  double count = 1;
  for (const std::int64_t axis : axes) {
    if (value.sizes[static_cast<std::size_t>(axis)] < 1)
      return call.error(ErrorCode::unsupported, "takes the variance over the batch");
    count *= static_cast<double>(value.sizes[static_cast<std::size_t>(axis)]);
  }
  const double correction =
      call.has("unbiased") ? static_cast<double>(call.integer("unbiased", 1)) : call.real("correction", 1);
  GANLET_TRY(const std::string mean, reduced(call, "ReduceMean", value.name, axes, true));
  GANLET_TRY(const std::string centred, call.node("Sub", {value.name, mean}));
  GANLET_TRY(const std::string squares, call.node("Mul", {centred, centred}));
  GANLET_TRY(std::string made, reduced(call, "ReduceMean", squares, axes, keeps));
  if (correction != 0) {
    GANLET_TRY(made, call.node("Mul", {made, call.number(count / std::max(count - correction, 0.0))}));
  }
  if (call.op() == "std") {
    GANLET_TRY(made, call.node("Sqrt", {made}));
  }
  GANLET_CHECK(call.give(made));
  if (call.op() != "var_mean")
    return {};
  GANLET_TRY(const std::string second, reduced(call, "ReduceMean", value.name, axes, keeps));
  return call.give(second, 1);
}

/// The root of the sum of squares.
Result<void> convert_norm(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const Sizes axes, reduced_axes(call, value));
  if (call.real(call.has("ord") ? "ord" : "p", 2) != 2)
    return call.error(ErrorCode::unsupported, "takes another norm than that of squares");
  GANLET_TRY(std::string made, call.node("Mul", {value.name, value.name}));
  GANLET_TRY(made, reduced(call, "ReduceSum", made, axes, call.integer("keepdim", 0) != 0));
  GANLET_TRY(made, call.node("Sqrt", {made}));
  return call.give(made);
}

namespace {

/// To a size that divides the input's into equal windows.
Result<void> convert_adaptive_pool(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor("self"));
  Sizes kernel;
  for (std::size_t axis = 2; axis < value.sizes.size() && axis < declared.sizes.size(); ++axis) {
    const std::int64_t size = value.sizes[axis], to = declared.sizes[axis];
    if (to < 1 || size < 1 || size % to != 0)
      return call.error(ErrorCode::unsupported, concat("pools ", size, " to ", to, ", in windows of several sizes"));
    kernel.push_back(size / to);
  }
  GANLET_TRY(const std::string made,
             call.node("AveragePool", {value.name}, {attribute("kernel_shape", kernel), attribute("strides", kernel)}));
  return call.give(made);
}

} // namespace

Result<void> convert_pool(Call& call) {
  if (call.op().find("adaptive") != std::string::npos)
    return convert_adaptive_pool(call);
  GANLET_TRY(const Value value, call.tensor("self"));
  const Sizes kernel = call.integers("kernel_size", 2, 1);
  const Sizes margins = call.integers("padding", 2, 0);
  Sizes strides = call.integers("stride", 0, 0), pads = margins;
  if (strides.empty())
    strides = kernel;
  if (strides.size() == 1)
    strides.resize(2, strides[0]);
  pads.insert(pads.end(), margins.begin(), margins.end());
  const bool is_average = call.op() == "avg_pool2d";
  if (call.integer("ceil_mode", 0) != 0 || call.has("divisor_override"))
    return call.error(ErrorCode::unsupported, "rounds sizes up, or divides by a number of its own");
  std::vector<Attribute> attributes{attribute("kernel_shape", kernel), attribute("strides", strides),
                                    attribute("pads", pads)};
  if (is_average)
    attributes.push_back(attribute("count_include_pad", call.integer("count_include_pad", 1)));
  else
    attributes.push_back(attribute("dilations", call.integers("dilation", 2, 1)));
  GANLET_TRY(const std::string made, call.node(is_average ? "AveragePool" : "MaxPool", {value.name}, attributes));
  return call.give(made);
}

/// PyTorch counts margins from the last axis, ONNX from the first, all beginnings before all ends.
Result<void> convert_pad(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  const std::string_view said = call.text("mode");
  const bool reflects = said == "reflect" || call.op() == "reflection_pad2d";
  const bool repeats = said == "replicate" || call.op() == "replication_pad2d";
  if (!reflects && !repeats && !said.empty() && said != "constant")
    return call.error(ErrorCode::unsupported, concat("pads by '", printable(said), "'"));
  const Sizes margins = call.integers(call.has("pad") ? "pad" : "padding", 0, 0);
  const auto rank = static_cast<std::size_t>(value.rank());
  if (margins.size() % 2 != 0 || margins.size() > 2 * rank)
    return call.error(ErrorCode::corrupt, "has no two margins for each axis");
  Sizes pads(2 * rank, 0);
  for (std::size_t i = 0; i < margins.size() / 2; ++i) {
    pads[rank - 1 - i] = margins[2 * i];
    pads[2 * rank - 1 - i] = margins[2 * i + 1];
  }
  const std::string mode = reflects ? "reflect" : repeats ? "edge" : "constant";
  GANLET_TRY(const std::string made,
             call.node("Pad", {value.name, call.integers_of(pads), call.number(call.real("value", 0), value.type)},
                       {attribute("mode", mode)}));
  return call.give(made);
}

Result<void> convert_pixel_shuffle(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor("self"));
  if (value.rank() != 4)
    return call.error(ErrorCode::unsupported, "takes a picture without a batch");
  if (call.op() == "pixel_shuffle") {
    GANLET_TRY(const std::string made, call.node("DepthToSpace", {value.name},
                                                 {attribute("blocksize", call.integer("upscale_factor", 1)),
                                                  attribute("mode", std::string("CRD"))}));
    return call.give(made);
  }
  const std::int64_t by = call.integer("downscale_factor", 1), height = value.sizes[2], width = value.sizes[3];
  if (by < 1 || height < 0 || width < 0 || height % by != 0 || width % by != 0)
    return call.error(ErrorCode::corrupt, "takes a picture that its factor doesn't divide");
  GANLET_TRY(std::string made,
             call.reshape(value.name, {value.sizes[0], value.sizes[1], height / by, by, width / by, by}));
  GANLET_TRY(made, call.node("Transpose", {made}, {attribute("perm", Sizes{0, 1, 3, 5, 2, 4})}));
  GANLET_TRY(made, call.reshape(made, declared.sizes));
  return call.give(made);
}

namespace {

/// Of an exported `scale_factor`, which PyTorch computes with even where it isn't the ratio of the sizes, the input
/// `scales` of Resize; "" if there is none, or ONNX's product with the size rounds to another size.
std::string factors_of(Call& call, const Value& value, const Value& declared) {
  std::vector<double> said = call.reals("scale_factors");
  for (const char* const name : {"scales", "scales_h", "scales_w"})
    if (call.has(name))
      said.push_back(call.real(name, 0));
  if (said.size() + 2 != value.sizes.size())
    return "";
  std::vector<float> factors{1, 1};
  for (std::size_t i = 0; i < said.size(); ++i) {
    factors.push_back(static_cast<float>(said[i]));
    const double size = std::floor(static_cast<double>(factors.back()) * static_cast<double>(value.sizes[i + 2]));
    if (size != static_cast<double>(declared.sizes[i + 2]))
      return "";
  }
  const Shape shape{static_cast<std::int64_t>(factors.size())};
  return call.graph().constant(Tensor::of<float>(shape, std::span<const float>(factors)));
}

} // namespace

Result<void> convert_upsample(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor(call.has("input") ? "input" : "self"));
  if (value.rank() < 3 || declared.rank() != value.rank() ||
      std::ranges::any_of(declared.sizes.begin() + 2, declared.sizes.end(), [](std::int64_t size) { return size < 1; }))
    return call.error(ErrorCode::unsupported, "takes pictures of any size: export it with a fixed one");
  const bool is_nearest = call.op().find("nearest") != std::string::npos;
  const bool is_exact = call.op().find("exact") != std::string::npos;
  const bool aligns = call.integer("align_corners", 0) != 0;
  std::vector<Attribute> attributes{
      attribute("mode", std::string(is_nearest                                     ? "nearest"
                                    : call.op().find("cubic") != std::string::npos ? "cubic"
                                                                                   : "linear")),
      attribute("coordinate_transformation_mode", std::string(is_exact     ? "half_pixel"
                                                              : is_nearest ? "asymmetric"
                                                              : aligns     ? "align_corners"
                                                                           : "half_pixel"))};
  if (is_nearest)
    attributes.push_back(attribute("nearest_mode", std::string(is_exact ? "round_prefer_ceil" : "floor")));
  else
    attributes.push_back(attribute("cubic_coeff_a", -0.75F));
  std::vector<std::string> inputs{value.name, "", factors_of(call, value, declared)};
  if (inputs.back().empty()) {
    const Sizes to(declared.sizes.begin() + 2, declared.sizes.end());
    GANLET_TRY(std::string sizes, call.graph().sizes_of_resize(value.name, to));
    inputs.push_back(std::move(sizes));
  }
  GANLET_TRY(const std::string made, call.node("Resize", inputs, attributes));
  return call.give(made);
}

} // namespace ganlet::importing::aten
