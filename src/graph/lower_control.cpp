// Branches and loops, where lowering knows how they go: a branch becomes the graph that is taken, a loop its graph as
// often as it runs.

#include <algorithm>

#include "core/text.h"
#include "graph/lower_ops.h"
#include "onnx/subgraphs.h"

namespace ganlet {

namespace {

/// A graph within a node. It sees what the node reads, and has names of its own.
class Body {
 public:
  static Result<Body> read(Context& context, std::string_view attribute) {
    Builder& builder = context.builder;
    const auto* const value = context.attribute(attribute);
    const auto* const subgraph = value ? std::get_if<onnx::Subgraph>(value) : nullptr;
    if (!subgraph)
      return builder.error(concat("attribute ", attribute, " must be a graph"));
    Body body(builder, concat(builder.place(), " ", attribute));
    auto model = onnx::read_subgraph(*subgraph, builder.limits(), builder.budget());
    if (!model)
      return tl::unexpected<Error>(std::move(model).error().within(body.place_));
    body.model_ = std::move(*model);
    body.meanings_ = context.seen();
    for (auto& [name, tensor] : body.model_.initializers) {
      GANLET_TRY(const ValueId id, builder.constant(std::move(tensor)));
      body.meanings_[name] = Meaning{id, std::nullopt, false, std::nullopt};
    }
    return body;
  }

  std::size_t input_count() const { return model_.inputs.size(); }
  std::size_t output_count() const { return model_.outputs.size(); }
  void set(std::size_t input, Meaning meaning) { meanings_[model_.inputs[input].name] = std::move(meaning); }

  /// What the outputs stand for, with the inputs as they are set.
  Result<std::vector<Meaning>> run() {
    const std::string outer = builder_.place();
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
      builder_.at(concat(place_, onnx::place_of(model_, i).substr(std::string_view("graph").size())));
      GANLET_CHECK(lower_node(builder_, model_.nodes[i], meanings_));
    }
    builder_.at(outer);
    std::vector<Meaning> outputs;
    for (const onnx::ValueInfo& output : model_.outputs) {
      const auto found = meanings_.find(output.name);
      if (found == meanings_.end())
        return builder_.error(concat("nothing makes the output '", printable(output.name), "' of its graph"));
      outputs.push_back(found->second);
    }
    return outputs;
  }

 private:
  Body(Builder& builder, std::string place) : builder_(builder), place_(std::move(place)) {}

  Builder& builder_;
  std::string place_; ///< "graph.node[3] If 'x' then_branch"
  onnx::Model model_;
  std::map<std::string, Meaning> meanings_;
};

/// Of a turn of a loop, besides those of its nodes.
constexpr std::int64_t units_of_a_turn = 1 << 14;

constexpr std::string_view remedy = "; export the network with torch.jit.trace, or without it in Python";

/// Whether a value is true; empty if that isn't known before the network runs.
std::optional<bool> truth_of(const Builder& builder, const Meaning& meaning) {
  const Tensor* const constant = meaning.integers ? nullptr : builder.constant_of(meaning.id);
  if (!constant || constant->type() != DataType::boolean || constant->shape().elements() != 1)
    return std::nullopt;
  return constant->as<std::uint8_t>()[0] != 0;
}

Result<Meaning> constant_index(Builder& builder, std::int64_t index) {
  GANLET_TRY(const ValueId id, builder.constant(Tensor::of<std::int64_t>(Shape{}, {index})));
  return Meaning{id, std::nullopt, false, std::nullopt};
}

/// What a loop gives at each of its turns, as one value with an axis for the turns.
class Stack {
 public:
  Result<void> add(Builder& builder, const Meaning& meaning) {
    if (meaning.integers || meaning.quantized_axis)
      return builder.unsupported("what a loop gathers can't depend on the batch's size, or be int8");
    GANLET_TRY(const ValueId id, builder.plain(meaning.id));
    parts_.push_back(id);
    return {};
  }

