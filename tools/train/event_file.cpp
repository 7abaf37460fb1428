#include "event_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "core/text.h"
#include "image/image_writer.h"
#include "image/whole_file.h"

namespace ganlet::train {

namespace {

constexpr std::size_t length_bytes = 8, crc_bytes = 4, header_bytes = length_bytes + crc_bytes;

template <typename Number> void append_little_endian(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i)
    out += static_cast<char>(number >> (8 * i) & 0xff);
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    number |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  return number;
}

/// Protobuf's wire format, as much of it as events take. Field numbers are those of TensorFlow's event.proto,
/// summary.proto and tensor.proto.
class Message {
 public:
  Message& varint(int field, std::uint64_t value) {
    append_varint(static_cast<std::uint64_t>(field) << 3);
    append_varint(value);
    return *this;
  }
  Message& real64(int field, double value) {
    append_varint(static_cast<std::uint64_t>(field) << 3 | 1);
    append_little_endian(text_, std::bit_cast<std::uint64_t>(value));
    return *this;
  }
  Message& real32(int field, float value) {
    append_varint(static_cast<std::uint64_t>(field) << 3 | 5);
    append_little_endian(text_, std::bit_cast<std::uint32_t>(value));
    return *this;
  }
  Message& bytes(int field, std::string_view value) {
    append_varint(static_cast<std::uint64_t>(field) << 3 | 2);
    append_varint(value.size());
    text_ += value;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  void append_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      text_ += static_cast<char>(value | 0x80);
    text_ += static_cast<char>(value);
  }
  std::string text_;
};

void append_record(std::string& out, std::string_view data) {
  std::string length;
  append_little_endian(length, static_cast<std::uint64_t>(data.size()));
  out += length;
  append_little_endian(out, masked_crc32c(length));
  out += data;
  append_little_endian(out, masked_crc32c(data));
}

Message new_event() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Message().real64(1, std::chrono::duration<double>(now).count());
}

/// The step of an event of ours, whose fields are wall time, then step; the first event has none.
std::int64_t step_of(std::string_view event) {
  constexpr std::size_t behind_wall_time = 9;
  constexpr char step_tag = 2 << 3;
  if (event.size() <= behind_wall_time || event[behind_wall_time] != step_tag)
    return 0;
  std::uint64_t step = 0;
  int shift = 0;
  for (const char byte : event.substr(behind_wall_time + 1)) {
    step |= std::uint64_t{static_cast<std::uint8_t>(byte)} << shift & (std::uint64_t{0x7f} << shift);
    shift += 7;
    if ((byte & 0x80) == 0 || shift > 56)
      break;
  }
  return static_cast<std::int64_t>(step);
}

/// The data of the first record, where it is whole.
std::optional<std::string_view> first_record(std::string_view bytes) {
  if (bytes.size() < header_bytes)
    return std::nullopt;
  const std::string_view length = bytes.substr(0, length_bytes);
  const std::uint64_t size = little_endian(length);
  if (little_endian(bytes.substr(length_bytes, crc_bytes)) != masked_crc32c(length) ||
      bytes.size() < header_bytes + crc_bytes || size > bytes.size() - header_bytes - crc_bytes)
    return std::nullopt;
  const std::string_view data = bytes.substr(header_bytes, size);
  const bool whole = little_endian(bytes.substr(header_bytes + size, crc_bytes)) == masked_crc32c(data);
  return whole ? std::optional(data) : std::nullopt;
}

/// How many bytes of a file are records of steps up to `step`.
std::size_t size_up_to(std::string_view bytes, std::int64_t step) {
  std::size_t size = 0;
  while (const std::optional<std::string_view> data = first_record(bytes.substr(size))) {
    if (step_of(*data) > step)
      break;
    size += header_bytes + data->size() + crc_bytes;
  }
  return size;
}

} // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
  static const std::array<std::uint32_t, 256> table = [] {
    constexpr std::uint32_t polynomial = 0x82f63b78; // bits reversed
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t i = 0; i < made.size(); ++i) {
      made[i] = i;
      for (int bit = 0; bit < 8; ++bit)
        made[i] = made[i] >> 1 ^ (made[i] & 1 ? polynomial : 0);
    }
    return made;
  }();
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char byte : bytes)
    crc = crc >> 8 ^ table[(crc ^ static_cast<std::uint8_t>(byte)) & 0xff];
  return std::rotr(~crc, 15) + 0xa282ead8;
}

Result<EventFile> EventFile::open(std::filesystem::path file, std::int64_t step) {
  EventFile events;
  std::string kept;
  if (step > 0 && std::filesystem::exists(file)) {
    constexpr std::int64_t most_bytes = std::int64_t{1} << 32;
    GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    kept = all.substr(0, size_up_to(all, step));
  }
  if (kept.empty())
    append_record(kept, new_event().bytes(3, "brain.Event:2").text());
  GANLET_CHECK(write_whole(file, std::as_bytes(std::span(kept))));
  events.file_ = std::move(file);
  return events;
}

void EventFile::add_summary(std::int64_t step, std::string_view value) {
  append_record(
      pending_,
      new_event().varint(2, static_cast<std::uint64_t>(step)).bytes(5, Message().bytes(1, value).text()).text());
}

void EventFile::add_scalar(std::int64_t step, std::string_view tag, double value) {
  add_summary(step, Message().bytes(1, tag).real32(2, static_cast<float>(value)).text());
}

Result<void> EventFile::add_image(std::int64_t step, std::string_view tag, const Image& image) {
  GANLET_TRY(const std::vector<std::byte> png, encode_png(image));
  constexpr std::uint64_t rgb = 3;
  const Message picture = Message()
                              .varint(1, static_cast<std::uint64_t>(image.height))
                              .varint(2, static_cast<std::uint64_t>(image.width))
                              .varint(3, rgb)
                              .bytes(4, {reinterpret_cast<const char*>(png.data()), png.size()});
  add_summary(step, Message().bytes(1, tag).bytes(4, picture.text()).text());
  return {};
}

void EventFile::add_text(std::int64_t step, std::string_view tag, std::string_view text) {
  constexpr std::uint64_t string_type = 7;
  const Message plugin = Message().bytes(1, "text");
  // A tensor of rank 0 that holds one string.
  const Message tensor = Message().varint(1, string_type).bytes(2, "").bytes(8, text);
  add_summary(
      step, Message().bytes(1, tag).bytes(8, tensor.text()).bytes(9, Message().bytes(1, plugin.text()).text()).text());
}

Result<void> EventFile::flush() {
  const int file = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  std::string_view left = pending_;
  while (file >= 0 && !left.empty()) {
    const ssize_t written = ::write(file, left.data(), left.size());
    if (written < 0 && errno != EINTR)
      break;
    left.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  const int number = errno;
  if (file >= 0)
    ::close(file);
  if (file < 0 || !left.empty())
    return fail(ErrorCode::io, file_.string(), concat("can't be written: ", std::strerror(number)));
  pending_.clear();
  return {};
}

} // namespace ganlet::train
