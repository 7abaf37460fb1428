#include <bit>
#include <cstring>

#include "core/checked.h"
#include "core/text.h"
#include "onnx/element_type.h"
#include "onnx/read_parts.h"
#include "onnx/reader.h"

namespace ganlet::onnx {

namespace {

/// What a TensorProto says about its elements, and the number of bytes that hold them.
struct TensorHeader {
  std::vector<std::int64_t> sizes;
  std::int64_t type = 0;
  std::span<const std::byte> raw;
  bool has_raw = false;
  std::size_t typed_bytes = 0; ///< in fields like float_data
};

bool holds_typed_data(std::uint32_t field) {
  return field == float_data || field == int32_data || field == int64_data || field == double_data ||
         field == uint64_data;
}

WireType wire_type_of(std::uint32_t field) {
  if (field == float_data)
    return WireType::fixed32;
  return field == double_data ? WireType::fixed64 : WireType::varint;
}

Result<TensorHeader> read_header(std::span<const std::byte> message, const std::string& place, ReadContext& context) {
  TensorHeader header;
  bool is_external = false, is_segment = false;
  WireReader wire(message, place, context.budget);
  while (wire.next()) {
    const std::uint32_t field = wire.field();
    if (field == 1) {
      wire.append_to(header.sizes);
    } else if (field == 2) {
      header.type = wire.integer();
    } else if (field == 3) {
      is_segment = true;
    } else if (field == raw_data) {
      header.raw = wire.bytes();
      header.has_raw = true;
    } else if (field == 13 || (field == 14 && wire.integer() != 0)) {
      is_external = true;
    } else if (holds_typed_data(field)) {
      header.typed_bytes += wire.numbers(wire_type_of(field)).size();
    }
  }
  GANLET_CHECK(wire.finish());
  if (is_external)
    return fail(ErrorCode::unsupported, place, "is in another file: give both, or export with external_data=False");
  if (is_segment)
    return fail(ErrorCode::unsupported, place, "tensors in segments are not supported");
  return header;
}

float from_float16(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
  const std::uint32_t exponent = bits >> 10 & 0x1f;
  const std::uint32_t fraction = bits & 0x3ff;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  const std::uint32_t wide_exponent = exponent == 0x1f ? 0xff : exponent + 127 - 15;
  return std::bit_cast<float>(sign | wide_exponent << 23 | fraction << 13);
}

float from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// One element of raw data as 64 bits, zero or sign extended.
std::int64_t load_integer(const std::byte* from, const ElementType& type) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, from, type.bytes);
  const int unused = 64 - 8 * type.bytes;
  if (type.is_signed)
    return static_cast<std::int64_t>(bits << unused) >> unused;
  return static_cast<std::int64_t>(bits);
}

float load_real(const std::byte* from, std::int64_t code) {
  if (code == code_double) {
    double value = 0;
    std::memcpy(&value, from, sizeof value);
    return static_cast<float>(value);
  }
  std::uint16_t bits = 0;
  std::memcpy(&bits, from, sizeof bits);
  return code == code_float16 ? from_float16(bits) : from_bfloat16(bits);
}

/// Whether the type can hold `value`. A uint64 above the largest int64 arrives here as a negative number.
bool in_range(std::int64_t value, const ElementType& type) {
  if (type.bytes == 8)
    return type.is_signed || value >= 0;
  const std::int64_t values = std::int64_t{1} << 8 * type.bytes;
  return type.is_signed ? -values / 2 <= value && value < values / 2 : 0 <= value && value < values;
}

tl::unexpected<Error> out_of_range(std::int64_t value, const ElementType& type, const std::string& place) {
  if (type.bytes == 8)
    return fail(ErrorCode::unsupported, place, "holds a uint64 above 2^63 - 1");
  return fail(ErrorCode::corrupt, place, concat("holds ", value, ", which is no ", type.name));
}

Result<void> decode_raw(std::span<const std::byte> raw, const ElementType& type, std::int64_t code,
                        const std::string& place, Tensor& tensor) {
  const std::size_t stored_bytes = type.bytes;
  if (code == code_float32 || code == code_int64 || code == code_int8) {
    if (!raw.empty())
      std::memcpy(tensor.view().data, raw.data(), raw.size());
  } else if (type.becomes == DataType::float32) {
    for (std::size_t i = 0; float& to : tensor.as<float>())
      to = load_real(&raw[stored_bytes * i++], code);
  } else if (type.becomes == DataType::boolean) {
    for (std::size_t i = 0; std::uint8_t& to : tensor.as<std::uint8_t>())
      to = raw[i++] != std::byte{0};
  } else {
    for (std::size_t i = 0; std::int64_t& to : tensor.as<std::int64_t>()) {
      to = load_integer(&raw[stored_bytes * i++], type);
      if (!in_range(to, type))
        return out_of_range(to, type, place);
    }
  }
  return {};
}

