#pragma once

#include "torch_all.h"

namespace ganlet::train {

/// bfloat16 for convolutions and matrix products, or float32 throughout, until the end of the scope (torch's autocast
/// on the CPU).
class AutocastScope {
 public:
  explicit AutocastScope(bool bf16) : before_(at::autocast::is_autocast_enabled(at::kCPU)) {
    at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
    at::autocast::set_autocast_enabled(at::kCPU, bf16);
  }
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;
  ~AutocastScope() {
    at::autocast::set_autocast_enabled(at::kCPU, before_);
    // Weights in bfloat16 are kept while it is on; the optimizer is about to change them.
    if (!before_)
      at::autocast::clear_cache();
  }

 private:
  bool before_;
};

} // namespace ganlet::train
