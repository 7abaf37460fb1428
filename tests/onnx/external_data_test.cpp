#include "onnx/external_data.h"

#include <cstring>

#include <gtest/gtest.h>

#include "core/text.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "small_models.h"
#include "support/textproto.h"

namespace ganlet::test {
namespace {

/// A file whose weight w has these entries, besides one that an attribute holds.
std::vector<std::byte> file_with(std::string_view entries) {
  return onnx_from_text(concat(R"(
    ir_version: 10
    opset_import { version: 18 }
    graph {
      initializer { name: "w" dims: 2 data_type: 1 data_location: 1 )",
                               entries, R"( }
      initializer { name: "b" dims: 2 data_type: 1 float_data: 1 float_data: 2 }
      node { op_type: "Constant" output: "c" attribute { name: "value" type: 4 t {
        name: "c" dims: 1 data_type: 1 data_location: 1
        external_data { key: "location" value: "more.bin" } external_data { key: "length" value: "4" } } } }
      node { op_type: "Mul" input: "x" input: "w" output: "a" }
      node { op_type: "Add" input: "a" input: "b" output: "d" }
      node { op_type: "Add" input: "d" input: "c" output: "y" }
      input { name: "x" type { tensor_type { elem_type: 1 shape { dim { dim_param: "N" } dim { dim_value: 2 } } } } }
      output { name: "y" type { tensor_type { elem_type: 1 } } }
    })"));
}

constexpr const char* in_the_middle = R"(external_data { key: "location" value: "my.onnx.data" }
    external_data { key: "offset" value: "4" } external_data { key: "length" value: "8" })";

/// my.onnx.data has 1, 2, 3, 4 and more.bin 5, 6.
Result<std::vector<std::byte>> beside(const std::string& name) {
  if (name != "my.onnx.data" && name != "more.bin")
    return fail(ErrorCode::not_found, name, "is missing");
  const std::vector<float> numbers = name == "more.bin" ? std::vector<float>{5, 6} : std::vector<float>{1, 2, 3, 4};
  const auto bytes = std::as_bytes(std::span(numbers));
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

Result<std::vector<std::byte>> joined(std::string_view entries, const Limits& limits = {}) {
  Budget budget(limits.load_units);
  return onnx::with_weights_inside(file_with(entries), beside, limits, budget);
}
std::string error_of(std::string_view entries, const Limits& limits = {}) {
  const auto whole = joined(entries, limits);
  return whole ? "no error" : whole.error().text();
}

TEST(ExternalData, IsFoundAndPutInside) {
  const auto names = onnx::files_beside(file_with(in_the_middle));
  ASSERT_TRUE(names);
  EXPECT_EQ(*names, (std::vector<std::string>{"my.onnx.data", "more.bin"}));
  const auto whole = joined(in_the_middle);
  ASSERT_TRUE(whole) << whole.error().text();
  EXPECT_TRUE(onnx::files_beside(*whole)->empty());
  const auto model = onnx::read(*whole, {});
  ASSERT_TRUE(model) << model.error().text();
  const auto numbers = [&](const char* name) {
    const auto values = model->initializers.at(name).as<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  EXPECT_EQ(numbers("w"), (std::vector<float>{2, 3}));
  EXPECT_EQ(numbers("b"), (std::vector<float>{1, 2}));
}

TEST(ExternalData, WithoutALengthGoesToTheEnd) {
  const auto whole = joined(R"(external_data { key: "location" value: "./more.bin" })");
  ASSERT_TRUE(whole) << whole.error().text();
  const auto model = onnx::read(*whole, {});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->initializers.at("w").as<float>()[1], 6);
}

TEST(ExternalData, IsRefusedElsewhereAndBeyondTheEnd) {
  for (const char* path : {"../secret", "/etc/passwd", "a/b", "c:d", "", ".hidden"}) {
    const std::string entries = concat(R"(external_data { key: "location" value: ")", path, R"(" })");
    const std::string wanted =
        concat("weight 'w': lies in '", path,
               "'; put that file beside the network's, and save the network with its name alone");
    EXPECT_EQ(error_of(entries), wanted);
    const auto names = onnx::files_beside(file_with(entries));
    ASSERT_FALSE(names);
    EXPECT_EQ(names.error().text(), wanted);
  }
  const auto at = [](const char* offset, const char* length) {
    return concat(R"(external_data { key: "location" value: "my.onnx.data" } external_data { key: "offset" value: ")",
                  offset, R"(" } external_data { key: "length" value: ")", length, R"(" })");
  };
  const char* const behind = "weight 'w': lies behind the end of 'my.onnx.data', which may be truncated";
  EXPECT_EQ(error_of(at("0", "16")), "no error");
  EXPECT_EQ(error_of(at("4", "16")), behind);
  EXPECT_EQ(error_of(at("17", "0")), behind);
  EXPECT_EQ(error_of(at("900000000000000", "900000000000000")), behind);
  EXPECT_EQ(error_of(at("-4", "8")), "weight 'w': has the offset '-4'");
  EXPECT_EQ(error_of(at("0", "1e99")), "weight 'w': has the length '1e99'");
  EXPECT_EQ(error_of(R"(external_data { key: "location" value: "gone.bin" })"), "gone.bin: is missing");
  Limits limits;
  limits.file_bytes = 12;
  EXPECT_EQ(error_of(at("0", "16"), limits), "weight 'w': would make the file larger than 12 bytes");
}

TEST(ExternalData, OfADamagedFileIsForTheReaderToTell) {
  const std::vector<std::byte> file = file_with(in_the_middle);
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto part = std::span(file).first(size);
    EXPECT_TRUE(onnx::files_beside(part));
    Budget budget(Limits{}.load_units);
    (void)onnx::with_weights_inside(part, beside, {}, budget);
  }
  EXPECT_TRUE(onnx::files_beside(onnx::write(small_generator().model()))->empty());
}

} // namespace
} // namespace ganlet::test
