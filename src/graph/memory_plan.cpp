#include "graph/memory_plan.h"

#include <algorithm>

#include "core/text.h"
#include "graph/cost.h"

namespace ganlet {

namespace {

/// A range of bytes that is in use from node `first` to node `last`, both included.
struct Block {
  ValueId owner = no_value;
  std::int64_t bytes = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t offset = 0;
};

/// Finds the value whose bytes another value uses: itself, or the input of the Reshape that made it.
class Owners {
 public:
  explicit Owners(const Graph& graph) : owner_(graph.values.size()) {
    for (std::size_t id = 0; id < owner_.size(); ++id)
      owner_[id] = static_cast<ValueId>(id);
    std::vector<bool> planned(owner_.size(), false);
    for (const Node& node : graph.nodes) {
      planned[node.output] = true;
      if (std::holds_alternative<op::Reshape>(node.operation) && planned[node.inputs[0]])
        owner_[node.output] = owner_[node.inputs[0]];
    }
  }
  ValueId operator[](ValueId id) const { return owner_[id]; }

 private:
  std::vector<ValueId> owner_;
};

std::vector<Block> blocks_of(const Graph& graph, const Owners& owners, const std::vector<Shape>& shapes,
                             std::int64_t alignment) {
  std::vector<Block> blocks;
  std::vector<int> block_of(graph.values.size(), -1);
  const auto touch = [&](ValueId id, std::int64_t when) {
    if (id != no_value && block_of[owners[id]] >= 0)
      blocks[block_of[owners[id]]].last = when;
  };
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const auto when = static_cast<std::int64_t>(n);
    for (const ValueId input : node.inputs)
      touch(input, when);
    if (owners[node.output] == node.output) {
      block_of[node.output] = static_cast<int>(blocks.size());
      const std::int64_t bytes =
          shapes[node.output].elements() * static_cast<std::int64_t>(bytes_of(graph.values[node.output].type)) +
          static_cast<std::int64_t>(Tensor::slack);
      const std::int64_t rounded = (bytes + alignment - 1) / alignment * alignment;
      blocks.push_back({node.output, rounded, when, when, 0});
    }
    touch(node.output, when);
  }
  for (const ValueId id : graph.outputs)
    touch(id, static_cast<std::int64_t>(graph.nodes.size()));
  return blocks;
}

/// Places the largest first, each at the lowest offset where no block placed before it is alive at the same time.
/// Returns the total.
std::int64_t place(std::vector<Block>& blocks) {
  // Heapsort, because std::sort's introsort is three times the code; the list has only some dozen entries.
  const auto key = [](const Block& block) { return std::pair(-block.bytes, block.first); };
  std::ranges::make_heap(blocks, {}, key);
  std::ranges::sort_heap(blocks, {}, key);
  std::vector<const Block*> by_offset;
  std::int64_t total = 0;
  for (Block& block : blocks) {
    std::int64_t offset = 0;
    for (const Block* placed : by_offset) {
      if (placed->last < block.first || block.last < placed->first)
        continue;
      if (offset + block.bytes <= placed->offset)
        break;
      offset = std::max(offset, placed->offset + placed->bytes);
    }
    block.offset = offset;
    total = std::max(total, offset + block.bytes);
    by_offset.insert(std::upper_bound(by_offset.begin(), by_offset.end(), &block,
                                      [](const Block* a, const Block* b) { return a->offset < b->offset; }),
                     &block);
  }
  return total;
}

} // namespace

Result<MemoryPlan> plan_memory(const Graph& graph, std::int64_t batch, const Limits& limits, std::int64_t alignment) {
  MemoryPlan plan;
  for (const Value& value : graph.values) {
    GANLET_TRY(const Shape shape, resolve(value.shape, batch, limits, concat("value '", printable(value.name), "'")));
    plan.shape.push_back(shape);
  }
  for (const Node& node : graph.nodes)
    plan.units.push_back(cost_of(graph, node, plan.shape).units());
  const Owners owners(graph);
  std::vector<Block> blocks = blocks_of(graph, owners, plan.shape, alignment);
  plan.bytes = place(blocks);
  if (plan.bytes > limits.working_bytes)
    return fail(ErrorCode::limit_exceeded, "graph",
                concat(plan.bytes, " bytes of working memory for a batch of ", batch, " are above the limit of ",
                       limits.working_bytes));
  plan.offset.assign(graph.values.size(), MemoryPlan::unplanned);
  for (const Block& block : blocks)
    plan.offset[block.owner] = block.offset;
  for (const Node& node : graph.nodes)
    plan.offset[node.output] = plan.offset[owners[node.output]];
  return plan;
}

} // namespace ganlet
