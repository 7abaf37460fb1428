// Which networks make pictures of pictures: told also by programs that can't run them.

#include "core/channels.h"
#include "generator/roles.h"
#include "generator/translator.h"

namespace ganlet {

std::optional<Translator::Pictures> Translator::pictures_of(const SymbolicShape& shape, bool rather_last) {
  if (shape.size() != 4)
    return std::nullopt;
  const auto size = [&](std::size_t axis) { return shape[axis].per_batch ? 0 : shape[axis].count; };
  const bool is_first = is_channel_count(size(1)), is_last = is_channel_count(size(3));
  if (is_last && (rather_last || !is_first))
    return Pictures{size(3), size(1), size(2), true};
  return is_first ? std::optional(Pictures{size(1), size(2), size(3), false}) : std::nullopt;
}

/// Empty if it isn't float32 of rank 4 with an axis of channels.
std::optional<Translator::Pictures> Translator::pictures_of(const onnx::ValueInfo& input) {
  if (input.type != DataType::float32 || !input.shape)
    return std::nullopt;
  SymbolicShape shape;
  for (const onnx::Dimension& dimension : *input.shape)
    shape.push_back({dimension.size.value_or(0), false});
  return pictures_of(shape);
}

bool Translator::are_small(const Pictures& pictures) {
  constexpr std::int64_t least = 8; // pixels
  const auto is_small = [](std::int64_t side) { return side > 0 && side < least; };
  return is_small(pictures.width) || is_small(pictures.height);
}

bool Translator::takes_pictures(const onnx::Model& model) {
  if (model.inputs.size() != 1)
    return false;
  const std::optional<Pictures> pictures = pictures_of(model.inputs[0]);
  return pictures && !are_small(*pictures) && !is_called_latent(model.inputs[0].name);
}

} // namespace ganlet
