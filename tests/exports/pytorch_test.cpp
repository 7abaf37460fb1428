// What torch.onnx.export has written in one version or another, node for node. pytorch_files_test.cpp has files that it
// wrote itself.
#include "exported.h"

namespace ganlet::test {
namespace {

std::vector<TestAttribute> window(std::int64_t kernel, std::int64_t stride, std::int64_t pad) {
  return {integers("dilations", {1, 1}), integer("group", 1), integers("kernel_shape", {kernel, kernel}),
          integers("pads", {pad, pad, pad, pad}), integers("strides", {stride, stride})};
}

/// Radford et al. 2016, as PyTorch's tutorial has it: a latent of shape (N,Z,1,1).
TEST(Pytorch, Dcgan) {
  ExportBuilder build;
  build.input("input", {-1, 20, 1, 1});
  build.weights("main.0.weight", {20, 24, 4, 4}, 0.2F)
      .node("ConvTranspose", {"input", "main.0.weight"}, {"x0"}, window(4, 1, 0));
  build.batch_normalization("main.1", "x0", "x1", 24).node("Relu", {"x1"}, {"x2"});
  build.weights("main.3.weight", {24, 12, 4, 4}, 0.1F)
      .node("ConvTranspose", {"x2", "main.3.weight"}, {"x3"}, window(4, 2, 1));
  build.batch_normalization("main.4", "x3", "x4", 12).node("Relu", {"x4"}, {"x5"});
  build.weights("main.6.weight", {12, 3, 4, 4}, 0.2F)
      .node("ConvTranspose", {"x5", "main.6.weight"}, {"x6"}, window(4, 2, 1));
  build.node("Tanh", {"x6"}, {"output"}).output("output", {-1, 3, 16, 16});
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("input", {3, 20, 1, 1}));
  expect_as_onnx_runtime(build, inputs);
}

/// Batch normalization behind the activation stays an operation of its own; padding would see its shift otherwise.
TEST(Pytorch, ActivationBeforeBatchNormalization) {
  ExportBuilder build;
  build.input("z", {-1, 10});
  build.weights("fc.weight", {128, 10}, 0.3F);
  build.weights("fc.bias", {128}, 0.1F);
  build.node("Gemm", {"z", "fc.weight", "fc.bias"}, {"x0"},
             {number("alpha", 1), number("beta", 1), integer("transB", 1)});
  build.integers("shape", {-1, 8, 4, 4}).node("Reshape", {"x0", "shape"}, {"x1"}, {integer("allowzero", 0)});
  build.node("LeakyRelu", {"x1"}, {"x2"}, {number("alpha", 0.2F)});
  build.batch_normalization("bn1", "x2", "x3", 8);
  build.weights("conv.weight", {6, 8, 3, 3}, 0.2F);
  build.weights("conv.bias", {6}, 0.1F).node("Conv", {"x3", "conv.weight", "conv.bias"}, {"x4"}, window(3, 1, 1));
  build.node("LeakyRelu", {"x4"}, {"x5"}, {number("alpha", 0.2F)});
  build.batch_normalization("bn2", "x5", "x6", 6);
  build.weights("out.weight", {1, 6, 3, 3}, 0.2F);
  build.weights("out.bias", {1}, 0.1F).node("Conv", {"x6", "out.weight", "out.bias"}, {"x7"}, window(3, 1, 1));
  build.node("Sigmoid", {"x7"}, {"image"}).output("image", {-1, 1, 4, 4});
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("z", {4, 10}));
  expect_as_onnx_runtime(build, inputs);
}

