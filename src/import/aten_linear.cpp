#include <algorithm>
#include <cmath>

#include "import/aten.h"

namespace ganlet::importing::aten {

namespace {

Sizes filled(std::size_t count, std::int64_t value) {
  return Sizes(count, value);
}

/// The same numbers at both ends of each axis.
Sizes both_ends(const Sizes& padding) {
  Sizes pads = padding;
  pads.insert(pads.end(), padding.begin(), padding.end());
  return pads;
}

Result<std::string> transposed(Call& call, const Value& value) {
  Sizes order;
  for (int i = 0; i < value.rank(); ++i)
    order.push_back(i);
  if (value.rank() >= 2)
    std::swap(order[order.size() - 1], order[order.size() - 2]);
  return call.node("Transpose", {value.name}, {attribute("perm", order)});
}

Result<std::string> scaled(Call& call, const std::string& name, double by) {
  if (by == 1)
    return name;
  return call.node("Mul", {name, call.number(by)});
}

/// (1, count, 1, 1) where the input has `rank` axes with the channels second.
Result<std::string> along_channels(Call& call, const Value& value, int rank) {
  Sizes sizes = filled(static_cast<std::size_t>(rank), 1);
  sizes[1] = value.rank() == 1 ? value.sizes[0] : 1;
  return call.reshape(value.name, sizes);
}

} // namespace

Result<void> convert_convolution(Call& call) {
  GANLET_TRY(Value input, call.tensor("input"));
  GANLET_TRY(const Value weight, call.tensor("weight"));
  GANLET_TRY(const Value declared, call.declared());
  if (input.rank() != weight.rank() || weight.rank() < 3)
    return call.error(ErrorCode::unsupported, "takes a picture without a batch");
  const auto axes = static_cast<std::size_t>(weight.rank() - 2);
  const bool is_transposed = call.op().starts_with("conv_transpose") || call.integer("transposed", 0) != 0;
  const Sizes dilations = call.integers("dilation", axes, 1);
  std::vector<Attribute> attributes{attribute("strides", call.integers("stride", axes, 1)),
                                    attribute("dilations", dilations), attribute("group", call.integer("groups", 1))};
  if (call.text("padding") == "same") {
    Sizes pads(2 * axes);
    for (std::size_t i = 0; i < axes && dilations.size() == axes; ++i) {
      const std::int64_t total = dilations[i] * (weight.sizes[i + 2] - 1);
      pads[i] = total / 2; // what doesn't divide evenly goes to the end
      pads[i + axes] = total - total / 2;
    }
    attributes.push_back(attribute("pads", pads));
  } else {
    attributes.push_back(attribute("pads", both_ends(call.integers("padding", axes, 0))));
  }
  if (is_transposed)
    attributes.push_back(attribute("output_padding", call.integers("output_padding", axes, 0)));
  std::vector<std::string> inputs{input.name, weight.name};
  if (call.has("bias")) {
    GANLET_TRY(const Value bias, call.tensor("bias"));
    inputs.push_back(bias.name);
  }
  GANLET_TRY(const std::string made,
             call.node(is_transposed ? "ConvTranspose" : "Conv", std::move(inputs), std::move(attributes)));
  return call.give(made);
}

Result<void> convert_linear(Call& call) {
  GANLET_TRY(const Value input, call.tensor("input"));
  GANLET_TRY(const Value weight, call.tensor("weight"));
  std::vector<std::string> inputs{input.name, weight.name};
  std::string bias;
  if (call.has("bias")) {
    GANLET_TRY(const Value value, call.tensor("bias"));
    bias = value.name;
  }
  if (input.rank() == 2) {
    if (!bias.empty())
      inputs.push_back(bias);
    GANLET_TRY(const std::string made, call.node("Gemm", inputs, {attribute("transB", std::int64_t{1})}));
    return call.give(made);
  }
  GANLET_TRY(const std::string turned, transposed(call, weight));
  GANLET_TRY(std::string made, call.node("MatMul", {input.name, turned}));
  if (!bias.empty()) {
    GANLET_TRY(made, call.node("Add", {made, bias}));
  }
  return call.give(made);
}

/// mm, bmm, matmul; addmm and baddbmm: beta * self + alpha * product.
Result<void> convert_product(Call& call) {
  const bool adds = call.op() == "addmm" || call.op() == "baddbmm";
  const bool is_batch = call.op() == "baddbmm";
  GANLET_TRY(const Value left, call.tensor(is_batch ? "batch1" : adds ? "mat1" : "self"));
  const char* const second = is_batch                   ? "batch2"
                             : adds || call.has("mat2") ? "mat2"
                             : call.has("vec")          ? "vec"
                                                        : "other";
  GANLET_TRY(const Value right, call.tensor(second));
  GANLET_TRY(std::string made, call.node("MatMul", {left.name, right.name}));
  if (adds) {
    GANLET_TRY(made, scaled(call, made, call.real("alpha", 1)));
    GANLET_TRY(const Value self, call.tensor("self"));
    GANLET_TRY(const std::string offset, scaled(call, self.name, call.real("beta", 1)));
    GANLET_TRY(made, call.node("Add", {made, offset}));
  }
  return call.give(made);
}

/// The sum of products of two lists.
Result<void> convert_dot(Call& call) {
  GANLET_TRY(const Value left, call.tensor("self"));
  GANLET_TRY(const Value right, call.tensor(call.has("tensor") ? "tensor" : "other"));
  GANLET_TRY(const std::string products, call.node("Mul", {left.name, right.name}));
  GANLET_TRY(const std::string made,
             call.node("ReduceSum", {products, call.integers_of({0})}, {attribute("keepdims", std::int64_t{0})}));
  return call.give(made);
}

/// ONNX has the same notation.
Result<void> convert_einsum(Call& call) {
  GANLET_TRY(const auto values, call.tensors("tensors"));
  std::vector<std::string> inputs;
  for (const auto& value : values)
    if (value)
      inputs.push_back(value->name);
  GANLET_TRY(const std::string made,
             call.node("Einsum", inputs, {attribute("equation", std::string(call.text("equation")))}));
  return call.give(made);
}

Result<void> convert_softmax(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const std::int64_t axis, call.axis("dim", -1, value.rank()));
  GANLET_TRY(std::string made, call.node("Softmax", {value.name}, {attribute("axis", axis)}));
  if (call.op().find("log") != std::string::npos) {
    GANLET_TRY(made, call.node("Log", {made}));
  }
  return call.give(made);
}

