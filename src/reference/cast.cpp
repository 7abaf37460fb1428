#include "reference/elementary.h"
#include "reference/loops.h"

namespace ganlet::reference {

namespace {

std::int64_t integer_of(float value) {
  return truncated(static_cast<double>(value));
}
std::int64_t integer_of(std::int64_t value) {
  return value;
}
std::int64_t integer_of(std::uint8_t value) {
  return value != 0;
}

template <typename From> void convert(std::span<From> from, const TensorView& output) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (output.type == DataType::float32)
      output.as<float>()[i] = static_cast<float>(from[i]);
    else if (output.type == DataType::int64)
      output.as<std::int64_t>()[i] = integer_of(from[i]);
    else
      output.as<std::uint8_t>()[i] = from[i] != 0;
  }
}

} // namespace

Result<void> run(const op::Cast&, Inputs inputs, const TensorView& output) {
  if (inputs[0].type == DataType::float32)
    convert(inputs[0].as<float>(), output);
  else if (inputs[0].type == DataType::int64)
    convert(inputs[0].as<std::int64_t>(), output);
  else
    convert(inputs[0].as<std::uint8_t>(), output);
  return {};
}

} // namespace ganlet::reference
