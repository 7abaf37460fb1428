#include "lines.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/text.h"

namespace ganlet::tool {

bool LineReader::has_whole_line() const {
  return buffer_.find('\n', searched_) != buffer_.npos;
}

bool LineReader::read_more() {
  char chunk[65536];
  ssize_t count;
  do
    count = read(descriptor_, chunk, sizeof chunk);
  while (count < 0 && errno == EINTR);
  if (count <= 0) {
    error_ = count < 0 ? errno : 0;
    ended_ = true;
    return false;
  }
  std::string_view fresh(chunk, static_cast<std::size_t>(count));
  if (skipping_) {
    const std::size_t end = fresh.find('\n');
    if (end == fresh.npos)
      return true;
    skipping_ = false;
    fresh.remove_prefix(end);
  }
  searched_ = buffer_.size();
  buffer_.append(fresh);
  return true;
}

std::optional<LineReader::Line> LineReader::next() {
  while (!ended_ && !has_whole_line()) {
    if (buffer_.size() > longest_) {
      buffer_.resize(longest_);
      skipping_ = cut_off_ = true;
    }
    read_more();
  }
  if (ended_ && buffer_.empty())
    return std::nullopt;
  const std::size_t end = std::min(buffer_.find('\n'), buffer_.size());
  Line line{buffer_.substr(0, end), !cut_off_ && end <= longest_};
  if (line.text.ends_with('\r'))
    line.text.pop_back();
  buffer_.erase(0, end + 1);
  searched_ = 0;
  cut_off_ = false;
  return line;
}

bool LineReader::is_ready() {
  while (!ended_ && !has_whole_line()) {
    pollfd waiting{descriptor_, POLLIN, 0};
    if (buffer_.size() > longest_ || poll(&waiting, 1, 0) <= 0)
      return false;
    read_more();
  }
  return has_whole_line() || !buffer_.empty();
}

int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count < 0 && errno != EINTR)
      return errno;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  return 0;
}

Result<bool> write_answers(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error != 0 && error != EPIPE)
    return fail(ErrorCode::io, "standard output", concat("can't be written: ", std::strerror(error)));
  return error == 0;
}

Result<void> check_read(const LineReader& lines) {
  if (lines.error() != 0)
    return fail(ErrorCode::io, "standard input", concat("can't be read: ", std::strerror(lines.error())));
  return {};
}

} // namespace ganlet::tool
