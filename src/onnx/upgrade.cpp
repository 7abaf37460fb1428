#include "onnx/upgrade.h"

#include <algorithm>
#include <iterator>

#include "core/text.h"
#include "onnx/rewrite.h"

namespace ganlet::onnx {

namespace {

constexpr std::int64_t target = 13;

/// Attributes that became inputs with an opset: the first of them is input 1, and so on.
struct Moved {
  std::string_view op_type;
  std::int64_t opset;
  std::string_view attributes[3];
};

constexpr Moved moved[] = {
    {"Clip", 11, {"min", "max"}}, {"Pad", 11, {"pads", "value"}},
    {"ReduceSum", 13, {"axes"}},  {"Slice", 10, {"starts", "ends", "axes"}},
    {"Split", 13, {"split"}},     {"Squeeze", 13, {"axes"}},
    {"TopK", 10, {"k"}},          {"Unsqueeze", 13, {"axes"}},
    {"Upsample", 9, {"scales"}},
};

/// Removes an attribute from its node and returns it.
std::optional<AttributeValue> taken(Node& node, std::string_view name) {
  const auto found = std::ranges::find(node.attributes, name, &Attribute::name);
  if (found == node.attributes.end())
    return std::nullopt;
  AttributeValue value = std::move(found->value);
  node.attributes.erase(found);
  return value;
}

bool is_number(const std::optional<AttributeValue>& value, std::int64_t number) {
  const auto* const whole = value ? std::get_if<std::int64_t>(&*value) : nullptr;
  return whole != nullptr && *whole == number;
}

/// Numbers as a tensor; empty if the value isn't numbers.
std::optional<Tensor> tensor_of(const AttributeValue& value) {
  if (const auto* number = std::get_if<float>(&value))
    return Tensor::of<float>(Shape{}, std::span(number, 1));
  if (const auto* whole = std::get_if<std::int64_t>(&value))
    return Tensor::of<std::int64_t>(Shape{1}, std::span(whole, 1));
  if (const auto* numbers = std::get_if<std::vector<float>>(&value))
    return Tensor::of<float>(Shape{static_cast<std::int64_t>(numbers->size())}, std::span<const float>(*numbers));
  if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&value))
    return Tensor::of<std::int64_t>(Shape{static_cast<std::int64_t>(numbers->size())},
                                    std::span<const std::int64_t>(*numbers));
  return std::nullopt;
}

class Upgrade {
 public:
  explicit Upgrade(Model& model) : model_(model), names_(model) {}

  Result<void> run() {
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
      Node& node = model_.nodes[i];
      if (auto moves = move_attributes(node); !moves)
        return tl::unexpected<Error>(std::move(moves).error().within(place_of(model_, i)));
      if (Result<void> changed = change(node); !changed)
        return tl::unexpected<Error>(std::move(changed).error().within(place_of(model_, i)));
      if (model_.opset < 13 && (node.op_type.ends_with("Softmax") || node.op_type == "Hardmax"))
        add_softmax(std::move(node), nodes);
      else
        nodes.push_back(std::move(node));
    }
    model_.nodes = std::move(nodes);
    model_.opset = std::max(model_.opset, target);
    return {};
  }

 private:
  Result<void> move_attributes(Node& node) {
    const auto* const found = std::ranges::find(moved, node.op_type, &Moved::op_type);
    if (found == std::end(moved) || model_.opset >= found->opset)
      return {};
    for (std::size_t i = 0; i < std::size(found->attributes); ++i) {
      const std::optional<AttributeValue> value = taken(node, found->attributes[i]);
      if (!value)
        continue;
      std::optional<Tensor> tensor = tensor_of(*value);
      if (!tensor)
        return fail(ErrorCode::corrupt, "", concat("attribute ", found->attributes[i], " must be numbers"));
      node.inputs.resize(std::max(node.inputs.size(), i + 2));
      node.inputs[i + 1] = kept(std::move(*tensor));
    }
    return {};
  }

  /// Rewrites operators whose meaning has changed, or that no longer exist.
  Result<void> change(Node& node) {
    if (node.op_type == "Dropout" && model_.opset < 12)
      taken(node, "ratio"); // only training uses it
    if (node.op_type == "BatchNormalization" && model_.opset < 9)
      if (const auto spatial = taken(node, "spatial"); spatial && !is_number(spatial, 1))
        return fail(ErrorCode::unsupported, "", "statistics for each pixel (spatial 0) are not supported");
    if (node.op_type == "Upsample" || (node.op_type == "Resize" && model_.opset < 11)) {
      for (const Attribute& attribute : node.attributes)
        if (attribute.name != "mode")
          return fail(ErrorCode::unsupported, "",
                      concat("the older ", node.op_type, " has no ", printable(attribute.name)));
      node.op_type = "Resize";
      const bool shrinks = node.inputs.size() > 1 && is_shrinking(node.inputs[1]);
      node.inputs.insert(node.inputs.begin() + std::min<std::ptrdiff_t>(1, std::ssize(node.inputs)), "");
      node.attributes.push_back({"coordinate_transformation_mode", std::string("asymmetric")});
      node.attributes.push_back({"nearest_mode", std::string(shrinks ? "ceil" : "floor")});
    }
    return {};
  }

  /// Whether the scales are known and make the image smaller: then the old nearest pixel isn't today's.
  bool is_shrinking(const std::string& name) const {
    const auto found = model_.initializers.find(name);
    if (found == model_.initializers.end() || found->second.type() != DataType::float32)
      return false;
    return std::ranges::any_of(found->second.as<float>(), [](float scale) { return scale < 1; });
  }

  /// Up to opset 12 these operators treated all axes from `axis` on as one; since then they use `axis` alone.
  void add_softmax(Node node, std::vector<Node>& nodes) {
    std::optional<AttributeValue> axis = taken(node, "axis");
    node.attributes.push_back({"axis", std::int64_t{-1}});
    if (is_number(axis, -1) || node.inputs.size() != 1 || node.outputs.size() != 1) {
      nodes.push_back(std::move(node));
      return;
    }
    const std::string shape = fresh_name(), rows = fresh_name(), result = fresh_name();
    const std::string &x = node.inputs[0], &y = node.outputs[0];
    nodes.push_back({"Shape", shape, {x}, {shape}, {}});
    Node flatten{"Flatten", rows, {x}, {rows}, {}};
    if (axis)
      flatten.attributes.push_back({"axis", std::move(*axis)}); // its default is 1, as these operators' was
    nodes.push_back(std::move(flatten));
    Node reshape{"Reshape", result, {result, shape}, {y}, {}};
    node.inputs = {rows};
    node.outputs = {result};
    nodes.push_back(std::move(node));
    nodes.push_back(std::move(reshape));
  }

  std::string kept(Tensor tensor) {
    std::string name = fresh_name();
    model_.initializers.insert_or_assign(name, std::move(tensor));
    return name;
  }

  std::string fresh_name() { return names_.unused("upgraded"); }

  Model& model_;
  ValueNames names_;
};

} // namespace

Result<void> upgrade(Model& model) {
  const bool is_old = model.opset < target;
  const bool has_upsample =
      std::ranges::any_of(model.nodes, [](const Node& node) { return node.op_type == "Upsample"; });
  return is_old || has_upsample ? Upgrade(model).run() : Result<void>();
}

} // namespace ganlet::onnx
