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

/// Memory of a device that the host can't view, such as a buffer of a GPU. Only the backend that made it knows more.
class DeviceMemory {
 public:
  virtual ~DeviceMemory() = default;
};

enum class Place : std::uint8_t { host, device };

/// An array that a program reads or makes, here or on a device. It owns nothing.
struct Buffer {
  TensorView view;                ///< its type and shape; `data` is null where it lies on a device
  DeviceMemory* device = nullptr; ///< null where it lies here
};

/// Bytes that a program holds.
struct ProgramBytes {
  std::int64_t constants = 0; ///< of the graph, as far as they weren't dropped
  std::int64_t packed = 0;    ///< weights as the backend's kernels read them
  std::int64_t plan = 0;      ///< activations, inputs and scratch, for the batch that was run last

  std::int64_t all() const { return constants + packed + plan; }
};

class Program;

/// One run of a Program, from `Program::start` to its outputs. Destroying it cancels what isn't done. The program must
/// outlive it, and ends it when it starts the next one.
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

  /// Whether the outputs are there; never blocks. Errors: those of running, device_lost, and cancelled once the run has
  /// been cancelled, has failed, or the program has started another.
  Result<bool> poll();
  /// Gives up a run that isn't done; does nothing to one that is.
  void cancel();
  /// Blocks until the outputs are there, and gives them. Native builds only have it: a page may not block.
  Result<std::span<const Buffer>> wait();
  /// Of a run that is done, in the order of `Graph::outputs`; valid until the program starts the next run.
  std::span<const Buffer> outputs() const;

 private:
  friend class Program;
  Run(Program& program, std::uint64_t number) : program_(&program), number_(number) {}

  Program* program_;
  std::uint64_t number_;
};

/// A Graph made ready to run by a backend. Not thread-safe, and one run at a time.
class Program {
 public:
  virtual ~Program() = default;
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Starts the network. `inputs` are in the order and types of `graph().inputs`, and their data must stay until the
  /// run is done, as must `budget`, which the run draws on; the batch is read from their first axes. `wanted` says
  /// where each output is to lie: on the host where it is shorter than the outputs, or the backend has no device.
  /// Memory is allocated when the batch differs from the run before, and not otherwise. A run still under way is
  /// cancelled. Errors: invalid_argument (shape or type of an input, a label outside its range, an input on another
  /// backend's device), limit_exceeded, device_lost.
  Result<Run> start(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted = {});

  /// Starts a program that answers at once, as all do that compute on the host, and gives its outputs, valid until the
  /// next run. Errors: those of `start` and `Run::poll`; unsupported where the backend answers later.
  Result<std::span<const TensorView>> run(std::span<const TensorView> inputs, Budget& budget);
  /// The same under a budget of `options()`.
  Result<std::span<const TensorView>> run(std::span<const TensorView> inputs);

  /// What it was compiled with.
  virtual const CompileOptions& options() const = 0;
  /// What it runs. Constants that were dropped keep their types and shapes.
  virtual const Graph& graph() const = 0;
  /// Milliseconds that each node took in the last run, in the order of `graph().nodes`; empty without `profile`.
  virtual std::span<const double> node_milliseconds() const = 0;
  virtual ProgramBytes bytes() const = 0;
  /// The backend that runs a node, by name.
  virtual std::string_view runs_on(std::size_t node) const = 0;

 protected:
  // What a backend implements. `begin` is never called while a run is under way.
  virtual Result<void> begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) = 0;
  /// Goes on as far as it can, and says whether the outputs are there. With `may_block` it may wait for the device. A
  /// run that failed is over: the program can begin the next.
  virtual Result<bool> advance(bool may_block) = 0;
  /// Gives up the run under way.
  virtual void stop() = 0;
  virtual std::span<const Buffer> answers() const = 0;

  /// `advance` of another program's run, for programs that are made of several.
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
  std::vector<Buffer> given_; ///< for `run`
  std::vector<TensorView> answered_;
};

} // namespace ganlet
