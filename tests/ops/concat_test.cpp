#include "moves.h"
#include "reference/reference.h"

namespace ganlet::testing {
namespace {

TEST(Concat, PartsOfNothingTakeNoTime) {
  Case a_case{.operation = op::Concat{1}, .output = Shape{std::int64_t{1} << 22, 1}};
  a_case.inputs.emplace_back(DataType::float32, a_case.output);
  for (int i = 0; i < 4000; ++i)
    a_case.inputs.emplace_back(DataType::float32, Shape{std::int64_t{1} << 22, 0});
  const Tensor result = run_on(reference::backend, a_case);
  EXPECT_EQ(result.shape(), a_case.output);
}

TEST(Concat, AnyNumberOfPartsAlongAnyAxis) {
  for_random_cases(60, [](Draw& draw) {
    const Shape shape = draw.shape(draw.rank(1, 5));
    const int axis = draw.rank(0, shape.rank() - 1);
    std::vector<std::int64_t> sizes(shape.sizes().begin(), shape.sizes().end());
    std::int64_t& along = sizes[static_cast<std::size_t>(axis)];
    Case a_case{.operation = op::Concat{axis}, .batched = false};
    std::int64_t total = 0;
    std::vector<std::int64_t> starts;
    const DataType type = draw.counted(Shape{1}).type();
    for (std::int64_t parts = draw.integer(1, 4); parts > 0; --parts) {
      along = draw.integer(0, 3);
      starts.push_back(total);
      total += along;
      Tensor part = draw.counted(shape_of(sizes));
      while (part.type() != type)
        part = draw.counted(shape_of(sizes));
      a_case.inputs.push_back(std::move(part));
    }
    along = total;
    a_case.output = shape_of(sizes);
    a_case.type = type;
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) {
      std::vector<std::int64_t> inside(place.begin(), place.end());
      std::int64_t& at = inside[static_cast<std::size_t>(axis)];
      std::size_t part = starts.size() - 1;
      while (starts[part] > at || a_case.inputs[part].shape()[axis] == 0)
        --part;
      at -= starts[part];
      return element(a_case.inputs[part], offset_at(a_case.inputs[part].shape(), inside));
    });
  });
}

} // namespace
} // namespace ganlet::testing
