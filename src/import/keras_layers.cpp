#include <algorithm>
#include <iterator>

#include "import/keras_network.h"

namespace ganlet::importing::keras {

namespace {

constexpr std::string_view kernel_and_bias = "kernel bias?use_bias|bias";
constexpr std::string_view scale_and_offset = "gamma?scale beta?center";
constexpr std::string_view statistics = "gamma?scale beta?center -moving_mean -moving_variance";
constexpr std::string_view depthwise_weights = "depthwise_kernel bias?use_bias";
constexpr std::string_view separable_weights = "depthwise_kernel pointwise_kernel bias?use_bias";

constexpr LayerKind kinds[] = {
    {"Activation", convert_activation, "", ""},
    {"ActivityRegularization", convert_identity, "", ""},
    {"Add", convert_add, "", ""},
    {"AlphaDropout", convert_identity, "", ""},
    {"Average", convert_average, "", ""},
    {"AveragePooling1D", convert_pooling, "", ""},
    {"AveragePooling2D", convert_pooling, "", ""},
    {"BatchNormalization", convert_batch_normalization, statistics, ""},
    {"BatchNormalizationV1", convert_batch_normalization, statistics, ""},
    {"BatchNormalizationV2", convert_batch_normalization, statistics, ""},
    {"Concatenate", convert_concatenate, "", ""},
    {"Conv1D", convert_convolution, kernel_and_bias, ""},
    {"Conv1DTranspose", convert_transposed_convolution, kernel_and_bias, ""},
    {"Conv2D", convert_convolution, kernel_and_bias, ""},
    {"Conv2DTranspose", convert_transposed_convolution, kernel_and_bias, ""},
    {"Conv3D", convert_convolution, kernel_and_bias, "the engine has no convolution of 3 axes: for other runtimes"},
    {"Conv3DTranspose", convert_transposed_convolution, kernel_and_bias, "as Conv3D"},
    {"Convolution1D", convert_convolution, kernel_and_bias, "kernels in Theano's order"},
    {"Convolution2D", convert_convolution, kernel_and_bias, "kernels in Theano's order"},
    {"Convolution2DTranspose", convert_transposed_convolution, kernel_and_bias, ""},
    {"Cropping1D", convert_cropping, "", ""},
    {"Cropping2D", convert_cropping, "", ""},
    {"Dense", convert_dense, kernel_and_bias, ""},
    {"DepthwiseConv1D", convert_depthwise_convolution, depthwise_weights, ""},
    {"DepthwiseConv2D", convert_depthwise_convolution, depthwise_weights, ""},
    {"Dot", convert_dot, "", "tensors of 3 axes and more besides the batch"},
    {"Dropout", convert_identity, "", ""},
    {"ELU", convert_elu, "", ""},
    {"Embedding", convert_embedding, "embeddings", ""},
    {"Flatten", convert_flatten, "", ""},
    {"GaussianDropout", convert_identity, "", ""},
    {"GaussianNoise", convert_identity, "", ""},
    {"GlobalAveragePooling1D", convert_global_pooling, "", ""},
    {"GlobalAveragePooling2D", convert_global_pooling, "", ""},
    {"GlobalMaxPooling1D", convert_global_pooling, "", ""},
    {"GlobalMaxPooling2D", convert_global_pooling, "", ""},
    {"GroupNormalization", convert_group_normalization, scale_and_offset, "another axis than the channels"},
    {"InstanceNormalization", convert_group_normalization, scale_and_offset, "another axis than the channels"},
    {"Lambda", convert_lambda, "", "always: it holds Python code"},
    {"LayerNormalization", convert_layer_normalization, scale_and_offset, "other axes than the last ones"},
    {"LeakyReLU", convert_leaky_relu, "", ""},
    {"MaxPooling1D", convert_pooling, "", ""},
    {"MaxPooling2D", convert_pooling, "", ""},
    {"Maximum", convert_maximum, "", ""},
    {"Minimum", convert_minimum, "", ""},
    {"Multiply", convert_multiply, "", ""},
    {"PReLU", convert_prelu, "alpha", ""},
    {"Permute", convert_permute, "", ""},
    {"ReLU", convert_relu, "", ""},
    {"RepeatVector", convert_repeat_vector, "", ""},
    {"Rescaling", convert_rescaling, "", ""},
    {"Reshape", convert_reshape, "", ""},
    {"Resizing", convert_resizing, "", "other interpolations than nearest and bilinear; keeping the aspect ratio"},
    {"SeparableConv1D", convert_separable_convolution, separable_weights, ""},
    {"SeparableConv2D", convert_separable_convolution, separable_weights, ""},
    {"SeparableConvolution2D", convert_separable_convolution, separable_weights, ""},
    {"Softmax", convert_softmax, "", ""},
    {"SpatialDropout1D", convert_identity, "", ""},
    {"SpatialDropout2D", convert_identity, "", ""},
    {"Subtract", convert_subtract, "", ""},
    {"SyncBatchNormalization", convert_batch_normalization, statistics, ""},
    {"TFOpLambda", convert_operation, "", "but of plain arithmetic"},
    {"TensorFlowOpLayer", convert_operation, "", "but of plain arithmetic"},
    {"ThresholdedReLU", convert_thresholded_relu, "", ""},
    {"UnitNormalization", convert_unit_normalization, "", "other axes than the last one"},
    {"UpSampling1D", convert_upsampling, "", ""},
    {"UpSampling2D", convert_upsampling, "", "other interpolations than nearest and bilinear"},
    {"ZeroPadding1D", convert_zero_padding, "", ""},
    {"ZeroPadding2D", convert_zero_padding, "", ""},
};
static_assert(std::ranges::is_sorted(kinds, {}, &LayerKind::class_name));

} // namespace

std::span<const LayerKind> layer_kinds() {
  return kinds;
}

const LayerKind* find_layer_kind(std::string_view class_name) {
  const auto* const found = std::ranges::lower_bound(kinds, class_name, {}, &LayerKind::class_name);
  return found != std::end(kinds) && found->class_name == class_name ? found : nullptr;
}

std::vector<VariableName> variable_names(const Layer& layer) {
  std::vector<VariableName> names;
  const LayerKind* const kind = find_layer_kind(layer.class_name);
  std::string_view rest = kind == nullptr ? std::string_view() : kind->variables;
  while (!rest.empty()) {
    std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    const bool is_trained = !word.starts_with('-');
    word.remove_prefix(is_trained ? 0 : 1);
    const std::size_t question = word.find('?');
    std::string_view flags = question == std::string_view::npos ? std::string_view() : word.substr(question + 1);
    bool is_there = true;
    while (!flags.empty()) { // Keras has renamed the flag, so the file has one of several names
      const std::string_view flag = flags.substr(0, flags.find('|'));
      flags.remove_prefix(std::min(flag.size() + 1, flags.size()));
      const Json* const value = layer.config->find(flag);
      if (value != nullptr && value->kind == Json::Kind::boolean)
        is_there = value->boolean;
    }
    if (is_there)
      names.push_back({word.substr(0, question), is_trained});
  }
  return names;
}

Result<Value> convert_identity(LayerCall& call) {
  return call.input();
}

Result<Value> convert_lambda(LayerCall& call) {
  return call.error(ErrorCode::unsupported, "a Lambda holds Python code, which isn't run");
}

Result<Value> convert_dense(LayerCall& call) {
  GANLET_TRY(Value value, call.graph.as_real(call.input()));
  GANLET_TRY(value.name, call.graph.in_keras_order(value));
  value.channels_first = false;
  if (value.shape.empty())
    return call.error(ErrorCode::corrupt, "reads a value without axes");
  const std::int64_t features = value.shape.back();
  GANLET_TRY(const std::int64_t older, call.integer("output_dim", -1));
  GANLET_TRY(const std::int64_t units, call.integer("units", older));
  GANLET_TRY(const Tensor* const kernel, call.variable(0, "kernel", {features, units}));
  const std::int64_t outputs = kernel->shape()[1];
  const bool is_flat = value.rank() == 1;
  GANLET_TRY(const std::string weights, call.graph.weight(*kernel, [&](const Tensor& from) {
    if (!is_flat)
      return from.clone();
    // One row per output, because int8 weights have one scale per row.
    Tensor to(DataType::float32, Shape{outputs, features});
    for (std::int64_t i = 0; i < features; ++i)
      for (std::int64_t o = 0; o < outputs; ++o)
        to.as<float>()[static_cast<std::size_t>(o * features + i)] =
            from.as<float>()[static_cast<std::size_t>(i * outputs + o)];
    return to;
  }));
  std::vector<std::string> inputs{value.name, weights};
  std::string bias;
  if (call.has_variable(1)) {
    GANLET_TRY(const Tensor* const given, call.variable(1, "bias", {outputs}));
    GANLET_TRY(bias, call.graph.weight(*given, [](const Tensor& from) { return from.clone(); }));
  }
  value.shape.back() = outputs;
  if (is_flat) {
    if (!bias.empty())
      inputs.push_back(bias);
    GANLET_TRY(value.name, call.graph.node("Gemm", inputs, {attribute("transB", std::int64_t{1})}));
  } else {
    GANLET_TRY(value.name, call.graph.node("MatMul", inputs));
    if (!bias.empty()) {
      GANLET_TRY(value.name, call.graph.node("Add", {value.name, bias}));
    }
  }
  return activate(call, std::move(value), call.find("activation"));
}

} // namespace ganlet::importing::keras
