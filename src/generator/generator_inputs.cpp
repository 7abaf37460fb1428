#include "generator/generator_inputs.h"

#include <algorithm>

#include "core/tensor.h"
#include "generator/row_buffer.h"
#include "graph/onnx_ops.h"

namespace ganlet {

Result<std::span<const Buffer>> GeneratorInputs::views(const Graph& graph, const Roles& roles, std::int64_t rows,
                                                       std::span<const std::int64_t> labels, const Limits& limits) {
  if (has_rare_parts() && !roles.latent_ranges.empty())
    shape(roles, labels);
  latents.resize(static_cast<std::size_t>(rows * roles.latent_size));
  if (has_rare_parts() && !roles.further.empty()) {
    GANLET_CHECK(divide(graph, roles, rows, limits));
  } else {
    GANLET_TRY(buffers_[roles.latent].view, row_view(graph, roles.latent, rows, padded(latents), limits));
  }
  if (roles.label)
    GANLET_CHECK(fill_labels(graph, roles, rows, labels, limits));
  return std::span<const Buffer>(buffers_).first(graph.inputs.size());
}

/// Makes the latents, standard normal until now, what `Roles::latent_ranges` say.
void GeneratorInputs::shape(const Roles& roles, std::span<const std::int64_t> labels) {
  const auto size = static_cast<std::size_t>(roles.latent_size);
  for (std::size_t image = 0; (image + 1) * size <= latents.size(); ++image)
    shape_latent(roles.latent_ranges, labels.empty() ? 0 : labels[image],
                 std::span(latents).subspan(image * size, size));
}

/// Gives each of the inputs that share the latents its columns.
Result<void> GeneratorInputs::divide(const Graph& graph, const Roles& roles, std::int64_t rows, const Limits& limits) {
  const auto all = static_cast<std::size_t>(roles.latent_size);
  std::size_t first = 0; // column
  parts_.clear();
  parts_.reserve(latents.size() + Tensor::slack / sizeof(float)); // so that views stay valid
  for (std::size_t i = 0; i <= roles.further.size(); ++i) {
    const std::size_t input = i == 0 ? roles.latent : roles.further[i - 1].input;
    const auto size = static_cast<std::size_t>(i == 0 ? roles.own_latent_size : roles.further[i - 1].size);
    const bool is_shared = i > 0 && roles.further[i - 1].is_shared; // the first image's are all images'
    float* const from = parts_.data() + parts_.size();
    for (std::size_t row = 0; row < (is_shared ? 1 : static_cast<std::size_t>(rows)); ++row) {
      const std::span<const float> numbers = std::span<const float>(latents).subspan(row * all + first, size);
      parts_.insert(parts_.end(), numbers.begin(), numbers.end());
    }
    GANLET_TRY(buffers_[input].view, row_view(graph, input, rows, from, limits));
    first += size;
  }
  return {};
}

Result<void> GeneratorInputs::fill_labels(const Graph& graph, const Roles& roles, std::int64_t rows,
                                          std::span<const std::int64_t> labels, const Limits& limits) {
  const std::size_t input = *roles.label;
  const auto columns =
      roles.label_is_float ? static_cast<std::size_t>(graph.values[graph.inputs[input]].shape[1].count) : 0;
  labels_.assign(static_cast<std::size_t>(rows), 0);
  one_hot_.assign(columns * static_cast<std::size_t>(rows), 0.0F);
  for (std::size_t row = 0; row < labels.size(); ++row) {
    labels_[row] = labels[row];
    if (columns > 0)
      write_label(roles, labels_[row], std::span(one_hot_).subspan(row * columns, columns));
  }
  void* data = roles.label_is_float ? static_cast<void*>(padded(one_hot_)) : labels_.data();
  GANLET_TRY(buffers_[input].view, row_view(graph, input, rows, data, limits));
  return {};
}

} // namespace ganlet