  Result<ValueId> along(Builder& builder, std::int64_t file_axis, bool is_reversed) {
    if (parts_.empty())
      return builder.unsupported("a loop that never runs gives nothing of a known shape");
    if (is_reversed)
      std::ranges::reverse(parts_);
    const SymbolicShape each = builder.shape(parts_[0]);
    GANLET_TRY(const int axis, checked_axis(builder, file_axis, static_cast<int>(each.size()) + 1));
    const DataType type = builder.value(parts_[0]).type;
    SymbolicShape single = each;
    single.insert(single.begin() + axis, Dim{1, false});
    for (ValueId& part : parts_) {
      if (builder.shape(part) != each || builder.value(part).type != type)
        return builder.error("what a loop gathers must have one shape and type");
      GANLET_TRY(part, builder.reshape(part, single));
    }
    single[axis] = {static_cast<std::int64_t>(parts_.size()), false};
    return builder.emit(op::Concat{axis}, std::move(parts_), type, std::move(single));
  }

 private:
  std::vector<ValueId> parts_;
};

} // namespace

Result<void> lower_if(Context& context) {
  Builder& builder = context.builder;
  const std::optional<bool> condition = truth_of(builder, context.meaning(0));
  if (!condition)
    return builder.unsupported(concat("which branch is taken isn't known before the network runs", remedy));
  context.ignore(*condition ? "else_branch" : "then_branch");
  GANLET_TRY(Body body, Body::read(context, *condition ? "then_branch" : "else_branch"));
  GANLET_TRY(std::vector<Meaning> outputs, body.run());
  if (outputs.size() != context.output_count())
    return builder.error(concat("the branch has ", outputs.size(), " outputs, the node ", context.output_count()));
  for (std::size_t i = 0; i < outputs.size(); ++i)
    context.set(i, std::move(outputs[i]));
  return {};
}

namespace {

/// The most turns, input 0 of Loop.
Result<std::int64_t> turns_of(Context& context) {
  if (!context.has_input(0))
    return std::numeric_limits<std::int64_t>::max();
  const Meaning& given = context.meaning(0);
  if (given.integers || !context.builder.constant_of(given.id))
    return context.builder.unsupported(concat("how often it runs isn't known before the network runs", remedy));
  GANLET_TRY(const auto turns, context.integers_input(0));
  if (turns.size() != 1)
    return context.builder.error("input 0 must be one number");
  return turns[0];
}

} // namespace

/// The graph's inputs are the number of the turn, a condition and what is carried from turn to turn; its outputs the
/// next condition, what is carried, and what is gathered.
Result<void> lower_loop(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t turns, turns_of(context));
  GANLET_TRY(Body body, Body::read(context, "body"));
  const std::size_t carried = body.input_count() < 2 ? SIZE_MAX : body.input_count() - 2;
  if (carried > context.input_count() - std::min<std::size_t>(context.input_count(), 2) ||
      body.output_count() < carried + 1 || body.output_count() - 1 != context.output_count())
    return builder.error("the inputs and outputs of its graph don't match the node's");
  std::vector<Meaning> state;
  for (std::size_t i = 0; i < carried; ++i) {
    if (!context.has_input(i + 2))
      return builder.error(concat("input ", i + 2, " is left out"));
    state.push_back(context.meaning(i + 2));
  }
  std::vector<Stack> gathered(body.output_count() - 1 - carried);
  GANLET_TRY(const ValueId yes, builder.constant(Tensor::of<std::uint8_t>(Shape{}, {std::uint8_t{1}})));
  Meaning condition = context.has_input(1) ? context.meaning(1) : Meaning{yes, std::nullopt, false, std::nullopt};
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    const std::optional<bool> goes_on = truth_of(builder, condition);
    if (!goes_on)
      return builder.unsupported(concat("whether it goes on isn't known before the network runs", remedy));
    if (!*goes_on)
      break;
    GANLET_CHECK(builder.take(units_of_a_turn));
    GANLET_TRY(Meaning number, constant_index(builder, turn));
    body.set(0, std::move(number));
    body.set(1, std::move(condition));
    for (std::size_t i = 0; i < carried; ++i)
      body.set(i + 2, std::move(state[i]));
    GANLET_TRY(std::vector<Meaning> outputs, body.run());
    condition = std::move(outputs[0]);
    for (std::size_t i = 0; i < carried; ++i)
      state[i] = std::move(outputs[i + 1]);
    for (std::size_t i = 0; i < gathered.size(); ++i)
      GANLET_CHECK(gathered[i].add(builder, outputs[i + 1 + carried]));
  }
  for (std::size_t i = 0; i < carried; ++i)
    context.set(i, std::move(state[i]));
  for (std::size_t i = 0; i < gathered.size(); ++i) {
    GANLET_TRY(const ValueId id, gathered[i].along(builder, 0, false));
    context.set(i + carried, id);
  }
  return {};
}

