// Every element type that ONNX has and ganlet reads, in each form that it may be stored in.

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "onnx/reader.h"
#include "support/textproto.h"

namespace ganlet::test {
namespace {

/// `text` is a TensorProto.
Result<Tensor> tensor_of(const std::string& text) {
  // A file's fifth field of field 7 is an initializer; its inside is what read_tensor takes.
  const auto model = onnx_from_text("graph { initializer { " + text + " } }");
  std::span<const std::byte> bytes(model);
  for (int level = 0; level < 2; ++level) {
    bytes = bytes.subspan(1);
    while ((bytes[0] & std::byte{0x80}) != std::byte{0})
      bytes = bytes.subspan(1);
    bytes = bytes.subspan(1);
  }
  return onnx::read_tensor(bytes, Limits{});
}

template <typename T> std::vector<T> values_of(const std::string& text) {
  const auto tensor = tensor_of(text);
  if (!tensor) {
    ADD_FAILURE() << tensor.error().text();
    return {};
  }
  EXPECT_EQ(tensor->type(), data_type_of<T>());
  const auto values = tensor->as<T>();
  return {values.begin(), values.end()};
}

std::string message_of(const std::string& text) {
  const auto tensor = tensor_of(text);
  return tensor ? "no error" : tensor.error().text();
}

using Reals = std::vector<float>;
using Integers = std::vector<std::int64_t>;

TEST(TensorProto, Float32) {
  EXPECT_EQ(values_of<float>(R"(dims: 2 data_type: 1 raw_data: "\x00\x00\x80\x3f\x00\x00\x00\xc0")"), (Reals{1, -2}));
  EXPECT_EQ(values_of<float>(R"(dims: 2 data_type: 1 float_data: [1, -2])"), (Reals{1, -2}));
  EXPECT_EQ(values_of<float>(R"(dims: 2 data_type: 1 float_data: "\x00\x00\x80\x3f\x00\x00\x00\xc0")"), (Reals{1, -2}));
}

TEST(TensorProto, Float64) {
  EXPECT_EQ(values_of<float>(R"(dims: 2 data_type: 11 double_data: [0.5, -1e300])"),
            (Reals{0.5F, -std::numeric_limits<float>::infinity()}));
  EXPECT_EQ(values_of<float>(R"(data_type: 11 raw_data: "\x00\x00\x00\x00\x00\x00\xf8\x3f")"), (Reals{1.5F}));
}

TEST(TensorProto, Float16) {
  const Reals wanted{1, -2, 65504, 0x1p-14F, 0x1p-24F, std::numeric_limits<float>::infinity()};
  EXPECT_EQ(values_of<float>(R"(dims: 6 data_type: 10 raw_data: "\x00\x3c\x00\xc0\xff\x7b\x00\x04\x01\x00\x00\x7c")"),
            wanted);
  EXPECT_EQ(values_of<float>(R"(dims: 6 data_type: 10 int32_data: [15360, 49152, 31743, 1024, 1, 31744])"), wanted);
  EXPECT_TRUE(std::isnan(values_of<float>(R"(dims: 1 data_type: 10 raw_data: "\x01\x7e")")[0]));
  EXPECT_TRUE(std::signbit(values_of<float>(R"(dims: 1 data_type: 10 raw_data: "\x00\x80")")[0]));
}

TEST(TensorProto, BFloat16) {
  EXPECT_EQ(values_of<float>(R"(dims: 2 data_type: 16 raw_data: "\x80\x3f\x49\xc0")"), (Reals{1, -3.140625F}));
  EXPECT_EQ(values_of<float>(R"(dims: 1 data_type: 16 int32_data: 16256)"), (Reals{1}));
}

TEST(TensorProto, SignedIntegers) {
  EXPECT_EQ(values_of<std::int64_t>(R"(dims: 1 data_type: 7 raw_data: "\xfe\xff\xff\xff\xff\xff\xff\xff")"),
            (Integers{-2}));
  EXPECT_EQ(values_of<std::int64_t>(R"(dims: 2 data_type: 7 int64_data: [-2, 9223372036854775807])"),
            (Integers{-2, std::numeric_limits<std::int64_t>::max()}));
  EXPECT_EQ(values_of<std::int64_t>(R"(dims: 1 data_type: 6 raw_data: "\xfe\xff\xff\xff")"), (Integers{-2}));
  EXPECT_EQ(values_of<std::int64_t>(R"(dims: 2 data_type: 6 int32_data: [-2147483648, 2147483647])"),
            (Integers{INT32_MIN, INT32_MAX}));
  EXPECT_EQ(values_of<std::int64_t>(R"(dims: 1 data_type: 5 raw_data: "\x00\x80")"), (Integers{-32768}));
  EXPECT_EQ(values_of<std::int8_t>(R"(dims: 2 data_type: 3 raw_data: "\x80\x7f")"),
            (std::vector<std::int8_t>{-128, 127}));
  EXPECT_EQ(values_of<std::int8_t>(R"(dims: 2 data_type: 3 int32_data: [-128, 127])"),
            (std::vector<std::int8_t>{-128, 127}));
}

TEST(TensorProto, UnsignedIntegersAndTruth) {
  EXPECT_EQ(values_of<std::int64_t>(R"(dims: 1 data_type: 2 raw_data: "\xff")"), (Integers{255}));
  EXPECT_EQ(values_of<std::int64_t>(R"(dims: 1 data_type: 4 raw_data: "\xff\xff")"), (Integers{65535}));
  EXPECT_EQ(values_of<std::int64_t>(R"(dims: 1 data_type: 12 raw_data: "\xff\xff\xff\xff")"), (Integers{4294967295}));
  EXPECT_EQ(values_of<std::int64_t>(R"(dims: 1 data_type: 13 uint64_data: 7)"), (Integers{7}));
  EXPECT_EQ(values_of<std::uint8_t>(R"(dims: 3 data_type: 9 raw_data: "\x00\x01\x02")"),
            (std::vector<std::uint8_t>{0, 1, 1}));
  EXPECT_EQ(values_of<std::uint8_t>(R"(dims: 2 data_type: 9 int32_data: [0, 1])"), (std::vector<std::uint8_t>{0, 1}));
}

TEST(TensorProto, PackedNumbersMayComeInParts) {
  EXPECT_EQ(values_of<std::int64_t>(R"(dims: 3 data_type: 7 int64_data: "\x01\x02" int64_data: 3)"),
            (Integers{1, 2, 3}));
}

TEST(TensorProto, NoElements) {
  EXPECT_EQ(values_of<float>("dims: [0, 3] data_type: 1"), Reals{});
}

TEST(TensorProto, Errors) {
  EXPECT_EQ(message_of("dims: 1"), "tensor: has no element type");
  EXPECT_EQ(message_of("dims: 1 data_type: 99"), "tensor: has the unknown element type 99");
  EXPECT_EQ(message_of("dims: 1 data_type: 8 string_data: \"a\""), "tensor: element type string is not supported");
  EXPECT_EQ(message_of("dims: 2 data_type: 1 float_data: 1"), "tensor: has 1 elements, float32 (2,) needs 2");
  EXPECT_EQ(message_of("dims: 2 data_type: 1 float_data: [1, 2, 3]"), "tensor: has 3 elements, float32 (2,) needs 2");
  EXPECT_EQ(message_of("dims: 2 data_type: 1 raw_data: \"abcd\""),
            "tensor: raw_data has 4 bytes, float32 (2,) needs 8");
  EXPECT_EQ(message_of("dims: 1 data_type: 3 int32_data: 128"), "tensor: holds 128, which is no int8");
  EXPECT_EQ(message_of("dims: 1 data_type: 6 int32_data: 2147483648"), "tensor: holds 2147483648, which is no int32");
  EXPECT_EQ(message_of(R"(dims: 1 data_type: 13 raw_data: "\x00\x00\x00\x00\x00\x00\x00\x80")"),
            "tensor: holds a uint64 above 2^63 - 1");
  EXPECT_EQ(message_of(R"(dims: 1 data_type: 1 raw_data: "abcd" float_data: 1)"),
            "tensor: has both raw_data and typed data");
  EXPECT_EQ(message_of(R"(dims: 1 data_type: 1 data_location: 1)"),
            "tensor: is in another file: give both, or export with external_data=False");
}

} // namespace
} // namespace ganlet::test