/// A learned constant in the style of a latent, as StyleGAN2's synthesis begins: the product is larger than the
/// latent's maps.
TEST(Pytorch, ConstantInTheStyleOfALatent) {
  ExportBuilder build;
  build.input("w", {-1, 10});
  build.weights("affine.weight", {6, 10}, 0.3F);
  build.weights("affine.bias", {6}, 0.1F, 1)
      .node("Gemm", {"w", "affine.weight", "affine.bias"}, {"x0"}, {integer("transB", 1)});
  build.integers("shape", {-1, 6, 1, 1}).node("Reshape", {"x0", "shape"}, {"x1"});
  build.weights("start", {1, 6, 4, 4}, 1).node("Mul", {"start", "x1"}, {"x2"});
  build.weights("conv.weight", {3, 6, 3, 3}, 0.3F).node("Conv", {"x2", "conv.weight"}, {"x3"}, window(3, 1, 1));
  build.node("Tanh", {"x3"}, {"image"}).output("image", {-1, 3, 4, 4});
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("w", {3, 10}));
  expect_as_onnx_runtime(build, inputs);
}

/// nn.Upsample in its two modes, each with a convolution behind it.
TEST(Pytorch, UpsampleAndConvolution) {
  for (const bool bilinear : {false, true}) {
    ExportBuilder build;
    build.input("z", {-1, 10});
    build.weights("fc.weight", {6 * 16, 10}, 0.3F);
    build.weights("fc.bias", {6 * 16}, 0.1F);
    build.node("Gemm", {"z", "fc.weight", "fc.bias"}, {"x0"}, {integer("transB", 1)});
    build.integers("shape", {-1, 6, 4, 4}).node("Reshape", {"x0", "shape"}, {"x1"});
    build.floats("scales", Shape{4}, {1, 1, 2, 2});
    build.node("Resize", {"x1", "", "scales"}, {"x2"},
               {word("coordinate_transformation_mode", bilinear ? "half_pixel" : "asymmetric"),
                number("cubic_coeff_a", -0.75F), word("mode", bilinear ? "linear" : "nearest"),
                word("nearest_mode", "floor")});
    build.weights("conv.weight", {3, 6, 3, 3}, 0.3F);
    build.weights("conv.bias", {3}, 0.1F).node("Conv", {"x2", "conv.weight", "conv.bias"}, {"x3"}, window(3, 1, 1));
    build.node("Tanh", {"x3"}, {"image"}).output("image", {-1, 3, 8, 8});
    std::vector<NamedTensor> inputs;
    inputs.push_back(normal_input("z", {2, 10}));
    expect_as_onnx_runtime(build, inputs);
  }
}

/// x.view(x.size(0), 6, 4, 4) with an open batch: the sizes are put together in the graph.
TEST(Pytorch, ViewByTheBatch) {
  ExportBuilder build;
  build.input("z", {-1, 10});
  build.weights("fc.weight", {96, 10}, 0.3F);
  build.weights("fc.bias", {96}, 0.1F);
  build.node("Gemm", {"z", "fc.weight", "fc.bias"}, {"x0"}, {integer("transB", 1)});
  build.constant("zero", Tensor::of<std::int64_t>(Shape{}, {0}))
      .integers("axis0", {0})
      .integers("six", {6})
      .integers("four", {4});
  build.node("Shape", {"x0"}, {"sizes"}).node("Gather", {"sizes", "zero"}, {"batch"}, {integer("axis", 0)});
  build.node("Unsqueeze", {"batch", "axis0"}, {"batch1"})
      .node("Concat", {"batch1", "six", "four", "four"}, {"shape"}, {integer("axis", 0)});
  build.node("Reshape", {"x0", "shape"}, {"x1"});
  build.weights("conv.weight", {1, 6, 3, 3}, 0.3F).node("Conv", {"x1", "conv.weight"}, {"x2"}, window(3, 1, 1));
  build.node("Tanh", {"x2"}, {"image"}).output("image", {-1, 1, 4, 4});
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("z", {5, 10}));
  expect_as_onnx_runtime(build, inputs);
}

