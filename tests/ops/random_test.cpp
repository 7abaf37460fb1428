#include <algorithm>
#include <cmath>
#include <numeric>

#include "moves.h"

namespace ganlet::testing {
namespace {

constexpr std::int64_t many = 100'000;

Tensor drawn(const op::Random& random, const Shape& shape, std::initializer_list<std::int64_t> seeds = {7}) {
  Case a_case{.operation = random, .output = shape};
  a_case.inputs.push_back(Tensor::of<std::int64_t>(Shape{static_cast<std::int64_t>(seeds.size())}, seeds));
  return expect_backends_agree(a_case, {});
}

struct Moments {
  double mean = 0, deviation = 0, skewness = 0, kurtosis = 0;
};

Moments moments_of(const Tensor& tensor) {
  const auto values = tensor.as<float>();
  const auto count = static_cast<double>(values.size());
  Moments found;
  found.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double square = 0, cube = 0, fourth = 0;
  for (const float value : values) {
    const double off = static_cast<double>(value) - found.mean;
    square += off * off / count;
    cube += off * off * off / count;
    fourth += off * off * off * off / count;
  }
  found.deviation = std::sqrt(square);
  found.skewness = cube / std::pow(square, 1.5);
  found.kurtosis = fourth / square / square;
  return found;
}

/// Five standard errors of 100,000 numbers.
TEST(Random, NormalNumbersHaveTheMeanAndDeviationThatAreAskedFor) {
  const Moments found = moments_of(drawn({op::RandomKind::normal, 3, 2}, {many}));
  EXPECT_NEAR(found.mean, 3, 0.032);
  EXPECT_NEAR(found.deviation, 2, 0.023);
  EXPECT_NEAR(found.skewness, 0, 0.039);
  EXPECT_NEAR(found.kurtosis, 3, 0.078);
}

TEST(Random, UniformNumbersFillTheirRangeEvenly) {
  const Tensor numbers = drawn({op::RandomKind::uniform, -1, 3}, {many});
  const Moments found = moments_of(numbers);
  EXPECT_NEAR(found.mean, 1, 0.019);
  EXPECT_NEAR(found.deviation, 4 / std::sqrt(12.0), 0.0082);
  const auto [low, high] = std::ranges::minmax(numbers.as<float>());
  EXPECT_TRUE(low >= -1 && low < -0.999F) << low;
  EXPECT_TRUE(high < 3 && high > 2.999F) << high;
}

double correlation(const Tensor& a, const Tensor& b) {
  const Moments of_a = moments_of(a), of_b = moments_of(b);
  double sum = 0;
  for (std::size_t i = 0; i < a.as<float>().size(); ++i)
    sum += (static_cast<double>(a.as<float>()[i]) - of_a.mean) * (static_cast<double>(b.as<float>()[i]) - of_b.mean);
  return sum / static_cast<double>(a.as<float>().size()) / of_a.deviation / of_b.deviation;
}

TEST(Random, NodesAndSeedsShareNoNumbers) {
  const Tensor first = drawn({.stream = 16}, {many});
  EXPECT_NEAR(correlation(first, drawn({.stream = 17}, {many})), 0, 0.016);
  EXPECT_NEAR(correlation(first, drawn({.stream = 16}, {many}, {8})), 0, 0.016);
  EXPECT_NEAR(correlation(first, first), 1, 1e-9);
}

/// Whichever axis is the batch, and however many of its places belong to a picture.
TEST(Random, APicturesNumbersDontDependOnTheBatch) {
  for_random_cases(40, [](Draw& draw) {
    std::vector<std::int64_t> sizes;
    for (int axis = draw.rank(1, 4); axis > 0; --axis)
      sizes.push_back(draw.integer(1, 5));
    op::Random random{draw.chance() ? op::RandomKind::normal : op::RandomKind::uniform, 0, 1,
                      draw.rank(0, static_cast<int>(sizes.size()) - 1), 20};
    const auto axis = static_cast<std::size_t>(random.axis);
    const std::int64_t places = sizes[axis];
    const Tensor alone = drawn(random, shape_of(sizes), {11});
    sizes[axis] *= 3;
    const Tensor together = drawn(random, shape_of(sizes), {5, 11, 13});
    const auto wanted = [&](auto place) {
      std::vector<std::int64_t> at(place.begin(), place.end());
      at[axis] += places;
      return element(together, offset_at(together.shape(), at));
    };
    expect_equal(alone, computed(alone.shape(), wanted));
  });
}

TEST(Random, WithoutABatchTheFirstSeedCounts) {
  expect_equal(drawn({}, {3, 4}, {5, 6}), drawn({}, {3, 4}, {5}));
}

} // namespace
} // namespace ganlet::testing
