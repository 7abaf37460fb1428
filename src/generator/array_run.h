#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "graph/program.h"

namespace ganlet {

/// An array for an input of a network, or from an output.
struct NamedArray {
  std::string name; ///< of the input or output, as in the file
  Tensor array;     ///< in the order of axes that the file declares
};

/// A run of a network on arrays by name, in steps. The program must outlive it, and ends it when it starts the next
/// run.
///
///     GANLET_TRY(ArrayRun run, ArrayRun::begin(program, std::move(inputs)));
///     GANLET_TRY(const auto outputs, run.advance(true));
class ArrayRun {
 public:
  /// Starts a program on one array for each of its inputs, in any order. Errors: not_found for a name that no input
  /// has; invalid_argument for an input without an array or with several; those of Program::start.
  static Result<ArrayRun> begin(Program& program, std::vector<NamedArray> inputs);

  /// The outputs in the order of the file, once they are there; nothing while a backend that answers later computes and
  /// this may not wait for it. Errors: those of Run::advance.
  Result<std::optional<std::vector<NamedArray>>> advance(bool may_block);

 private:
  ArrayRun(Program& program, Run run, std::vector<Tensor> inputs, std::unique_ptr<Budget> budget)
      : program_(&program), budget_(std::move(budget)), inputs_(std::move(inputs)), run_(std::move(run)) {}

  Program* program_;
  std::unique_ptr<Budget> budget_; ///< of the run, which keeps its address
  std::vector<Tensor> inputs_;
  Run run_; ///< behind what it reads
};

/// The names of a graph's inputs or outputs, for messages: "z, label".
std::string names_of(const Graph& graph, const std::vector<ValueId>& values);

} // namespace ganlet
