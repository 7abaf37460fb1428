#include "import/bytes.h"

#include <algorithm>
#include <limits>

namespace ganlet::importing {

std::uint64_t Cursor::number(std::size_t bytes) {
  std::uint64_t value = 0;
  const Bytes taken = take(bytes);
  for (std::size_t i = 0; i < taken.size(); ++i)
    value |= std::uint64_t{std::to_integer<std::uint8_t>(taken[i])} << (8 * i);
  return value;
}

Bytes Cursor::take(std::uint64_t bytes) {
  if (bytes > left()) {
    past_end_ = true;
    at_ = bytes_.size();
    return {};
  }
  const Bytes taken = bytes_.subspan(at_, static_cast<std::size_t>(bytes));
  at_ += taken.size();
  return taken;
}

bool Cursor::has(std::string_view signature) {
  return text_of(take(signature.size())) == signature;
}

std::string_view Cursor::text(char end) {
  const std::string_view rest = text_of(bytes_.subspan(at_));
  const std::size_t size = rest.find(end);
  if (size == std::string_view::npos) {
    past_end_ = true;
    return {};
  }
  at_ += size + 1;
  return rest.substr(0, size);
}

void Cursor::align(std::size_t unit) {
  skip((unit - at_ % unit) % unit);
}

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<void> take_for_bytes(Budget& budget, std::uint64_t bytes, std::string_view place) {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  Result<void> taken = budget.take(static_cast<std::int64_t>(std::min(bytes / 4 + 1, most)));
  if (!taken)
    return tl::unexpected(std::move(taken).error().within(place));
  return taken;
}

Result<void> HeldBytes::take(std::int64_t bytes, std::string_view place) {
  if (bytes > left_)
    return fail(ErrorCode::limit_exceeded, place, "its tensors would take more than four times the limit of a file");
  left_ -= bytes;
  return {};
}

std::size_t bytes_for(std::uint64_t most) {
  std::size_t bytes = 1;
  while (most >>= 8)
    ++bytes;
  return bytes;
}

} // namespace ganlet::importing
