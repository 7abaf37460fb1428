#include "moves.h"

namespace ganlet::testing {
namespace {

TEST(DepthToSpace, BothOrdersOfChannels) {
  for_random_cases(60, [](Draw& draw) {
    const op::DepthToSpace operation{draw.integer(1, 4), draw.chance()};
    const std::int64_t block = operation.block, channels = draw.integer(1, 5);
    const std::int64_t images = draw.integer(1, 3), rows = draw.integer(1, 5), columns = draw.integer(1, 5);
    const Shape from = shape_of({images, rows, columns, channels * block * block});
    Case a_case{
        .operation = operation, .output = shape_of({images, rows * block, columns * block, channels}), .batched = true};
    a_case.inputs.push_back(draw.counted(from));
    a_case.type = a_case.inputs[0].type();
    const Tensor result = expect_backends_agree(a_case, {});
    // From the input's side: the channel says where in the block an element goes.
    for_each_place(from, [&](auto p) {
      const std::int64_t c = p[3], in_block = operation.block_first ? c / channels : c % (block * block);
      const std::int64_t channel = operation.block_first ? c % channels : c / (block * block);
      const std::int64_t to =
          offset_of(a_case.output, {p[0], p[1] * block + in_block / block, p[2] * block + in_block % block, channel});
      ASSERT_EQ(element(result, to), element(a_case.inputs[0], offset_at(from, p)));
    });
  });
}

} // namespace
} // namespace ganlet::testing
