#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "generator/roles.h"
#include "graph/program.h"

namespace ganlet {

/// The arrays that a generator's network gets, with a row for each image.
class GeneratorInputs {
 public:
  /// To be filled with the images' latents, (images, Z), before each call of `views`.
  std::vector<float> latents;

  /// What the inputs of `graph` get for the latents and `labels`, (images) or empty. `rows` is the number of images, or
  /// what the file fixes; further rows are of 0 and the first class. The latents are changed; views and data are valid
  /// until the next call. Errors: limit_exceeded.
  Result<std::span<const Buffer>> views(const Graph& graph, const Roles& roles, std::int64_t rows,
                                        std::span<const std::int64_t> labels, const Limits& limits);

 private:
  void shape(const Roles& roles, std::span<const std::int64_t> labels);
  Result<void> divide(const Graph& graph, const Roles& roles, std::int64_t rows, const Limits& limits);
  Result<void> fill_labels(const Graph& graph, const Roles& roles, std::int64_t rows,
                           std::span<const std::int64_t> labels, const Limits& limits);

  std::array<Buffer, most_generator_inputs> buffers_;
  std::vector<float> parts_; ///< the latents once more, input by input, if several get them
  std::vector<std::int64_t> labels_;
  std::vector<float> one_hot_;
};

} // namespace ganlet
