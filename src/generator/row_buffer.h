#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "generator/model_description.h"
#include "graph/graph.h"

/// Buffers for inputs and outputs of networks, with one row per image.
namespace ganlet {

/// The buffer's data, followed by `Tensor::slack` readable bytes, which kernels may read.
float* padded(std::vector<float>& buffer);

/// A view of `rows` rows, shaped as input number `input` of the graph. Errors: limit_exceeded.
Result<TensorView> row_view(const Graph& graph, std::size_t input, std::int64_t rows, void* data, const Limits& limits);

/// The first `count` images as (H,W,C): `values` itself, or a copy in `scratch` if they were (C,H,W).
std::span<const float> channels_last(std::span<const float> values, std::int64_t count, const ImageSize& size,
                                     bool is_channels_last, std::vector<float>& scratch);

/// One image, (H,W,C): a picture, or a map of classes (image/class_map.h) where C is neither 1, 3 nor 4.
Image picture_of(std::span<const float> values, const ImageSize& size, ValueRange range);

} // namespace ganlet
