// What works along axes: reductions, padding, resizing, blocks of pixels.

#include <algorithm>
#include <cmath>

#include "import/tf_graph.h"

namespace ganlet::importing::tf {

Result<Values> convert_reduction(Call& call) {
  const Value& input = call.inputs[0];
  if (call.op == "Prod" && input.numbers) {
    const auto whole = product(*input.numbers);
    if (!whole)
      return call.error(ErrorCode::unsupported, "multiplies sizes that can't be followed");
    return only(known({*whole}, {}));
  }
  GANLET_TRY(const Sizes given, call.whole(1, "axes"));
  std::vector<bool> goes(input.shape.size());
  for (const std::int64_t axis : given) {
    GANLET_TRY(const std::size_t own, call.axis_of(axis, input.rank()));
    GANLET_TRY(const std::int64_t size, call.fixed(input, own));
    goes[own] = size >= 0;
  }
  const bool keeps = call.flag("keep_dims") || call.flag("keepdims");
  // Height and width of a picture lie together either way.
  const bool is_space = input.channels_first && !goes.front() && !goes.back();
  GANLET_TRY(const Value lies,
             is_space || (keeps && input.channels_first) ? Result<Value>(input) : call.in_order(input));
  Sizes axes;
  Value value;
  value.type = input.type;
  for (std::size_t axis = 0; axis < goes.size(); ++axis) {
    const bool is_last = axis + 1 == goes.size();
    if (goes[axis])
      axes.push_back(!lies.channels_first || axis == 0 ? static_cast<std::int64_t>(axis)
                                                       : (is_last ? 1 : static_cast<std::int64_t>(axis) + 1));
    if (!goes[axis] || keeps)
      value.shape.push_back(goes[axis] ? Size{1, false} : input.shape[axis]);
  }
  const std::int64_t keep = keeps ? 1 : 0;
  const std::string op = concat("Reduce", call.op);
  if (call.op == "Sum") { // whose axes are an input since opset 13
    GANLET_TRY(value.name, call.graph.node(op, {lies.name, call.graph.integers(axes)}, {attribute("keepdims", keep)}));
  } else {
    GANLET_TRY(value.name, call.graph.node(op, {lies.name}, {attribute("axes", axes), attribute("keepdims", keep)}));
  }
  // Of (N,C,H,W) without some axes of space the channels still lie in front of the rest.
  value.channels_first = lies.channels_first && value.rank() > 2;
  return only(std::move(value));
}

Result<Values> convert_padding(Call& call) {
  GANLET_TRY(const Sizes pads, call.whole(1, "padding"));
  Value value = call.inputs[0];
  const std::size_t rank = value.shape.size();
  if (pads.size() != 2 * rank)
    return call.error(ErrorCode::corrupt, "hasn't two numbers for each axis");
  Sizes lying(2 * rank);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::int64_t before = pads[2 * axis], behind = pads[2 * axis + 1];
    if (before < 0 || behind < 0 || before > 1 << 16 || behind > 1 << 16)
      return call.error(ErrorCode::corrupt, "pads by less than nothing, or too much");
    if (before + behind != 0) {
      GANLET_TRY(const std::int64_t size, call.fixed(value, axis));
      value.shape[axis].count = size + before + behind;
    }
    const std::size_t at = !value.channels_first || axis == 0 ? axis : axis + 1 == rank ? 1 : axis + 1;
    lying[at] = before;
    lying[rank + at] = behind;
  }
  GANLET_TRY(const std::string name, call.name_of(value));
  std::vector<std::string> inputs{name, call.graph.integers(lying)};
  std::vector<Attribute> attributes;
  if (call.op == "MirrorPad") {
    if (call.text("mode") != "REFLECT")
      return call.error(ErrorCode::unsupported, "mirrors the edge itself too: pad with REFLECT");
    attributes.push_back(attribute("mode", std::string("reflect")));
  } else if (call.op == "PadV2") {
    GANLET_TRY(const float filling, call.constant_number(2, "value"));
    inputs.push_back(call.graph.number(filling));
  }
  GANLET_TRY(value.name, call.graph.node("Pad", std::move(inputs), std::move(attributes)));
  return only(std::move(value));
}

Result<Values> convert_resize(Call& call) {
  GANLET_TRY(const Sizes sizes, call.whole(1, "size"));
  if (sizes.size() != 2 || call.inputs[0].rank() != 4)
    return call.error(ErrorCode::corrupt, "resizes no picture");
  GANLET_TRY(Value value, call.with_channels_first(call.inputs[0]));
  std::vector<float> scales{1, 1};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    GANLET_TRY(const std::int64_t from, call.fixed(value, axis + 1));
    if (from < 1 || sizes[axis] < 1)
      return call.error(ErrorCode::corrupt, "resizes to nothing");
    // ONNX has size = floor(from * scale), which must not fall below for a scale that was rounded down.
    const auto size = static_cast<double>(sizes[axis]), whole = static_cast<double>(from);
    auto scale = static_cast<float>(size / whole);
    while (std::floor(double{scale} * whole) < size)
      scale = std::nextafter(scale, INFINITY);
    scales.push_back(scale);
    value.shape[axis + 1] = {sizes[axis], false};
  }
  const bool is_nearest = call.op == "ResizeNearestNeighbor";
  const bool has_corners = call.flag("align_corners"), has_centers = call.flag("half_pixel_centers");
  std::vector<Attribute> attributes{
      attribute("mode", std::string(is_nearest ? "nearest" : "linear")),
      attribute("coordinate_transformation_mode", std::string(has_corners   ? "align_corners"
                                                              : has_centers ? "half_pixel"
                                                                            : "asymmetric"))};
  if (is_nearest)
    attributes.push_back(
        attribute("nearest_mode", std::string(has_corners || has_centers ? "round_prefer_ceil" : "floor")));
  const std::string list = call.graph.constant(Tensor::of<float>(Shape{4}, std::span<const float>(scales)));
  GANLET_TRY(value.name, call.graph.node("Resize", {value.name, std::string(), list}, std::move(attributes)));
  return only(std::move(value));
}

Result<Values> convert_depth_to_space(Call& call) {
  if (call.inputs[0].rank() != 4 || call.text("data_format") == "NCHW")
    return call.error(ErrorCode::unsupported, "reads no picture with its channels last");
  GANLET_TRY(Value value, call.with_channels_first(call.inputs[0]));
  const std::int64_t block = call.integer("block_size", 2);
  Sizes sizes;
  for (std::size_t axis = 1; axis < 4; ++axis) {
    GANLET_TRY(const std::int64_t size, call.fixed(value, axis));
    sizes.push_back(size);
  }
  if (block < 1 || block > 1 << 10 || sizes[2] % (block * block) != 0)
    return call.error(ErrorCode::corrupt, "its blocks don't fit the picture");
  GANLET_TRY(value.name, call.graph.node("DepthToSpace", {value.name}, {attribute("blocksize", block)}));
  value.shape[1].count = sizes[0] * block;
  value.shape[2].count = sizes[1] * block;
  value.shape[3].count = sizes[2] / (block * block);
  return only(std::move(value));
}

} // namespace ganlet::importing::tf
