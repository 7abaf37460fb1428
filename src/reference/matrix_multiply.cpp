#include <cassert>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::MatrixMultiply&, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& a_shape = inputs[0].shape;
  const Shape& b_shape = inputs[1].shape;
  const int rank = output.shape.rank();
  assert(rank >= 2 && a_shape.rank() == rank && b_shape.rank() == rank && a_shape[rank - 1] == b_shape[rank - 2]);
  const float* a = inputs[0].as<float>().data();
  const float* b = inputs[1].as<float>().data();
  const std::int64_t length = a_shape[rank - 1], columns = b_shape[rank - 1];
  const Strides a_dense = dense_strides(a_shape), b_dense = dense_strides(b_shape);
  Strides a_strides{}, b_strides{};
  for (int axis = 0; axis < rank; ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    a_strides[at] = axis == rank - 1 || (axis < rank - 2 && a_shape[axis] == 1) ? 0 : a_dense[at];
    b_strides[at] = axis == rank - 2 || (axis < rank - 2 && b_shape[axis] == 1) ? 0 : b_dense[at];
  }
  float* to = output.as<float>().data();
  for (Walk at(output.shape, work); at.inside(); at.next()) {
    const float* row = a + at.offset(a_strides);
    const float* column = b + at.offset(b_strides);
    double sum = 0;
    for (std::int64_t k = 0; k < length; ++k)
      sum += static_cast<double>(row[k]) * static_cast<double>(column[k * columns]);
    *to++ = static_cast<float>(sum);
  }
  return work.result();
}

} // namespace ganlet::reference