namespace {

/// What is added to the products of attention: a mask, or one that lets no query look ahead.
Result<std::string> attention_mask(Call& call, const Value& query, const Value& key) {
  if (call.integer("is_causal", 0) != 0) {
    const std::int64_t rows = query.sizes[query.sizes.size() - 2], columns = key.sizes[key.sizes.size() - 2];
    if (rows < 0 || columns < 0)
      return call.error(ErrorCode::unsupported, "takes sequences of any length");
    GANLET_TRY(const Shape shape, Shape::make(Sizes{rows, columns}, call.graph().limits(), "torch attention"));
    GANLET_CHECK(call.graph().budget().take(shape.elements() + 1));
    Tensor mask(DataType::float32, shape);
    for (std::int64_t i = 0; i < shape.elements(); ++i)
      mask.as<float>()[static_cast<std::size_t>(i)] = i % columns > i / columns ? -INFINITY : 0;
    return call.graph().constant(std::move(mask));
  }
  if (!call.has("attn_mask"))
    return std::string();
  GANLET_TRY(const Value mask, call.tensor("attn_mask"));
  if (mask.type != DataType::boolean)
    return mask.name;
  return call.node("Where", {mask.name, call.number(0), call.number(-INFINITY)});
}

} // namespace

/// softmax(query key^T / sqrt(size) + mask) value (Vaswani et al. 2017)
Result<void> convert_attention(Call& call) {
  GANLET_TRY(const Value query, call.tensor("query"));
  GANLET_TRY(const Value key, call.tensor("key"));
  GANLET_TRY(const Value value, call.tensor("value"));
  if (call.real("dropout_p", 0) != 0)
    return call.error(ErrorCode::unsupported, "drops out at random, as in training: call net.eval() before exporting");
  if (query.rank() < 2 || key.rank() < 2 || query.sizes.back() < 1)
    return call.error(ErrorCode::unsupported, "takes no sequences of a known width");
  GANLET_TRY(const std::string turned, transposed(call, key));
  const double scale = call.real("scale", 1 / std::sqrt(static_cast<double>(query.sizes.back())));
  GANLET_TRY(const std::string asked, scaled(call, query.name, scale));
  GANLET_TRY(std::string made, call.node("MatMul", {asked, turned}));
  GANLET_TRY(const std::string mask, attention_mask(call, query, key));
  if (!mask.empty()) {
    GANLET_TRY(made, call.node("Add", {made, mask}));
  }
  GANLET_TRY(made, call.node("Softmax", {made}, {attribute("axis", std::int64_t{-1})}));
  GANLET_TRY(made, call.node("MatMul", {made, value.name}));
  return call.give(made);
}

