#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "studio/message.h"

namespace ganlet::studio {

/// A model that the worker holds, and forgets once nobody has this any more.
struct RemoteModel {
  ModelNumber number = 0;
};

/// The interface's side of the worker: asks, and hands out answers. Of each kind one job is under way; what an older
/// one still answers is dropped.
class Client {
 public:
  using Send = std::function<void(std::vector<std::byte>)>;

  /// `send` takes questions to the worker, in order.
  explicit Client(Send send) : send_(std::make_shared<Send>(std::move(send))) {}

  /// `done` is called in `receive`, for each answer; after a job's last another of its kind may be asked for there.
  template <typename J> void ask(JobKind kind, J job, std::function<void(Result<typename J::Answer>)> done) {
    // What the older job's `done` holds goes last: a model that it would have loaded is forgotten once nothing loads
    // it.
    const Waiting older = std::exchange(
        waiting_[index_of(kind)],
        {++last_task_, [done = std::move(done)](std::span<const std::byte> bytes) { done(answer_of<J>(bytes)); }});
    (*send_)(to_bytes(Question(Ask{kind, last_task_, Job(std::move(job))})));
  }
  void cancel(JobKind kind) {
    if (!is_busy(kind))
      return;
    const Waiting older = std::exchange(waiting_[index_of(kind)], {});
    (*send_)(to_bytes(Question(Cancel{kind})));
  }
  bool is_busy(JobKind kind) const { return waiting_[index_of(kind)].task != 0; }
  bool is_busy() const {
    return std::ranges::any_of(waiting_, [](const Waiting& one) { return one.task != 0; });
  }

  /// What the worker sent.
  void receive(std::span<const std::byte> message);

  /// A number for a model that is about to be loaded.
  std::shared_ptr<const RemoteModel> new_model();

 private:
  struct Waiting {
    std::uint64_t task = 0; ///< 0 for none
    std::function<void(std::span<const std::byte>)> done;
  };

  static std::size_t index_of(JobKind kind) { return static_cast<std::size_t>(kind); }

  std::shared_ptr<Send> send_; ///< models outlive the client when the program ends
  std::array<Waiting, job_kinds> waiting_;
  std::uint64_t last_task_ = 0;
  ModelNumber last_model_ = 0;
};

} // namespace ganlet::studio
