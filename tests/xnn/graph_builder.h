#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "graph/graph.h"

namespace ganlet::testing {

inline Tensor random_tensor(const Shape& shape, std::uint32_t stream, float deviation = 1.0F) {
  Tensor tensor(DataType::float32, shape);
  Rng(1, stream).fill_normal(tensor.as<float>());
  for (float& value : tensor.as<float>())
    value *= deviation;
  return tensor;
}

/// int8 with a scale per channel (axis 0), as quantized files have it.
inline Tensor quantized(const Tensor& values) {
  Tensor result(DataType::int8, values.shape());
  const auto channels = static_cast<std::size_t>(values.shape()[0]);
  const std::size_t each = values.as<float>().size() / channels;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const std::span<const float> from = values.as<float>().subspan(channel * each, each);
    float largest = 0;
    for (const float value : from)
      largest = std::max(largest, std::fabs(value));
    result.scale.push_back(largest / 127);
    for (std::size_t i = 0; i < each; ++i)
      result.as<std::int8_t>()[channel * each + i] =
          static_cast<std::int8_t>(std::lround(from[i] / result.scale.back()));
  }
  return result;
}

/// Graphs by hand, for tests below the reader.
class GraphBuilder {
 public:
  ValueId input(SymbolicShape shape, DataType type = DataType::float32) {
    const ValueId id = value(std::move(shape), type);
    graph_.inputs.push_back(id);
    return id;
  }

  ValueId constant(Tensor tensor) {
    SymbolicShape shape;
    for (const std::int64_t size : tensor.shape().sizes())
      shape.push_back({size, false});
    const ValueId id = value(std::move(shape), tensor.type());
    graph_.values.back().constant = static_cast<std::int32_t>(graph_.constants.size());
    graph_.constants.push_back(std::move(tensor));
    return id;
  }

  ValueId node(op::Any operation, std::vector<ValueId> inputs, SymbolicShape shape, DataType type = DataType::float32) {
    const ValueId id = value(std::move(shape), type);
    graph_.nodes.push_back({std::move(operation), std::move(inputs), id, concat_place(graph_.nodes.size())});
    return id;
  }

  Graph finish(std::vector<ValueId> outputs) {
    graph_.outputs = std::move(outputs);
    return std::move(graph_);
  }

 private:
  static std::string concat_place(std::size_t index) { return "node[" + std::to_string(index) + "]"; }

  ValueId value(SymbolicShape shape, DataType type) {
    graph_.values.push_back(
        {"value" + std::to_string(graph_.values.size()), type, std::move(shape), false, std::nullopt});
    return static_cast<ValueId>(graph_.values.size() - 1);
  }

  Graph graph_;
};

inline Dim batch_dim(std::int64_t count = 1) {
  return {count, true};
}
inline Dim fixed(std::int64_t count) {
  return {count, false};
}

/// z (N,8) -> FC 4x4x16 -> transposed convolution to 8x8x16 -> convolution 3x3 to 8 -> convolution 5x5 to 1 -> tanh:
/// one of each kernel that a generator needs, with weights in float32 or int8.
inline Graph small_generator(bool int8) {
  GraphBuilder build;
  const op::Clamp relu{0, std::numeric_limits<float>::infinity()};
  const auto weights = [&](const Shape& shape, std::uint32_t stream, float deviation) {
    Tensor values = random_tensor(shape, stream, deviation);
    return build.constant(int8 ? quantized(values) : std::move(values));
  };
  const auto bias = [&](std::int64_t size, std::uint32_t stream) {
    return build.constant(random_tensor(Shape{size}, stream, 0.1F));
  };
  const ValueId z = build.input({batch_dim(), fixed(8)});
  ValueId x = build.node(op::FullyConnected{relu}, {z, weights(Shape{256, 8}, 1, 0.5F), bias(256, 2)},
                         {batch_dim(), fixed(256)});
  x = build.node(op::Reshape{}, {x}, {batch_dim(), fixed(4), fixed(4), fixed(16)});
  op::TransposedConvolution up;
  up.window = {{4, 4}, {2, 2}, {1, 1}, {1, 1}, {1, 1}};
  up.clamp = relu;
  x = build.node(up, {x, weights(Shape{16, 4, 4, 16}, 3, 0.15F), bias(16, 4)},
                 {batch_dim(), fixed(8), fixed(8), fixed(16)});
  op::Convolution same;
  same.window = {{3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}};
  same.clamp = relu;
  x = build.node(same, {x, weights(Shape{16, 3, 3, 16}, 5, 0.1F), bias(16, 6)},
                 {batch_dim(), fixed(8), fixed(8), fixed(16)});
  op::Convolution last;
  last.window = {{5, 5}, {1, 1}, {1, 1}, {2, 2}, {2, 2}};
  x = build.node(last, {x, weights(Shape{1, 5, 5, 16}, 7, 0.03F), bias(1, 8)},
                 {batch_dim(), fixed(8), fixed(8), fixed(1)});
  x = build.node(op::Unary{op::UnaryKind::tanh}, {x}, {batch_dim(), fixed(8), fixed(8), fixed(1)});
  return build.finish({x});
}

} // namespace ganlet::testing