namespace {

/// An axis along which Scan reads an input.
struct Scanned {
  ValueId id = no_value;
  int axis = 0;
  bool is_reversed = false;

  Result<ValueId> at(Builder& builder, std::int64_t turn) const {
    SymbolicShape shape = builder.shape(id);
    op::Slice slice{std::vector<std::int64_t>(shape.size(), 0), std::vector<std::int64_t>(shape.size(), 1)};
    slice.starts[axis] = is_reversed ? shape[axis].count - 1 - turn : turn;
    shape[axis] = {1, false};
    GANLET_TRY(const ValueId part, builder.emit(std::move(slice), {id}, builder.value(id).type, shape));
    shape.erase(shape.begin() + axis);
    return builder.reshape(part, std::move(shape));
  }
};

Result<std::vector<Scanned>> scanned_inputs(Context& context, std::size_t first, std::size_t count) {
  Builder& builder = context.builder;
  GANLET_TRY(const auto axes, context.integers("scan_input_axes", std::vector<std::int64_t>(count, 0), count));
  GANLET_TRY(const auto ways, context.integers("scan_input_directions", std::vector<std::int64_t>(count, 0), count));
  std::vector<Scanned> scanned;
  for (std::size_t i = 0; i < count; ++i) {
    GANLET_TRY(const ValueId id, context.input(first + i));
    GANLET_TRY(const int axis, checked_axis(builder, axes[i], builder.rank(id)));
    if (builder.shape(id)[axis].per_batch)
      return builder.unsupported("it runs once for each picture, of an open batch");
    if (!scanned.empty() && builder.shape(id)[axis] != builder.shape(scanned[0].id)[scanned[0].axis])
      return builder.error("the inputs that it reads differ in length");
    scanned.push_back({id, axis, ways[i] != 0});
  }
  return scanned;
}

} // namespace

/// The graph's inputs are what is carried from turn to turn, and a slice of each scanned input; its outputs what is
/// carried, and what is gathered.
Result<void> lower_scan(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(Body body, Body::read(context, "body"));
  GANLET_TRY(const std::int64_t scans, context.integer("num_scan_inputs", 0));
  const auto inputs = static_cast<std::int64_t>(body.input_count());
  if (scans < 1 || scans > inputs || body.input_count() > context.input_count() ||
      body.output_count() != context.output_count() || inputs - scans > static_cast<std::int64_t>(body.output_count()))
    return builder.error("the inputs and outputs of its graph don't match the node's");
  GANLET_CHECK(context.expect_inputs(body.input_count(), SIZE_MAX));
  const auto carried = static_cast<std::size_t>(inputs - scans);
  const std::size_t gathers = body.output_count() - carried;
  GANLET_TRY(const auto axes, context.integers("scan_output_axes", std::vector<std::int64_t>(gathers, 0), gathers));
  GANLET_TRY(const auto ways,
             context.integers("scan_output_directions", std::vector<std::int64_t>(gathers, 0), gathers));
  GANLET_TRY(const auto scanned, scanned_inputs(context, carried, static_cast<std::size_t>(scans)));
  std::vector<Meaning> state;
  for (std::size_t i = 0; i < carried; ++i)
    state.push_back(context.meaning(i));
  std::vector<Stack> gathered(gathers);
  const std::int64_t turns = builder.shape(scanned[0].id)[scanned[0].axis].count;
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    GANLET_CHECK(builder.take(units_of_a_turn));
    for (std::size_t i = 0; i < carried; ++i)
      body.set(i, std::move(state[i]));
    for (std::size_t i = 0; i < scanned.size(); ++i) {
      GANLET_TRY(const ValueId part, scanned[i].at(builder, turn));
      body.set(carried + i, Meaning{part, std::nullopt, false, std::nullopt});
    }
    GANLET_TRY(std::vector<Meaning> outputs, body.run());
    for (std::size_t i = 0; i < carried; ++i)
      state[i] = std::move(outputs[i]);
    for (std::size_t i = 0; i < gathers; ++i)
      GANLET_CHECK(gathered[i].add(builder, outputs[carried + i]));
  }
  for (std::size_t i = 0; i < carried; ++i)
    context.set(i, std::move(state[i]));
  for (std::size_t i = 0; i < gathers; ++i) {
    GANLET_TRY(const ValueId id, gathered[i].along(builder, axes[i], ways[i] != 0));
    context.set(carried + i, id);
  }
  return {};
}

} // namespace ganlet
