// Functions that a file defines: each call is replaced by the function's nodes, with names of their own.

#include <algorithm>
#include <map>
#include <set>

#include "core/text.h"
#include "onnx/reader.h"
#include "onnx/rewrite.h"
#include "onnx/structure.h"
#include "onnx/subgraphs.h"

namespace ganlet::onnx {

namespace {

/// A FunctionProto. Texts and nodes lie in the file.
struct Function {
  std::string place;
  std::vector<std::string> inputs, outputs;
  std::vector<std::span<const std::byte>> nodes;
  std::vector<Attribute> defaults;
  std::int64_t opset = 0; ///< of ONNX's own domain; 0 if it has none of its operators
};

using Functions = std::map<std::string, Function, std::less<>>;

Result<void> read_function(std::span<const std::byte> message, ReadContext& context, Functions& functions) {
  const std::string name = name_in(find_text(message, 10), find_text(message, 1));
  Function function{concat("model.functions '", printable(name), "'"), {}, {}, {}, {}, 0};
  WireReader wire(message, function.place, context.budget);
  while (wire.next()) {
    if (wire.field() == 4) {
      wire.append_to(function.inputs);
    } else if (wire.field() == 5) {
      wire.append_to(function.outputs);
    } else if (wire.field() == 7) {
      GANLET_TRY(const auto node, wire.message(sizeof(function.nodes[0])));
      function.nodes.push_back(node);
    } else if (wire.field() == 9) {
      GANLET_TRY(const auto opset, wire.message());
      GANLET_TRY(const auto version, read_opset(opset, function.place, context.budget));
      function.opset = version.value_or(function.opset);
    } else if (wire.field() == 11) {
      GANLET_TRY(const auto attribute, wire.message(sizeof(Attribute)));
      GANLET_TRY(Attribute value, read_attribute(attribute, function.place, context));
      function.defaults.push_back(std::move(value));
    }
  }
  GANLET_CHECK(wire.finish());
  const std::string place = function.place;
  if (!functions.emplace(name, std::move(function)).second)
    return fail(ErrorCode::corrupt, place, "is given twice");
  return {};
}

Result<Functions> read_functions(std::span<const std::byte> file, ReadContext& context) {
  Functions functions;
  WireReader wire(file, "model", context.budget);
  while (wire.next()) {
    if (wire.field() != 25)
      continue;
    GANLET_TRY(const auto message, wire.message(sizeof(Function)));
    GANLET_CHECK(read_function(message, context, functions));
  }
  GANLET_CHECK(wire.finish());
  return functions;
}

constexpr std::size_t deepest_call = 32; ///< calls within calls: each takes room on the stack

class Inliner {
 public:
  Inliner(Model& model, const Functions& functions, ReadContext& context)
      : model_(model), functions_(functions), context_(context), names_(model) {}

  Result<void> run() {
    std::vector<Node> given = std::move(model_.nodes);
    model_.nodes.clear();
    for (std::size_t i = 0; i < given.size(); ++i)
      GANLET_CHECK(add(std::move(given[i]), i));
    return {};
  }

 private:
  /// Adds a node, or what it stands for.
  Result<void> add(Node node, std::size_t index) {
    const std::string place = place_of(index, node.op_type, node.name);
    GANLET_CHECK(context_.take(2048, place));
    const auto found = functions_.find(node.op_type);
    if (found != functions_.end())
      return call(node, *found, place);
    if (static_cast<std::int64_t>(model_.nodes.size()) == context_.limits.nodes)
      return fail(ErrorCode::limit_exceeded, place,
                  concat("the model has more than ", context_.limits.nodes, " nodes once its functions are inlined"));
    model_.nodes.push_back(std::move(node));
    return {};
  }

