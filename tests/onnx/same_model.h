#pragma once

#include <algorithm>
#include <bit>
#include <cstring>

#include <gtest/gtest.h>

#include "onnx/model.h"

namespace ganlet::test {

inline bool same(const Tensor& a, const Tensor& b) {
  return a.type() == b.type() && a.shape() == b.shape() && std::memcmp(a.view().data, b.view().data, a.bytes()) == 0;
}

inline bool same(const onnx::AttributeValue& a, const onnx::AttributeValue& b) {
  if (a.index() != b.index())
    return false;
  return std::visit(
      [&]<typename T>(const T& value) {
        if constexpr (std::is_same_v<T, Tensor>)
          return same(value, std::get<Tensor>(b));
        else
          return value == std::get<T>(b);
      },
      a);
}

inline void expect_same(const onnx::Node& a, const onnx::Node& b) {
  EXPECT_EQ(a.op_type, b.op_type);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.outputs, b.outputs);
  ASSERT_EQ(a.attributes.size(), b.attributes.size());
  for (std::size_t i = 0; i < a.attributes.size(); ++i) {
    EXPECT_EQ(a.attributes[i].name, b.attributes[i].name);
    EXPECT_TRUE(same(a.attributes[i].value, b.attributes[i].value)) << a.attributes[i].name;
  }
}

inline void expect_same(const onnx::ValueInfo& a, const onnx::ValueInfo& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.type, b.type);
  ASSERT_EQ(a.shape.has_value(), b.shape.has_value());
  if (!a.shape)
    return;
  ASSERT_EQ(a.shape->size(), b.shape->size());
  for (std::size_t i = 0; i < a.shape->size(); ++i) {
    EXPECT_EQ((*a.shape)[i].size, (*b.shape)[i].size);
    EXPECT_EQ((*a.shape)[i].name, (*b.shape)[i].name);
  }
}

/// Everything that a file says.
inline void expect_same(const onnx::Model& a, const onnx::Model& b) {
  EXPECT_EQ(a.ir_version, b.ir_version);
  EXPECT_EQ(a.opset, b.opset);
  EXPECT_EQ(a.producer, b.producer);
  EXPECT_EQ(a.metadata, b.metadata);
  EXPECT_EQ(a.graph_name, b.graph_name);
  ASSERT_EQ(a.nodes.size(), b.nodes.size());
  for (std::size_t i = 0; i < a.nodes.size(); ++i)
    expect_same(a.nodes[i], b.nodes[i]);
  ASSERT_EQ(a.initializers.size(), b.initializers.size());
  for (const auto& [name, tensor] : a.initializers) {
    ASSERT_TRUE(b.initializers.contains(name)) << name;
    EXPECT_TRUE(same(tensor, b.initializers.at(name))) << name;
  }
  ASSERT_EQ(a.inputs.size(), b.inputs.size());
  for (std::size_t i = 0; i < a.inputs.size(); ++i)
    expect_same(a.inputs[i], b.inputs[i]);
  ASSERT_EQ(a.outputs.size(), b.outputs.size());
  for (std::size_t i = 0; i < a.outputs.size(); ++i)
    expect_same(a.outputs[i], b.outputs[i]);
}

} // namespace ganlet::test
