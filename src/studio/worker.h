#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace ganlet::studio {

/// Work that doesn't fit into a frame, cut into slices of a few milliseconds: a thread runs them on the desktop, and
/// what is left of each frame in browsers. Of each kind there is at most one task; a newer takes the older's place, and
/// what the older still delivers is dropped. The kinds come in order of urgency.
class Worker {
 public:
  enum class Kind : std::uint8_t {
    load,
    parts, ///< for mixing styles
    encoding,
    picture,
    compare,
    litter,
    kept, ///< a generator kept on the way of training
    direction,
    inside,
    thumbnail,
    measure,
    animation,
  };
  static constexpr std::size_t kinds = 12;

  /// Gives results to the other side: what is passed runs there, in `collect`, unless the task was replaced or
  /// cancelled.
  using Deliver = std::function<void(std::function<void()>)>;
  /// One slice of a task; false when it was the last.
  using Slice = std::function<bool(const Deliver&)>;

  /// For the side that wants something done.
  void start(Kind kind, Slice slice);
  void cancel(Kind kind);
  bool is_busy(Kind kind) const;
  bool is_busy() const;
  /// Runs what was delivered.
  void collect();

  /// For the side that does it: runs a slice of the most urgent task; false where there was none.
  bool work();

 private:
  struct Task {
    std::uint64_t number = 0; ///< 0 for none
    std::shared_ptr<Slice> slice;
  };
  struct Delivery {
    Kind kind;
    std::uint64_t task;
    bool is_end; ///< the task's last, after which the kind is free
    std::function<void()> run;
  };

  void put(Delivery delivery);

  mutable std::mutex mutex_;
  std::array<Task, kinds> waiting_;           ///< what slices are run of
  std::array<std::uint64_t, kinds> wanted_{}; ///< whose deliveries count; 0 for none
  std::vector<Delivery> deliveries_;
  std::uint64_t last_number_ = 0;
};

} // namespace ganlet::studio
