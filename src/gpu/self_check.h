#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "graph/backend.h"
#include "graph/lower.h"

namespace ganlet::gpu {

/// An operation that a device gets wrong.
struct Fault {
  std::size_t operation = 0; ///< index in op::Any
  std::string reason;        ///< "it is wrong on llvmpipe: 0.25 where 0.5 is right"
};

/// Compares operations that have a kernel with `evaluate`, each on small random cases.
class SelfCheck {
 public:
  /// Of the operations, by index in op::Any, for which `is_wanted`. `device` is its name in reasons.
  SelfCheck(const Backend& backend, const CompileOptions& options, std::string device, Evaluate evaluate,
            const std::function<bool(std::size_t)>& is_wanted);
  SelfCheck(SelfCheck&&) noexcept;
  SelfCheck& operator=(SelfCheck&&) noexcept;
  ~SelfCheck();

  /// Whether all have been compared. With `may_block` it waits for the device. Errors: device_lost.
  Result<bool> advance(bool may_block);
  /// Once that is so.
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  struct Case;

  void judge(const Case& a_case, Result<std::string> difference);

  const Backend* backend_;
  CompileOptions options_;
  std::string device_;
  Evaluate evaluate_;
  std::vector<std::unique_ptr<Case>> cases_; ///< null: compared
  std::vector<Fault> faults_;
};

/// A text that changes with the kernels and with what is compared.
std::string kernels_digest();

} // namespace ganlet::gpu
