#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "generator/model_description.h"
#include "graph/graph.h"

/// Buffers that go into networks and come out of them, a row for each image.
namespace ganlet {

/// The data of a buffer with `Tensor::slack` readable bytes behind its last element, which kernels may read.
float* padded(std::vector<float>& buffer);

/// A view of `rows` rows as input `input` of the graph. Errors: limit_exceeded.
Result<TensorView> row_view(const Graph& graph, std::size_t input, std::int64_t rows, void* data, const Limits& limits);

/// The first `count` images as (H,W,C): `values` themselves, or `scratch` where they were (C,H,W).
std::span<const float> channels_last(std::span<const float> values, std::int64_t count, const ImageSize& size,
                                     bool is_channels_last, std::vector<float>& scratch);

} // namespace ganlet
