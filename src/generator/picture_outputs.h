#pragma once

#include "graph/graph.h"

namespace ganlet {

/// Gives outputs that are pictures in other forms the usual one: whole numbers become float32 (`value_range_of` says
/// that they are 0 to 255), and a picture without a batch, (H,W,C), (C,H,W) or (H,W), of a network that draws one at a
/// time, gets one of 1. Outputs keep their names.
void make_picture_outputs(Graph& graph);

} // namespace ganlet
