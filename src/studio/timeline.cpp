#include "studio/timeline.h"

#include <utility>

namespace ganlet::studio {

void Timeline::change(State next, std::string_view kind, double seconds) {
  if (next == now())
    return;
  const bool goes_on = !kind.empty() && kind == kind_ && seconds - changed_ < together && !can_redo();
  if (goes_on && at_ > 0) {
    states_[at_] = std::move(next);
  } else {
    states_.resize(at_ + 1);
    states_.push_back(std::move(next));
    if (states_.size() > longest)
      states_.erase(states_.begin());
    at_ = states_.size() - 1;
  }
  kind_ = kind;
  changed_ = seconds;
}

void Timeline::undo() {
  at_ -= can_undo();
  settle();
}

void Timeline::redo() {
  at_ += can_redo();
  settle();
}

} // namespace ganlet::studio
