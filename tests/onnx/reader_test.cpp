#include <gtest/gtest.h>

#include "onnx/reader.h"
#include "onnx/writer.h"
#include "small_models.h"
#include "support/textproto.h"

namespace ganlet::test {
namespace {

std::string message_of(Result<onnx::Model> model) {
  return model ? "no error" : model.error().text();
}

TEST(Reader, OpsetsFrom7To25) {
  for (std::int64_t opset = 0; opset <= 30; ++opset) {
    const auto model = onnx::read(onnx::write(small_generator().opset(opset).model()), Limits{});
    if (opset >= 7 && opset <= 25) {
      ASSERT_TRUE(model) << model.error().text();
      EXPECT_EQ(model->opset, std::max<std::int64_t>(opset, 13));
    } else {
      ASSERT_FALSE(model) << opset;
      EXPECT_EQ(model.error().code(), ErrorCode::unsupported);
      EXPECT_EQ(model.error().text(), "model.opset_import: opset " + std::to_string(opset) +
                                          " is not supported, only 7 to 25 are; "
                                          "onnx.version_converter.convert_version(model, 17) converts it");
    }
  }
}

TEST(Reader, FieldsInAnyOrderAndUnknownOnes) {
  const auto model = onnx::read(onnx_from_text(R"(
      opset_import { domain: "com.example" version: 1 }
      opset_import { version: 17 }
      graph {
        output { type { tensor_type { shape { dim { dim_param: "N" } dim { dim_value: 2 } } elem_type: 1 } } name: "y" }
        node { op_type: "Relu" domain: "ai.onnx" output: "y" input: "x" 1000: 5 }
        input { name: "x" type { tensor_type { elem_type: 10 } } }
        name: "g"
      }
      100: "unknown" 101: 7
      producer_version: "2.6.0" producer_name: "pytorch"
      metadata_props { key: "licence" value: "MIT" }
      ir_version: 8)"),
                                Limits{});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->ir_version, 8);
  EXPECT_EQ(model->opset, 17);
  EXPECT_EQ(model->producer, "pytorch 2.6.0");
  EXPECT_EQ(model->graph_name, "g");
  EXPECT_EQ(model->metadata, (std::vector<std::pair<std::string, std::string>>{{"licence", "MIT"}}));
  ASSERT_EQ(model->nodes.size(), 1u);
  EXPECT_EQ(model->nodes[0].op_type.find('.'), std::string::npos); // ONNX's own domain
  EXPECT_EQ(model->inputs[0].type, DataType::float32);
  EXPECT_FALSE(model->inputs[0].shape);
  EXPECT_EQ((*model->outputs[0].shape)[0].name, "N");
  EXPECT_EQ((*model->outputs[0].shape)[1].size, 2);
}

TEST(Reader, InputsWithAnInitializerAreNoInputs) {
  const auto model = onnx::read(onnx_from_text(R"(
      ir_version: 3 opset_import { version: 13 }
      graph {
        node { op_type: "Add" input: "x" input: "w" output: "y" }
        initializer { name: "w" dims: 1 data_type: 1 float_data: 2 }
        input { name: "w" type { tensor_type { elem_type: 1 shape { dim { dim_value: 1 } } } } }
        input { name: "x" type { tensor_type { elem_type: 1 shape { dim { dim_value: 1 } } } } }
        output { name: "y" type { tensor_type { elem_type: 1 } } }
      })"),
                                Limits{});
  ASSERT_TRUE(model) << model.error().text();
  ASSERT_EQ(model->inputs.size(), 1u);
  EXPECT_EQ(model->inputs[0].name, "x");
}

TEST(Reader, AttributesOfOldFilesHaveNoType) {
  const auto model = onnx::read(onnx_from_text(R"(
      ir_version: 7 opset_import { version: 13 }
      graph {
        node { op_type: "LeakyRelu" input: "x" output: "y" attribute { name: "alpha" f: 0.5 } }
        input { name: "x" type { tensor_type { elem_type: 1 } } }
        output { name: "y" type { tensor_type { elem_type: 1 } } }
      })"),
                                Limits{});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(std::get<float>(*model->nodes[0].find("alpha")), 0.5F);
}

TEST(Reader, SaysWhatAFileIsInstead) {
  const auto message = [](std::string_view text) {
    return message_of(onnx::read(std::as_bytes(std::span(text)), Limits{}));
  };
  EXPECT_EQ(message(""), "model: the file is empty");
  EXPECT_EQ(message("<!DOCTYPE html><title>404</title>"), "model: not an ONNX file: got HTML, probably a 404");
  EXPECT_EQ(message("\r\n  <HTML lang=en>"), "model: not an ONNX file: got HTML, probably a 404");
  EXPECT_EQ(message("\xef\xbb\xbf<html>"), "model: not an ONNX file: got HTML, probably a 404");
  EXPECT_EQ(message("<?xml version=\"1.0\"?><Error>"),
            "model: not an ONNX file: got XML, probably a server's error message");
  EXPECT_EQ(message("version https://git-lfs.github.com/spec/v1\n"),
            "model: not an ONNX file: got a Git LFS pointer (the file itself was never fetched)");
  EXPECT_EQ(message("PK\x03\x04rest"),
            "model: not an ONNX file: got a zip archive (such as a PyTorch or Keras checkpoint)");
  EXPECT_EQ(message("\x89HDF\r\n"), "model: not an ONNX file: got an HDF5 file (such as a Keras checkpoint)");
  EXPECT_EQ(message("\x1f\x8b\x08"), "model: not an ONNX file: got a gzip archive");
  EXPECT_EQ(message("{\"error\": \"not found\"}"), "model: not an ONNX file");
  EXPECT_EQ(message("Not Found"), "model: not an ONNX file");
}

} // namespace
} // namespace ganlet::test