namespace {

/// (x - mean) / sqrt(variance + eps), over the given axes.
Result<std::string> normalized(Call& call, const std::string& x, const Sizes& axes, double eps) {
  GANLET_TRY(const std::string mean, call.node("ReduceMean", {x}, {attribute("axes", axes)}));
  GANLET_TRY(const std::string centred, call.node("Sub", {x, mean}));
  GANLET_TRY(const std::string squares, call.node("Mul", {centred, centred}));
  GANLET_TRY(std::string deviation, call.node("ReduceMean", {squares}, {attribute("axes", axes)}));
  GANLET_TRY(deviation, call.node("Add", {deviation, call.number(eps)}));
  GANLET_TRY(deviation, call.node("Sqrt", {deviation}));
  return call.node("Div", {centred, deviation});
}

/// times weight plus bias, one of each for a channel, where there are any.
Result<std::string> scaled_and_moved(Call& call, std::string made, int rank) {
  for (const auto& [name, op_type] : {std::pair{"weight", "Mul"}, std::pair{"bias", "Add"}})
    if (call.has(name)) {
      GANLET_TRY(const Value value, call.tensor(name));
      GANLET_TRY(const std::string factor, along_channels(call, value, rank));
      GANLET_TRY(made, call.node(op_type, {made, factor}));
    }
  return made;
}

Sizes axes_from(int first, int rank) {
  Sizes axes;
  for (int axis = first; axis < rank; ++axis)
    axes.push_back(axis);
  return axes;
}

std::string filled_with(Call& call, std::int64_t count, float value) {
  Tensor tensor(DataType::float32, Shape{count});
  std::ranges::fill(tensor.as<float>(), value);
  return call.graph().constant(std::move(tensor));
}

} // namespace

/// With statistics of training; without any, those of the batch itself.
Result<void> convert_batch_norm(Call& call) {
  GANLET_TRY(const Value input, call.tensor("input"));
  const bool is_training = call.op() == "_native_batch_norm_legit_no_training" ? false
                           : call.has("training")                              ? call.integer("training", 0) != 0
                                                                               : false;
  if (input.rank() < 2)
    return call.error(ErrorCode::corrupt, "takes no channels");
  const double eps = call.real("eps", 1e-5);
  if (is_training || !call.has("running_mean")) {
    Sizes axes = axes_from(2, input.rank());
    axes.insert(axes.begin(), 0);
    GANLET_TRY(std::string made, normalized(call, input.name, axes, eps));
    GANLET_TRY(made, scaled_and_moved(call, made, input.rank()));
    return call.give(made);
  }
  GANLET_TRY(const Value mean, call.tensor("running_mean"));
  GANLET_TRY(const Value variance, call.tensor("running_var"));
  if (mean.rank() != 1)
    return call.error(ErrorCode::corrupt, "has no mean for each channel");
  std::vector<std::string> inputs{input.name};
  for (const auto& [name, otherwise] : {std::pair{"weight", 1.0F}, std::pair{"bias", 0.0F}}) {
    if (!call.has(name)) {
      inputs.push_back(filled_with(call, mean.sizes[0], otherwise));
      continue;
    }
    GANLET_TRY(const Value value, call.tensor(name));
    inputs.push_back(value.name);
  }
  inputs.insert(inputs.end(), {mean.name, variance.name});
  GANLET_TRY(const std::string made,
             call.node("BatchNormalization", inputs, {attribute("epsilon", static_cast<float>(eps))}));
  return call.give(made);
}

Result<void> convert_instance_norm(Call& call) {
  if (call.has("running_mean") && call.integer("use_input_stats", 1) == 0)
    return convert_batch_norm(call);
  GANLET_TRY(const Value input, call.tensor("input"));
  if (input.rank() < 3)
    return call.error(ErrorCode::unsupported, "takes a picture without a batch");
  GANLET_TRY(std::string made, normalized(call, input.name, axes_from(2, input.rank()), call.real("eps", 1e-5)));
  GANLET_TRY(made, scaled_and_moved(call, made, input.rank()));
  return call.give(made);
}

/// Each group of channels is a row that is normalized (Wu and He 2018).
Result<void> convert_group_norm(Call& call) {
  GANLET_TRY(const Value input, call.tensor("input"));
  const std::int64_t groups = call.integer(call.has("num_groups") ? "num_groups" : "group", 1);
  if (input.rank() < 2 || groups < 1)
    return call.error(ErrorCode::corrupt, "takes no channels");
  GANLET_TRY(std::string made, call.node("Reshape", {input.name, call.integers_of({0, groups, -1})}));
  GANLET_TRY(made, normalized(call, made, {2}, call.real("eps", 1e-5)));
  GANLET_TRY(made, call.reshape(made, input.sizes));
  GANLET_TRY(made, scaled_and_moved(call, made, input.rank()));
  return call.give(made);
}

Result<void> convert_layer_norm(Call& call) {
  GANLET_TRY(const Value input, call.tensor("input"));
  const auto axes = static_cast<int>(call.integers("normalized_shape", 1, 1).size());
  if (axes > input.rank())
    return call.error(ErrorCode::corrupt, "normalizes more axes than there are");
  GANLET_TRY(std::string made,
             normalized(call, input.name, axes_from(input.rank() - axes, input.rank()), call.real("eps", 1e-5)));
  for (const auto& [name, op_type] : {std::pair{"weight", "Mul"}, std::pair{"bias", "Add"}})
    if (call.has(name)) {
      GANLET_TRY(const Value value, call.tensor(name));
      GANLET_TRY(made, call.node(op_type, {made, value.name}));
    }
  return call.give(made);
}

} // namespace ganlet::importing::aten