/// Stores a number from int32_data, int64_data or uint64_data at `index`.
void store_integer(std::int64_t value, std::int64_t code, std::size_t index, Tensor& tensor) {
  if (code == code_float16)
    tensor.as<float>()[index] = from_float16(static_cast<std::uint16_t>(value));
  else if (code == code_bfloat16)
    tensor.as<float>()[index] = from_bfloat16(static_cast<std::uint16_t>(value));
  else if (tensor.type() == DataType::boolean)
    tensor.as<std::uint8_t>()[index] = value != 0;
  else if (tensor.type() == DataType::int8)
    tensor.as<std::int8_t>()[index] = static_cast<std::int8_t>(value);
  else
    tensor.as<std::int64_t>()[index] = value;
}

/// Decodes one occurrence of a typed field after the `filled` elements so far. Elements beyond the tensor's end are
/// only counted.
Result<void> decode_typed(std::span<const std::byte> from, const ElementType& type, std::int64_t code,
                          const std::string& place, Tensor& tensor, std::size_t& filled) {
  const auto elements = static_cast<std::size_t>(tensor.shape().elements());
  if (wire_type_of(type.typed_field) != WireType::varint) {
    const std::size_t stored_bytes = type.bytes;
    if (from.size() % stored_bytes != 0)
      return fail(ErrorCode::corrupt, place,
                  concat("damaged: field ", type.typed_field, " holds ", from.size(), " bytes of ", stored_bytes,
                         "-byte numbers"));
    for (; !from.empty(); from = from.subspan(stored_bytes), ++filled)
      if (filled < elements && code == code_double)
        tensor.as<float>()[filled] = load_real(from.data(), code);
      else if (filled < elements)
        std::memcpy(&tensor.as<float>()[filled], from.data(), sizeof(float));
    return {};
  }
  for (; !from.empty(); ++filled) {
    const auto value = take_varint(from);
    if (!value)
      return fail(ErrorCode::corrupt, place, concat("truncated or damaged in field ", type.typed_field));
    const auto number = static_cast<std::int64_t>(*value);
    if (!in_range(number, type))
      return out_of_range(number, type, place);
    if (filled < elements)
      store_integer(number, code, filled, tensor);
  }
  return {};
}

Result<void> decode_typed_fields(std::span<const std::byte> message, const ElementType& type,
                                 const TensorHeader& header, const std::string& place, ReadContext& context,
                                 Tensor& tensor) {
  std::size_t filled = 0;
  WireReader wire(message, place, context.budget);
  while (wire.next())
    if (wire.field() == type.typed_field)
      GANLET_CHECK(
          decode_typed(wire.numbers(wire_type_of(type.typed_field)), type, header.type, place, tensor, filled));
  GANLET_CHECK(wire.finish());
  if (filled != static_cast<std::size_t>(tensor.shape().elements()))
    return fail(ErrorCode::corrupt, place,
                concat("has ", filled, " elements, ", type.name, " ", tensor.shape().text(), " needs ",
                       tensor.shape().elements()));
  return {};
}

} // namespace

Result<Tensor> read_tensor(std::span<const std::byte> message, const std::string& place, ReadContext& context) {
  GANLET_TRY(const TensorHeader header, read_header(message, place, context));
  GANLET_TRY(const ElementType type, element_type(header.type, place));
  GANLET_TRY(const Shape shape, Shape::make(header.sizes, context.limits, place));
  if (header.has_raw && header.typed_bytes > 0)
    return fail(ErrorCode::corrupt, place, "has both raw_data and typed data");

  // Every element takes at least one byte of a typed field, so the allocation is never larger than the file justifies.
  const std::int64_t needed_bytes = shape.elements() * (header.has_raw ? type.bytes : 1);
  if (header.has_raw && static_cast<std::int64_t>(header.raw.size()) != needed_bytes)
    return fail(
        ErrorCode::corrupt, place,
        concat("raw_data has ", header.raw.size(), " bytes, ", type.name, " ", shape.text(), " needs ", needed_bytes));
  if (!header.has_raw && static_cast<std::int64_t>(header.typed_bytes) < needed_bytes)
    return fail(ErrorCode::corrupt, place,
                concat("has ", header.typed_bytes, " bytes of data, too few for ", type.name, " ", shape.text()));
  const std::int64_t memory =
      shape.elements() * static_cast<std::int64_t>(bytes_of(type.becomes)) + std::int64_t{Tensor::slack};
  if (!context.budget.take(static_cast<std::size_t>(memory)))
    return fail(ErrorCode::limit_exceeded, place,
                concat("the model takes more than ", context.budget.total(), " bytes in memory"));

  GANLET_CHECK(context.take(memory / 4, place));
  Tensor tensor(type.becomes, shape);
  if (header.has_raw)
    GANLET_CHECK(decode_raw(header.raw, type, header.type, place, tensor));
  else
    GANLET_CHECK(decode_typed_fields(message, type, header, place, context, tensor));
  return tensor;
}

Result<Tensor> read_tensor(std::span<const std::byte> bytes, const Limits& limits) {
  Budget work(limits.load_units);
  ReadContext context{limits, work, MemoryBudget(4 * limits.file_bytes), nullptr};
  return read_tensor(bytes, std::string("tensor"), context);
}

} // namespace ganlet::onnx
