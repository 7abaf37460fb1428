#include "graph/least_bytes.h"

#include <algorithm>
#include <set>
#include <vector>

namespace ganlet {

namespace {

template <typename... Operations> bool is_one_of(const op::Any& operation) {
  return (std::holds_alternative<Operations>(operation) || ...);
}

bool is_done_on_the_way(const op::Any& operation) {
  return is_one_of<op::Unary, op::Binary, op::Select, op::Cast, op::Reshape, op::Transpose, op::Concat, op::Slice,
                   op::Pad, op::Expand, op::Tile, op::DepthToSpace, op::Gather, op::OneHot, op::Resize, op::Random>(
      operation);
}

/// Which nodes are one pass.
class Passes {
 public:
  Passes(const Graph& graph, std::int64_t batch)
      : graph_(graph), batch_(batch), maker_(graph.values.size(), none), readers_(graph.values.size()),
        pass_(graph.nodes.size()) {
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      pass_[n] = n;
      maker_[static_cast<std::size_t>(graph.nodes[n].output)] = n;
      for (const ValueId id : graph.nodes[n].inputs)
        if (id != no_value)
          readers_[static_cast<std::size_t>(id)].push_back(n);
    }
    join_makers();
    join_readers();
  }

  std::int64_t bytes() const {
    std::set<std::pair<std::size_t, ValueId>> read; // by which pass
    std::set<ValueId> written;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n)
      for (const ValueId id : graph_.nodes[n].inputs) {
        if (id == no_value)
          continue;
        const std::size_t maker = maker_[static_cast<std::size_t>(id)];
        if (maker != none && pass_[maker] == pass_[n])
          continue;
        read.insert({pass_[n], id});
        if (maker != none)
          written.insert(id);
      }
    for (const ValueId id : graph_.outputs)
      written.insert(id);
    std::int64_t sum = 0;
    for (const auto& [pass, id] : read)
      sum += bytes_of(id);
    for (const ValueId id : written)
      sum += bytes_of(id);
    return sum;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::int64_t bytes_of(ValueId id) const {
    const Value& value = graph_.values[static_cast<std::size_t>(id)];
    std::int64_t elements = 1;
    for (const Dim dim : value.shape)
      elements *= dim.per_batch ? dim.count * batch_ : dim.count;
    return elements * static_cast<std::int64_t>(ganlet::bytes_of(value.type));
  }

  bool is_output(ValueId id) const { return std::ranges::find(graph_.outputs, id) != graph_.outputs.end(); }

  /// What makes an array no larger is done by the pass that makes it, if nothing else reads that.
  void join_makers() {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const Node& node = graph_.nodes[n];
      if (!is_done_on_the_way(node.operation))
        continue;
      for (const ValueId id : node.inputs) {
        const std::size_t maker = id == no_value ? none : maker_[static_cast<std::size_t>(id)];
        if (maker != none && readers_[static_cast<std::size_t>(id)].size() == 1 && !is_output(id) &&
            bytes_of(node.output) <= bytes_of(id))
          pass_[n] = pass_[maker];
      }
    }
  }

  /// What is left is done by the pass that reads it, if that is only one.
  void join_readers() {
    for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
      const std::size_t pass = pass_[n];
      const auto& readers = readers_[static_cast<std::size_t>(graph_.nodes[n].output)];
      if (has_sum(pass) || readers.empty() || is_output(graph_.nodes[n].output))
        continue;
      const std::size_t reader = pass_[readers[0]];
      if (std::ranges::all_of(readers, [&](std::size_t r) { return pass_[r] == reader; }))
        std::ranges::replace(pass_, pass, reader);
    }
  }

  bool has_sum(std::size_t pass) const {
    for (std::size_t n = 0; n < pass_.size(); ++n)
      if (pass_[n] == pass && !is_done_on_the_way(graph_.nodes[n].operation))
        return true;
    return false;
  }

  const Graph& graph_;
  std::int64_t batch_;
  std::vector<std::size_t> maker_;                ///< by ValueId
  std::vector<std::vector<std::size_t>> readers_; ///< by ValueId
  std::vector<std::size_t> pass_;                 ///< by node: the number of one of the pass
};

} // namespace

std::int64_t least_bytes_of(const Graph& graph, std::int64_t batch) {
  return Passes(graph, batch).bytes();
}

} // namespace ganlet
