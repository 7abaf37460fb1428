#include "core/checked.h"
#include "core/text.h"
#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

namespace {

constexpr std::int64_t outside = -1;

/// The input position shown at `at` along an axis of `size` (at least 1), counted from the input's first element;
/// `outside` if the constant is shown there.
std::int64_t source(op::PadMode mode, std::int64_t at, std::int64_t size) {
  if (at >= 0 && at < size)
    return at;
  if (mode == op::PadMode::constant)
    return outside;
  if (mode == op::PadMode::edge || size == 1)
    return at < 0 ? 0 : size - 1;
  // Reflects back and forth without repeating the edge: 0 1 2 1 0 1 2 ...
  const std::int64_t period = 2 * (size - 1);
  const std::int64_t rest = (at % period + period) % period;
  return rest < size ? rest : period - rest;
}

} // namespace

Result<void> run(const op::Pad& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& from = inputs[0].shape;
  if (operation.mode != op::PadMode::constant && from.elements() == 0 && output.shape.elements() > 0)
    return fail(ErrorCode::invalid_argument, "", concat("an input of shape ", from.text(), " has nothing to pad with"));
  // The constant in the input's type, copied as if from a tensor of one element.
  float number = operation.value;
  std::int64_t integer = truncated(static_cast<double>(operation.value));
  std::uint8_t byte = operation.value != 0;
  void* const value = output.type == DataType::float32 ? static_cast<void*>(&number)
                      : output.type == DataType::int64 ? static_cast<void*>(&integer)
                                                       : static_cast<void*>(&byte);
  const Copier constant(TensorView{output.type, Shape{}, value, {}}, output), copier(inputs[0], output);
  const Strides strides = dense_strides(from);
  for (Walk at(output.shape, work); at.inside(); at.next()) {
    std::int64_t offset = 0;
    bool is_inside = true;
    for (int axis = 0; is_inside && axis < from.rank(); ++axis) {
      const auto index = static_cast<std::size_t>(axis);
      const std::int64_t place = source(operation.mode, at[axis] - operation.before[index], from[axis]);
      is_inside = place != outside;
      offset += place * strides[index];
    }
    is_inside ? copier.copy(offset, at.index()) : constant.copy(0, at.index());
  }
  return work.result();
}

} // namespace ganlet::reference
