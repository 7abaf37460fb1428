#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "studio/message.h"
#include "studio/model.h"

namespace ganlet::studio {

/// The models that a worker holds, and what stops loading and running them.
struct Models {
  std::map<ModelNumber, std::shared_ptr<LoadedModel>> by_number;
  const std::atomic<bool>* stop = nullptr;
};

/// The side that works: holds the models, and does what it is asked for in slices of a few milliseconds, between which
/// a newer job takes an older's place. Shares nothing with the interface but messages.
class Worker {
 public:
  /// Takes a reply to the interface.
  using Send = std::function<void(std::vector<std::byte>)>;
  /// Once `stop` is set, by any thread, what is under way ends as cancelled.
  explicit Worker(Send send, const std::atomic<bool>* stop = nullptr) : send_(std::move(send)), models_{{}, stop} {}

  void receive(std::span<const std::byte> message);
  /// A slice of the most urgent job; false where there was none.
  bool work();

 private:
  /// One slice; false when it was the last.
  using Slice = std::function<bool()>;

  Slice slice_of(Ask ask);

  Send send_;
  Models models_;
  std::array<Slice, job_kinds> slices_; ///< empty where there is nothing to do
};

} // namespace ganlet::studio
