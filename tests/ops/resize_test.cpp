#include <algorithm>
#include <cmath>

#include "op_test.h"

namespace ganlet::testing {
namespace {

using op::Coordinates, op::ResizeMode, op::Rounding;

Case random_case(Draw& draw, ResizeMode mode) {
  const Shape from = draw.shape(4, 7);
  op::Resize resize;
  resize.mode = mode;
  resize.coordinates = draw.one_of(
      {Coordinates::align_corners, Coordinates::asymmetric, Coordinates::half_pixel, Coordinates::pytorch_half_pixel});
  resize.rounding =
      draw.one_of({Rounding::ceil, Rounding::floor, Rounding::round_prefer_ceil, Rounding::round_prefer_floor});
  std::array<std::int64_t, 2> to{};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t size = from[static_cast<int>(axis) + 1];
    to[axis] = draw.chance() ? size * draw.integer(1, 4) : draw.integer(1, 20);
    resize.scale[axis] = static_cast<float>(to[axis]) / static_cast<float>(size);
  }
  Case a_case{.operation = resize, .output = shape_of({from[0], to[0], to[1], from[3]}), .batched = true};
  a_case.inputs.push_back(draw.floats(from));
  return a_case;
}

/// ONNX's formulas, with the sizes' ratio for the scale.
double position(Coordinates coordinates, std::int64_t at, std::int64_t from, std::int64_t to) {
  const double x = static_cast<double>(at), ratio = static_cast<double>(from) / static_cast<double>(to);
  if (coordinates == Coordinates::align_corners)
    return to == 1 ? 0 : x * static_cast<double>(from - 1) / static_cast<double>(to - 1);
  if (coordinates == Coordinates::asymmetric)
    return x * ratio;
  return coordinates == Coordinates::pytorch_half_pixel && to == 1 ? 0 : (x + 0.5) * ratio - 0.5;
}

double pixel(const Tensor& images, std::int64_t image, std::int64_t row, std::int64_t column, std::int64_t channel) {
  const Shape& shape = images.shape();
  return images.as<float>()[static_cast<std::size_t>(
      offset_of(shape, {image, std::clamp<std::int64_t>(row, 0, shape[1] - 1),
                        std::clamp<std::int64_t>(column, 0, shape[2] - 1), channel}))];
}

TEST(Resize, LinearIsAWeightedMeanOfNeighbours) {
  for_random_cases(100, [](Draw& draw) {
    const Case a_case = random_case(draw, ResizeMode::linear);
    const auto& resize = std::get<op::Resize>(a_case.operation);
    const Shape& from = a_case.inputs[0].shape();
    const Tensor result = expect_backends_agree(a_case, {2e-5, 1e-5});
    // A sum over all pixels, each weighted by a tent around the position clamped to the image.
    const Tensor formula = computed(a_case.output, [&](auto p) {
      const double y = std::clamp(position(resize.coordinates, p[1], from[1], a_case.output[1]), 0.0,
                                  static_cast<double>(from[1] - 1));
      const double x = std::clamp(position(resize.coordinates, p[2], from[2], a_case.output[2]), 0.0,
                                  static_cast<double>(from[2] - 1));
      double sum = 0;
      for_each_place(shape_of({from[1], from[2]}), [&](auto q) {
        const double weight = std::max(0.0, 1 - std::fabs(static_cast<double>(q[0]) - y)) *
                              std::max(0.0, 1 - std::fabs(static_cast<double>(q[1]) - x));
        sum += weight * pixel(a_case.inputs[0], p[0], q[0], q[1], p[3]);
      });
      return sum;
    });
    expect_near(result, formula, {1e-6, 1e-6});
  });
}

TEST(Resize, NearestByEveryRule) {
  for_random_cases(150, [](Draw& draw) {
    const Case a_case = random_case(draw, ResizeMode::nearest);
    const auto& resize = std::get<op::Resize>(a_case.operation);
    const Shape& from = a_case.inputs[0].shape();
    const Tensor result = expect_backends_agree(a_case, {});
    const auto nearest = [&](std::int64_t at, int axis) -> std::pair<std::int64_t, std::int64_t> {
      const double x = position(resize.coordinates, at, from[axis], a_case.output[axis]);
      // This formula's own rounding may fall on either side of a tie.
      const auto rounded = [&](double value) {
        switch (resize.rounding) {
        case Rounding::ceil:
          return static_cast<std::int64_t>(std::ceil(value));
        case Rounding::floor:
          return static_cast<std::int64_t>(std::floor(value));
        case Rounding::round_prefer_ceil:
          return static_cast<std::int64_t>(std::floor(value + 0.5));
        case Rounding::round_prefer_floor:
          return static_cast<std::int64_t>(std::ceil(value - 0.5));
        }
        return std::int64_t{0};
      };
      return {rounded(x - 1e-9), rounded(x + 1e-9)};
    };
    std::size_t i = 0;
    for_each_place(a_case.output, [&](auto p) {
      const auto rows = nearest(p[1], 1), columns = nearest(p[2], 2);
      const float given = result.as<float>()[i++];
      bool found = false;
      for (const std::int64_t row : {rows.first, rows.second})
        for (const std::int64_t column : {columns.first, columns.second})
          found |= given == pixel(a_case.inputs[0], p[0], row, column, p[3]);
      ASSERT_TRUE(found) << "row " << p[1] << ", column " << p[2];
    });
  });
}

/// Ties are where the rules differ: halving takes positions 0.5, 2.5, ... of half pixels.
TEST(Resize, TiesByRule) {
  const auto halved = [](Rounding rounding) {
    Case a_case{.operation = op::Resize{ResizeMode::nearest, Coordinates::half_pixel, rounding, {1, 0.5F}},
                .output = Shape{1, 1, 2, 1}};
    a_case.inputs.push_back(Tensor::of<float>(Shape{1, 1, 4, 1}, {0, 1, 2, 3}));
    const Tensor result = expect_backends_agree(a_case, {});
    return std::vector<float>(result.as<float>().begin(), result.as<float>().end());
  };
  EXPECT_EQ(halved(Rounding::round_prefer_floor), (std::vector<float>{0, 2}));
  EXPECT_EQ(halved(Rounding::round_prefer_ceil), (std::vector<float>{1, 3}));
  EXPECT_EQ(halved(Rounding::floor), (std::vector<float>{0, 2}));
  EXPECT_EQ(halved(Rounding::ceil), (std::vector<float>{1, 3}));
}

/// A scale that no float32 holds, such as 7/3, must not push a whole position below itself: 6 to 14 takes pixel 3 at 7.
TEST(Resize, RatiosAreExact) {
  for (std::int64_t from = 1; from < 30; ++from)
    for (std::int64_t factor = 1; factor < 30; ++factor) {
      Case a_case{.operation = op::Resize{ResizeMode::nearest,
                                          Coordinates::asymmetric,
                                          Rounding::floor,
                                          {1, static_cast<float>(factor) / static_cast<float>(from)}},
                  .output = shape_of({1, 1, factor, 1})};
      a_case.inputs.push_back(Tensor(DataType::float32, shape_of({1, 1, from, 1})));
      for (std::int64_t i = 0; i < from; ++i)
        a_case.inputs[0].as<float>()[static_cast<std::size_t>(i)] = static_cast<float>(i);
      const Tensor result = evaluated(a_case);
      for (std::int64_t i = 0; i < factor; ++i)
        ASSERT_EQ(result.as<float>()[static_cast<std::size_t>(i)], i * from / factor) << from << " to " << factor;
    }
}

} // namespace
} // namespace ganlet::testing
