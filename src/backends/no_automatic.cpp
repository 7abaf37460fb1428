// For builds without a backend for GPUs.

#include "backends/automatic.h"

namespace ganlet {

Result<Pace> pace_of(const Contested&) {
  return fail(ErrorCode::unsupported, "backend", "this build uses no GPU");
}

} // namespace ganlet
