#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace ganlet {

/// One message of Protocol Buffers' wire format, field by field
/// (https://protobuf.dev/programming-guides/encoding/).
class WireWriter {
 public:
  void integer(std::uint32_t field, std::int64_t value) {
    tag(field, 0);
    varint(static_cast<std::uint64_t>(value));
  }
  void real(std::uint32_t field, float value) {
    tag(field, 5);
    append(std::as_bytes(std::span(&value, 1)));
  }
  void real64(std::uint32_t field, double value) {
    tag(field, 1);
    append(std::as_bytes(std::span(&value, 1)));
  }
  void bytes(std::uint32_t field, std::span<const std::byte> value) {
    tag(field, 2);
    varint(value.size());
    append(value);
  }
  void text(std::uint32_t field, std::string_view value) { bytes(field, std::as_bytes(std::span(value))); }
  /// A field as it was read: `value` is encoded as `wire_type` says.
  void raw(std::uint32_t field, std::uint32_t wire_type, std::span<const std::byte> value) {
    if (wire_type == 2)
      return bytes(field, value);
    tag(field, wire_type);
    append(value);
  }
  void message(std::uint32_t field, const WireWriter& inner) { bytes(field, inner.bytes_); }

  std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  void tag(std::uint32_t field, std::uint32_t wire_type) { varint(field << 3 | wire_type); }

  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      bytes_.push_back(static_cast<std::byte>(value | 0x80));
    bytes_.push_back(static_cast<std::byte>(value));
  }

  void append(std::span<const std::byte> more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }

  std::vector<std::byte> bytes_;
};

} // namespace ganlet
