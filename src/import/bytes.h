#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/budget.h"
#include "core/error.h"
#include "core/limits.h"

namespace ganlet::importing {

using Bytes = std::span<const std::byte>;

/// Reads little-endian fields one after another. Past the end it returns zeros and remembers that it got there, so that
/// a whole list of fields needs only one check, after the last one.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : bytes_(bytes) {}

  /// An unsigned integer of 0 to 8 bytes.
  std::uint64_t number(std::size_t bytes);
  Bytes take(std::uint64_t bytes);
  /// If the next bytes are these, skips them and returns true.
  bool has(std::string_view signature);
  void skip(std::uint64_t bytes) { take(bytes); }
  /// The text before the next zero byte, or before another `end`, which is skipped.
  std::string_view text(char end = '\0');
  /// Skips to the next multiple of `unit`, counted from the beginning.
  void align(std::size_t unit);

  std::size_t at() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }
  bool is_past_end() const { return past_end_; }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
  bool past_end_ = false;
};

std::string_view text_of(Bytes bytes);

/// Takes the cost of looking at so many bytes. Errors: those of `Budget::take`, at `place`.
Result<void> take_for_bytes(Budget& budget, std::uint64_t bytes, std::string_view place);

/// What the tensors of a file may take in memory: four times `Limits::file_bytes` together.
class HeldBytes {
 public:
  explicit HeldBytes(const Limits& limits) : left_(4 * limits.file_bytes) {}
  /// Called before a tensor is allocated. Errors: limit_exceeded, at `place`.
  Result<void> take(std::int64_t bytes, std::string_view place);

 private:
  std::int64_t left_;
};

/// How many bytes a number up to `most` takes.
std::size_t bytes_for(std::uint64_t most);

} // namespace ganlet::importing
