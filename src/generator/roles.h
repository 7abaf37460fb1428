#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "generator/model_description.h"
#include "graph/graph.h"

namespace ganlet {

/// Which input and output of a generator's graph plays which part, and what follows from it.
struct Roles {
  std::size_t latent = 0;           ///< index into Graph::inputs
  std::optional<std::size_t> label; ///< index into Graph::inputs
  bool label_is_one_hot = false;    ///< a float (N, classes) input, else int64 (N) or (N, 1)
  std::size_t image = 0;            ///< index into Graph::outputs
  std::int64_t latent_size = 0;
  std::int64_t label_count = 0; ///< 0 for unconditional models
  ImageSize image_size;
  bool image_is_channels_last = false; ///< one image lies in memory as (H,W,C), else (C,H,W)
  ValueRange value_range;
  std::optional<std::int64_t> fixed_batch; ///< where the file fixes how many images a run gives
};

/// The roles, by these rules where the description names none: the latent is the first float input of shape (N,Z) or
/// (N,Z,1,1); the label an int64 input of shape (N) or (N,1), or a second float input (N,classes); the image the only
/// output of rank 4, (N,C,H,W) or (N,H,W,C), or a flat (N,pixels) one whose size the description gives. Values lie in
/// [-1, 1] after a last Tanh, [0, 1] after a Sigmoid, [a, b] after a Clip; what reshapes them or shifts and scales them
/// by constants is followed; else [-1, 1]. Errors: invalid_argument; the message names the input or output and what
/// would settle it.
Result<Roles> find_roles(const Graph& graph, const ModelDescription& description);

} // namespace ganlet
