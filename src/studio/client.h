#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "studio/message.h"

namespace ganlet::studio {

/// A model that the worker holds; the worker drops it when the last reference goes.
struct RemoteModel {
  ModelNumber number = 0;
};

/// The interface's connection to the worker: sends questions, and returns answers as values. At most one job of each
/// kind is in progress; answers to older ones are dropped.
class Client {
 public:
  using Send = std::function<void(std::vector<std::byte>)>;

  /// `send` passes questions to the worker, in order.
  explicit Client(Send send) : send_(std::make_shared<Send>(std::move(send))) {}

  void ask(JobKind kind, Generation generation, Job job) {
    tasks_[index_of(kind)] = ++last_task_;
    (*send_)(to_bytes(Question(Ask{kind, last_task_, generation, std::move(job)})));
  }
  void cancel(JobKind kind) {
    if (std::exchange(tasks_[index_of(kind)], 0) != 0)
      (*send_)(to_bytes(Question(Cancel{kind})));
  }
  bool is_busy(JobKind kind) const { return tasks_[index_of(kind)] != 0; }
  bool is_busy() const {
    return std::ranges::any_of(tasks_, [](std::uint64_t task) { return task != 0; });
  }

  /// Decodes a message from the worker; empty if it answers an older job, or isn't a reply.
  std::optional<Reply> receive(std::span<const std::byte> message) {
    std::optional<Reply> reply = reply_of(message);
    if (!reply || reply->task == 0 || tasks_[index_of(reply->kind)] != reply->task)
      return std::nullopt;
    if (reply->is_last)
      tasks_[index_of(reply->kind)] = 0;
    return reply;
  }

  /// A handle for a model that is about to be loaded.
  std::shared_ptr<const RemoteModel> new_model() {
    return {new RemoteModel{++last_model_}, [send = std::weak_ptr(send_)](const RemoteModel* model) {
              if (const auto still = send.lock())
                (*still)(to_bytes(Question(Forget{model->number})));
              delete model;
            }};
  }

 private:
  static std::size_t index_of(JobKind kind) { return static_cast<std::size_t>(kind); }

  std::shared_ptr<Send> send_;                   ///< shared, as models may outlive the client when the program ends
  std::array<std::uint64_t, job_kinds> tasks_{}; ///< the task in progress; 0 for none
  std::uint64_t last_task_ = 0;
  ModelNumber last_model_ = 0;
};

} // namespace ganlet::studio
