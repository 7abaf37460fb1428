#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "gl/gl.h"
#include "xnn/graph_builder.h"

namespace {
std::atomic<long> allocations{0};
}

// Those of C++, which are ours: a driver takes memory as it likes.
void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* const memory = std::malloc(bytes > 0 ? bytes : 1))
    return memory;
  std::abort();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace ganlet {
namespace {

TEST(GlAllocation, NoneOnceTheBatchHasBeenSeen) {
  auto program = gl::backend.compile(testing::small_generator(false), {});
  ASSERT_TRUE(program) << program.error().text();
  const Tensor one = testing::random_tensor(Shape{3, 8}, 20), other = testing::random_tensor(Shape{3, 8}, 21);
  const TensorView first = one.view(), second = other.view();
  const long before_first = allocations;
  ASSERT_TRUE((*program)->run(std::span(&first, 1)));
  EXPECT_GT(allocations, before_first) << "the counter doesn't count";
  const long before = allocations;
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE((*program)->run(std::span(i % 2 == 0 ? &second : &first, 1)));
  EXPECT_EQ(allocations, before);
}

} // namespace
} // namespace ganlet
