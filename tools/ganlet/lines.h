#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ganlet::tool {

/// Reads a file descriptor line by line, and tells whether the next line is there already: so that lines which come
/// together can be worked on together, and one that comes alone isn't kept waiting.
class LineReader {
 public:
  /// Longer lines come cut off, which `Line::complete` tells; the rest of them is skipped.
  LineReader(int descriptor, std::size_t longest) : descriptor_(descriptor), longest_(longest) {}

  struct Line {
    std::string text; ///< without its end
    bool complete = true;
  };

  /// The next line; waits for it. Nothing at the end, and after a failure.
  std::optional<Line> next();
  /// errno's value where reading failed, else 0.
  int error() const { return error_; }
  /// Whether there is a next line already.
  bool is_ready();

 private:
  bool has_whole_line() const;
  /// Takes in what there is, waiting where there is nothing. False at the end, and where it fails.
  bool read_more();

  int descriptor_;
  std::size_t longest_;
  std::string buffer_;
  std::size_t searched_ = 0; ///< how much of the buffer is known to hold no line's end
  bool skipping_ = false;    ///< the rest of a line that was too long
  bool cut_off_ = false;
  bool ended_ = false;
  int error_ = 0;
};

/// Writes all of a text to a file descriptor. Returns errno's value where it fails, else 0.
int write_all(int descriptor, std::string_view text);

} // namespace ganlet::tool
