#pragma once

#include "shares.h"

namespace ganlet::train {

/// bfloat16 for convolutions and matrix products, or float32 throughout, until the end of the scope (torch's autocast,
/// on the device that computes).
class AutocastScope {
 public:
  explicit AutocastScope(bool bf16)
      : device_(compute_device().type()), before_(at::autocast::is_autocast_enabled(device_)) {
    at::autocast::set_autocast_dtype(device_, at::kBFloat16);
    at::autocast::set_autocast_enabled(device_, bf16);
  }
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;
  ~AutocastScope() {
    at::autocast::set_autocast_enabled(device_, before_);
    // Weights in bfloat16 are kept while it is on; the optimizer is about to change them.
    if (!before_)
      at::autocast::clear_cache();
  }

 private:
  at::DeviceType device_;
  bool before_;
};

} // namespace ganlet::train
