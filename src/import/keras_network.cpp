#include "import/keras_network.h"

#include <algorithm>

namespace ganlet::importing::keras {

namespace {

/// Converts a network's layers one after another.
class NetworkConverter {
 public:
  NetworkConverter(Graph& graph, std::int64_t version) : graph_(graph), version_(version) {}

  /// `inputs` are the values that an outer network passes in; if null, each InputLayer becomes an input of the graph.
  Result<std::vector<Value>> convert(const Network& network, const std::vector<Value>* inputs) {
    return network.is_sequential ? convert_sequential(network, inputs) : convert_functional(network, inputs);
  }

 private:
  static tl::unexpected<Error> error(const Network& network, ErrorCode code, std::string_view message) {
    return fail(code, concat("keras '", printable(network.name), "'"), message);
  }

  Result<Value> add_input(const Layer& layer, std::optional<Sizes> sizes) {
    if (!sizes)
      return fail(ErrorCode::corrupt, place_of(layer), "doesn't say which shape it takes");
    if (sizes->empty())
      return fail(ErrorCode::unsupported, place_of(layer), "takes a single number");
    sizes->erase(sizes->begin());
    if (std::ranges::count(*sizes, -1) > 0)
      return fail(ErrorCode::unsupported, place_of(layer),
                  "takes inputs of any size: save the model with a fixed shape, as in Input((32, 32, 3))");
    GANLET_CHECK(Shape::make(*sizes, graph_.limits(), place_of(layer)));
    if (sizes->size() > Shape::max_rank - 1)
      return fail(ErrorCode::unsupported, place_of(layer), "has more than 5 axes besides the batch");
    const Json* const type = layer.config->find("dtype");
    const bool is_whole = type != nullptr && type->kind == Json::Kind::string &&
                          (type->string.starts_with("int") || type->string.starts_with("uint"));
    return graph_.add_input(layer.name, *sizes, is_whole ? DataType::int64 : DataType::float32);
  }

  static std::optional<Sizes> input_sizes(const Layer& layer) {
    if (layer.config->kind != Json::Kind::object)
      return std::nullopt;
    for (const std::string_view name : {"batch_shape", "batch_input_shape"})
      if (auto sizes = sizes_of(layer.config->find(name)))
        return sizes;
    if (layer.build != nullptr && layer.build->kind == Json::Kind::object)
      if (auto sizes = sizes_of(layer.build->find("input_shape")))
        return sizes;
    if (layer.network && layer.network->is_sequential && !layer.network->layers.empty())
      return layer.network->built_for ? layer.network->built_for : input_sizes(layer.network->layers.front());
    if (layer.network && layer.network->inputs.size() == 1)
      return input_sizes(layer.network->layers[layer.network->inputs[0].layer]);
    if (auto size = layer.config->find("input_dim"); size != nullptr && size->natural()) // Keras 1
      return Sizes{-1, static_cast<std::int64_t>(std::min<std::uint64_t>(*size->natural(), 1 << 30))};
    return std::nullopt;
  }

  Result<std::vector<Value>> convert_sequential(const Network& network, const std::vector<Value>* inputs) {
    std::vector<Value> values;
    if (inputs != nullptr)
      values = *inputs;
    for (const Layer& layer : network.layers) {
      if (values.empty()) {
        GANLET_TRY(Value value, add_input(layer, input_sizes(layer) ? input_sizes(layer) : network.built_for));
        values.push_back(std::move(value));
      }
      if (layer.class_name == "InputLayer")
        continue;
      GANLET_TRY(values, call_layer(layer, {}, std::move(values)));
    }
    if (values.empty())
      return error(network, ErrorCode::corrupt, "has no layers");
    return values;
  }

  using Made = std::map<std::pair<std::size_t, std::size_t>, std::vector<Value>>; ///< by layer and call

  Result<void> take_inputs(const Network& network, const std::vector<Value>* inputs, Made& made) {
    if (inputs != nullptr && inputs->size() != network.inputs.size())
      return error(network, ErrorCode::corrupt,
                   concat("takes ", network.inputs.size(), " inputs, is given ", inputs->size()));
    for (std::size_t i = 0; i < network.inputs.size(); ++i) {
      const Layer& layer = network.layers[network.inputs[i].layer];
      if (inputs != nullptr) {
        made[{network.inputs[i].layer, 0}] = {(*inputs)[i]};
      } else {
        GANLET_TRY(Value value, add_input(layer, input_sizes(layer)));
        made[{network.inputs[i].layer, 0}] = {std::move(value)};
      }
    }
    return {};
  }

  /// A layer with a single call is referred to whatever the call's number: Keras also counts calls from other models.
  static std::pair<std::size_t, std::size_t> key_of(const Network& network, const Source& source) {
    return {source.layer, network.layers[source.layer].calls.size() <= 1 ? 0 : source.node};
  }

