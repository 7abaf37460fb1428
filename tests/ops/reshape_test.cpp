#include "op_test.h"

namespace ganlet::testing {
namespace {

TEST(Reshape, KeepsElementsInOrder) {
  for_random_cases(30, [](Draw& draw) {
    const Shape from = draw.shape(3);
    const Shape to = draw.chance() ? shape_of({from.elements()}) : shape_of({from[2], from[1], from[0]});
    Case a_case{.operation = op::Reshape{}, .output = to};
    a_case.inputs.push_back(draw.counted(from));
    a_case.type = a_case.inputs[0].type();
    const Tensor result = expect_backends_agree(a_case, {});
    expect_equal(result, a_case.inputs[0].clone().reshaped(to));
  });
}

} // namespace
} // namespace ganlet::testing
