#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gpu/device.h"
#include "gpu/kernel.h"
#include "graph/backend.h"

namespace ganlet::gpu {

/// Compiles a graph for a device: packs its weights and compiles its kernels. Errors: those of Backend::compile.
Result<std::unique_ptr<Program>> compile(Graph graph, const CompileOptions& options, std::shared_ptr<Device> device);

/// Bytes of a program's arena, in which an output stays that isn't read back.
class ArenaMemory final : public DeviceMemory {
 public:
  const void* device() const override { return owner; }

  const Device* owner = nullptr;
  Range range;
};

/// A graph on a device. All activations lie in one buffer, the arena, by the memory plan.
class GpuProgram final : public Program {
 public:
  GpuProgram(Graph graph, const CompileOptions& options, std::shared_ptr<Device> device);
  ~GpuProgram() override;

  /// Packs the weights and compiles the shaders.
  Result<void> make_kernels();

  const CompileOptions& options() const override { return options_; }
  const Graph& graph() const override { return graph_; }
  std::span<const double> node_milliseconds() const override { return milliseconds_; }
  ProgramBytes bytes() const override;
  std::span<const NodeWork> node_work() const override { return work_; }
  std::string_view runs_on(std::size_t) const override { return device_->api(); }

 private:
  /// A buffer on the device, of at least as many bytes as were wanted last.
  struct Block {
    BufferId buffer = 0;
    std::int64_t bytes = 0;
  };

  /// What the caller gets for an output.
  struct Output {
    ValueId id = no_value;
    std::vector<std::byte> bytes; ///< where it is read back to; truth has 4 bytes there at first
    ArenaMemory memory;           ///< where it stays; no buffer if no dispatch writes it
  };

  Result<void> begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) override;
  Result<bool> advance(bool may_block) override;
  void stop() override;
  std::span<const Buffer> answers() const override { return answers_; }

  Result<void> pack();
  Graph planned_graph() const;
  Result<void> prepare(std::int64_t batch);
  Recorder::Places place_inputs(const MemoryPlan& plan) const;
  Result<void> check_values(const MemoryPlan& plan) const;
  Result<void> record(Recorder& recorder, const MemoryPlan& plan, std::int64_t batch);
  void place_outputs(const MemoryPlan& plan);
  void answer(std::span<const Buffer> inputs, std::span<const Place> wanted);
  Result<void> reserve(Block& block, std::int64_t bytes, bool is_constant);
  Result<void> fill(Block& block, std::span<const std::byte> bytes);
  void release(Block& block);
  Result<void> upload(std::size_t index, const Buffer& input);
  void narrow_truths();
  Result<void> upload_indices(std::span<const Buffer> inputs);
  Result<bool> is_slice_done(bool may_block);
  void take_times();
  Result<void> submit_slice();
  void submit(const Dispatch& dispatch);
  void read_outputs();
  void drop_slice();
  Block& block(Memory memory) { return blocks_[static_cast<std::size_t>(memory)]; }
  tl::unexpected<Error> lost() const;

  Graph graph_;
  CompileOptions options_;
  std::shared_ptr<Device> device_;
  std::vector<std::vector<std::size_t>> steps_; ///< nodes that run at once
  Graph planned_;                               ///< one node for each step, to plan memory; without constants
  std::vector<MadeKernel> kernels_;             ///< by step
  std::vector<IndexInput> indices_;
  Constants constants_;
  std::array<Block, 3> blocks_; ///< by Memory
  Block uniforms_;

  std::int64_t batch_ = -1;         ///< the batch that the dispatches are for; -1: none
  std::vector<std::int64_t> units_; ///< by step, for that batch
  std::vector<Dispatch> dispatches_;
  std::vector<NodeWork> work_; ///< by node
  Recorder::Places places_;
  std::vector<std::uint32_t> index_words_;
  std::vector<float> truths_; ///< an input's, for uploading
  std::vector<Output> outputs_;
  std::vector<Buffer> answers_;
  std::vector<double> milliseconds_;

  Budget* budget_ = nullptr; ///< of the run in progress
  std::size_t next_ = 0;     ///< the dispatch to be submitted
  std::size_t slice_begin_ = 0;
  Ticket slice_ = 0; ///< the slice that is being computed
};

} // namespace ganlet::gpu
