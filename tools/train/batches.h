#pragma once

#include "dataset.h"
#include "family.h"

namespace ganlet::train {

/// The real pictures of each update: every epoch goes through all of them once, in an order that depends on the seed
/// and the epoch alone, so that a resumed run continues as if it had never stopped.
class Batches {
 public:
  /// `size` pictures for each update, over all ranks; at most the data's count. They are `groups` batches one after
  /// another, each of which is shared out among the ranks.
  Batches(const Dataset& data, std::int64_t size, std::uint64_t seed, const Augment& augment = {},
          std::int64_t groups = 1);

  /// This rank's share. Augmentation draws from torch's default generator.
  Batch at(std::int64_t step);
  /// All pictures, (count, C, H, W) bytes, in the data's order.
  torch::Tensor images() const { return pictures_.slice(1, 0, channels_); }
  /// Other labels (count) instead of the data's.
  void set_labels(const torch::Tensor& labels) { labels_ = labels; }
  std::int64_t steps_each_epoch() const { return pictures_.size(0) / size_; }

 private:
  torch::Tensor pictures_; ///< (count, C + I, H, W), bytes: images and, where there are any, their inputs
  torch::Tensor labels_;
  std::int64_t channels_; ///< C
  std::int64_t size_;
  std::uint64_t seed_;
  Augment augment_;
  std::int64_t groups_;
  std::int64_t epoch_ = -1; ///< of `order_`
  torch::Tensor order_;
};

} // namespace ganlet::train
