#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gpu/device.h"
#include "gpu/self_check.h"

namespace ganlet::gpu {

/// Finds out which kinds of tile a device computes convolutions rightly with, and how fast: on an ordinary GPU within
/// some 20 ms, behind the time for compiling the shaders.
class TileCheck {
 public:
  /// `backend` compiles for the device that the options name. `name` is the device's.
  TileCheck(const Backend& backend, const CompileOptions& options, std::string name, Evaluate evaluate);

  /// Whether all is known. With `may_block` it waits for the device. Errors: device_lost.
  Result<bool> advance(bool may_block);
  /// Once that is so.
  TileSpeeds speeds() const;

 private:
  static constexpr int kinds = std::tuple_size_v<TileSpeeds>;

  CompileOptions options_for(int tile) const;
  Result<bool> advance_tile(bool may_block);
  void begin_check();
  bool is_large() const;
  Result<void> begin_run();
  void forget_runs();
  bool is_known_after(double milliseconds);

  const Backend* backend_;
  CompileOptions options_;
  std::string name_;
  Evaluate evaluate_;
  int tile_ = 0;
  std::optional<SelfCheck> check_; ///< of the tile

  // Runs of some convolutions, with small and large batches.
  static constexpr int all_runs = 6;
  std::unique_ptr<Program> program_;
  std::int64_t large_ = 4;
  int runs_ = 0;
  Tensor images_;
  Budget budget_{0};
  double began_ = 0;
  double best_small_ = 0, best_large_ = 0; ///< in milliseconds
  std::array<double, kinds> costs_{};      ///< of an image
  std::optional<Run> run_;                 ///< behind the program, which outlives it
};

} // namespace ganlet::gpu
