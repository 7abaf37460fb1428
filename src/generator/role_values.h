#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

/// What roles are found by: the types, shapes and names of a graph's inputs and outputs.
namespace ganlet::role {

/// "'z' float32 (N, 128)"
std::string describe(const Value& value);
std::string describe_all(const Graph& graph, const std::vector<ValueId>& ids);

/// Whether all sizes from `axis` on are known and positive; false if one depends on the batch or the rank is too small.
bool is_fixed_from(const Value& value, std::size_t axis);
/// Whether the value is a row of numbers for each image: (N,Z), or (N,Z,1,1) as in PyTorch's DCGANs.
bool is_vector(const Value& value);
/// Whether the value is an array of numbers for each image that is no picture: a map of features, (N,C,H,W) or
/// (N,H,W,C), or styles, (N,L,Z).
bool is_map(const Value& value);
/// The numbers for each image of a value that is fixed from axis 1 on.
std::int64_t numbers_of(const Value& value);
/// Whether an input is one number, for all images.
bool is_number(const Value& value);
/// Whether an input has one number for each image, without a second axis.
bool is_column(const Value& value);
/// Whether it is int64 (N) or (N, 1).
bool is_class_index(const Value& value);

/// As `ganlet::is_called`.
bool is_called(const Value& value, std::initializer_list<std::string_view> words);
/// The names of further inputs: numbers for all of the model's variety, nothing, and any in [-1, 1].
bool is_full(const Value& value);
bool is_time(const Value& value);
bool is_code(const Value& value);

} // namespace ganlet::role