  static const Value* find_value(const Network& network, const Source& source, const Made& made) {
    const auto found = made.find(key_of(network, source));
    return found == made.end() || source.tensor >= found->second.size() ? nullptr : &found->second[source.tensor];
  }

  using Operands = std::optional<std::vector<Value>>;

  /// The tensors that a call reads; empty if one of them hasn't been computed yet. A call may be looked at once for
  /// every other one, so each look at an argument is charged, and values are copied only if all are there.
  Result<Operands> operands_of(const Network& network, const Call& call, const Made& made) const {
    std::vector<const Value*> found;
    for (const NamedArgument& argument : call.arguments)
      if (const Source* const source = std::get_if<Source>(&argument.value)) {
        GANLET_CHECK(take_for_bytes(graph_.budget(), 256, "keras"));
        const Value* const value = find_value(network, *source, made);
        if (value == nullptr)
          return std::nullopt;
        found.push_back(value);
      }
    std::vector<Value> operands;
    for (const Value* const value : found)
      operands.push_back(*value);
    return operands;
  }

  Result<std::vector<Value>> convert_functional(const Network& network, const std::vector<Value>* inputs) {
    Made made;
    GANLET_CHECK(take_inputs(network, inputs, made));
    for (bool goes_on = true; goes_on;) {
      goes_on = false;
      for (std::size_t i = 0; i < network.layers.size(); ++i)
        for (std::size_t j = 0; j < network.layers[i].calls.size(); ++j) {
          GANLET_CHECK(take_for_bytes(graph_.budget(), 256, "keras"));
          if (made.contains({i, j}))
            continue;
          GANLET_TRY(Operands operands, operands_of(network, network.layers[i].calls[j], made));
          if (!operands)
            continue;
          const Layer& layer = network.layers[i];
          if (operands->empty())
            return fail(ErrorCode::corrupt, place_of(layer), "reads nothing");
          GANLET_TRY(std::vector<Value> values, call_layer(layer, layer.calls[j].arguments, std::move(*operands)));
          made[{i, j}] = std::move(values);
          goes_on = true;
        }
    }
    std::vector<Value> outputs;
    for (const Source& source : network.outputs) {
      const Value* const value = find_value(network, source, made);
      if (value == nullptr)
        return error(network, ErrorCode::corrupt,
                     concat("its output '", printable(network.layers[source.layer].name),
                            "' depends on itself, or on something that is never made"));
      outputs.push_back(*value);
    }
    return outputs;
  }

  Result<std::vector<Value>> call_layer(const Layer& layer, const std::vector<NamedArgument>& arguments,
                                        std::vector<Value> inputs) {
    if (layer.network)
      return convert(*layer.network, &inputs);
    const LayerKind* const kind = find_layer_kind(layer.class_name);
    LayerCall call{graph_, layer, arguments, std::move(inputs), version_};
    // A function of keras.ops may have the name of a layer.
    const bool is_function = layer.module.find(".ops") != std::string::npos;
    if (kind == nullptr && !is_function)
      return call.error(ErrorCode::unsupported, "this layer can't be read");
    graph_.begin(layer.name);
    GANLET_TRY(Value value, is_function ? convert_operation(call) : kind->convert(call));
    if (value.rank() > Shape::max_rank - 1)
      return call.error(ErrorCode::unsupported, "gives more than 5 axes besides the batch");
    if (auto fits = Shape::make(value.shape, graph_.limits(), place_of(layer)); !fits)
      return tl::unexpected(std::move(fits).error());
    return std::vector<Value>{std::move(value)};
  }

