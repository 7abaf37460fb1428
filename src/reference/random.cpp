#include "core/rng.h"
#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

namespace {

/// 24 bits of a number in [0, 1) are exact in float32, so that it never is 1.
float number(const op::Random& operation, const Rng& rng, std::uint64_t index) {
  if (operation.kind == op::RandomKind::normal)
    return operation.a + operation.b * rng.normal(index);
  return operation.a + (operation.b - operation.a) * (static_cast<float>(rng.bits(index) >> 8) * 0x1p-24F);
}

} // namespace

/// A picture's numbers are counted from 0, wherever it lies in the batch.
Result<void> run(const op::Random& operation, Inputs inputs, const TensorView& output, Work& work) {
  const auto seeds = inputs[0].as<const std::int64_t>();
  const Shape& shape = output.shape;
  const bool is_batched = operation.axis >= 0;
  const std::int64_t pictures = is_batched ? inputs[0].shape[0] : 1;
  const std::int64_t outer = is_batched ? elements_between(shape, 0, operation.axis) : 1;
  const std::int64_t each = shape.elements() / (outer * pictures);
  float* to = output.as<float>().data();
  work.split(shape.elements());
  for (std::int64_t part = 0; part < outer * pictures && !work.stopped(); ++part) {
    // Numbers that belong to no picture are drawn even where there is none.
    const std::int64_t seed = seeds.empty() ? 0 : seeds[static_cast<std::size_t>(part % pictures)];
    const Rng rng(static_cast<std::uint64_t>(seed), operation.stream);
    for (std::int64_t i = 0; i < each && work.turn(); ++i)
      to[part * each + i] = number(operation, rng, static_cast<std::uint64_t>(part / pictures * each + i));
  }
  return work.result();
}

} // namespace ganlet::reference
