#include "onnx/element_type.h"

#include <iterator>

#include "core/text.h"

namespace ganlet::onnx {

namespace {
constexpr DataType real = DataType::float32, integer = DataType::int64;

constexpr ElementType element_types[] = {
    {"", real, 0, false, 0},
    {"float32", real, 4, false, float_data},
    {"uint8", integer, 1, false, int32_data},
    {"int8", DataType::int8, 1, true, int32_data},
    {"uint16", integer, 2, false, int32_data},
    {"int16", integer, 2, true, int32_data},
    {"int32", integer, 4, true, int32_data},
    {"int64", integer, 8, true, int64_data},
    {"string", real, 0, false, 0},
    {"bool", DataType::boolean, 1, false, int32_data},
    {"float16", real, 2, false, int32_data},
    {"float64", real, 8, false, double_data},
    {"uint32", integer, 4, false, uint64_data},
    {"uint64", integer, 8, false, uint64_data},
    {"complex64", real, 0, false, 0},
    {"complex128", real, 0, false, 0},
    {"bfloat16", real, 2, false, int32_data},
    {"float8e4m3fn", real, 0, false, 0},
    {"float8e4m3fnuz", real, 0, false, 0},
    {"float8e5m2", real, 0, false, 0},
    {"float8e5m2fnuz", real, 0, false, 0},
    {"uint4", real, 0, false, 0},
    {"int4", real, 0, false, 0},
    {"float4e2m1", real, 0, false, 0},
};
} // namespace

Result<ElementType> element_type(std::int64_t code, std::string_view place) {
  if (code == 0)
    return fail(ErrorCode::corrupt, std::string(place), "has no element type");
  if (code < 0 || code >= static_cast<std::int64_t>(std::size(element_types)))
    return fail(ErrorCode::corrupt, std::string(place), concat("has the unknown element type ", code));
  const ElementType& type = element_types[code];
  if (type.bytes == 0)
    return fail(ErrorCode::unsupported, std::string(place), concat("element type ", type.name, " is not supported"));
  return type;
}

std::int64_t code_of(DataType type) {
  switch (type) {
  case DataType::float32:
    return code_float32;
  case DataType::int64:
    return code_int64;
  case DataType::boolean:
    return code_boolean;
  case DataType::int8:
    return code_int8;
  }
  return 0;
}

} // namespace ganlet::onnx
