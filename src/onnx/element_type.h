#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "core/tensor.h"

namespace ganlet::onnx {

/// TensorProto.DataType, as far as ganlet reads it.
struct ElementType {
  std::string_view name;    ///< NumPy's
  DataType becomes;         ///< what it is in a `Tensor`
  std::uint8_t bytes;       ///< of one element in raw_data; 0: not supported
  bool is_signed;           ///< for integers
  std::uint8_t typed_field; ///< the field of TensorProto that holds its elements where raw_data doesn't
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

/// The code under which files keep a `DataType`.
std::int64_t code_of(DataType type);

} // namespace ganlet::onnx
