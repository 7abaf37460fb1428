#include "image/npy.h"

#include <bit>
#include <cassert>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>

#include "core/text.h"

namespace ganlet {

static_assert(std::endian::native == std::endian::little, "elements are copied as they lie in memory");

namespace {

constexpr std::string_view magic = "\x93NUMPY";

std::string_view descr_of(DataType type) {
  switch (type) {
  case DataType::float32:
    return "<f4";
  case DataType::int64:
    return "<i8";
  case DataType::boolean:
    return "|b1";
  case DataType::int8:
    break;
  }
  assert(false && "int8 occurs in quantized weights alone");
  return "|i1";
}

/// The header's Python dictionary, read left to right. Each function consumes what it reads.
class HeaderText {
 public:
  explicit HeaderText(std::string_view text) : rest_(text) {}

  bool take(std::string_view token) {
    skip_space();
    if (!rest_.starts_with(token))
      return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  std::optional<std::string_view> quoted() {
    skip_space();
    const char quote = rest_.empty() ? '\0' : rest_[0];
    const std::size_t end = quote == '\'' || quote == '"' ? rest_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos)
      return std::nullopt;
    const std::string_view inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return inside;
  }

  std::optional<std::int64_t> number() {
    skip_space();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc{})
      return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  bool at_end() {
    skip_space();
    return rest_.empty();
  }

 private:
  void skip_space() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n'))
      rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

struct Header {
  std::string descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::int64_t>> sizes;
};

std::optional<std::vector<std::int64_t>> parse_tuple(HeaderText& text) {
  if (!text.take("("))
    return std::nullopt;
  std::vector<std::int64_t> sizes;
  while (!text.take(")")) {
    const std::optional<std::int64_t> size = text.number();
    if (!size)
      return std::nullopt;
    sizes.push_back(*size);
    if (!text.take(",")) {
      if (!text.take(")"))
        return std::nullopt;
      break;
    }
  }
  return sizes;
}

bool parse_entry(HeaderText& text, Header& header) {
  const std::optional<std::string_view> key = text.quoted();
  if (!key || !text.take(":"))
    return false;
  if (*key == "descr") {
    header.descr = text.quoted().value_or("");
    return !header.descr.empty();
  }
  if (*key == "fortran_order") {
    header.fortran_order = text.take("True");
    return *header.fortran_order || text.take("False");
  }
  if (*key == "shape") {
    header.sizes = parse_tuple(text);
    return header.sizes.has_value();
  }
  return false;
}

std::optional<Header> parse_header(std::string_view raw) {
  HeaderText text(raw);
  Header header;
  if (!text.take("{"))
    return std::nullopt;
  while (!text.take("}")) {
    if (!parse_entry(text, header))
      return std::nullopt;
    if (!text.take(",")) {
      if (!text.take("}"))
        return std::nullopt;
      break;
    }
  }
  if (!text.at_end() || header.descr.empty() || !header.fortran_order || !header.sizes)
    return std::nullopt;
  return header;
}

Result<DataType> type_of(std::string_view descr, std::string_view place) {
  for (const DataType type : {DataType::float32, DataType::int64, DataType::boolean})
    if (descr == descr_of(type))
      return type;
  const bool is_float = descr.find('f') != std::string_view::npos;
  return fail(ErrorCode::unsupported, std::string(place),
              concat("holds NumPy type '", printable(descr, 40), "'; save it as ",
                     is_float ? "float32: array.astype('float32')" : "float32, int64 or bool: array.astype('int64')"));
}

} // namespace

std::vector<std::byte> write_npy(const TensorView& tensor) {
  std::string sizes;
  for (const std::int64_t size : tensor.shape.sizes())
    sizes += concat(sizes.empty() ? "" : ", ", size);
  if (tensor.shape.rank() == 1) // Python's notation for a tuple of one element
    sizes += ",";
  std::string header =
      concat("{'descr': '", descr_of(tensor.type), "', 'fortran_order': False, 'shape': (", sizes, "), }");
  const std::size_t before = magic.size() + 4;
  header.resize((before + header.size() + 1 + 63) / 64 * 64 - before, ' ');
  header.back() = '\n';

  std::vector<std::byte> bytes(before + header.size() + tensor.bytes());
  std::memcpy(bytes.data(), magic.data(), magic.size());
  bytes[6] = std::byte{1};
  bytes[8] = static_cast<std::byte>(header.size() & 255);
  bytes[9] = static_cast<std::byte>(header.size() >> 8);
  std::memcpy(bytes.data() + before, header.data(), header.size());
  if (tensor.bytes() > 0)
    std::memcpy(bytes.data() + before + header.size(), tensor.data, tensor.bytes());
  return bytes;
}

Result<Tensor> read_npy(std::span<const std::byte> bytes, const Limits& limits, std::string_view place) {
  const std::string where(place);
  if (bytes.size() < 12 || std::memcmp(bytes.data(), magic.data(), magic.size()) != 0)
    return fail(ErrorCode::corrupt, where, "isn't a NumPy .npy file");
  const int version = std::to_integer<int>(bytes[6]);
  if (version < 1 || version > 3)
    return fail(ErrorCode::unsupported, where, concat(".npy version ", version, " isn't known"));
  const std::size_t before = version == 1 ? 10 : 12;
  std::uint32_t header_size = 0;
  std::memcpy(&header_size, bytes.data() + 8, before - 8);
  if (header_size > bytes.size() - before)
    return fail(ErrorCode::corrupt, where, "ends within its header");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + before, header_size);
  const std::optional<Header> header = parse_header(text);
  if (!header)
    return fail(ErrorCode::corrupt, where, concat("its header can't be read: ", printable(text)));
  GANLET_TRY(const DataType type, type_of(header->descr, place));
  if (*header->fortran_order)
    return fail(ErrorCode::unsupported, where, "is in Fortran order; save numpy.ascontiguousarray(array)");
  GANLET_TRY(const Shape shape, Shape::make(*header->sizes, limits, place));
  const std::span<const std::byte> data = bytes.subspan(before + header_size);
  const std::size_t needed = static_cast<std::size_t>(shape.elements()) * bytes_of(type);
  if (data.size() != needed)
    return fail(
        ErrorCode::corrupt, where,
        concat("has ", data.size(), " bytes of data; shape ", shape.text(), " of ", name_of(type), " needs ", needed));
  Tensor tensor(type, shape); // allocated only now: a short file may declare a large one
  if (!data.empty())
    std::memcpy(tensor.view().data, data.data(), data.size());
  return tensor;
}

} // namespace ganlet