/// Adaptive instance normalization (Huang and Belongie 2017): a style of its own scales and shifts each channel.
TEST(Pytorch, AdaptiveInstanceNormalization) {
  ExportBuilder build;
  build.input("z", {-1, 10});
  build.weights("start", {1, 6, 4, 4}, 1);
  build.weights("style.weight", {12, 10}, 0.3F);
  build.weights("style.bias", {12}, 0.2F);
  build.node("Gemm", {"z", "style.weight", "style.bias"}, {"style"}, {integer("transB", 1)});
  build.integers("two", {2}).integers("three", {3}).integers("halves", {6, 6});
  build.node("Unsqueeze", {"style", "two"}, {"style3"}).node("Unsqueeze", {"style3", "three"}, {"style4"});
  build.node("Split", {"style4", "halves"}, {"scale", "shift"}, {integer("axis", 1)});
  build.weights("fc.weight", {96, 10}, 0.3F);
  build.weights("fc.bias", {96}, 0.1F).integers("shape", {-1, 6, 4, 4});
  build.node("Gemm", {"z", "fc.weight", "fc.bias"}, {"x0"}, {integer("transB", 1)})
      .node("Reshape", {"x0", "shape"}, {"x1"});
  build.node("Add", {"x1", "start"}, {"x2"});
  build.constant("ones", Tensor::of<float>(Shape{6}, {1, 1, 1, 1, 1, 1}))
      .constant("zeros", Tensor::of<float>(Shape{6}, {0, 0, 0, 0, 0, 0}));
  build.node("InstanceNormalization", {"x2", "ones", "zeros"}, {"x3"}, {number("epsilon", 1e-5F)});
  build.constant("one", Tensor::of<float>(Shape{}, {1})).node("Add", {"scale", "one"}, {"scale1"});
  build.node("Mul", {"scale1", "x3"}, {"x4"})
      .node("Add", {"x4", "shift"}, {"x5"})
      .node("LeakyRelu", {"x5"}, {"x6"}, {number("alpha", 0.2F)});
  build.weights("conv.weight", {3, 6, 1, 1}, 0.3F).node("Conv", {"x6", "conv.weight"}, {"x7"}, window(1, 1, 0));
  build.node("Tanh", {"x7"}, {"image"}).output("image", {-1, 3, 4, 4});
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("z", {3, 10}));
  expect_as_onnx_runtime(build, inputs);
}

/// nn.Embedding of an integer class, multiplied with the latent.
TEST(Pytorch, EmbeddedLabel) {
  ExportBuilder build;
  build.input("z", {-1, 10}).input("label", {-1}, DataType::int64);
  build.weights("embedding.weight", {5, 10}, 0.5F, 1);
  build.node("Gather", {"embedding.weight", "label"}, {"x0"}).node("Mul", {"x0", "z"}, {"x1"});
  build.weights("fc.weight", {64, 10}, 0.3F);
  build.weights("fc.bias", {64}, 0.1F).node("Gemm", {"x1", "fc.weight", "fc.bias"}, {"x2"}, {integer("transB", 1)});
  build.integers("shape", {-1, 1, 8, 8})
      .node("Reshape", {"x2", "shape"}, {"x3"})
      .node("Tanh", {"x3"}, {"image"})
      .output("image", {-1, 1, 8, 8});
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("z", {4, 10}));
  inputs.push_back({"label", Tensor::of<std::int64_t>(Shape{4}, {0, 4, 2, 2})});
  expect_as_onnx_runtime(build, inputs);
}

