#include <atomic>
#include <cstdint>
#include <cstdlib>

#include <gtest/gtest.h>

#include "graph_builder.h"
#include "xnn/xnn.h"

namespace {
std::atomic<long> allocations{0};
std::atomic<std::size_t> most_aligned{SIZE_MAX}; ///< bytes that `aligned_alloc`, which XNNPACK is given, has at once
} // namespace

// The whole process allocates through these: our code, XNNPACK's (which uses malloc and posix_memalign) and the
// standard library's.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t bytes) {
  ++allocations;
  return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  ++allocations;
  return __libc_calloc(count, bytes);
}
void* realloc(void* old, std::size_t bytes) {
  ++allocations;
  return __libc_realloc(old, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  ++allocations;
  if (bytes > most_aligned)
    return nullptr;
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) {
  ++allocations;
  *out = __libc_memalign(alignment, bytes);
  return *out == nullptr ? 12 : 0;
}
}

namespace ganlet {
namespace {

class Allocation : public ::testing::TestWithParam<bool> {};

TEST_P(Allocation, NoneOnceTheBatchHasBeenSeen) {
  auto program = xnn::backend.compile(testing::small_generator(GetParam()), {});
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

/// Refused sizes from small to large meet what is allocated in compiling, and then in preparing for a batch.
TEST_P(Allocation, WantOfMemoryIsToldWithItsBytes) {
  const Tensor input = testing::random_tensor(Shape{3, 8}, 20);
  const TensorView view = input.view();
  int refused = 0;
  for (std::size_t most = 64;; most *= 2) {
    most_aligned = most;
    auto program = xnn::backend.compile(testing::small_generator(GetParam()), {});
    Result<void> result;
    if (!program)
      result = tl::unexpected(std::move(program).error());
    else if (auto ran = (*program)->run(std::span(&view, 1)); !ran)
      result = tl::unexpected(std::move(ran).error());
    most_aligned = SIZE_MAX;
    if (result)
      break;
    ++refused;
    EXPECT_EQ(result.error().code(), ErrorCode::limit_exceeded) << most;
    EXPECT_TRUE(result.error().message().starts_with("there is not enough memory for another "))
        << result.error().text();
    EXPECT_FALSE(result.error().place().empty());
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(FloatAndInt8, Allocation, ::testing::Bool());

} // namespace
} // namespace ganlet
