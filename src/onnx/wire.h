#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

/// Protocol Buffers' wire format, as far as ONNX uses it (https://protobuf.dev/programming-guides/encoding/).
///
/// Written here rather than taken from protozero: the library is also built with -fno-exceptions, where protozero's
/// checks (which throw) would end the program on a damaged file. This reader takes no step that the bytes present don't
/// cover.
namespace ganlet::onnx {

/// What a file may still take in memory. A byte in a file can ask for many in memory (an empty name is two bytes there,
/// and a std::string here), so everything that is kept in lists is charged.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::int64_t bytes) : total_(bytes), left_(bytes) {}
  /// False where less than `bytes` is left.
  bool take(std::size_t bytes);
  std::int64_t total() const { return total_; }

 private:
  std::int64_t total_;
  std::int64_t left_;
};

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// Takes one varint off the front of `bytes`; empty if it is cut off or has more than 64 bits.
std::optional<std::uint64_t> take_varint(std::span<const std::byte>& bytes);

/// Walks the fields of one message:
///
///     WireReader wire(bytes, "graph.node[3]", budget);
///     while (wire.next())
///       if (wire.field() == 2)
///         name = wire.text();
///     GANLET_CHECK(wire.finish());
///
/// The first fault ends the walk; `finish` tells of it. Fields that nobody asks for are skipped.
class WireReader {
 public:
  WireReader(std::span<const std::byte> message, std::string_view place, MemoryBudget& budget);

  bool next();
  std::uint32_t field() const { return field_; }

  /// The value of the current field. A field of another wire type is a fault, and the value 0 or empty.
  std::int64_t integer();
  float real();
  std::span<const std::byte> bytes();
  std::string_view text();
  /// The bytes of a message within this one, which takes `memory` bytes when kept in a list. Errors: those of `finish`.
  Result<std::span<const std::byte>> message(std::size_t memory = 0);
  void append_to(std::vector<std::string>& list);
  /// One number or, where they are packed, many.
  void append_to(std::vector<std::int64_t>& list);
  void append_to(std::vector<float>& list);
  /// The bytes of one number or of many packed ones, whose encoding is `element`.
  std::span<const std::byte> numbers(WireType element);

  /// How the walk went; asked once, at its end. Errors: corrupt, limit_exceeded; with the message's place.
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

/// The string in field `field` of a message, empty where there is none or the message is damaged. For places in
/// messages.
std::string_view find_text(std::span<const std::byte> message, std::uint32_t field);

} // namespace ganlet::onnx
