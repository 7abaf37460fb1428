#include "reference/work.h"

#include <algorithm>

namespace ganlet::reference {

void Work::split(std::int64_t turns) {
  each_ = turns == 0 ? 0 : units_ / turns;
  const std::int64_t rest = units_ - each_ * turns;
  units_ -= rest;
  if (auto taken = budget_.take(rest); !taken)
    error_ = std::move(taken).error();
}

bool Work::pay() {
  while (!error_ && paid_ < 0) {
    const std::int64_t turns = std::max({Budget::step / std::max<std::int64_t>(each_, 1), -paid_, std::int64_t{1}});
    const std::int64_t units = std::min(turns * each_, units_);
    if (auto taken = budget_.take(units); !taken) {
      error_ = std::move(taken).error();
      break;
    }
    units_ -= units;
    paid_ += turns;
  }
  return !error_;
}

Result<void> Work::result() {
  if (error_)
    return tl::unexpected<Error>(std::move(*error_));
  return {};
}

} // namespace ganlet::reference
