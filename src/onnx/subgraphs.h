#pragma once

#include "onnx/read_parts.h"

namespace ganlet::onnx {

/// Has each node with subgraphs read, behind its own inputs, the values of the model's graph that those read, and tells
/// the subgraphs the model's opset. Errors: corrupt, limit_exceeded.
Result<void> add_outer_reads(Model& model, ReadContext& context);

/// Reads the graph of a branch or loop. Its inputs and outputs have names alone; its nodes are in the file's order, and
/// may read what isn't there. Errors: those of `read`, at places that begin with `graph`.
Result<Model> read_subgraph(const Subgraph& subgraph, const Limits& limits, Budget& budget);

} // namespace ganlet::onnx
