#include "linear_test.h"

namespace ganlet::testing {
namespace {

Case random_case(Draw& draw, bool int8) {
  const std::int64_t rows = draw.integer(1, 9), length = draw.integer(1, 70), outputs = draw.integer(1, 40);
  return {.operation = op::FullyConnected{random_clamp(draw)},
          .inputs = linear_inputs(draw, shape_of({rows, length}), shape_of({outputs, length}), int8),
          .output = shape_of({rows, outputs}),
          .constants = true,
          .batched = true};
}

Tensor formula(const Case& a_case) {
  const std::int64_t length = a_case.inputs[0].shape()[1];
  return computed(a_case.output, [&](auto place) {
    double sum = a_case.inputs.size() > 2 ? a_case.inputs[2].as<float>()[static_cast<std::size_t>(place[1])] : 0;
    for (std::int64_t k = 0; k < length; ++k)
      sum += a_case.inputs[0].as<float>()[static_cast<std::size_t>(place[0] * length + k)] *
             weight_at(a_case.inputs[1], place[1] * length + k);
    return clamped(sum, std::get<op::FullyConnected>(a_case.operation).clamp);
  });
}

TEST(FullyConnected, Float32) {
  for_random_cases(60, [](Draw& draw) {
    const Case a_case = random_case(draw, false);
    check_linear(a_case, formula(a_case));
  });
}

TEST(FullyConnected, Int8) {
  for_random_cases(60, [](Draw& draw) {
    const Case a_case = random_case(draw, true);
    check_linear(a_case, formula(a_case));
  });
}

} // namespace
} // namespace ganlet::testing