  Result<void> call(const Node& node, const Functions::value_type& called, const std::string& place) {
    const auto& [name, function] = called;
    if (std::ranges::find(open_, &function) != open_.end())
      return fail(ErrorCode::unsupported, place, "the function calls itself");
    if (open_.size() == deepest_call)
      return fail(ErrorCode::limit_exceeded, place,
                  concat("calls more than ", deepest_call, " functions within each other"));
    if (function.opset != 0 && function.opset != model_.opset && std::min(function.opset, model_.opset) < 13)
      return fail(ErrorCode::unsupported, function.place,
                  concat("is of opset ", function.opset, ", the model of ", model_.opset));
    if (node.inputs.size() > function.inputs.size() || node.outputs.size() > function.outputs.size())
      return fail(ErrorCode::corrupt, place,
                  concat("the function has ", function.inputs.size(), " inputs and ", function.outputs.size(),
                         " outputs, the call ", node.inputs.size(), " and ", node.outputs.size()));
    std::map<std::string, std::string> now{{"", ""}}; // by the name within the function
    for (std::size_t i = 0; i < function.inputs.size(); ++i)
      now[function.inputs[i]] = i < node.inputs.size() ? node.inputs[i] : "";
    GANLET_CHECK(name_outputs(node, function, now, place));
    const Call bindings{node.attributes, function.defaults};
    const Call* const outer = std::exchange(context_.call, &bindings);
    open_.push_back(&function);
    for (std::size_t i = 0; i < function.nodes.size(); ++i) {
      context_.call = &bindings;
      GANLET_TRY(Node inner, read_node(function.nodes[i], i, context_));
      GANLET_CHECK(rename(inner, now, concat(node.name, node.name.empty() ? "" : "/"), place));
      GANLET_CHECK(add(std::move(inner), i));
    }
    open_.pop_back();
    context_.call = outer;
    return {};
  }

  /// Outputs have the call's names. One that is an input too is passed on.
  Result<void> name_outputs(const Node& node, const Function& function, std::map<std::string, std::string>& now,
                            const std::string& place) {
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i].empty())
        continue;
      const auto [known, is_new] = now.emplace(function.outputs[i], node.outputs[i]);
      if (!is_new)
        GANLET_CHECK(add({"Identity", node.name, {known->second}, {node.outputs[i]}, {}}, 0));
    }
    return context_.take(64 * static_cast<std::int64_t>(now.size()), place);
  }

  Result<void> rename(Node& node, std::map<std::string, std::string>& now, const std::string& prefix,
                      const std::string& place) {
    for (std::string& name : node.inputs) {
      const auto found = now.find(name);
      name = found == now.end() ? now[name] = names_.unused(concat(prefix, name)) : found->second;
    }
    for (std::string& name : node.outputs) {
      const auto found = now.find(name);
      name = found == now.end() ? now[name] = names_.unused(concat(prefix, name)) : found->second;
    }
    node.name = concat(prefix, node.name);
    for (const Attribute& attribute : node.attributes)
      if (std::holds_alternative<Subgraph>(attribute.value))
        return fail(ErrorCode::unsupported, place, "functions with subgraphs are not supported");
    return {};
  }

  Model& model_;
  const Functions& functions_;
  ReadContext& context_;
  ValueNames names_;
  std::vector<const Function*> open_; ///< whose nodes are being added
};

} // namespace

bool reads_structure() {
  return true;
}

Result<bool> bind_attribute(std::span<const std::byte> message, const std::string& place, const Call& call,
                            Node& node) {
  const std::string_view wanted = find_text(message, 21);
  if (wanted.empty())
    return false;
  const std::string_view name = find_text(message, 1);
  if (name.empty())
    return fail(ErrorCode::corrupt, place, "an attribute has no name");
  for (const std::span<const Attribute> attributes : {call.given, call.defaults}) {
    const auto found = std::ranges::find(attributes, wanted, &Attribute::name);
    if (found == attributes.end())
      continue;
    node.attributes.push_back({std::string(name), clone(found->value)});
    break;
  }
  return true;
}

Result<void> resolve_structure(std::span<const std::byte> file, Model& model, ReadContext& context) {
  GANLET_TRY(const Functions functions, read_functions(file, context));
  if (!functions.empty())
    GANLET_CHECK(Inliner(model, functions, context).run());
  return add_outer_reads(model, context);
}

} // namespace ganlet::onnx
