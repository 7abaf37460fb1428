#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "core/error.h"
#include "torch_all.h"

namespace c10d {
class Backend;
}

namespace ganlet::train {

/// Which of several processes this one is, as the variables say that torchrun set: RANK, WORLD_SIZE, LOCAL_RANK,
/// MASTER_ADDR and MASTER_PORT; where the first three are missing, Open MPI's and Slurm's own.
struct RankPlace {
  int rank = 0;
  int count = 1;
  int local_rank = 0; ///< among the processes of this machine: the number of its GPU
  std::string address;
  int port = 0;
};

/// A process alone where MASTER_ADDR isn't set. Errors: invalid_argument, with the variable that is missing or wrong.
Result<RankPlace> rank_place();

/// Another rank ended or can't be reached.
class RankLost : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The processes that train one network together; each has a share of every batch, and all make the same update. Their
/// collective calls must come in the same order on all of them. Calls throw `RankLost`.
class Ranks {
 public:
  Ranks() = default;
  Ranks(int rank, int count, c10::intrusive_ptr<c10d::Backend> backend);
  Ranks(Ranks&&) noexcept;
  Ranks& operator=(Ranks&&) noexcept;
  ~Ranks();

  int rank() const { return rank_; }
  int count() const { return count_; }
  bool is_first() const { return rank_ == 0; }

  /// In place, over all ranks.
  void sum(torch::Tensor& values) const;
  void mean(torch::Tensor& values) const;
  /// Bytes of the first rank, on all of them.
  std::string from_first(std::string bytes) const;
  /// Replaces the gradients of parameters by their means over all ranks.
  void average_gradients(const std::vector<torch::Tensor>& parameters) const;

 private:
  int rank_ = 0;
  int count_ = 1;
  c10::intrusive_ptr<c10d::Backend> backend_;
};

/// This process's, alone unless `join_ranks` was called.
Ranks& ranks();

/// Meets the other processes at MASTER_ADDR, over Gloo for the CPU and NCCL for CUDA, and makes `ranks` what came of
/// it. No call waits longer than `timeout` for another rank. Errors: io.
Result<void> join_ranks(const RankPlace& place, torch::Device device, std::chrono::seconds timeout);

/// Sums over all ranks that gradients pass through: each rank's share of a loss reaches all ranks' addends.
torch::Tensor summed_over_ranks(const torch::Tensor& values);

} // namespace ganlet::train
