#include "onnx/wire.h"

#include <bit>
#include <cstring>

#include "core/text.h"

static_assert(std::endian::native == std::endian::little, "ONNX files are little endian and are read without swapping");

namespace ganlet::onnx {

bool MemoryBudget::take(std::size_t bytes) {
  if (static_cast<std::uint64_t>(bytes) > static_cast<std::uint64_t>(left_))
    return false;
  left_ -= static_cast<std::int64_t>(bytes);
  return true;
}

std::optional<std::uint64_t> take_varint(std::span<const std::byte>& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = std::to_integer<std::uint64_t>(bytes[i]);
    if (i == 9 && byte > 1)
      return std::nullopt;
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      bytes = bytes.subspan(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

WireReader::WireReader(std::span<const std::byte> message, std::string_view place, MemoryBudget& budget)
    : rest_(message), place_(place), budget_(budget) {}

bool WireReader::next() {
  if (error_ || rest_.empty())
    return false;
  const auto tag = take_varint(rest_);
  if (!tag || *tag >> 3 == 0 || *tag >> 3 > 0x1fffffff) {
    damage("damaged: a field has no valid number");
    return false;
  }
  field_ = static_cast<std::uint32_t>(*tag >> 3);
  type_ = static_cast<WireType>(*tag & 7);
  std::uint64_t length = 0;
  if (type_ == WireType::varint) {
    auto after = rest_;
    if (!take_varint(after)) {
      damage(concat("truncated or damaged in field ", field_));
      return false;
    }
    length = rest_.size() - after.size();
  } else if (type_ == WireType::fixed64 || type_ == WireType::fixed32) {
    length = type_ == WireType::fixed64 ? 8 : 4;
  } else if (type_ == WireType::bytes) {
    const auto stated = take_varint(rest_);
    if (!stated) {
      damage(concat("truncated or damaged in field ", field_));
      return false;
    }
    length = *stated;
  } else {
    damage(concat("damaged: field ", field_, " has wire type ", *tag & 7));
    return false;
  }
  if (length > rest_.size()) {
    damage(concat("truncated: field ", field_, " needs ", length, " bytes, ", rest_.size(), " are left"));
    return false;
  }
  value_ = rest_.first(static_cast<std::size_t>(length));
  rest_ = rest_.subspan(static_cast<std::size_t>(length));
  return true;
}

std::int64_t WireReader::integer() {
  if (!expect(WireType::varint))
    return 0;
  auto from = value_;
  return static_cast<std::int64_t>(take_varint(from).value_or(0));
}

float WireReader::real() {
  float value = 0;
  if (expect(WireType::fixed32))
    std::memcpy(&value, value_.data(), sizeof value);
  return value;
}

std::span<const std::byte> WireReader::bytes() {
  return expect(WireType::bytes) ? value_ : std::span<const std::byte>();
}

std::string_view WireReader::text() {
  const auto raw = bytes();
  return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

Result<std::span<const std::byte>> WireReader::message(std::size_t memory) {
  charge(memory);
  const auto inner = bytes();
  GANLET_CHECK(finish());
  return inner;
}

void WireReader::append_to(std::vector<std::string>& list) {
  charge(sizeof(std::string));
  const std::string_view value = text();
  if (!error_)
    list.emplace_back(value);
}

void WireReader::append_to(std::vector<std::int64_t>& list) {
  auto from = numbers(WireType::varint);
  charge(from.size() * sizeof(std::int64_t));
  while (!error_ && !from.empty()) {
    if (const auto value = take_varint(from))
      list.push_back(static_cast<std::int64_t>(*value));
    else
      damage(concat("truncated or damaged in field ", field_));
  }
}

void WireReader::append_to(std::vector<float>& list) {
  const auto from = numbers(WireType::fixed32);
  if (from.size() % sizeof(float) != 0)
    damage(concat("damaged: field ", field_, " holds ", from.size(), " bytes of 4-byte numbers"));
  charge(from.size());
  if (error_ || from.empty())
    return;
  const std::size_t before = list.size();
  list.resize(before + from.size() / sizeof(float));
  std::memcpy(list.data() + before, from.data(), from.size());
}

std::span<const std::byte> WireReader::numbers(WireType element) {
  if (type_ != WireType::bytes && !expect(element))
    return {};
  return value_;
}

Result<void> WireReader::finish() {
  if (error_)
    return tl::unexpected<Error>(std::move(*error_));
  return {};
}

bool WireReader::expect(WireType wanted) {
  if (type_ != wanted)
    damage(concat("damaged: field ", field_, " has wire type ", static_cast<int>(type_), ", needs ",
                  static_cast<int>(wanted)));
  return type_ == wanted;
}

void WireReader::charge(std::size_t bytes) {
  if (!error_ && !budget_.take(bytes))
    error_ = Error(ErrorCode::limit_exceeded, place_,
                   concat("the model takes more than ", budget_.total(), " bytes in memory"));
}

void WireReader::damage(std::string message) {
  if (!error_)
    error_ = Error(ErrorCode::corrupt, place_, std::move(message));
}

std::string_view find_text(std::span<const std::byte> message, std::uint32_t field) {
  MemoryBudget nothing(0);
  WireReader wire(message, "", nothing);
  while (wire.next())
    if (wire.field() == field)
      return wire.text();
  return {};
}

} // namespace ganlet::onnx
