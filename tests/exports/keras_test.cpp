// What tf2onnx writes of Keras models: images are (N,H,W,C), with a Transpose on each side of what ONNX has for
// (N,C,H,W) alone. The graphs are built node for node after tf2onnx's output; the exporter itself hasn't been run.
#include "exported.h"

namespace ganlet::test {
namespace {

/// TensorFlow's tutorial: Dense, Reshape, Conv2DTranspose with padding "same", batch normalization before the
/// activation.
TEST(Keras, DcganWithSamePadding) {
  for (const bool auto_pad : {false, true}) {
    ExportBuilder build;
    build.input("dense_input", {-1, 10});
    build.weights("dense/kernel", {10, 4 * 4 * 8}, 0.3F);
    build.node("MatMul", {"dense_input", "dense/kernel"}, {"x0"});
    build.weights("scale", {128}, 0.2F, 1);
    build.weights("offset", {128}, 0.2F);
    build.node("Mul", {"x0", "scale"}, {"x1"})
        .node("Add", {"x1", "offset"}, {"x2"})
        .node("LeakyRelu", {"x2"}, {"x3"}, {number("alpha", 0.3F)});
    build.integers("shape", {-1, 4, 4, 8}).node("Reshape", {"x3", "shape"}, {"x4"});
    build.node("Transpose", {"x4"}, {"x5"}, {integers("perm", {0, 3, 1, 2})});
    std::vector<TestAttribute> same{integers("strides", {2, 2}), integers("kernel_shape", {5, 5}),
                                    integers("output_shape", {8, 8})};
    if (auto_pad)
      same.push_back(word("auto_pad", "SAME_LOWER"));
    else
      same = {integers("strides", {2, 2}), integers("kernel_shape", {5, 5}), integers("pads", {1, 1, 2, 2}),
              integers("output_padding", {0, 0})};
    build.weights("conv/kernel", {8, 6, 5, 5}, 0.15F).node("ConvTranspose", {"x5", "conv/kernel"}, {"x6"}, same);
    build.batch_normalization("bn", "x6", "x7", 6).node("LeakyRelu", {"x7"}, {"x8"}, {number("alpha", 0.3F)});
    build.weights("out/kernel", {1, 6, 5, 5}, 0.15F)
        .node("Conv", {"x8", "out/kernel"}, {"x9"}, {integers("pads", {2, 2, 2, 2}), integers("strides", {1, 1})});
    build.node("Tanh", {"x9"}, {"x10"}).node("Transpose", {"x10"}, {"image"}, {integers("perm", {0, 2, 3, 1})});
    build.output("image", {-1, 8, 8, 1});
    std::vector<NamedTensor> inputs;
    inputs.push_back(normal_input("dense_input", {3, 10}));
    expect_as_onnx_runtime(build, inputs);
  }
}

/// A class (N,1) through an Embedding and a Dense layer, as a feature map beside those of the latent.
TEST(Keras, ClassAsAFeatureMap) {
  ExportBuilder build;
  build.input("label", {-1, 1}, DataType::int64).input("z", {-1, 10});
  build.weights("embedding", {5, 7}, 0.5F).node("Gather", {"embedding", "label"}, {"l0"});
  build.weights("label/kernel", {7, 16}, 0.4F);
  build.weights("label/bias", {16}, 0.1F)
      .node("MatMul", {"l0", "label/kernel"}, {"l1"})
      .node("Add", {"l1", "label/bias"}, {"l2"});
  build.integers("label/shape", {-1, 4, 4, 1}).node("Reshape", {"l2", "label/shape"}, {"l3"});
  build.weights("dense/kernel", {10, 128}, 0.3F);
  build.weights("dense/bias", {128}, 0.1F)
      .node("MatMul", {"z", "dense/kernel"}, {"x0"})
      .node("Add", {"x0", "dense/bias"}, {"x1"});
  build.node("Relu", {"x1"}, {"x2"}).integers("shape", {-1, 4, 4, 8}).node("Reshape", {"x2", "shape"}, {"x3"});
  build.node("Concat", {"x3", "l3"}, {"x4"}, {integer("axis", 3)})
      .node("Transpose", {"x4"}, {"x5"}, {integers("perm", {0, 3, 1, 2})});
  build.weights("conv/kernel", {3, 9, 3, 3}, 0.2F);
  build.weights("conv/bias", {3}, 0.1F);
  build.node("Conv", {"x5", "conv/kernel", "conv/bias"}, {"x6"}, {integers("pads", {1, 1, 1, 1})});
  build.node("Sigmoid", {"x6"}, {"x7"})
      .node("Transpose", {"x7"}, {"image"}, {integers("perm", {0, 2, 3, 1})})
      .output("image", {-1, 4, 4, 3});
  std::vector<NamedTensor> inputs;
  inputs.push_back({"label", Tensor::of<std::int64_t>(Shape{2, 1}, {3, 0})});
  inputs.push_back(normal_input("z", {2, 10}));
  expect_as_onnx_runtime(build, inputs);
}

/// UpSampling2D as tf2onnx has it.
TEST(Keras, UpSampling2D) {
  ExportBuilder build;
  build.input("z", {-1, 10});
  build.weights("dense/kernel", {10, 4 * 4 * 6}, 0.3F).node("MatMul", {"z", "dense/kernel"}, {"x0"});
  build.integers("shape", {-1, 4, 4, 6})
      .node("Reshape", {"x0", "shape"}, {"x1"})
      .node("Transpose", {"x1"}, {"x2"}, {integers("perm", {0, 3, 1, 2})});
  build.floats("roi", Shape{0}, {}).floats("scales", Shape{4}, {1, 1, 2, 2});
  build.node(
      "Resize", {"x2", "roi", "scales"}, {"x3"},
      {word("mode", "nearest"), word("nearest_mode", "floor"), word("coordinate_transformation_mode", "asymmetric")});
  build.weights("conv/kernel", {3, 6, 3, 3}, 0.3F)
      .node("Conv", {"x3", "conv/kernel"}, {"x4"}, {word("auto_pad", "SAME_UPPER")});
  build.node("Tanh", {"x4"}, {"x5"})
      .node("Transpose", {"x5"}, {"image"}, {integers("perm", {0, 2, 3, 1})})
      .output("image", {-1, 8, 8, 3});
  std::vector<NamedTensor> inputs;
  inputs.push_back(normal_input("z", {2, 10}));
  expect_as_onnx_runtime(build, inputs);
}

} // namespace
} // namespace ganlet::test
