#include <type_traits>

#include "reference/axis_index.h"
#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

namespace {

/// Integers that overflow wrap around.
template <typename T> T combine(op::ScatterKind kind, T there, T update) {
  using Wrapping = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;
  switch (kind) {
  case op::ScatterKind::add:
    return static_cast<T>(static_cast<Wrapping>(there) + static_cast<Wrapping>(update));
  case op::ScatterKind::multiply:
    return static_cast<T>(static_cast<Wrapping>(there) * static_cast<Wrapping>(update));
  case op::ScatterKind::maximum: // NaN wins
    return update > there || update != update ? update : there;
  case op::ScatterKind::minimum:
    return update < there || update != update ? update : there;
  case op::ScatterKind::assign:
    break;
  }
  return update;
}

template <typename T>
Result<void> scatter(const op::ScatterElements& operation, Inputs inputs, const TensorView& output, Work& work) {
  const AxisIndex place(output.shape, inputs[1], operation.axis);
  const T* updates = inputs[2].as<T>().data();
  T* to = output.as<T>().data();
  for (Walk at(inputs[1].shape); at.inside() && work.turn(); at.next()) {
    GANLET_TRY(const std::int64_t offset, place.offset(at));
    to[offset] = combine(operation.kind, to[offset], updates[at.index()]);
  }
  return work.result();
}

} // namespace

Result<void> run(const op::ScatterElements& operation, Inputs inputs, const TensorView& output, Work& work) {
  const std::int64_t elements = output.shape.elements();
  work.split(elements + inputs[1].shape.elements());
  if (!Copier(inputs[0], output).copy(0, 0, elements, work))
    return work.result();
  if (output.type == DataType::float32)
    return scatter<float>(operation, inputs, output, work);
  return output.type == DataType::int64 ? scatter<std::int64_t>(operation, inputs, output, work)
                                        : scatter<std::uint8_t>(operation, inputs, output, work);
}

} // namespace ganlet::reference
