#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "studio/drawing.h"
#include "studio/message.h"
#include "studio/model.h"

namespace ganlet::studio {

/// The models that a worker holds, and the flag that stops loading and running them.
struct Models {
  std::map<ModelNumber, std::shared_ptr<LoadedModel>> by_number;
  const std::atomic<bool>* stop = nullptr;
  /// By kind of job. They outlive models, as the window goes on showing the last picture of one.
  std::array<GpuPicture, job_kinds> gpu_pictures{};
};

/// The working side: it holds the models and does jobs in slices of a few milliseconds, between which a newer job can
/// replace an older one. It shares only messages with the interface.
class Worker {
 public:
  /// Sends a reply to the interface.
  using Send = std::function<void(std::vector<std::byte>)>;
  /// Sends a question on to a worker that supports more than this one. Should there be none, `otherwise`, unless it is
  /// empty, is the reply.
  using SendOn = std::function<void(std::span<const std::byte> question, std::span<const std::byte> otherwise)>;
  /// Once any thread sets `stop`, work in progress ends as cancelled. With `send_on`, models that this worker doesn't
  /// support are the other's.
  explicit Worker(Send send, const std::atomic<bool>* stop = nullptr, SendOn send_on = {})
      : send_(std::move(send)), send_on_(std::move(send_on)), models_{{}, stop, {}} {}

  void receive(std::span<const std::byte> message);
  /// Runs a slice of the most urgent job; false if there was none.
  bool work();

 private:
  /// Runs one slice; false if it was the last.
  using Slice = std::function<bool()>;

  Slice slice_of(Ask ask);
  /// Whether the reply is of a model that is now the other worker's.
  bool passes_on(const LoadJob& job, const Reply& reply);

  Send send_;
  SendOn send_on_;
  Models models_;
  std::set<ModelNumber> elsewhere_;     ///< the other worker's models
  std::array<Slice, job_kinds> slices_; ///< empty if there is no job of that kind
};

} // namespace ganlet::studio
