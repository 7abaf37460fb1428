#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace ganlet::tool {

/// Reads a file descriptor line by line, and tells whether the next line is already there, so that lines which arrive
/// together can be processed together and a single line isn't kept waiting.
class LineReader {
 public:
  /// Longer lines are cut off (`Line::complete` is false then); the rest of them is skipped.
  LineReader(int descriptor, std::size_t longest) : descriptor_(descriptor), longest_(longest) {}

  struct Line {
    std::string text; ///< without its end
    bool complete = true;
  };

  /// The next line; waits for it. Empty at the end, and after a failure.
  std::optional<Line> next();
  /// errno's value if reading failed, else 0.
  int error() const { return error_; }
  /// Whether a next line can be read without waiting.
  bool is_ready();

 private:
  bool has_whole_line() const;
  /// Reads what is available, and waits if there is nothing. False at the end and on failure.
  bool read_more();

  int descriptor_;
  std::size_t longest_;
  std::string buffer_;
  std::size_t searched_ = 0; ///< how much of the buffer is known to contain no line end
  bool skipping_ = false;    ///< skipping the rest of a line that was too long
  bool cut_off_ = false;
  bool ended_ = false;
  int error_ = 0;
};

/// Writes the whole text to a file descriptor. Returns errno's value on failure, else 0.
int write_all(int descriptor, std::string_view text);

/// Writes answers to standard output. False if their reader has closed it. Errors: io.
Result<bool> write_answers(std::string_view text);
/// Whether standard input could be read to its end. Errors: io.
Result<void> check_read(const LineReader& lines);

} // namespace ganlet::tool
