#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace ganlet::bench {

/// The inputs of one run, by name: latents from a seed, labels 0, 1, 2, ... modulo 10.
struct NamedTensor {
  std::string name;
  Tensor tensor;
};

/// Something that runs a network. Failures end the program with a message: this is a benchmark.
class Contender {
 public:
  virtual ~Contender() = default;
  /// Inputs for a batch, as this contender's file declares them.
  virtual std::vector<NamedTensor> make_inputs(std::int64_t batch) = 0;
  /// Runs the whole batch once.
  virtual void run(const std::vector<NamedTensor>& inputs) = 0;
  /// The first output of the last run as (N,C,H,W).
  virtual std::vector<float> output() = 0;
};

/// ganlet on XNNPACK, one thread. Batches above 16 are run 16 images at a time, as Generator does.
std::unique_ptr<Contender> make_ours(const std::filesystem::path& file);

/// ONNX Runtime, one thread, all graph optimizations.
std::unique_ptr<Contender> make_onnx_runtime(const std::filesystem::path& file);

} // namespace ganlet::bench
