// Part of builds for pages alone, which may not block.

#include "graph/program.h"

namespace ganlet {

Result<void> Run::finish() {
  GANLET_TRY(const bool done, poll());
  if (!done)
    return fail(ErrorCode::unsupported, "", "answers later: start the program and poll the run");
  return {};
}

} // namespace ganlet
