#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "core/budget.h"
#include "core/limits.h"
#include "onnx/model.h"

namespace ganlet::onnx {

/// The opsets of ONNX's own domain that files may ask for.
inline constexpr std::int64_t first_opset = 7, last_opset = 25;

/// Parses and checks a whole ONNX file. The model keeps no reference to `bytes`, and nothing outside them is read.
/// Nodes that are out of order are sorted. Errors: corrupt (not ONNX, truncated, inconsistent sizes, a value that
/// nothing makes, a cycle, two makers of one value); unsupported (opset, domain, element type, external data, subgraph,
/// function, sparse tensor); limit_exceeded (`file_bytes`, `nodes`, `tensor_elements`; a model that would take more
/// than four times `file_bytes` in memory; `budget`, from which each byte of the file takes one unit and every four
/// bytes of a tensor one more); cancelled. Each names its place, such as `graph.initializer[3] 'fc.weight'`.
Result<Model> read(std::span<const std::byte> bytes, const Limits& limits, Budget& budget);
/// The same with a budget of `limits.load_units`.
Result<Model> read(std::span<const std::byte> bytes, const Limits& limits);

/// Parses one TensorProto, such as the `input_0.pb` files of ONNX's own tests. Errors: as above, at the place `tensor`.
Result<Tensor> read_tensor(std::span<const std::byte> bytes, const Limits& limits);

/// If the bytes are a well-known other format, such as a web page or a Git LFS pointer, its name; else empty.
std::string_view foreign_kind(std::span<const std::byte> bytes);

} // namespace ganlet::onnx
