#include "image/npy.h"

#include <string>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

std::vector<std::byte> bytes_of_text(std::string_view text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

/// A version 1.0 file with this header and `data_bytes` zeros.
std::vector<std::byte> file_with(std::string header, std::size_t data_bytes) {
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size() & 255);
  file += static_cast<char>(header.size() >> 8);
  return bytes_of_text(file + header + std::string(data_bytes, '\0'));
}

std::string error_of(const std::vector<std::byte>& file) {
  const auto result = read_npy(file, {}, "z.npy");
  return result ? "no error" : result.error().text();
}

TEST(WriteNpy, MatchesWhatNumPyWrites) {
  // numpy.save of numpy.array([1, -2], dtype='<f4'), NumPy 2: the header is padded with spaces to 128 bytes in all.
  std::string expected("\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 67);
  expected += std::string(127 - expected.size(), ' ') + '\n';
  expected += std::string("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8);
  const Tensor tensor = Tensor::of<float>({2}, {1, -2});
  EXPECT_EQ(write_npy(tensor.view()), bytes_of_text(expected));
}

TEST(Npy, RoundTripKeepsTypeShapeAndElements) {
  const Tensor tensors[] = {Tensor::of<float>({2, 3}, {1, 2, 3, 4, 5, 6.5F}),
                            Tensor::of<std::int64_t>({2}, {-1, 1LL << 40}), Tensor::of<std::uint8_t>({1, 2, 1}, {0, 1}),
                            Tensor::of<float>({}, {7}), Tensor::of<float>({0, 4}, {})};
  for (const Tensor& tensor : tensors) {
    const std::vector<std::byte> file = write_npy(tensor.view());
    const auto back = read_npy(file, {}, "z.npy");
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(back->type(), tensor.type());
    EXPECT_EQ(back->shape(), tensor.shape()) << back->shape().text();
    EXPECT_EQ(write_npy(back->view()), file);
    EXPECT_EQ((file.size() - tensor.bytes()) % 64, 0U) << "alignment of the data";
  }
}

TEST(ReadNpy, AsksForNoMemoryBeforeTheFileHasTheBytes) {
  Limits limits;
  limits.tensor_elements = std::int64_t{1} << 60;
  const std::vector<std::byte> file =
      file_with("{'descr': '<f4', 'fortran_order': False, 'shape': (1125899906842624,), }", 4);
  const auto result = read_npy(file, limits, "z.npy");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text(),
            "z.npy: has 4 bytes of data; shape (1125899906842624,) of float32 needs 4503599627370496");
}

TEST(ReadNpy, TakesHeadersAsOtherToolsWriteThem) {
  EXPECT_EQ(error_of(file_with("{\"shape\":(2,2),\"fortran_order\":False,\"descr\":\"<f4\"}", 16)), "no error");
  EXPECT_EQ(error_of(file_with("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }   \n", 8)), "no error");
  std::vector<std::byte> version2 =
      bytes_of_text(std::string("\x93NUMPY\x02\x00\x39\x00\x00\x00", 12) +
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }" + std::string(4, '\0'));
  EXPECT_EQ(error_of(version2), "no error");
}

TEST(ReadNpy, SaysWhatIsWrong) {
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
  EXPECT_EQ(error_of({}), "z.npy: isn't a NumPy .npy file");
  EXPECT_EQ(error_of(bytes_of_text("PK\x03\x04 some zip file")), "z.npy: isn't a NumPy .npy file");
  EXPECT_EQ(error_of(bytes_of_text(std::string("\x93NUMPY\x04\x00\x01\x00\x00\x00\x00", 13))),
            "z.npy: .npy version 4 isn't known");
  std::vector<std::byte> cut = file_with(good, 16);
  cut.resize(30);
  EXPECT_EQ(error_of(cut), "z.npy: ends within its header");
  EXPECT_EQ(error_of(file_with(good, 15)), "z.npy: has 15 bytes of data; shape (2, 2) of float32 needs 16");
  EXPECT_EQ(error_of(file_with(good, 17)), "z.npy: has 17 bytes of data; shape (2, 2) of float32 needs 16");
  EXPECT_EQ(error_of(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 16)),
            "z.npy: holds NumPy type '<f8'; save it as float32: array.astype('float32')");
  EXPECT_EQ(error_of(file_with("{'descr': '>i8', 'fortran_order': False, 'shape': (2,), }", 16)),
            "z.npy: holds NumPy type '>i8'; save it as float32, int64 or bool: array.astype('int64')");
  EXPECT_EQ(error_of(file_with("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", 16)),
            "z.npy: is in Fortran order; save numpy.ascontiguousarray(array)");
}

TEST(ReadNpy, RefusesHeadersThatArentOne) {
  const char* const headers[] = {"",
                                 "hello",
                                 "{",
                                 "{}",
                                 "{'descr': '<f4', 'fortran_order': False}",
                                 "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }",
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': (2, x), }",
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': [2], }",
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
                                 "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }",
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } trailing"};
  for (const char* header : headers)
    EXPECT_TRUE(error_of(file_with(std::string(header) + "  ", 8)).starts_with("z.npy: its header can't be read: "))
        << header << " -> " << error_of(file_with(std::string(header) + "  ", 8));
}

TEST(ReadNpy, ChecksSizesBeforeItAllocates) {
  EXPECT_EQ(error_of(file_with("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", 0)),
            "z.npy: shape [4611686018427387904, 4] has more than 67108864 elements");
  EXPECT_EQ(error_of(file_with("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", 0)),
            "z.npy: negative size in [-2]");
  EXPECT_EQ(error_of(file_with("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1), }", 4)),
            "z.npy: rank 7 is above the limit of 6");
}

TEST(ReadNpy, SurvivesEveryTruncation) {
  const std::vector<std::byte> file = write_npy(Tensor::of<float>({2, 2}, {1, 2, 3, 4}).view());
  for (std::size_t size = 0; size < file.size(); ++size)
    EXPECT_FALSE(read_npy(std::span(file).first(size), {}, "z.npy")) << size;
}

} // namespace
} // namespace ganlet
