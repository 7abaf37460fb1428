// C++'s allocation functions, which can't throw in this build: failures are reported to engine.js, which ends the
// instance.

#include <cstdlib>
#include <new>

extern "C" [[noreturn]] __attribute__((import_module("env"), import_name("ganlet_out_of_memory"))) void
ganlet_out_of_memory(std::size_t bytes);

void* operator new(std::size_t bytes) {
  if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes))
    return memory;
  ganlet_out_of_memory(bytes);
}

void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  if (void* const memory = std::aligned_alloc(step, (bytes + step - 1) / step * step))
    return memory;
  ganlet_out_of_memory(bytes);
}
