#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

/// The part of Protocol Buffers' wire format that ONNX uses (https://protobuf.dev/programming-guides/encoding/).
///
/// This is ganlet's own reader rather than protozero because the library is also built with -fno-exceptions, where
/// protozero's checks (which throw) would end the program on a damaged file. This reader never reads beyond the bytes
/// that it was given.
namespace ganlet::onnx {

/// How much more memory a file may take. A byte in a file can cost many in memory (an empty name takes two bytes there
/// and a std::string here), so everything that is kept in lists is charged.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::int64_t bytes) : total_(bytes), left_(bytes) {}
  /// False if less than `bytes` is left.
  bool take(std::size_t bytes);
  std::int64_t total() const { return total_; }

 private:
  std::int64_t total_;
  std::int64_t left_;
};

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// Removes one varint from the front of `bytes`; empty if it is cut off or has more than 64 bits.
std::optional<std::uint64_t> take_varint(std::span<const std::byte>& bytes);

/// Walks the fields of one message:
///
///     WireReader wire(bytes, "graph.node[3]", budget);
///     while (wire.next())
///       if (wire.field() == 2)
///         name = wire.text();
///     GANLET_CHECK(wire.finish());
///
/// The first fault ends the walk; `finish` returns it. Fields that nobody reads are skipped.
class WireReader {
 public:
  WireReader(std::span<const std::byte> message, std::string_view place, MemoryBudget& budget);

  bool next();
  std::uint32_t field() const { return field_; }
  WireType type() const { return type_; }
  /// The field's content, whatever its type: without the tag and, for `bytes`, the length.
  std::span<const std::byte> value() const { return value_; }

  /// The value of the current field. A field of another wire type is a fault, and its value is 0 or empty.
  std::int64_t integer();
  float real();
  std::span<const std::byte> bytes();
  std::string_view text();
  /// The bytes of a nested message; `memory` is what the message costs in memory if it is kept in a list. Errors: those
  /// of `finish`.
  Result<std::span<const std::byte>> message(std::size_t memory = 0);
  void append_to(std::vector<std::string>& list);
  /// Appends one number or, if the field is packed, many.
  void append_to(std::vector<std::int64_t>& list);
  void append_to(std::vector<float>& list);
  /// The bytes of one number, or of many packed ones, encoded as `element`.
  std::span<const std::byte> numbers(WireType element);

  /// How the walk went; to be called once, at its end. Errors: corrupt, limit_exceeded; at the message's place.
  Result<void> finish();

 private:
  bool expect(WireType wanted);
  void charge(std::size_t bytes);
  void damage(std::string message);

  std::span<const std::byte> rest_;
  std::string place_;
  MemoryBudget& budget_;
  std::uint32_t field_ = 0;
  WireType type_ = WireType::varint;
  std::span<const std::byte> value_; ///< without the tag and, for `bytes`, the length
  std::optional<Error> error_;
};

/// The string in field `field` of a message, for places in errors; empty if the message has none or is damaged.
std::string_view find_text(std::span<const std::byte> message, std::uint32_t field);

} // namespace ganlet::onnx
