#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "core/rng.h"
#include "core/tensor.h"
#include "graph/backend.h"

namespace ganlet::testing {

/// What one random test case draws from. The same seed draws the same.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : rng_(seed) {}

  /// From `low` to `high`, both included.
  std::int64_t integer(std::int64_t low, std::int64_t high);
  bool chance() { return integer(0, 1) == 1; }
  template <typename T> T one_of(std::initializer_list<T> choices) {
    return choices.begin()[integer(0, static_cast<std::int64_t>(choices.size()) - 1)];
  }
  Shape shape(int rank, std::int64_t largest = 5);
  int rank(int least, int most) { return static_cast<int>(integer(least, most)); }
  float normal() { return rng_.normal(next_++); }
  /// Normally distributed, times `deviation`.
  Tensor floats(const Shape& shape, float deviation = 1);
  Tensor integers(const Shape& shape, std::int64_t low, std::int64_t high);
  Tensor booleans(const Shape& shape);
  /// Elements 0, 1, 2, ... of a type drawn from float32, int64 and boolean (then modulo 2): what moved them can be
  /// told.
  Tensor counted(const Shape& shape);
  /// int8 with a scale for each of axis 0.
  Tensor quantized(const Shape& shape);

 private:
  Rng rng_;
  std::uint64_t next_ = 0;
};

/// Runs `body` for `count` seeds, until one fails. The first seed is new each time, and printed; GANLET_TEST_SEED=n
/// repeats.
void for_random_cases(int count, const std::function<void(Draw&)>& body);

/// Makes a shape of sizes that are known only when the test runs.
Shape shape_of(std::span<const std::int64_t> sizes);
inline Shape shape_of(std::initializer_list<std::int64_t> sizes) {
  return shape_of(std::span(sizes.begin(), sizes.size()));
}

/// The offset of a place in a dense tensor.
std::int64_t offset_of(const Shape& shape, std::initializer_list<std::int64_t> place);

/// Places in row-major order, handed to `visit` one after the other.
void for_each_place(const Shape& shape, const std::function<void(std::span<const std::int64_t> place)>& visit);

/// One operation with its inputs. Inputs 1, ... are constants where `constants` says so, which linear ops need.
struct Case {
  op::Any operation;
  std::vector<Tensor> inputs;
  Shape output;
  DataType type = DataType::float32;
  bool constants = false;
  /// The first axis of input 0 and of the output is the batch.
  bool batched = false;
};

/// The backend that is compared with the reference: XNNPACK, or the one that the environment names in
/// GANLET_TEST_BACKEND.
const Backend& compared_backend();

/// What reference::evaluate makes of a case.
Tensor evaluated(const Case& a_case);
/// The same through a graph and a program of a backend.
Tensor run_on(const Backend& backend, const Case& a_case);

/// Equal types, shapes and elements; float32 may differ by absolute + relative * |wanted|.
struct Tolerance {
  double absolute = 0;
  double relative = 0;
};
void expect_near(const Tensor& given, const Tensor& wanted, Tolerance tolerance);
void expect_near(const Tensor& given, const Tensor& wanted, const std::function<double(std::size_t)>& tolerance);
inline void expect_equal(const Tensor& given, const Tensor& wanted) {
  expect_near(given, wanted, Tolerance{});
}

/// The tolerance for XNNPACK; for a GPU 1e-4 of the largest number, or of 1.
Tolerance tolerance_of_compared(Tolerance of_xnn, const Tensor& wanted);

/// Runs the case on both backends through programs: Reference must give exactly what `evaluate` does, and that is
/// returned; the compared one what it gives to within the tolerance, which is XNNPACK's.
Tensor expect_backends_agree(const Case& a_case, Tolerance tolerance);

/// float32 elements computed one by one.
Tensor computed(const Shape& shape, const std::function<double(std::span<const std::int64_t> place)>& value);

} // namespace ganlet::testing
