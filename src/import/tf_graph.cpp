#include "import/tf_graph.h"

#include <algorithm>

namespace ganlet::importing::tf {

namespace {

constexpr std::string_view place = "graph";

std::string_view string_in(const Json& object, std::string_view name) {
  const Json* const found = object.find(name);
  return found == nullptr ? std::string_view() : std::string_view(found->string);
}

/// Its nodes, those that can't run first: in an order in which each follows what it reads.
class Graph {
 public:
  static Result<Graph> read(const Json& topology, Budget& budget);

  /// What the outputs need, in order. Errors: corrupt, for a cycle.
  Result<std::vector<std::size_t>> order(const std::vector<Node::Input>& outputs, Budget& budget) const;
  /// Those that the signature names, else the nodes that no other reads.
  Result<std::vector<Node::Input>> outputs(const Json* signature) const;
  const std::vector<Node>& nodes() const { return nodes_; }

 private:
  /// "name", "name:1"; none if there is no such node.
  std::optional<Node::Input> find(std::string_view name) const;

  std::vector<Node> nodes_;
  std::map<std::string, std::size_t, std::less<>> names_;
};

std::optional<Node::Input> Graph::find(std::string_view name) const {
  std::size_t output = 0;
  const std::size_t colon = name.rfind(':');
  if (colon != std::string_view::npos && colon + 1 < name.size()) {
    const auto number = number_of(name.substr(colon + 1));
    constexpr double most = 1000;
    if (number && *number >= 0 && *number < most) {
      output = static_cast<std::size_t>(*number);
      name = name.substr(0, colon);
    }
  }
  const auto found = names_.find(name);
  return found == names_.end() ? std::nullopt : std::optional(Node::Input{found->second, output});
}

Result<Graph> Graph::read(const Json& topology, Budget& budget) {
  Graph graph;
  const Json* const list = topology.find("node");
  for (std::size_t i = 0; list != nullptr && i < list->elements.size(); ++i) {
    GANLET_CHECK(take_for_bytes(budget, 1024, place));
    const Json& json = list->elements[i];
    Node node;
    node.name = string_in(json, "name");
    node.op = string_in(json, "op");
    node.attributes = json.find("attr");
    if (!graph.names_.emplace(node.name, i).second)
      return fail(ErrorCode::corrupt, place, concat("has two nodes '", printable(node.name), "'"));
    graph.nodes_.push_back(std::move(node));
  }
  for (std::size_t i = 0; i < graph.nodes_.size(); ++i) {
    const Json* const inputs = list->elements[i].find("input");
    for (std::size_t j = 0; inputs != nullptr && j < inputs->elements.size(); ++j) {
      const std::string& name = inputs->elements[j].string;
      if (name.starts_with('^')) // something that has to run before, of which nothing is read
        continue;
      const auto input = graph.find(name);
      if (!input)
        return fail(ErrorCode::corrupt, place, concat("reads '", printable(name), "', which no node gives"));
      graph.nodes_[i].inputs.push_back(*input);
    }
  }
  return graph;
}

Result<std::vector<Node::Input>> Graph::outputs(const Json* signature) const {
  std::vector<Node::Input> found;
  const Json* const named = signature == nullptr ? nullptr : signature->find("outputs");
  for (std::size_t i = 0; named != nullptr && i < named->elements.size(); ++i) {
    const std::string_view name = string_in(named->elements[i], "name");
    const auto output = find(name);
    if (!output)
      return fail(ErrorCode::corrupt, place, concat("its output '", printable(name), "' is no node"));
    found.push_back(*output);
  }
  if (!found.empty())
    return found;
  std::vector<bool> is_read(nodes_.size());
  for (const Node& node : nodes_)
    for (const Node::Input& input : node.inputs)
      is_read[input.node] = true;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (!is_read[i] && nodes_[i].op != "NoOp" && nodes_[i].op != "Const" && nodes_[i].op != "Placeholder")
      found.push_back({i, 0});
  if (found.empty())
    return fail(ErrorCode::corrupt, place, "has no outputs");
  return found;
}

Result<std::vector<std::size_t>> Graph::order(const std::vector<Node::Input>& outputs, Budget& budget) const {
  enum class State : std::uint8_t { unseen, open, done };
  std::vector<State> states(nodes_.size(), State::unseen);
  std::vector<std::size_t> order, waiting;
  for (const Node::Input& output : outputs)
    waiting.push_back(output.node);
  std::ranges::reverse(waiting);
  while (!waiting.empty()) {
    GANLET_CHECK(take_for_bytes(budget, 64, place));
    const std::size_t node = waiting.back();
    if (states[node] != State::unseen) {
      waiting.pop_back();
      if (states[node] == State::open)
        order.push_back(node);
      states[node] = State::done;
      continue;
    }
    states[node] = State::open;
    for (const Node::Input& input : nodes_[node].inputs) {
      if (states[input.node] == State::open)
        return fail(ErrorCode::corrupt, place, concat("'", printable(nodes_[node].name), "' depends on itself"));
      if (states[input.node] == State::unseen)
        waiting.push_back(input.node);
    }
  }
  // Inputs come as the file lists them, whatever reads them first.
  const auto rest = std::ranges::stable_partition(order, [&](std::size_t i) { return nodes_[i].op == "Placeholder"; });
  std::sort(order.begin(), rest.begin());
  return order;
}

/// All operations that can't be read, and how many of each.
Result<void> check_operations(const Graph& graph, const std::vector<std::size_t>& order) {
  std::map<std::string, int> missing;
  for (const std::size_t i : order) {
    const std::string& op = graph.nodes()[i].op;
    if (op != "Const" && op != "Placeholder" && find_kind(op) == nullptr)
      ++missing[op];
  }
  if (missing.empty())
    return {};
  std::string list;
  for (const auto& [op, count] : missing)
    list += concat(list.empty() ? "" : ", ", printable(op), " (", count, ")");
  return fail(ErrorCode::unsupported, place,
              concat("has operations that can't be read: ", list,
                     "; export the part of the model that draws without them (docs/importing.md lists what is read)"));
}

/// Walks the graph.
class Converter {
 public:
  Converter(const GraphFile& file, keras::Graph& target) : file_(file), target_(target) {
    for (const keras::Variable& weight : file.weights)
      weights_[weight.path] = &weight.value;
  }