  Graph& graph_;
  std::int64_t version_;
};

} // namespace

namespace {

bool is_read(const Layer& layer) {
  const bool is_function = layer.module.find(".ops") != std::string::npos; // of keras.ops, perhaps named as a layer
  return layer.network || is_function || layer.class_name == "InputLayer" ||
         (layer.class_name != "Lambda" && find_layer_kind(layer.class_name) != nullptr);
}

void add_unread(const Network& network, std::vector<const Layer*>& found) {
  for (const Layer& layer : network.layers) {
    if (!is_read(layer))
      found.push_back(&layer);
    if (layer.network)
      add_unread(*layer.network, found);
  }
}

constexpr std::string_view instead_of_own =
    "build the model of Keras's own layers (docs/importing.md lists them), copy the weights and save it";
constexpr std::string_view instead_of_code =
    "a Lambda holds Python code, which isn't run: write it as a layer, such as Rescaling(1 / 127.5, offset=-1), "
    "Activation('tanh') or Reshape, and save the model again";

} // namespace

Result<void> check_layers(const Network& network) {
  std::vector<const Layer*> unread;
  add_unread(network, unread);
  if (unread.empty())
    return {};
  const auto is_code = [](const Layer* layer) { return layer->class_name == "Lambda"; };
  if (unread.size() == 1)
    return fail(ErrorCode::unsupported, place_of(*unread[0]),
                is_code(unread[0]) ? std::string(instead_of_code)
                                   : concat("this layer can't be read: ", instead_of_own));
  std::string names;
  for (const Layer* const layer : unread)
    names += concat(names.empty() ? "" : ", ", printable(layer->class_name), " '", printable(layer->name), "'");
  const bool has_code = std::ranges::any_of(unread, is_code), has_own = !std::ranges::all_of(unread, is_code);
  return fail(ErrorCode::unsupported, "keras",
              concat(unread.size(), " layers can't be read, ", names, ": ", has_code ? instead_of_code : "",
                     has_code && has_own ? "; " : "", has_own ? instead_of_own : ""));
}

Result<std::string> Graph::in_keras_order(const Value& value) {
  if (!value.channels_first)
    return value.name;
  std::string& turned = turned_[concat(value.name, " last")];
  if (turned.empty()) {
    Sizes order{0};
    for (int axis = 2; axis <= value.rank(); ++axis)
      order.push_back(axis);
    order.push_back(1);
    GANLET_TRY(turned, node("Transpose", {value.name}, {attribute("perm", order)}));
  }
  return turned;
}

Result<std::string> Graph::with_channels_first(const Value& value) {
  if (value.channels_first || value.rank() < 2)
    return value.name;
  std::string& turned = turned_[concat(value.name, " first")];
  if (turned.empty()) {
    Sizes order{0, value.rank()};
    for (int axis = 1; axis < value.rank(); ++axis)
      order.push_back(axis);
    GANLET_TRY(turned, node("Transpose", {value.name}, {attribute("perm", order)}));
  }
  return turned;
}

Result<Value> Graph::as_real(Value value) {
  if (value.type == DataType::float32)
    return value;
  constexpr std::int64_t float32 = 1;
  GANLET_TRY(value.name, node("Cast", {value.name}, {attribute("to", float32)}));
  value.type = DataType::float32;
  return value;
}

Value Graph::add_input(const std::string& name, const Sizes& shape, DataType type, std::optional<std::int64_t> batch) {
  Value value{unused(name), shape, false, type};
  // A latent of shape (1,1,Z) has the same numbers as one with its channels first, which is the form of other
  // frameworks.
  if (shape.size() == 3 && shape[0] == 1 && shape[1] == 1)
    value.channels_first = true;
  Sizes sizes = shape;
  if (value.channels_first)
    std::rotate(sizes.begin(), sizes.end() - 1, sizes.end());
  std::vector<onnx::Dimension> dimensions{{batch, batch ? "" : "N"}};
  for (const std::int64_t size : sizes)
    dimensions.push_back({size, ""});
  model_.inputs.push_back({value.name, type, dimensions});
  return value;
}

Result<void> Graph::add_output(const std::string& name, const Value& value) {
  GANLET_TRY(const std::string ordered, in_keras_order(value));
  std::vector<onnx::Dimension> dimensions{{std::nullopt, "N"}};
  for (const std::int64_t size : value.shape)
    dimensions.push_back({size, ""});
  return add_output(name, ordered, value.type, std::move(dimensions));
}

Result<void> Graph::add_output(const std::string& name, const std::string& value, DataType type,
                               std::vector<onnx::Dimension> dimensions) {
  begin(name);
  const std::string output = unused(name);
  GANLET_TRY(const std::string made, node("Identity", {value}));
  model_.nodes.back().outputs = {output};
  model_.outputs.push_back({output, type, std::move(dimensions)});
  return {};
}

void Graph::declare_labels() {
  constexpr std::int64_t int64 = 7;
  for (onnx::ValueInfo& input : model_.inputs) {
    const auto reads = [&](const onnx::Node& node) { return std::ranges::count(node.inputs, input.name) > 0; };
    const auto is_cast = [&](const onnx::Node& node) {
      const onnx::AttributeValue* const to = node.op_type == "Cast" ? node.find("to") : nullptr;
      return to != nullptr && std::get<std::int64_t>(*to) == int64;
    };
    if (input.type != DataType::float32 || std::ranges::none_of(model_.nodes, reads) ||
        !std::ranges::all_of(model_.nodes, [&](const onnx::Node& node) { return !reads(node) || is_cast(node); }))
      continue;
    input.type = DataType::int64;
    for (onnx::Node& node : model_.nodes)
      if (reads(node))
        node = {"Identity", node.name, node.inputs, node.outputs, {}};
  }
}

Result<onnx::Model> convert_network(const Network& network, std::int64_t version, const Limits& limits,
                                    Budget& budget) {
  Graph graph(limits, budget);
  GANLET_TRY(const std::vector<Value> outputs, NetworkConverter(graph, version).convert(network, nullptr));
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Layer& layer = network.is_sequential ? network.layers.back() : network.layers[network.outputs[i].layer];
    GANLET_CHECK(graph.add_output(concat(layer.name, "_output"), outputs[i]));
  }
  graph.declare_labels();
  return std::move(graph).take();
}

} // namespace ganlet::importing::keras
