#include "studio/worker.h"

#include <algorithm>
#include <utility>

namespace ganlet::studio {

namespace {

std::size_t index_of(Worker::Kind kind) {
  return static_cast<std::size_t>(kind);
}

} // namespace

void Worker::start(Kind kind, Slice slice) {
  const std::scoped_lock lock(mutex_);
  wanted_[index_of(kind)] = ++last_number_;
  waiting_[index_of(kind)] = {last_number_, std::make_shared<Slice>(std::move(slice))};
}

void Worker::cancel(Kind kind) {
  const std::scoped_lock lock(mutex_);
  wanted_[index_of(kind)] = 0;
  waiting_[index_of(kind)] = {};
}

bool Worker::is_busy(Kind kind) const {
  const std::scoped_lock lock(mutex_);
  return wanted_[index_of(kind)] != 0;
}

bool Worker::is_busy() const {
  const std::scoped_lock lock(mutex_);
  return std::ranges::any_of(wanted_, [](std::uint64_t number) { return number != 0; });
}

void Worker::put(Delivery delivery) {
  const std::scoped_lock lock(mutex_);
  deliveries_.push_back(std::move(delivery));
}

void Worker::collect() {
  std::vector<Delivery> now;
  {
    const std::scoped_lock lock(mutex_);
    now.swap(deliveries_);
  }
  for (Delivery& delivery : now) {
    {
      const std::scoped_lock lock(mutex_);
      std::uint64_t& wanted = wanted_[index_of(delivery.kind)];
      if (wanted != delivery.task)
        continue;
      if (delivery.is_end)
        wanted = 0;
    }
    if (delivery.run)
      delivery.run(); // may start the next task
  }
}

bool Worker::work() {
  Kind kind{};
  Task task;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find_if(waiting_, [](const Task& one) { return one.number != 0; });
    if (found == waiting_.end())
      return false;
    kind = static_cast<Kind>(found - waiting_.begin());
    task = *found;
  }
  const bool goes_on = (*task.slice)([&](std::function<void()> run) {
    put({kind, task.number, false, std::move(run)});
  });
  if (!goes_on) {
    const std::scoped_lock lock(mutex_);
    if (waiting_[index_of(kind)].number == task.number)
      waiting_[index_of(kind)] = {};
    deliveries_.push_back({kind, task.number, true, {}});
  }
  return true;
}

} // namespace ganlet::studio
