// ONNX Runtime's own operators, which its optimizer and its quantizer write, against ONNX Runtime.

#include <gtest/gtest.h>

#include "exported.h"

namespace ganlet::test {
namespace {

constexpr std::int64_t rows = 3;

/// `largest`: how far apart both may be.
void expect_as_onnx_runtime(const ModelBuilder& build, const std::vector<NamedTensor>& inputs, float largest) {
  const std::vector<std::byte> file = onnx::write(build.model());
  const Tensor theirs = run_in_onnx_runtime(file, inputs);
  for (const Backend* backend : {&reference::backend, &xnn::backend}) {
    const std::vector<float> ours = run_ours(file, *backend, inputs);
    ASSERT_EQ(ours.size(), theirs.as<float>().size());
    for (std::size_t i = 0; i < ours.size(); ++i)
      ASSERT_NEAR(ours[i], theirs.as<float>()[i], largest) << backend->name << ", element " << i;
  }
}

std::vector<NamedTensor> only(const std::string& name, const Shape& shape) {
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input(name, shape));
  return inputs;
}

TEST(Contrib, Activations) {
  for (const char* const op_type : {"Gelu", "FastGelu", "QuickGelu", "BiasGelu"}) {
    SCOPED_TRACE(op_type);
    ExportBuilder build;
    build.input("x", {-1, 8});
    build.weights("bias", {8}, 1);
    const bool is_biased = std::string_view(op_type) == "BiasGelu" || std::string_view(op_type) == "FastGelu";
    build.node(std::string("com.microsoft.") + op_type,
               is_biased ? std::vector<std::string>{"x", "bias"} : std::vector<std::string>{"x"}, {"y"});
    build.output("y");
    expect_as_onnx_runtime(build, only("x", {rows, 8}), 1e-5F);
  }
}

TEST(Contrib, SkipLayerNormalization) {
  ExportBuilder build;
  build.input("x", {-1, 5, 8});
  build.weights("gamma", {8}, 0.2F, 1).weights("beta", {8}, 0.3F).weights("bias", {8}, 0.3F);
  build.node("Tanh", {"x"}, {"skip"});
  build.node("com.microsoft.SkipLayerNormalization", {"x", "skip", "gamma", "beta", "bias"}, {"norm", "", "", "sum"},
             {number("epsilon", 1e-3F)});
  build.node("Mul", {"norm", "sum"}, {"y"}).output("y");
  expect_as_onnx_runtime(build, only("x", {rows, 5, 8}), 1e-4F);
}

TEST(Contrib, FusedConv) {
  struct Fused {
    const char* activation;
    std::vector<float> parameters;
  };
  for (const auto& [activation, parameters] :
       {Fused{"Relu", {}}, Fused{"Tanh", {}}, Fused{"Sigmoid", {}}, Fused{"LeakyRelu", {0.3F}},
        Fused{"Clip", {-0.5F, 0.75F}}, Fused{"HardSigmoid", {0.3F, 0.4F}}}) {
    SCOPED_TRACE(activation);
    ExportBuilder build;
    build.input("x", {-1, 3, 6, 6});
    build.weights("w", {4, 3, 3, 3}, 0.3F).weights("b", {4}, 0.5F);
    std::vector<TestAttribute> attributes{word("activation", activation), integers("pads", {1, 1, 1, 1})};
    if (!parameters.empty())
      attributes.push_back(numbers("activation_params", parameters));
    build.node("com.microsoft.FusedConv", {"x", "w", "b"}, {"y"}, attributes).output("y");
    expect_as_onnx_runtime(build, only("x", {rows, 3, 6, 6}), 1e-5F);
  }
}

TEST(Contrib, FusedConvAddsBeforeItsActivation) {
  ExportBuilder build;
  build.input("x", {-1, 4, 6, 6});
  build.weights("w", {4, 4, 1, 1}, 0.3F).weights("b", {4}, 0.5F);
  build.node("com.microsoft.FusedConv", {"x", "w", "b", "x"}, {"y"}, {word("activation", "Relu")}).output("y");
  expect_as_onnx_runtime(build, only("x", {rows, 4, 6, 6}), 1e-5F);
}

TEST(Contrib, FusedMatMulAndGemm) {
  ExportBuilder build;
  build.input("x", {2, 8, 4});
  build.weights("w", {2, 5, 8}, 0.5F);
  build.node("com.microsoft.FusedMatMul", {"x", "w"}, {"y"},
             {integer("transA", 1), integer("transB", 1), number("alpha", 0.5F)});
  build.output("y");
  expect_as_onnx_runtime(build, only("x", {2, 8, 4}), 1e-5F);

  ExportBuilder gemm;
  gemm.input("x", {-1, 8});
  gemm.weights("w", {5, 8}, 0.5F).weights("b", {5}, 0.5F);
  gemm.node("com.microsoft.FusedGemm", {"x", "w", "b"}, {"y"},
            {integer("transB", 1), word("activation", "LeakyRelu"), number("activation_alpha", 0.3F)});
  gemm.output("y");
  expect_as_onnx_runtime(gemm, only("x", {rows, 8}), 1e-5F);
}

/// Scales and zero points, of int8.
class QuantizedBuilder : public ExportBuilder {
 public:
  QuantizedBuilder& scale(const std::string& name, float scale, std::int8_t zero) {
    floats(name, {}, {scale});
    constant(name + "_zero", Tensor::of<std::int8_t>(Shape{}, {zero}));
    return *this;
  }
  QuantizedBuilder& quantized(const std::string& x, const std::string& scale) {
    node("QuantizeLinear", {x, scale, scale + "_zero"}, {x + "_q"});
    return *this;
  }
  QuantizedBuilder& finished(const std::string& scale) {
    node("DequantizeLinear", {"q", scale, scale + "_zero"}, {"y"}).output("y");
    return *this;
  }
};

constexpr float step = 0.04F; ///< of the output
constexpr float one_step = step * 1.001F;

TEST(Contrib, QLinearAddAndMul) {
  for (const char* const op_type : {"com.microsoft.QLinearAdd", "com.microsoft.QLinearMul"}) {
    SCOPED_TRACE(op_type);
    QuantizedBuilder build;
    build.scale("s", 0.03F, -5).scale("t", 0.01F, 7).scale("u", step, 3);
    build.input("x", {-1, 8}).node("Tanh", {"x"}, {"z"});
    build.quantized("x", "s").quantized("z", "t");
    build.node(op_type, {"x_q", "s", "s_zero", "z_q", "t", "t_zero", "u", "u_zero"}, {"q"});
    build.finished("u");
    expect_as_onnx_runtime(build, only("x", {rows, 8}), one_step);
  }
}

TEST(Contrib, QLinearOfOneValue) {
  struct Row {
    const char* op_type;
    std::vector<TestAttribute> attributes;
  };
  for (const auto& [op_type, attributes] :
       {Row{"QLinearSigmoid", {}}, Row{"QLinearLeakyRelu", {number("alpha", 0.2F)}},
        Row{"QLinearGlobalAveragePool", {integer("channels_last", 0)}},
        Row{"QLinearAveragePool", {integers("kernel_shape", {2, 2}), integers("strides", {2, 2})}}}) {
    SCOPED_TRACE(op_type);
    QuantizedBuilder build;
    build.scale("s", 0.03F, -5).scale("u", step, 3).input("x", {-1, 3, 4, 4});
    build.quantized("x", "s");
    build.node(std::string("com.microsoft.") + op_type, {"x_q", "s", "s_zero", "u", "u_zero"}, {"q"}, attributes);
    build.finished("u");
    expect_as_onnx_runtime(build, only("x", {rows, 3, 4, 4}), one_step);
  }
}

TEST(Contrib, QLinearConcat) {
  QuantizedBuilder build;
  build.scale("s", 0.03F, -5).scale("t", 0.01F, 7).scale("u", step, 3);
  build.input("x", {-1, 8}).node("Tanh", {"x"}, {"z"});
  build.quantized("x", "s").quantized("z", "t");
  build.node("com.microsoft.QLinearConcat", {"u", "u_zero", "x_q", "s", "s_zero", "z_q", "t", "t_zero"}, {"q"},
             {integer("axis", 1)});
  build.finished("u");
  expect_as_onnx_runtime(build, only("x", {rows, 8}), one_step);
}

TEST(Contrib, QGemmWithAndWithoutAnOutputScale) {
  for (const bool is_quantized : {true, false}) {
    SCOPED_TRACE(is_quantized);
    QuantizedBuilder build;
    build.scale("s", 0.03F, -5).scale("t", 0.01F, 0).scale("u", step, 3).input("x", {-1, 8});
    Tensor weights(DataType::int8, {5, 8});
    for (std::size_t i = 0; i < 40; ++i)
      weights.as<std::int8_t>()[i] = static_cast<std::int8_t>(static_cast<int>(i * 37 % 101) - 50);
    build.constant("w", std::move(weights));
    build.quantized("x", "s");
    std::vector<std::string> inputs{"x_q", "s", "s_zero", "w", "t", "t_zero"};
    if (is_quantized)
      inputs.insert(inputs.end(), {"", "u", "u_zero"});
    build.node("com.microsoft.QGemm", inputs, {is_quantized ? "q" : "y"}, {integer("transB", 1)});
    if (is_quantized)
      build.finished("u");
    else
      build.output("y");
    expect_as_onnx_runtime(build, only("x", {rows, 8}), is_quantized ? one_step : 1e-4F);
  }
}

} // namespace
} // namespace ganlet::test
