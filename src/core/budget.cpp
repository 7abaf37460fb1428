#include "core/budget.h"

#include <cassert>

#include "core/text.h"

namespace ganlet {

Result<void> Budget::check(std::int64_t units) const {
  assert(units >= 0);
  if (stop_ && stop_->load(std::memory_order_relaxed))
    return fail(ErrorCode::cancelled, "", "stopped on request");
  if (units > left_)
    return fail(ErrorCode::limit_exceeded, "",
                concat("needs ", units, " units of work, ", left_, " of ", units_, " are left"));
  if (deadline_ != Clock::time_point::max() && Clock::now() >= deadline_)
    return fail(ErrorCode::limit_exceeded, "", "the time for it is over");
  return {};
}

Result<void> Budget::take(std::int64_t units) {
  GANLET_CHECK(check(units));
  left_ -= units;
  return {};
}

} // namespace ganlet
