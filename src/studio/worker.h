#pragma once

#include <array>
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

/// The side that works: holds the models, and does what it is asked for in slices of a few milliseconds, between which
/// a newer job takes an older's place. Shares nothing with the interface but messages.
class Worker {
 public:
  /// Takes a reply to the interface.
  using Send = std::function<void(std::vector<std::byte>)>;
  explicit Worker(Send send) : send_(std::move(send)) {}

  void receive(std::span<const std::byte> message);
  /// A slice of the most urgent job; false where there was none.
  bool work();

 private:
  /// One slice; false when it was the last.
  using Slice = std::function<bool()>;

  Slice slice_of(Ask ask);

  Send send_;
  std::map<ModelNumber, std::shared_ptr<LoadedModel>> models_;
  std::array<Slice, job_kinds> slices_; ///< empty where there is nothing to do
};

} // namespace ganlet::studio
