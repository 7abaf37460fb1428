#pragma once

#include "core/budget.h"
#include "graph/graph.h"
#include "graph/preferences.h"
#include "onnx/model.h"

namespace ganlet {

/// Runs one operation on given views. The reference backend has one; lowering folds constants with it, so that a folded
/// constant is what running the nodes would have given.
using Evaluate = Result<void> (*)(const op::Any& operation, std::span<const TensorView> inputs,
                                  const TensorView& output, Budget& budget);

struct LowerOptions {
  Limits limits;
  Evaluate evaluate = nullptr; ///< required
  Budget* budget = nullptr;    ///< null: one of `limits.load_units`
  Preferences prefers;         ///< of the backend that is to run the graph
};

/// Turns a parsed file into a Graph: resolves constants and shapes, gives operations on images their images as
/// (N,H,W,C), and keeps int8 weights as they are; then runs the passes that `prefers` asks for, and folds
/// BatchNormalization and other factors and offsets of channels into the linear op before them. The first axis of an
/// input may be open (the batch); any other open axis is an error that names it. Errors: unsupported (unknown op or
/// attribute), invalid_argument (shapes that don't fit), limit_exceeded; each with its node's place.
Result<Graph> lower(onnx::Model model, const LowerOptions& options);

} // namespace ganlet
