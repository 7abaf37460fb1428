#include <algorithm>

#include "core/text.h"
#include "onnx/read_parts.h"

namespace ganlet::onnx {

namespace {

/// Maps each value of a graph to its maker: a node, or the file itself (inputs and initializers).
class Makers {
 public:
  static constexpr std::size_t file = SIZE_MAX;

  explicit Makers(const Model& model) : model_(model) {}

  Result<void> collect() {
    for (std::size_t i = 0; i < model_.inputs.size(); ++i)
      if (!makers_.emplace(model_.inputs[i].name, file).second)
        return fail(ErrorCode::corrupt, concat("graph.input[", i, "] '", printable(model_.inputs[i].name), "'"),
                    "is given twice");
    for (const auto& [name, tensor] : model_.initializers)
      makers_.emplace(name, file);
    for (std::size_t i = 0; i < model_.nodes.size(); ++i)
      for (const std::string& name : model_.nodes[i].outputs)
        if (!name.empty())
          GANLET_CHECK(add(name, i));
    return {};
  }

  /// Null if nothing makes `name`.
  const std::size_t* find(std::string_view name) const {
    const auto found = makers_.find(name);
    return found == makers_.end() ? nullptr : &found->second;
  }

 private:
  Result<void> add(std::string_view name, std::size_t node) {
    const auto [before, is_new] = makers_.emplace(name, node);
    if (is_new)
      return {};
    const std::string other =
        before->second == file ? std::string("an input or initializer") : place_of(model_, before->second);
    return fail(ErrorCode::corrupt, place_of(model_, node),
                concat("makes '", printable(name), "', and so does ", other));
  }

  const Model& model_;
  std::map<std::string_view, std::size_t> makers_; ///< names stay in the model
};

Result<void> check_sources(const Model& model, const Makers& makers) {
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    for (const std::string& name : model.nodes[i].inputs)
      if (!name.empty() && !makers.find(name))
        return fail(ErrorCode::corrupt, place_of(model, i),
                    concat("reads '", printable(name), "', which nothing makes"));
  for (std::size_t i = 0; i < model.outputs.size(); ++i) {
    const std::string& name = model.outputs[i].name;
    const std::string place = concat("graph.output[", i, "] '", printable(name), "'");
    if (!makers.find(name))
      return fail(ErrorCode::corrupt, place, "is made by nothing");
    for (std::size_t before = 0; before < i; ++before)
      if (model.outputs[before].name == name)
        return fail(ErrorCode::corrupt, place, "is given twice");
  }
  return {};
}

/// A depth-first search that visits nodes in the file's order. It isn't recursive because the file decides how deep it
/// goes.
Result<std::vector<std::size_t>> running_order(const Model& model, const Makers& makers) {
  enum class State : std::uint8_t { waiting, open, done };
  struct Step {
    std::size_t node;
    std::size_t next_input = 0;
  };
  std::vector<State> states(model.nodes.size(), State::waiting);
  std::vector<std::size_t> order;
  std::vector<Step> path;
  const auto enter = [&](std::size_t node) {
    states[node] = State::open;
    path.push_back({node});
  };
  for (std::size_t start = 0; start < model.nodes.size(); ++start) {
    if (states[start] == State::waiting)
      enter(start);
    while (!path.empty()) {
      Step& step = path.back();
      const auto& inputs = model.nodes[step.node].inputs;
      if (step.next_input == inputs.size()) {
        states[step.node] = State::done;
        order.push_back(step.node);
        path.pop_back();
        continue;
      }
      const std::string& name = inputs[step.next_input++];
      const std::size_t* maker = name.empty() ? nullptr : makers.find(name);
      if (!maker || *maker == Makers::file)
        continue;
      if (states[*maker] == State::open)
        return fail(ErrorCode::corrupt, place_of(model, *maker), "is part of a cycle: it reads what it makes");
      if (states[*maker] == State::waiting)
        enter(*maker);
    }
  }
  return order;
}

} // namespace

Result<void> check_and_order(Model& model) {
  std::vector<std::size_t> order;
  {
    Makers makers(model);
    GANLET_CHECK(makers.collect());
    GANLET_CHECK(check_sources(model, makers));
    GANLET_TRY(order, running_order(model, makers));
  }
  if (std::ranges::is_sorted(order))
    return {};
  std::vector<Node> ordered;
  ordered.reserve(order.size());
  for (const std::size_t from : order)
    ordered.push_back(std::move(model.nodes[from]));
  model.nodes = std::move(ordered);
  return {};
}

} // namespace ganlet::onnx