/// A class as one-hot numbers beside the latent.
TEST(Pytorch, OneHotLabel) {
  ExportBuilder build;
  build.input("z", {-1, 10}).input("label", {-1, 3}).node("Concat", {"z", "label"}, {"x0"}, {integer("axis", 1)});
  build.weights("fc.weight", {64, 13}, 0.3F);
  build.weights("fc.bias", {64}, 0.1F).node("Gemm", {"x0", "fc.weight", "fc.bias"}, {"x1"}, {integer("transB", 1)});
  build.node("Relu", {"x1"}, {"x2"});
  build.weights("out.weight", {48, 64}, 0.2F).node("Gemm", {"x2", "out.weight"}, {"x3"}, {integer("transB", 1)});
  build.integers("shape", {-1, 3, 4, 4})
      .node("Reshape", {"x3", "shape"}, {"x4"})
      .node("Tanh", {"x4"}, {"image"})
      .output("image", {-1, 3, 4, 4});
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("z", {3, 10}));
  inputs.push_back({"label", Tensor::of<float>(Shape{3, 3}, {1, 0, 0, 0, 0, 1, 0, 1, 0})});
  expect_as_onnx_runtime(build, inputs);
}

/// nn.PixelShuffle: DepthToSpace from opset 13 on, and in older exporters a Reshape, a Transpose and a Reshape.
TEST(Pytorch, PixelShuffle) {
  for (const bool spelled_out : {false, true}) {
    ExportBuilder build;
    build.input("z", {-1, 10});
    build.weights("fc.weight", {4 * 3 * 16, 10}, 0.3F).node("Gemm", {"z", "fc.weight"}, {"x0"}, {integer("transB", 1)});
    build.integers("shape", {-1, 12, 4, 4}).node("Reshape", {"x0", "shape"}, {"x1"});
    if (spelled_out) {
      build.integers("apart", {-1, 3, 2, 2, 4, 4}).node("Reshape", {"x1", "apart"}, {"x2"});
      build.node("Transpose", {"x2"}, {"x3"}, {integers("perm", {0, 1, 4, 2, 5, 3})});
      build.integers("together", {-1, 3, 8, 8}).node("Reshape", {"x3", "together"}, {"x4"});
    } else {
      build.node("DepthToSpace", {"x1"}, {"x4"}, {integer("blocksize", 2), word("mode", "CRD")});
    }
    build.weights("conv.weight", {3, 3, 3, 3}, 0.3F).node("Conv", {"x4", "conv.weight"}, {"x5"}, window(3, 1, 1));
    build.node("Tanh", {"x5"}, {"image"}).output("image", {-1, 3, 8, 8});
    std::vector<NamedTensor> inputs;
    inputs.push_back(normal_input("z", {2, 10}));
    expect_as_onnx_runtime(build, inputs);
  }
}

/// PixelNorm (Karras et al. 2018) out of single operations.
TEST(Pytorch, PixelNorm) {
  ExportBuilder build;
  build.input("z", {-1, 10});
  build.weights("fc.weight", {96, 10}, 0.3F).node("Gemm", {"z", "fc.weight"}, {"x0"}, {integer("transB", 1)});
  build.integers("shape", {-1, 6, 4, 4}).node("Reshape", {"x0", "shape"}, {"x1"});
  build.constant("two", Tensor::of<float>(Shape{}, {2}))
      .constant("epsilon", Tensor::of<float>(Shape{}, {1e-8F}))
      .constant("one", Tensor::of<float>(Shape{}, {1}));
  build.node("Pow", {"x1", "two"}, {"squares"})
      .node("ReduceMean", {"squares"}, {"mean"}, {integers("axes", {1}), integer("keepdims", 1)});
  build.node("Add", {"mean", "epsilon"}, {"mean1"})
      .node("Sqrt", {"mean1"}, {"root"})
      .node("Div", {"one", "root"}, {"factor"})
      .node("Mul", {"x1", "factor"}, {"x2"});
  build.weights("conv.weight", {1, 6, 3, 3}, 0.3F).node("Conv", {"x2", "conv.weight"}, {"x3"}, window(3, 1, 1));
  build.node("Tanh", {"x3"}, {"image"}).output("image", {-1, 1, 4, 4});
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("z", {2, 10}));
  expect_as_onnx_runtime(build, inputs);
}

} // namespace
} // namespace ganlet::test
