#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "core/tensor.h"

namespace ganlet::onnx {

/// A TensorProto.DataType that ganlet reads.
struct ElementType {
  std::string_view name;    ///< as in NumPy
  DataType becomes;         ///< the type of a `Tensor` that holds it
  std::uint8_t bytes;       ///< bytes of one element in raw_data; 0: not supported
  bool is_signed;           ///< for integers
  std::uint8_t typed_field; ///< the field of TensorProto that holds the elements when raw_data doesn't
};

/// Fields of TensorProto.
inline constexpr std::uint8_t float_data = 4, int32_data = 5, int64_data = 7, raw_data = 9, double_data = 10,
                              uint64_data = 11;

enum ElementCode : std::int64_t {
  code_float32 = 1,
  code_int8 = 3,
  code_int64 = 7,
  code_boolean = 9,
  code_float16 = 10,
  code_double = 11,
  code_bfloat16 = 16
};

/// Errors: corrupt (no such type), unsupported (strings, complex numbers, float8, 4-bit types).
Result<ElementType> element_type(std::int64_t code, std::string_view place);

/// The code with which files store a `DataType`.
std::int64_t code_of(DataType type);

} // namespace ganlet::onnx
