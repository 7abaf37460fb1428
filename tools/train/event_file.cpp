#include "event_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "core/text.h"
#include "image/png_writer.h"
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

void append_record(std::string& out, std::string_view data) {
  std::string length;
  append_little_endian(length, static_cast<std::uint64_t>(data.size()));
  out += length;
  append_little_endian(out, masked_crc32c(length));
  out += data;
  append_little_endian(out, masked_crc32c(data));
}

std::string text_of(WireWriter message) {
  const std::vector<std::byte> bytes = std::move(message).take();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Field numbers here and below are those of TensorFlow's event.proto, summary.proto and tensor.proto.
WireWriter new_event() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  WireWriter event;
  event.real64(1, std::chrono::duration<double>(now).count());
  return event;
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
  if (kept.empty()) {
    WireWriter first = new_event();
    first.text(3, "brain.Event:2");
    append_record(kept, text_of(std::move(first)));
  }
  GANLET_CHECK(write_whole(file, std::as_bytes(std::span(kept))));
  events.file_ = std::move(file);
  return events;
}

void EventFile::add_summary(std::int64_t step, const WireWriter& value) {
  WireWriter summary, event = new_event();
  summary.message(1, value);
  event.integer(2, step);
  event.message(5, summary);
  append_record(pending_, text_of(std::move(event)));
}

void EventFile::add_scalar(std::int64_t step, std::string_view tag, double value) {
  WireWriter scalar;
  scalar.text(1, tag);
  scalar.real(2, static_cast<float>(value));
  add_summary(step, scalar);
}

Result<void> EventFile::add_image(std::int64_t step, std::string_view tag, const Image& image) {
  GANLET_TRY(const std::vector<std::byte> png, encode_png(image));
  constexpr std::int64_t rgb = 3;
  WireWriter picture, value;
  picture.integer(1, image.height);
  picture.integer(2, image.width);
  picture.integer(3, rgb);
  picture.bytes(4, png);
  value.text(1, tag);
  value.message(4, picture);
  add_summary(step, value);
  return {};
}

void EventFile::add_text(std::int64_t step, std::string_view tag, std::string_view text) {
  constexpr std::int64_t string_type = 7;
  WireWriter tensor, plugin, metadata, value;
  tensor.integer(1, string_type); // of rank 0, with one string
  tensor.text(2, "");
  tensor.text(8, text);
  plugin.text(1, "text");
  metadata.message(1, plugin);
  value.text(1, tag);
  value.message(8, tensor);
  value.message(9, metadata);
  add_summary(step, value);
}

Result<void> EventFile::flush() {
  GANLET_CHECK(append_to_file(file_, std::as_bytes(std::span(pending_))));
  pending_.clear();
  return {};
}

} // namespace ganlet::train
