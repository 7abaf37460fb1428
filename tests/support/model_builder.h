#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "graph/lower.h"
#include "onnx/model.h"
#include "reference/reference.h"

namespace ganlet::test {

/// An attribute without tensors, so that lists of them can be written down.
struct TestAttribute {
  std::string name;
  std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>> value;
};

/// ONNX models node by node, for tests of what comes after reading. A size of -1 in an input's shape is left open.
class ModelBuilder {
 public:
  ModelBuilder() {
    model_.ir_version = 8;
    model_.opset = 17;
    model_.producer = "tests";
    model_.graph_name = "test";
  }
  ModelBuilder(const ModelBuilder& other) : model_(onnx::clone(other.model_)) {}

  ModelBuilder& opset(std::int64_t opset) {
    model_.opset = opset;
    return *this;
  }
  ModelBuilder& input(std::string name, std::initializer_list<std::int64_t> sizes, DataType type = DataType::float32) {
    model_.inputs.push_back(value_info(std::move(name), sizes, type));
    return *this;
  }
  ModelBuilder& constant(std::string name, Tensor tensor) {
    model_.initializers[std::move(name)] = std::move(tensor);
    return *this;
  }
  ModelBuilder& floats(std::string name, const Shape& shape, std::initializer_list<float> values) {
    return constant(std::move(name), Tensor::of<float>(shape, values));
  }
  /// 0, 1/8, 2/8, ... modulo 3, shifted by -1: enough to tell elements apart, exact in float32.
  ModelBuilder& ramp(std::string name, const Shape& shape) {
    Tensor tensor(DataType::float32, shape);
    for (std::size_t i = 0; i < tensor.as<float>().size(); ++i)
      tensor.as<float>()[i] = static_cast<float>(i % 24) / 8 - 1;
    return constant(std::move(name), std::move(tensor));
  }
  ModelBuilder& integers(std::string name, std::initializer_list<std::int64_t> values) {
    return constant(std::move(name), Tensor::of<std::int64_t>(Shape{static_cast<std::int64_t>(values.size())}, values));
  }
  /// An operator of another domain has that in front: "com.microsoft.FusedConv".
  ModelBuilder& node(std::string op_type, std::vector<std::string> inputs, std::vector<std::string> outputs,
                     const std::vector<TestAttribute>& attributes = {}) {
    const std::string name = outputs.empty() ? "" : outputs[0];
    onnx::Node& node =
        model_.nodes.emplace_back(onnx::Node{std::move(op_type), name, std::move(inputs), std::move(outputs), {}});
    for (const TestAttribute& attribute : attributes)
      node.attributes.push_back(
          {attribute.name, std::visit([](const auto& value) { return onnx::AttributeValue(value); }, attribute.value)});
    return *this;
  }
  ModelBuilder& output(std::string name, std::initializer_list<std::int64_t> sizes = {},
                       DataType type = DataType::float32) {
    model_.outputs.push_back(value_info(std::move(name), sizes, type));
    return *this;
  }

  onnx::Model model() const { return onnx::clone(model_); }
  Result<Graph> lower(const Limits& limits = {}, const Preferences& prefers = {}) const {
    return ganlet::lower(model(), {.limits = limits, .evaluate = reference::evaluate, .prefers = prefers});
  }

 private:
  static onnx::ValueInfo value_info(std::string name, std::initializer_list<std::int64_t> sizes, DataType type) {
    std::vector<onnx::Dimension> shape;
    for (const std::int64_t size : sizes)
      shape.push_back(size < 0 ? onnx::Dimension{std::nullopt, "N"} : onnx::Dimension{size, ""});
    return {std::move(name), type, std::move(shape)};
  }

  onnx::Model model_;
};

inline TestAttribute integer(std::string name, std::int64_t value) {
  return {std::move(name), value};
}
inline TestAttribute integers(std::string name, std::vector<std::int64_t> values) {
  return {std::move(name), std::move(values)};
}
inline TestAttribute number(std::string name, float value) {
  return {std::move(name), value};
}
inline TestAttribute numbers(std::string name, std::vector<float> values) {
  return {std::move(name), std::move(values)};
}
inline TestAttribute word(std::string name, std::string value) {
  return {std::move(name), std::move(value)};
}

} // namespace ganlet::test
