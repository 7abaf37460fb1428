#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/budget.h"
#include "graph/compile_options.h"
#include "graph/graph.h"

namespace ganlet {

/// Memory of a device that the host can't view, such as a GPU buffer. Only the backend that created it can interpret
/// it.
class DeviceMemory {
 public:
  virtual ~DeviceMemory() = default;
  /// Identifies the device: memory of the same one is of the same class.
  virtual const void* device() const = 0;
};

enum class Place : std::uint8_t { host, device };

/// An array that a program reads or writes, on the host or on a device. Non-owning.
struct Buffer {
  TensorView view;                ///< type and shape; `data` is null if the array is on a device
  DeviceMemory* device = nullptr; ///< null if the array is on the host
};

/// Bytes that a program holds.
struct ProgramBytes {
  std::int64_t constants = 0; ///< of the graph, without those that were dropped
  std::int64_t packed = 0;    ///< weights as the backend's kernels read them
  std::int64_t plan = 0;      ///< activations, inputs and scratch, for the batch of the last run

  std::int64_t all() const { return constants + packed + plan; }
};

/// What a GPU does for a node in a run. Of nodes that are computed at once it stands at the first.
struct NodeWork {
  std::int64_t dispatches = 0;
  std::int64_t multiply_adds = 0; ///< of linear operations; those of elements that fill up a tile as well
  std::int64_t bytes = 0;         ///< of the arrays that are read and written, each once
};

class Program;

/// One run of a Program, from `Program::start` to its outputs. Destroying it cancels a run that isn't done. The program
/// must outlive it, and ends it when it starts the next one.
///
///     GANLET_TRY(Run run, program.start(inputs, budget));
///     for (bool done = false; !done;) {        // once a frame, say
///       GANLET_TRY(done, run.poll());
///     }
///     draw(run.outputs());
class [[nodiscard]] Run {
 public:
  Run(Run&& other) noexcept : program_(std::exchange(other.program_, nullptr)), number_(other.number_) {}
  Run& operator=(Run&& other) noexcept;
  ~Run() { cancel(); }

  /// Whether the outputs are ready; never blocks. Errors: those of running, device_lost, and cancelled if the run has
  /// been cancelled or has failed, or if the program has started another.
  Result<bool> poll();
  /// Cancels a run that isn't done; does nothing to one that is.
  void cancel();
  /// Blocks until the outputs are ready, and returns them. Only in native builds: a page may not block.
  Result<std::span<const Buffer>> wait();
  /// Brings the run to its end: by waiting where a build may wait (wait.cpp), else by one poll (poll_once.cpp). Errors:
  /// those of `poll`; unsupported in a page if the backend answers later.
  Result<void> finish();
  /// `finish` or `poll`; true if the outputs are ready.
  Result<bool> advance(bool may_block);
  /// The outputs of a run that is done, in the order of `Graph::outputs`; valid until the program starts the next run.
  std::span<const Buffer> outputs() const;

 private:
  friend class Program;
  Run(Program& program, std::uint64_t number) : program_(&program), number_(number) {}

  Program* program_;
  std::uint64_t number_;
};

/// A Graph that a backend has compiled. Not thread-safe; runs one at a time.
class Program {
 public:
  virtual ~Program() = default;
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Starts the network. `inputs` have the order and types of `graph().inputs`. Their data, and `budget`, from which
  /// the run takes its units, must stay valid until the run is done. The batch is read from the inputs' first axes.
  /// `wanted` says where each output should lie; outputs beyond its end, and all outputs of a backend without a device,
  /// lie on the host. Memory is allocated only when the batch differs from the last run's. A run still in progress is
  /// cancelled. Errors: invalid_argument (shape or type of an input, a label out of range, an input on another
  /// backend's device), limit_exceeded, cancelled, device_lost.
  Result<Run> start(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted = {});

  /// The seeds of the pictures of later runs, for networks that draw random numbers (`Graph::seeds`). A picture beyond
  /// them, and each without this call, has its place in the batch as its seed.
  void seed(std::span<const std::uint64_t> seeds) { seeds_.assign(seeds.begin(), seeds.end()); }

  /// Starts a program and returns its outputs, valid until the next run. Natively it waits for a backend that answers
  /// later. Errors: those of `start` and `Run::poll`; unsupported in a page if the backend answers later.
  Result<std::span<const TensorView>> run(std::span<const TensorView> inputs, Budget& budget);
  /// The same with a budget made from `options()`.
  Result<std::span<const TensorView>> run(std::span<const TensorView> inputs);

  /// The options that it was compiled with.
  virtual const CompileOptions& options() const = 0;
  /// The graph that it runs. Constants that were dropped keep their types and shapes.
  virtual const Graph& graph() const = 0;
  /// Milliseconds that each node took in the last run, in the order of `graph().nodes`; empty unless compiled with
  /// `profile`.
  virtual std::span<const double> node_milliseconds() const = 0;
  virtual ProgramBytes bytes() const = 0;
  /// By node, for the batch of the last run; empty if no GPU runs any.
  virtual std::span<const NodeWork> node_work() const { return {}; }
  /// The name of the backend that runs a node.
  virtual std::string_view runs_on(std::size_t node) const = 0;

 protected:
  // For backends to implement. `begin` is never called while a run is in progress.
  virtual Result<void> begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) = 0;
  /// Continues as far as it can, and returns whether the outputs are ready. With `may_block` it may wait for the
  /// device. After an error the run is over, and the program can begin the next.
  virtual Result<bool> advance(bool may_block) = 0;
  /// Cancels the run in progress.
  virtual void stop() = 0;
  virtual std::span<const Buffer> answers() const = 0;

  std::span<const std::uint64_t> seeds() const { return seeds_; }

  /// `advance` for the run of another program, for programs that consist of several.
  static Result<bool> advance_within(Run& run, bool may_block) {
    return run.program_->advance_run(run.number_, may_block);
  }

 private:
  friend class Run;
  enum class State : std::uint8_t { idle, running, done };

  Result<bool> advance_run(std::uint64_t number, bool may_block);
  void cancel_run(std::uint64_t number);

  std::uint64_t number_ = 0; ///< of the last run started
  State state_ = State::idle;
  std::vector<std::uint64_t> seeds_;
  std::vector<Buffer> given_; ///< for `run`
  std::vector<TensorView> answered_;
};

} // namespace ganlet
