#pragma once

#include <chrono>

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace ganlet::train {

/// NCCL's collectives, where libtorch has them (nccl.cpp); else a null pointer (no_nccl.cpp).
c10::intrusive_ptr<c10d::Backend> make_nccl(const c10::intrusive_ptr<c10d::Store>& store, int rank, int count,
                                            std::chrono::milliseconds timeout);

} // namespace ganlet::train
