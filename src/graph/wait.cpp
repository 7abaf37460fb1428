// Not part of builds for pages, which may not block: there a call of `Run::wait` doesn't link.

#include <thread>

#include "graph/program.h"

namespace ganlet {

Result<std::span<const Buffer>> Run::wait() {
  for (;;) {
    GANLET_TRY(const bool done, program_->advance_run(number_, true));
    if (done)
      return outputs();
    std::this_thread::yield();
  }
}

Result<void> Run::finish() {
  GANLET_CHECK(wait());
  return {};
}

} // namespace ganlet
