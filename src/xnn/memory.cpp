#include "xnn/memory.h"

#include <cassert>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace ganlet::xnn {

namespace {

thread_local std::int64_t allocated = 0;
thread_local std::int64_t refused = 0;

/// Each allocation is preceded by its size. XNNPACK needs an alignment of at most 64 bytes.
constexpr std::size_t front = 64;

void* counted(std::byte* memory, std::size_t size) {
  if (!memory) {
    refused = static_cast<std::int64_t>(size);
    return nullptr;
  }
  std::memcpy(memory, &size, sizeof size);
  allocated += static_cast<std::int64_t>(size);
  return memory + front;
}

std::byte* uncounted(void* pointer) {
  std::byte* const memory = static_cast<std::byte*>(pointer) - front;
  std::size_t size = 0;
  std::memcpy(&size, memory, sizeof size);
  allocated -= static_cast<std::int64_t>(size);
  return memory;
}

void* allocate(void*, [[maybe_unused]] std::size_t alignment, std::size_t size) {
  assert(alignment <= front);
  if (size > SIZE_MAX - 2 * front)
    return nullptr;
  return counted(static_cast<std::byte*>(std::aligned_alloc(front, (size + 2 * front - 1) / front * front)), size);
}

void deallocate(void*, void* pointer) {
  if (pointer)
    std::free(uncounted(pointer));
}

void* reallocate(void* context, void* pointer, std::size_t size) {
  void* const moved = allocate(context, front, size);
  if (!moved || !pointer)
    return moved;
  std::size_t before = 0;
  std::memcpy(&before, static_cast<std::byte*>(pointer) - front, sizeof before);
  std::memcpy(moved, pointer, before < size ? before : size);
  deallocate(context, pointer);
  return moved;
}

} // namespace

xnn_status initialize() {
  static const xnn_allocator allocator{
      nullptr,    [](void* context, std::size_t size) { return allocate(context, front, size); },
      reallocate, deallocate,
      allocate,   deallocate};
  return xnn_initialize(&allocator);
}

std::int64_t allocated_bytes() {
  return allocated;
}

std::int64_t take_refused_bytes() {
  return std::exchange(refused, 0);
}

void FreeCounted::operator()(float* floats) const {
  deallocate(nullptr, floats);
}

CountedFloats allocate_floats(std::size_t count) {
  if (count > SIZE_MAX / sizeof(float))
    return nullptr;
  return CountedFloats(static_cast<float*>(allocate(nullptr, front, count * sizeof(float))));
}

} // namespace ganlet::xnn
