#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/budget.h"
#include "core/error.h"

namespace ganlet::importing {

using Bytes = std::span<const std::byte>;

/// Reads little-endian fields one after another. Behind the end it gives zeros and remembers that it was there, so that
/// a list of fields needs one check, at its end.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : bytes_(bytes) {}

  /// An unsigned integer of 0 to 8 bytes.
  std::uint64_t number(std::size_t bytes);
  Bytes take(std::uint64_t bytes);
  /// Whether the next bytes are these, which it passes.
  bool has(std::string_view signature);
  void skip(std::uint64_t bytes) { take(bytes); }
  /// Text up to a zero byte, which is passed.
  std::string_view text();
  /// To the next multiple of `unit`, counted from the beginning.
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

/// Takes what looking at so many bytes costs. Errors: those of `Budget::take`, at `place`.
Result<void> take_for_bytes(Budget& budget, std::uint64_t bytes, std::string_view place);

/// How many bytes it takes to write numbers up to `most`.
std::size_t bytes_for(std::uint64_t most);

} // namespace ganlet::importing
