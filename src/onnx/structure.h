#pragma once

#include <cstddef>
#include <span>

#include "onnx/read_parts.h"

/// Functions that a file defines itself, and graphs within graphs: what few files have. CMake chooses whether a program
/// reads them (tools/cmake/RareParts.cmake).
namespace ganlet::onnx {

/// Linking makes this a constant, so that code behind it is left out.
bool reads_structure();

/// Replaces the model's calls of functions that the file defines by their nodes, and has nodes with subgraphs read what
/// those read of the graph. Errors: corrupt; unsupported (a function that calls itself, one with subgraphs, one of
/// another opset); limit_exceeded.
Result<void> resolve_structure(std::span<const std::byte> file, Model& model, ReadContext& context);

/// The attribute of a node within a function that stands for one of the call's: adds that to the node, if the call has
/// it. False if it is an ordinary attribute.
Result<bool> bind_attribute(std::span<const std::byte> message, const std::string& place, const Call& call, Node& node);

} // namespace ganlet::onnx
