#pragma once

#include <string>
#include <utility>
#include <vector>

#include "onnx/model.h"
#include "onnx/writer.h"

/// Generators small enough to check by hand, built node by node.
namespace ganlet::test {

inline constexpr std::int64_t open_batch = -1;

inline onnx::ValueInfo value_info(std::string name, DataType type, std::initializer_list<std::int64_t> sizes) {
  std::vector<onnx::Dimension> shape;
  for (const std::int64_t size : sizes)
    shape.push_back(size == open_batch ? onnx::Dimension{std::nullopt, "N"} : onnx::Dimension{size, ""});
  return {std::move(name), type, std::move(shape)};
}

inline onnx::Node node(std::string type, std::vector<std::string> inputs, const std::string& output) {
  return {std::move(type), output, std::move(inputs), {output}, {}};
}

/// What the tiny generators vary in.
struct TinyOptions {
  std::int64_t batch = open_batch;
  std::int64_t channels = 1;
  /// "index": int64 (N); "column": int64 (N,1); "numbers": float32 (N,1); "one_hot": float32 (N,10); "none"
  std::string label = "index";
  std::string last = "Tanh";      ///< "Tanh", "Sigmoid", "Clip", "half" (Tanh, then * 0.5 + 0.5), "none"
  std::string output = "picture"; ///< "picture": (N,C,2,3); "flat": (N,6 C); "keras": (N,2,3,C)
  bool square_latent = false;     ///< z is (N,4,1,1)
};

/// z (N,4) times a matrix, plus a row of a table for the label, through the last op, as an image of 3 x 2 pixels.
/// Before the last op value k of an image is z[k % 4] + label / 8.
inline onnx::Model tiny_generator(const TinyOptions& options = {}) {
  onnx::Model model;
  model.ir_version = 8;
  model.opset = 17;
  model.producer = "tiny_model.h";
  model.graph_name = "tiny";
  const std::int64_t pixels = 6 * options.channels;
  const std::int64_t batch = options.batch;
  const std::int64_t rows = batch == open_batch ? -1 : batch;

  std::string current = "z";
  if (options.square_latent) {
    model.inputs.push_back(value_info("z", DataType::float32, {batch, 4, 1, 1}));
    model.initializers["latent_shape"] = Tensor::of<std::int64_t>({2}, {rows, 4});
    model.nodes.push_back(node("Reshape", {"z", "latent_shape"}, "latent"));
    current = "latent";
  } else {
    model.inputs.push_back(value_info("z", DataType::float32, {batch, 4}));
  }
  Tensor weight(DataType::float32, {4, pixels});
  for (std::int64_t k = 0; k < pixels; ++k)
    weight.as<float>()[static_cast<std::size_t>(k % 4 * pixels + k)] = 1;
  model.initializers["weight"] = std::move(weight);
  model.nodes.push_back(node("MatMul", {current, "weight"}, "spread"));
  current = "spread";

  if (options.label != "none") {
    Tensor table(DataType::float32, {10, pixels});
    for (std::int64_t i = 0; i < 10 * pixels; ++i)
      table.as<float>()[static_cast<std::size_t>(i)] = static_cast<float>(i / pixels) / 8;
    model.initializers["table"] = std::move(table);
    if (options.label == "one_hot") {
      model.inputs.push_back(value_info("label", DataType::float32, {batch, 10}));
      model.nodes.push_back(node("MatMul", {"label", "table"}, "class"));
    } else if (options.label == "column" || options.label == "numbers") {
      const bool is_whole = options.label == "column";
      model.inputs.push_back(value_info("label", is_whole ? DataType::int64 : DataType::float32, {batch, 1}));
      if (!is_whole) {
        model.nodes.push_back(node("Cast", {"label"}, "whole"));
        model.nodes.back().attributes.push_back({"to", std::int64_t{7}});
      }
      model.initializers["row"] = Tensor::of<std::int64_t>({1}, {rows});
      model.nodes.push_back(node("Reshape", {is_whole ? "label" : "whole", "row"}, "index"));
      model.nodes.push_back(node("Gather", {"table", "index"}, "class"));
    } else {
      model.inputs.push_back(value_info("label", DataType::int64, {batch}));
      model.nodes.push_back(node("Gather", {"table", "label"}, "class"));
    }
    model.nodes.push_back(node("Add", {current, "class"}, "sum"));
    current = "sum";
  }

  if (options.last == "Tanh" || options.last == "Sigmoid" || options.last == "half") {
    model.nodes.push_back(node(options.last == "half" ? "Tanh" : options.last, {current}, "bounded"));
    current = "bounded";
  }
  if (options.last == "Clip") {
    model.initializers["low"] = Tensor::of<float>({}, {0});
    model.initializers["high"] = Tensor::of<float>({}, {255});
    model.nodes.push_back(node("Clip", {current, "low", "high"}, "bounded"));
    current = "bounded";
  }
  if (options.last == "half") {
    model.initializers["a_half"] = Tensor::of<float>({}, {0.5F});
    model.nodes.push_back(node("Mul", {current, "a_half"}, "halved"));
    model.nodes.push_back(node("Add", {"halved", "a_half"}, "shifted"));
    current = "shifted";
  }

  if (options.output == "flat") {
    model.initializers["shape"] = Tensor::of<std::int64_t>({2}, {rows, pixels});
    model.outputs.push_back(value_info("image", DataType::float32, {batch, pixels}));
  } else if (options.output == "keras") {
    model.initializers["shape"] = Tensor::of<std::int64_t>({4}, {rows, 2, 3, options.channels});
    model.outputs.push_back(value_info("image", DataType::float32, {batch, 2, 3, options.channels}));
  } else {
    model.initializers["shape"] = Tensor::of<std::int64_t>({4}, {rows, options.channels, 2, 3});
    model.outputs.push_back(value_info("image", DataType::float32, {batch, options.channels, 2, 3}));
  }
  model.nodes.push_back(node("Reshape", {current, "shape"}, "image"));
  return model;
}

inline std::vector<std::byte> tiny_file(const TinyOptions& options = {}) {
  return onnx::write(tiny_generator(options));
}

} // namespace ganlet::test
