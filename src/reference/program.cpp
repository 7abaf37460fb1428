#include "graph/host_program.h"
#include "reference/reference.h"

namespace ganlet::reference {

namespace {

class ReferenceProgram final : public HostProgram {
 public:
  using HostProgram::HostProgram;

  std::string_view runs_on(std::size_t) const override { return backend.name; }

 private:
  Result<std::int64_t> reshape_nodes(const MemoryPlan&) override { return 0; }

  Result<void> setup_nodes(std::span<const TensorView> values, std::byte*) override {
    inputs_.clear();
    outputs_.clear();
    for (const Node& node : graph().nodes) {
      std::vector<TensorView>& inputs = inputs_.emplace_back();
      for (const ValueId id : node.inputs)
        inputs.push_back(id == no_value ? TensorView{} : values[static_cast<std::size_t>(id)]);
      outputs_.push_back(values[static_cast<std::size_t>(node.output)]);
    }
    return {};
  }

  Result<void> run_node(std::size_t node, std::int64_t, Budget& budget) override {
    return evaluate(graph().nodes[node].operation, inputs_[node], outputs_[node], budget);
  }

  std::int64_t packed_bytes() const override { return 0; }

  std::vector<std::vector<TensorView>> inputs_; ///< by node
  std::vector<TensorView> outputs_;             ///< by node
};

Result<std::unique_ptr<Program>> compile(Graph graph, const CompileOptions& options) {
  return std::unique_ptr<Program>(std::make_unique<ReferenceProgram>(std::move(graph), options));
}

} // namespace

const Backend backend{"reference",
                      "plain loops, the same bits everywhere",
                      [] { return Result<void>(); },
                      [](const Graph&, const Node&) { return Result<void>(); },
                      Preferences{},
                      compile};

} // namespace ganlet::reference
