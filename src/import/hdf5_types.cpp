#include <algorithm>
#include <bit>

#include "import/hdf5_file.h"
#include "import/numbers.h"

namespace ganlet::importing::hdf5 {

namespace {

enum Class : std::uint64_t { fixed_point = 0, floating_point = 1, string = 3, varying = 9 };

/// Recognizes a type by where its exponent and mantissa lie.
ElementKind float_kind(Cursor& cursor, std::uint64_t bytes) {
  cursor.skip(4); // offset and precision
  const std::uint64_t exponent_at = cursor.number(1), exponent_bits = cursor.number(1);
  const std::uint64_t mantissa_at = cursor.number(1), mantissa_bits = cursor.number(1);
  cursor.skip(4); // bias
  const auto is = [&](std::uint64_t size, std::uint64_t exponent, std::uint64_t mantissa) {
    return bytes == size && exponent_at == mantissa && exponent_bits == exponent && mantissa_at == 0 &&
           mantissa_bits == mantissa;
  };
  if (is(2, 8, 7))
    return ElementKind::brain_real;
  return is(2, 5, 10) || is(4, 8, 23) || is(8, 11, 52) ? ElementKind::real : ElementKind::other;
}

/// The bits of one number, with the bytes reversed if they are big-endian.
std::uint64_t bits_at(Bytes bytes, std::size_t index, const Element& element) {
  const auto size = static_cast<std::size_t>(element.bytes);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = index * size + (element.big_endian ? i : size - 1 - i);
    bits = bits << 8 | std::to_integer<std::uint64_t>(bytes[at]);
  }
  return bits;
}

float real_of(std::uint64_t bits, const Element& element) {
  if (element.kind == ElementKind::brain_real)
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits << 16));
  if (element.bytes == 2)
    return float_of_half(static_cast<std::uint16_t>(bits));
  if (element.bytes == 4)
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  return static_cast<float>(std::bit_cast<double>(bits));
}

std::int64_t integer_of(std::uint64_t bits, const Element& element) {
  const auto unused = static_cast<int>(64 - 8 * element.bytes);
  return element.kind == ElementKind::natural ? static_cast<std::int64_t>(bits)
                                              : static_cast<std::int64_t>(bits << unused) >> unused;
}

} // namespace

Result<Element> read_datatype(Cursor& cursor) {
  const std::uint64_t kind = cursor.number(1) & 15, bits = cursor.number(3);
  Element element;
  element.bytes = cursor.number(4);
  element.big_endian = (bits & 1) != 0;
  const bool is_whole = element.bytes == 1 || element.bytes == 2 || element.bytes == 4 || element.bytes == 8;
  if (kind == fixed_point && is_whole) {
    element.kind = (bits & 8) != 0 ? ElementKind::integer : ElementKind::natural;
  } else if (kind == floating_point && (bits & 64) == 0) { // a VAX type sets bit 6
    element.kind = float_kind(cursor, element.bytes);
  } else if (kind == string) {
    element.kind = ElementKind::fixed_text;
  } else if (kind == varying && (bits & 15) == 1) {
    element.kind = ElementKind::varying_text;
  }
  if (cursor.is_past_end() || element.bytes == 0)
    return damaged("the type of its elements is damaged");
  return element;
}

Result<Space> read_dataspace(const File& file, Bytes message) {
  Cursor cursor(message);
  const std::uint64_t version = cursor.number(1), rank = cursor.number(1), flags = cursor.number(1);
  const std::uint64_t kind = cursor.number(1);
  if (version == 1)
    cursor.skip(4);
  if (cursor.is_past_end() || version < 1 || version > 2 || rank > 32)
    return damaged("the sizes of its axes are damaged");
  Space space;
  space.is_nothing = version == 2 && kind == 2;
  for (std::uint64_t i = 0; i < rank; ++i)
    space.sizes.push_back(file.length(cursor));
  space.most = space.sizes;
  for (std::uint64_t i = 0; i < rank && (flags & 1) != 0; ++i)
    space.most[static_cast<std::size_t>(i)] = file.length(cursor);
  if (cursor.is_past_end())
    return damaged("the sizes of its axes are damaged");
  for (const std::uint64_t size : space.sizes) {
    const auto most = static_cast<std::uint64_t>(file.limits.tensor_elements);
    if (size > most || (size != 0 && space.elements > most / size))
      return fail(ErrorCode::limit_exceeded, "", concat("has more than ", most, " elements"));
    space.elements *= size;
  }
  if (space.is_nothing)
    space.elements = 0;
  return space;
}

Result<Tensor> decode(const Element& element, const Shape& shape, Bytes bytes) {
  const auto count = static_cast<std::size_t>(shape.elements());
  if (bytes.size() < count * element.bytes)
    return damaged("it has fewer bytes than elements need");
  const bool is_real = element.kind == ElementKind::real || element.kind == ElementKind::brain_real;
  Tensor tensor(is_real ? DataType::float32 : DataType::int64, shape);
  for (std::size_t i = 0; i < count && is_real; ++i)
    tensor.as<float>()[i] = real_of(bits_at(bytes, i, element), element);
  for (std::size_t i = 0; i < count && !is_real; ++i)
    tensor.as<std::int64_t>()[i] = integer_of(bits_at(bytes, i, element), element);
  return tensor;
}

Result<std::vector<std::string>> decode_strings(const File& file, const Element& element, std::uint64_t count,
                                                Bytes bytes) {
  Cursor cursor(bytes);
  std::vector<std::string> strings;
  for (std::uint64_t i = 0; i < count; ++i) {
    Bytes text;
    if (element.kind == ElementKind::fixed_text) {
      text = cursor.take(element.bytes);
    } else {
      const std::uint64_t size = cursor.number(4), heap = file.offset(cursor), index = cursor.number(4);
      if (!cursor.is_past_end() && size > 0) {
        GANLET_TRY(text, global_object(file, heap, index));
        if (size > text.size())
          return damaged("a string is damaged");
        text = text.first(static_cast<std::size_t>(size));
      }
    }
    if (cursor.is_past_end())
      return damaged("a list of strings is truncated");
    GANLET_CHECK(take_for_bytes(*file.budget, text.size() + sizeof(std::string), ""));
    GANLET_CHECK(file.hold(1, text.size() + sizeof(std::string)));
    const std::string_view padded = text_of(text);
    strings.emplace_back(padded.substr(0, std::min(padded.find('\0'), padded.size())));
  }
  return strings;
}

} // namespace ganlet::importing::hdf5
