#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "generator/latent.h"
#include "graph/graph.h"
#include "image/image.h"

namespace ganlet {

struct ImageSize {
  int width = 0;
  int height = 0;
  int channels = 1; ///< 1 (grey), 3 (RGB) or 4 (RGBA)
  bool operator==(const ImageSize&) const = default;
};

/// How a picture of any size and colour becomes what an encoder was trained on.
enum class Preparation {
  /// The largest square in the middle, scaled.
  square,
  /// As MNIST was made (LeCun et al. 1998, section III.A): white ink on black, scaled to fit a box of 20/28 of the
  /// side,
  /// and moved so that its centre of mass is in the middle. Dark ink on a light ground is inverted first.
  digit,
};

/// What a generator's graph can't say of itself. Everything has a default that a bare .onnx gets.
struct ModelDescription {
  std::string id;
  std::string title;
  Distribution distribution = Distribution::normal;
  std::vector<std::string> labels;         ///< names of the classes; "0", "1", ... where a file names none
  std::optional<ValueRange> value_range;   ///< default: by the graph's last ops, see `find_roles`
  std::optional<std::int64_t> latent_size; ///< checked against the graph
  std::optional<ImageSize> image_size;     ///< checked against the graph; needed where the output is a flat (N, pixels)
  Preparation preparation = Preparation::square; ///< of pictures for the encoder
  std::string latent_input;                      ///< names in the graph, for those that can't be told by type and shape
  std::string label_input;
  std::string image_output;
};

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
