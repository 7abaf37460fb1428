#include <limits>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

namespace {

/// An element as what it counts as: NaN as the largest number.
float rank_of(float x) {
  return x != x ? std::numeric_limits<float>::infinity() : x;
}
std::int64_t rank_of(std::int64_t x) {
  return x;
}

/// For each result the best of all elements that come after the one before it.
template <typename T>
Result<void> choose(const op::TopK& operation, const TensorView& input, const TensorView& output, Work& work) {
  const Shape& shape = input.shape;
  const std::int64_t size = shape[operation.axis], count = output.shape[operation.axis];
  const std::int64_t outer = elements_between(shape, 0, operation.axis);
  const std::int64_t inner = elements_between(shape, operation.axis + 1, shape.rank());
  const T* from = input.as<T>().data();
  std::int64_t* to = output.as<std::int64_t>().data();
  const auto precedes = [&](T a, std::int64_t i, T b, std::int64_t j) {
    if (a == b)
      return i < j;
    return operation.largest ? a > b : a < b;
  };
  work.split(output.shape.elements() * size);
  for (std::int64_t row = 0; row < outer * inner && !work.stopped(); ++row) {
    const T* elements = from + row / inner * size * inner + row % inner;
    std::int64_t last = -1;
    for (std::int64_t k = 0; k < count && !work.stopped(); ++k) {
      std::int64_t best = -1;
      for (std::int64_t i = 0; i < size && work.turn(); ++i) {
        const T x = rank_of(elements[i * inner]);
        if ((last < 0 || precedes(rank_of(elements[last * inner]), last, x, i)) &&
            (best < 0 || precedes(x, i, rank_of(elements[best * inner]), best)))
          best = i;
      }
      to[(row / inner * count + k) * inner + row % inner] = last = best;
    }
  }
  return work.result();
}

} // namespace

Result<void> run(const op::TopK& operation, Inputs inputs, const TensorView& output, Work& work) {
  return inputs[0].type == DataType::float32 ? choose<float>(operation, inputs[0], output, work)
                                             : choose<std::int64_t>(operation, inputs[0], output, work);
}

} // namespace ganlet::reference