  Result<Values> convert(const Node& node, Values inputs);

 private:
  Result<Value> constant(const Call& call) const;
  Result<Value> placeholder(const Call& call) const;

  const GraphFile& file_;
  keras::Graph& target_;
  std::map<std::string, const Tensor*> weights_;
};

Result<Value> Converter::constant(const Call& call) const {
  const auto found = weights_.find(call.node.name);
  if (found == weights_.end())
    return call.error(ErrorCode::corrupt, "is a constant that the file has no numbers of");
  Value value;
  value.constant = found->second;
  value.type = found->second->type();
  for (const std::int64_t size : found->second->shape().sizes())
    value.shape.push_back({size, false});
  if (value.type == DataType::int64 && found->second->shape().elements() <= std::int64_t{most_known}) {
    value.numbers.emplace();
    for (const std::int64_t number : found->second->as<std::int64_t>())
      value.numbers->push_back({number, false});
  }
  return value;
}

/// The sizes of an input: of the node, or of the signature where the node has none. -1 is open.
std::optional<Sizes> declared_sizes(const Call& call, const Json* signature) {
  const Json* const own = call.find("shape");
  const Json* shape = own == nullptr ? nullptr : own->find("shape");
  const Json* const named = signature == nullptr ? nullptr : signature->find("inputs");
  for (std::size_t i = 0; named != nullptr && i < named->elements.size(); ++i) {
    const std::string_view name = string_in(named->elements[i], "name");
    const Json* const other = named->elements[i].find("tensorShape");
    if ((shape == nullptr || shape->find("dim") == nullptr) && name.substr(0, name.rfind(':')) == call.node.name)
      shape = other;
  }
  const Json* const sizes = shape == nullptr ? nullptr : shape->find("dim");
  if (sizes == nullptr)
    return std::nullopt;
  Sizes found;
  for (const Json& json : sizes->elements) {
    const Json* const size = json.find("size");
    const auto number = size == nullptr                    ? std::nullopt
                        : size->kind == Json::Kind::string ? number_of(size->string)
                                                           : std::optional(size->number());
    constexpr double most = 1 << 24;
    found.push_back(number && *number >= 0 && *number < most ? static_cast<std::int64_t>(*number) : -1);
  }
  return found;
}

Result<Value> Converter::placeholder(const Call& call) const {
  const auto sizes = declared_sizes(call, file_.signature);
  if (!sizes || sizes->empty())
    return call.error(ErrorCode::unsupported, "is an input of unknown shape, or one number: export the model for fixed "
                                              "sizes, as in tf.TensorSpec([None, 100])");
  const Sizes rest(sizes->begin() + 1, sizes->end());
  if (std::ranges::count(rest, -1) > 0)
    return call.error(ErrorCode::unsupported, "takes inputs of any size: export the model for a fixed one, as in "
                                              "tf.TensorSpec([None, 32, 32, 3])");
  if (sizes->size() > Shape::max_rank)
    return call.error(ErrorCode::unsupported, "has more than 6 axes");
  GANLET_CHECK(Shape::make(rest, target_.limits(), call.node.name));
  const Json* const attribute_ = call.find("dtype");
  const std::string_view type = attribute_ == nullptr ? std::string_view() : string_in(*attribute_, "type");
  const bool is_whole = type.starts_with("DT_INT") || type.starts_with("DT_UINT");
  if (!is_whole && type != "DT_FLOAT" && !type.empty())
    return call.error(ErrorCode::unsupported, concat("is an input of the type ", printable(type)));
  const std::optional<std::int64_t> batch = sizes->front() < 0 ? std::nullopt : std::optional(sizes->front());
  const keras::Value input =
      target_.add_input(call.node.name, rest, is_whole ? DataType::int64 : DataType::float32, batch);
  Value value{input.name, {{batch.value_or(1), !batch}}, input.type, input.channels_first};
  for (const std::int64_t size : rest)
    value.shape.push_back({size, false});
  return value;
}

Result<Values> Converter::convert(const Node& node, Values inputs) {
  Call call{target_, node, node.op, std::move(inputs)};
  if (node.op == "Const")
    return only(constant(call));
  if (node.op == "Placeholder")
    return only(placeholder(call));
  const Kind& kind = *find_kind(node.op);
  if (call.inputs.size() < kind.inputs)
    return call.error(ErrorCode::corrupt, concat("reads ", call.inputs.size(), " values and needs ", kind.inputs));
  target_.begin(node.name);
  GANLET_TRY(Values values, kind.convert(call));
  for (Value& value : values) {
    if (!value.name.empty()) { // it is computed now, and not known beforehand
      value.numbers.reset();
      value.constant = nullptr;
    }
    if (value.numbers && value.numbers->size() > most_known)
      return call.error(ErrorCode::limit_exceeded, concat("computes more than ", most_known, " sizes"));
    if (value.numbers && product(value.shape) != Size{static_cast<std::int64_t>(value.numbers->size()), false})
      return call.error(ErrorCode::corrupt, "computes more or fewer sizes than its shape has");
    Sizes sizes;
    for (const Size& size : value.shape)
      sizes.push_back(size.count);
    if (auto fits = Shape::make(sizes, target_.limits(), node.name); !fits)
      return tl::unexpected(std::move(fits).error());
  }
  return values;
}

Result<void> add_output(keras::Graph& target, const Node& node, const Value& value) {
  const Call call{target, node, node.op, {}};
  GANLET_TRY(const Value lies, call.in_order(value));
  std::vector<onnx::Dimension> dimensions;
  for (const Size& size : value.shape)
    if (size.per_batch)
      dimensions.push_back({std::nullopt, "N"});
    else
      dimensions.push_back({size.count, ""});
  return target.add_output(concat(node.name, "_output"), lies.name, value.type, std::move(dimensions));
}

} // namespace

Result<onnx::Model> convert_graph(const GraphFile& file, const Limits& limits, Budget& budget) {
  GANLET_TRY(const Graph graph, Graph::read(file.topology, budget));
  GANLET_TRY(const auto outputs, graph.outputs(file.signature));
  GANLET_TRY(const auto order, graph.order(outputs, budget));
  GANLET_CHECK(check_operations(graph, order));
  keras::Graph target(limits, budget);
  Converter converter(file, target);
  std::map<std::size_t, Values> made;
  const auto value_of = [&](const Node::Input& input) -> Result<Value> {
    const Values& values = made[input.node];
    if (input.output >= values.size())
      return fail(ErrorCode::unsupported, place,
                  concat("reads output ", input.output, " of '", printable(graph.nodes()[input.node].name), "'"));
    return values[input.output];
  };
  for (const std::size_t i : order) {
    Values inputs;
    for (const Node::Input& input : graph.nodes()[i].inputs) {
      GANLET_TRY(Value value, value_of(input));
      inputs.push_back(std::move(value));
    }
    GANLET_TRY(made[i], converter.convert(graph.nodes()[i], std::move(inputs)));
  }
  for (const Node::Input& output : outputs) {
    GANLET_TRY(const Value value, value_of(output));
    GANLET_CHECK(add_output(target, graph.nodes()[output.node], value));
  }
  target.declare_labels();
  return std::move(target).take();
}

} // namespace ganlet::importing::tf
