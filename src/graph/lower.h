#pragma once

#include "core/budget.h"
#include "graph/graph.h"
#include "graph/preferences.h"
#include "onnx/model.h"

namespace ganlet {

/// Runs one operation on the given views. Lowering folds constants with the reference backend's function, so that a
/// folded constant equals what running the nodes would have given.
using Evaluate = Result<void> (*)(const op::Any& operation, std::span<const TensorView> inputs,
                                  const TensorView& output, Budget& budget);

struct LowerOptions {
  Limits limits;
  Evaluate evaluate = nullptr; ///< required
  Budget* budget = nullptr;    ///< null: a budget of `limits.load_units`
  Preferences prefers;         ///< of the backend that will run the graph
};

/// Turns a parsed file into a Graph: resolves constants and shapes, gives operations on images their inputs as
/// (N,H,W,C), and keeps int8 weights as they are. Then runs the passes that `prefers` asks for, and folds
/// BatchNormalization and other per-channel factors and offsets into the linear op before them. The first axis of an
/// input may be open (the batch); any other open axis is an error that names it. Errors: unsupported (unknown op or
/// attribute), invalid_argument (shapes that don't fit), limit_exceeded, cancelled; each at the place of its node.
Result<Graph> lower(onnx::Model model, const LowerOptions& options);

} // namespace ganlet
