#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gl/device.h"
#include "gl/kernel.h"
#include "graph/backend.h"

namespace ganlet::gl {

/// Bytes of a program's arena, in which an output stays that isn't read back.
class ArenaMemory final : public DeviceMemory {
 public:
  Device* device = nullptr;
  unsigned buffer = 0;
  std::int64_t offset = 0;
};

/// A graph on a device. All activations lie in one buffer, the arena, by the memory plan; all weights in another.
class GlProgram final : public Program {
 public:
  GlProgram(Graph graph, const CompileOptions& options, std::shared_ptr<Device> device);
  ~GlProgram() override;

  /// Packs the weights and compiles the shaders.
  Result<void> make_kernels();

  const CompileOptions& options() const override { return options_; }
  const Graph& graph() const override { return graph_; }
  std::span<const double> node_milliseconds() const override { return milliseconds_; }
  ProgramBytes bytes() const override;
  std::string_view runs_on(std::size_t) const override { return "gl"; }

 private:
  enum Buffers : std::uint8_t { arena, constants, uniforms, buffer_count };

  /// What the caller gets for an output.
  struct Output {
    ValueId id = no_value;
    std::vector<std::byte> bytes; ///< where it is read back to
    ArenaMemory memory;           ///< where it stays
  };

  Result<void> begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) override;
  Result<bool> advance(bool may_block) override;
  void stop() override;
  std::span<const Buffer> answers() const override { return answers_; }

  Result<void> pack();
  Graph planned_graph() const;
  Result<void> prepare(std::int64_t batch);
  std::vector<std::int64_t> place_inputs(const MemoryPlan& plan, std::int64_t& bytes) const;
  Result<void> check_sizes(const MemoryPlan& plan, std::int64_t bytes) const;
  Result<void> fill(Buffers which, std::span<const std::byte> bytes, std::int64_t size, unsigned usage);
  Result<void> upload(std::size_t index, const Buffer& input);
  Result<void> upload_indices(std::span<const Buffer> inputs);
  Result<bool> is_slice_done(bool may_block);
  Result<void> submit_slice();
  void submit(const Dispatch& dispatch);
  void finish();
  void drop_fence();
  tl::unexpected<Error> lost() const;

  Graph graph_;
  CompileOptions options_;
  std::shared_ptr<Device> device_;
  std::vector<std::vector<std::size_t>> steps_; ///< nodes that run at once
  Graph planned_;                               ///< one node for each step, to plan memory; without constants
  std::vector<MadeKernel> kernels_;             ///< by step
  std::vector<IndexInput> indices_;
  Constants constants_;
  std::array<unsigned, buffer_count> buffers_{};
  std::array<std::int64_t, buffer_count> sizes_{};

  std::int64_t batch_ = -1;         ///< the batch that the dispatches are for; -1: none
  std::vector<std::int64_t> units_; ///< by step, for that batch
  std::vector<Dispatch> dispatches_;
  std::vector<std::int64_t> inputs_at_; ///< by ValueId, in the arena
  std::vector<Binding> indices_at_;
  std::vector<std::uint32_t> index_words_;
  std::vector<Output> outputs_;
  std::vector<Buffer> answers_;
  std::vector<double> milliseconds_;

  Budget* budget_ = nullptr; ///< of the run in progress
  std::size_t next_ = 0;     ///< the dispatch to be submitted
  Handle fence_ = nullptr;   ///< behind the slice that is being computed
};

} // namespace ganlet::gl
