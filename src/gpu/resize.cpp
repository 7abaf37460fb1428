#include <cmath>

#include "gpu/kernel.h"
#include "shaders/resize.h"

namespace ganlet::gpu {

namespace {

/// Which two elements of an axis are blended for one of the output, and how much of the second (ONNX Resize).
struct Blend {
  std::uint32_t low = 0, high = 0;
  float part = 0;
};

double position(const op::Resize& operation, std::size_t axis, std::int64_t at, std::int64_t from, std::int64_t to) {
  const float scale = operation.scale[axis];
  const auto shrunk = [&](double x) { // the exact ratio, if the scale is that of the sizes
    if (scale == static_cast<float>(to) / static_cast<float>(from))
      return x * static_cast<double>(from) / static_cast<double>(to);
    return x / static_cast<double>(scale);
  };
  const auto x = static_cast<double>(at);
  switch (operation.coordinates) {
  case op::Coordinates::align_corners:
    return to == 1 ? 0 : x * static_cast<double>(from - 1) / static_cast<double>(to - 1);
  case op::Coordinates::asymmetric:
    return shrunk(x);
  case op::Coordinates::half_pixel:
    return shrunk(x + 0.5) - 0.5;
  case op::Coordinates::pytorch_half_pixel:
    return to == 1 ? 0 : shrunk(x + 0.5) - 0.5;
  case op::Coordinates::half_pixel_symmetric: {
    const double wanted = static_cast<double>(scale) * static_cast<double>(from);
    const double moved = static_cast<double>(from) / 2 * (1 - static_cast<double>(to) / wanted);
    return moved + (x + 0.5) / static_cast<double>(scale) - 0.5;
  }
  }
  return 0;
}

Blend blend_at(const op::Resize& operation, double x, std::int64_t from) {
  const auto last = static_cast<double>(from - 1);
  const auto inside = [&](double pixel) {
    return static_cast<std::uint32_t>(pixel > 0 ? (pixel < last ? pixel : last) : 0);
  };
  if (operation.mode == op::ResizeMode::linear) {
    const double low = std::floor(x);
    return {inside(low), inside(low + 1), static_cast<float>(x - low)};
  }
  double nearest = 0;
  switch (operation.rounding) {
  case op::Rounding::ceil:
    nearest = std::ceil(x);
    break;
  case op::Rounding::floor:
    nearest = std::floor(x);
    break;
  case op::Rounding::round_prefer_ceil:
    nearest = std::floor(x + 0.5);
    break;
  case op::Rounding::round_prefer_floor:
    nearest = std::ceil(x - 0.5);
    break;
  }
  return {inside(nearest), inside(nearest), 0};
}

class ResizeKernel final : public Kernel {
 public:
  ResizeKernel(const op::Resize& operation, const Making& making, const Node& node)
      : input_(node.inputs[0]), output_(node.output) {
    const Site site{making.graph, node};
    const SymbolicShape &from = site.input(0).shape, &to = site.output().shape;
    std::vector<std::uint32_t> places;
    std::vector<float> parts;
    for (std::size_t axis = 0; axis < 2; ++axis)
      for (std::int64_t at = 0; at < to[axis + 1].count; ++at) {
        const std::int64_t size = from[axis + 1].count;
        const Blend blend = blend_at(operation, position(operation, axis, at, size, to[axis + 1].count), size);
        places.insert(places.end(), {blend.low, blend.high});
        parts.push_back(blend.part);
      }
    places_ = making.constants.add(std::span<const std::uint32_t>(places));
    parts_ = making.constants.add(std::span<const float>(parts));
  }

  const shaders::Shader& shader() const override { return shaders::Resize::shader; }

  void record(Recorder& recorder) const override {
    const Shape &x = recorder.shape(input_), &y = recorder.shape(output_);
    shaders::Resize uniforms;
    uniforms.count = narrowed(y.elements());
    uniforms.input_rows = narrowed(x[1]);
    uniforms.input_columns = narrowed(x[2]);
    uniforms.output_rows = narrowed(y[1]);
    uniforms.output_columns = narrowed(y[2]);
    uniforms.channels = narrowed(y[3]);
    recorder.add(uniforms, {places_, parts_, recorder.value(input_), recorder.value(output_)},
                 Recorder::groups_of(y.elements()));
  }

 private:
  ValueId input_, output_;
  Binding places_, parts_;
};

} // namespace

std::string refusal(const op::Resize& operation, const Site&) {
  return operation.mode == op::ResizeMode::cubic ? "cubic resizing has no kernel" : "";
}

MadeKernel make(const op::Resize& operation, const Making& making, Nodes nodes) {
  return std::make_unique<ResizeKernel>(operation, making, making.graph.nodes[nodes[0]]);
}

} // namespace ganlet::gpu
