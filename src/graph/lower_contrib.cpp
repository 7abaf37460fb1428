// Operators of ONNX Runtime's own, as its optimizer and its quantizer write them, in terms of ONNX's.

#include <algorithm>
#include <iterator>

#include "core/text.h"
#include "graph/lower_ops.h"

namespace ganlet {

namespace {

using Attributes = std::vector<onnx::Attribute>;

/// The node's attributes for an operator within it, but for those in `without`, which the caller reads.
Attributes other_attributes(Context& context, std::initializer_list<std::string_view> without = {}) {
  Attributes others;
  onnx::Node copied = onnx::clone(context.node());
  for (onnx::Attribute& attribute : copied.attributes)
    if (std::ranges::find(without, attribute.name) == without.end()) {
      context.ignore(attribute.name);
      others.push_back(std::move(attribute));
    }
  return others;
}

/// An activation that is fused into another operator, with its parameters.
struct FusedActivation {
  std::string_view word;
  std::string_view parameters[2];
};

constexpr FusedActivation fused_activations[] = {
    {"Elu", {"alpha", ""}},
    {"HardSigmoid", {"alpha", "beta"}},
    {"LeakyRelu", {"alpha", ""}},
    {"Relu", {}},
    {"Sigmoid", {}},
    {"Tanh", {}},
};

Result<void> become_activation(Context& context, const std::string& word, std::string x,
                               std::span<const float> parameters) {
  Builder& builder = context.builder;
  if (word.empty())
    return context.become("Identity", {std::move(x)}, {});
  if (word == "Clip") {
    if (parameters.size() != 2)
      return builder.error(concat("activation Clip needs 2 parameters, has ", parameters.size()));
    GANLET_TRY(const ValueId low, number(builder, parameters[0]));
    GANLET_TRY(const ValueId high, number(builder, parameters[1]));
    return context.become("Clip", {std::move(x), context.named(low), context.named(high)}, {});
  }
  const auto* const found = std::ranges::find(fused_activations, word, &FusedActivation::word);
  if (found == std::end(fused_activations))
    return builder.unsupported(concat("activation '", printable(word), "' isn't supported"));
  Attributes attributes;
  for (std::size_t i = 0; i < 2 && i < parameters.size() && !found->parameters[i].empty(); ++i)
    attributes.push_back({std::string(found->parameters[i]), parameters[i]});
  return context.become(word, {std::move(x)}, std::move(attributes));
}

Result<std::vector<float>> numbers(Context& context, std::string_view name) {
  const auto* const value = context.attribute(name);
  const auto* const list = value ? std::get_if<std::vector<float>>(value) : nullptr;
  if (value && !list)
    return context.builder.error(concat("attribute ", name, " must be a list of numbers"));
  return list ? *list : std::vector<float>();
}

/// The names of the inputs from one to another, without what is left out at the end.
std::vector<std::string> names_of(const Context& context, std::initializer_list<std::size_t> indices) {
  std::vector<std::string> names;
  for (const std::size_t index : indices)
    names.push_back(context.has_input(index) ? context.name(index) : "");
  while (!names.empty() && names.back().empty())
    names.pop_back();
  return names;
}

/// A quantized input at `first`, with its scale and zero point behind it, as float32.
Result<std::string> dequantized_input(Context& context, std::size_t first, std::int64_t axis = 1) {
  if (!context.has_input(first))
    return context.builder.error(concat("input ", first, " is left out"));
  return context.compute("DequantizeLinear", names_of(context, {first, first + 1, first + 2}),
                         attributes_with("axis", axis));
}

/// Quantizes by the scale at input `first` and the zero point behind it.
Result<void> become_quantized(Context& context, std::string x, std::size_t first) {
  std::vector<std::string> inputs = names_of(context, {first, first + 1});
  inputs.insert(inputs.begin(), std::move(x));
  return context.become("QuantizeLinear", std::move(inputs), {});
}

/// The operator that "com.microsoft.QLinearAdd" is of quantized numbers.
std::string_view behind_qlinear(const Context& context) {
  return std::string_view(context.op_type()).substr(std::string_view("com.microsoft.QLinear").size());
}

} // namespace

/// Y = activation(convolution + Z).
Result<void> lower_fused_conv(Context& context) {
  GANLET_TRY(const std::string activation, context.word("activation", ""));
  GANLET_TRY(const std::vector<float> parameters, numbers(context, "activation_params"));
  GANLET_TRY(std::string y, context.compute("Conv", names_of(context, {0, 1, 2}),
                                            other_attributes(context, {"activation", "activation_params"})));
  if (context.has_input(3)) {
    GANLET_TRY(y, context.compute("Add", {std::move(y), context.name(3)}, {}));
  }
  return become_activation(context, activation, std::move(y), parameters);
}

Result<void> lower_fused_gemm(Context& context) {
  GANLET_TRY(const std::string activation, context.word("activation", ""));
  std::vector<float> parameters;
  for (const std::string_view name : {"activation_alpha", "activation_beta"}) {
    if (!context.attribute(name))
      break;
    GANLET_TRY(const float parameter, context.number(name, 0));
    parameters.push_back(parameter);
  }
  context.ignore("activation_gamma");
  GANLET_TRY(std::string y, context.compute("Gemm", names_of(context, {0, 1, 2}),
                                            other_attributes(context, {"activation", "activation_alpha",
                                                                       "activation_beta", "activation_gamma"})));
  return become_activation(context, activation, std::move(y), parameters);
}

namespace {

/// A matrix, or many, with the last two axes swapped if an attribute says so.
Result<std::string> turned(Context& context, std::size_t index, std::string_view attribute) {
  GANLET_TRY(const std::int64_t turns, context.integer(attribute, 0));
  if (turns == 0)
    return context.name(index);
  GANLET_TRY(const ValueId x, context.float_input(index));
  const auto rank = static_cast<std::int64_t>(context.builder.rank(x));
  if (rank < 2)
    return context.builder.error(
        concat("input ", index, " needs rank 2 or more, has shape ", context.builder.text_of(x)));
  std::vector<std::int64_t> permutation;
  for (std::int64_t axis = 0; axis < rank; ++axis)
    permutation.push_back(axis);
  std::swap(permutation[permutation.size() - 1], permutation[permutation.size() - 2]);
  return context.compute("Transpose", {context.name(index)}, attributes_with("perm", std::move(permutation)));
}

} // namespace

Result<void> lower_fused_mat_mul(Context& context) {
  GANLET_TRY(const float alpha, context.number("alpha", 1));
  for (const std::string_view name : {"transBatchA", "transBatchB"}) {
    GANLET_TRY(const std::int64_t turns, context.integer(name, 0));
    if (turns != 0)
      return context.builder.unsupported(concat(name, " must be 0"));
  }
  GANLET_TRY(std::string a, turned(context, 0, "transA"));
  GANLET_TRY(std::string b, turned(context, 1, "transB"));
  if (alpha == 1)
    return context.become("MatMul", {std::move(a), std::move(b)}, {});
  GANLET_TRY(std::string product, context.compute("MatMul", {std::move(a), std::move(b)}, {}));
  GANLET_TRY(const ValueId factor, number(context.builder, alpha));
  return context.become("Mul", {std::move(product), context.named(factor)}, {});
}

/// Gelu, BiasGelu, and FastGelu, which is the approximation by tanh.
Result<void> lower_contrib_gelu(Context& context) {
  std::string x = context.name(0);
  if (context.has_input(1)) {
    GANLET_TRY(x, context.compute("Add", {context.name(0), context.name(1)}, {}));
  }
  const bool is_fast = context.op_type().ends_with("FastGelu");
  return context.become("Gelu", {std::move(x)}, attributes_with("approximate", std::string(is_fast ? "tanh" : "none")));
}

Result<void> lower_quick_gelu(Context& context) {
  GANLET_TRY(const float alpha, context.number("alpha", 1.702F));
  GANLET_TRY(const ValueId factor, number(context.builder, alpha));
  GANLET_TRY(std::string scaled, context.compute("Mul", {context.name(0), context.named(factor)}, {}));
  GANLET_TRY(std::string gate, context.compute("Sigmoid", {std::move(scaled)}, {}));
  return context.become("Mul", {context.name(0), std::move(gate)}, {});
}

/// Inputs: x, skip, gamma, beta, bias. Outputs: the normalized sum, and as the fourth the sum itself.
Result<void> lower_skip_layer_normalization(Context& context) {
  GANLET_TRY(const float epsilon, context.number("epsilon", 1e-12F));
  GANLET_TRY(std::string sum, context.compute("Add", {context.name(0), context.name(1)}, {}));
  if (context.has_input(4)) {
    GANLET_TRY(sum, context.compute("Add", {std::move(sum), context.name(4)}, {}));
  }
  std::vector<std::string> inputs{sum, context.name(2)};
  if (context.has_input(3))
    inputs.push_back(context.name(3));
  Attributes attributes = attributes_with("epsilon", epsilon);
  GANLET_CHECK(context.become("LayerNormalization", std::move(inputs), std::move(attributes)));
  return context.pass_on(3, sum);
}

Result<void> lower_qlinear_binary(Context& context) {
  GANLET_TRY(std::string a, dequantized_input(context, 0));
  GANLET_TRY(std::string b, dequantized_input(context, 3));
  GANLET_TRY(std::string y, context.compute(behind_qlinear(context), {std::move(a), std::move(b)}, {}));
  return become_quantized(context, std::move(y), 6);
}

/// An operator with one quantized input: QLinearSigmoid, -LeakyRelu, -AveragePool, -GlobalAveragePool.
Result<void> lower_qlinear_unary(Context& context) {
  GANLET_TRY(const std::int64_t is_channels_last, context.integer("channels_last", 0));
  if (is_channels_last != 0)
    return context.builder.unsupported("channels_last must be 0");
  GANLET_TRY(std::string x, dequantized_input(context, 0));
  GANLET_TRY(std::string y,
             context.compute(behind_qlinear(context), {std::move(x)}, other_attributes(context, {"channels_last"})));
  return become_quantized(context, std::move(y), 3);
}

/// Inputs: the output's scale and zero point; then a value with its scale and zero point, and so on.
Result<void> lower_qlinear_concat(Context& context) {
  if (context.input_count() < 5 || context.input_count() % 3 != 2)
    return context.builder.error(concat("needs 2 inputs and 3 for each value, has ", context.input_count()));
  std::vector<std::string> parts;
  for (std::size_t first = 2; first < context.input_count(); first += 3) {
    GANLET_TRY(std::string part, dequantized_input(context, first));
    parts.push_back(std::move(part));
  }
  GANLET_TRY(std::string y, context.compute("Concat", std::move(parts), other_attributes(context)));
  return become_quantized(context, std::move(y), 0);
}

/// Inputs: a, b and c, each of the first two with its scale and zero point; then the output's, or none: then the result
/// is float32. The scale of c is alpha times those of a and b.
Result<void> lower_qgemm(Context& context) {
  GANLET_TRY(const float alpha, context.number("alpha", 1));
  GANLET_TRY(const std::int64_t transpose_b, context.integer("transB", 0));
  GANLET_TRY(std::string a, dequantized_input(context, 0));
  GANLET_TRY(std::string b, dequantized_input(context, 3, transpose_b != 0 ? 0 : 1));
  std::vector<std::string> inputs{std::move(a), std::move(b)};
  if (context.has_input(6)) {
    GANLET_TRY(std::string scale, context.compute("Mul", {context.name(1), context.name(4)}, {}));
    GANLET_TRY(const ValueId factor, number(context.builder, alpha));
    GANLET_TRY(scale, context.compute("Mul", {std::move(scale), context.named(factor)}, {}));
    GANLET_TRY(std::string c, context.compute("Cast", {context.name(6)}, attributes_with("to", std::int64_t{1})));
    GANLET_TRY(c, context.compute("Mul", {std::move(c), std::move(scale)}, {}));
    inputs.push_back(std::move(c));
  }
  GANLET_TRY(std::string y, context.compute("Gemm", std::move(inputs), other_attributes(context)));
  if (!context.has_input(7))
    return context.become("Identity", {std::move(y)}, {});
  return become_quantized(context, std::move(y), 7);
}

} // namespace ganlet
