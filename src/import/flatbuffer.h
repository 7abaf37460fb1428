#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/budget.h"
#include "import/bytes.h"

namespace ganlet::importing {

/// A FlatBuffer (https://flatbuffers.dev/internals): tables whose fields are found through a table of offsets. Refers
/// to the bytes. What lies outside the file reads as absent, and is an error from then on, which `check` gives; so is
/// work beyond the budget, of which every field takes some and every vector as much as it is long.
class FlatBuffer {
 public:
  /// Where a table begins; 0 is a table without fields.
  struct Table {
    std::uint64_t at = 0;
    explicit operator bool() const { return at != 0; }
  };

  FlatBuffer(Bytes file, Budget& budget) : file_(file), budget_(budget) {}

  Table root();
  /// A signed integer of 1 to 8 bytes.
  std::int64_t integer(Table table, int field, std::size_t bytes, std::int64_t otherwise = 0);
  float real(Table table, int field, float otherwise = 0);
  Table table(Table table, int field);
  std::vector<Table> tables(Table table, int field);
  /// The elements of a vector of numbers of `size` bytes each.
  Bytes numbers(Table table, int field, std::size_t size);
  std::vector<std::int64_t> integers(Table table, int field, std::size_t size);
  std::string_view text(Table table, int field);
  bool has(Table table, int field) { return field_at(table, field) != 0; }

  /// Errors: corrupt, limit_exceeded, cancelled; at `flatbuffer`.
  Result<void> check() const;

 private:
  /// 0 where the table has no such field.
  std::uint64_t field_at(Table table, int field);
  /// What an offset at `at` leads to.
  std::uint64_t followed(std::uint64_t at);
  std::uint64_t number(std::uint64_t at, std::size_t bytes);
  void damage();
  bool take(std::uint64_t bytes);

  Bytes file_;
  Budget& budget_;
  std::optional<std::uint64_t> damaged_at_;
  std::optional<ErrorCode> stopped_;
};

} // namespace ganlet::importing
