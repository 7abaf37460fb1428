#include "gpu/kernel.h"

namespace ganlet::gpu {

Indices::Indices(const Making& making, std::size_t node, std::size_t input, std::int64_t size) {
  const Site site{making.graph, making.graph.nodes[node]};
  const Tensor* const constant = site.constant(input);
  if (constant == nullptr) {
    which_ = making.indices.size();
    making.indices.push_back({site.node.inputs[input], size, node});
    return;
  }
  std::vector<std::uint32_t> words;
  for (const std::int64_t index : constant->as<std::int64_t>())
    words.push_back(word_of(index, size));
  constant_ = making.constants.add_value(std::span<const std::uint32_t>(words));
}

std::uint32_t Indices::word_of(std::int64_t index, std::int64_t size) {
  if (index < -size || index >= size)
    return outside;
  return narrowed(index < 0 ? index + size : index);
}

} // namespace ganlet::gpu
