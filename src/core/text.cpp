#include "core/text.h"

#include <cmath>
#include <cstring>

namespace ganlet {

namespace {

void append_list(std::string& out, std::span<const std::int64_t> list) {
  out += '[';
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0)
      out += ", ";
    out += std::to_string(list[i]);
  }
  out += ']';
}

/// As printf's %g, which would cost wasm 15 KB; a number halfway between two may be rounded the other way.
void append_real(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "nan";
    return;
  }
  if (std::signbit(value))
    out += '-';
  value = std::abs(value);
  if (value == 0 || std::isinf(value)) {
    out += value == 0 ? "0" : "inf";
    return;
  }
  int exponent = 5; // of the first of six digits
  for (; value >= 1e6; value /= 10)
    ++exponent;
  for (; value < 1e5; value *= 10)
    --exponent;
  auto rounded = static_cast<int>(value + 0.5);
  if (rounded == 1'000'000) {
    rounded /= 10;
    ++exponent;
  }
  std::string digits = std::to_string(rounded);
  digits.erase(digits.find_last_not_of('0') + 1);

  const bool scientific = exponent < -4 || exponent >= 6;
  const int before_point = scientific ? 1 : exponent + 1;
  if (before_point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-before_point), '0');
    out += digits;
  } else {
    const auto whole = static_cast<std::size_t>(before_point);
    if (digits.size() < whole)
      digits.resize(whole, '0');
    out.append(digits, 0, whole);
    if (digits.size() > whole) {
      out += '.';
      out.append(digits, whole);
    }
  }
  if (scientific) {
    out += exponent < 0 ? "e-" : "e+";
    if (std::abs(exponent) < 10)
      out += '0';
    out += std::to_string(std::abs(exponent));
  }
}

} // namespace

void TextPart::append_to(std::string& out) const {
  switch (kind_) {
  case Kind::text:
    out.append(static_cast<const char*>(data_), size_);
    return;
  case Kind::character:
    out += character_;
    return;
  case Kind::list:
    append_list(out, {static_cast<const std::int64_t*>(data_), size_});
    return;
  case Kind::real:
    append_real(out, real_);
    return;
  case Kind::integer:
    out += std::to_string(integer_);
    return;
  case Kind::natural:
    out += std::to_string(static_cast<std::uint64_t>(integer_));
    return;
  }
}

std::string join(std::span<const TextPart> parts) {
  std::string out;
  for (const TextPart& part : parts)
    part.append_to(out);
  return out;
}

std::string with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;)
    digits.insert(at -= 3, ",");
  return digits;
}

namespace {

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

bool is_lead(char byte) {
  return static_cast<unsigned char>(byte) >= 0xc2U;
}

/// Whether a UTF-8 character could change how the rest of a line is shown: control characters, ends of lines, and what
/// sets the direction of writing; bytes that are no UTF-8 count too.
bool is_control(std::string_view character) {
  const auto lies = [character](std::string_view first, std::string_view last) {
    return character >= first && character <= last;
  };
  if (character.size() == 1)
    return character[0] < 0x20 || character[0] == 0x7f; // bytes from 0x80 on are negative
  return character.size() > 4 || lies("\xc2\x80", "\xc2\x9f") || character == "\xd8\x9c" ||
         lies("\xe2\x80\x8e", "\xe2\x80\x8f") || lies("\xe2\x80\xa8", "\xe2\x80\xae") ||
         lies("\xe2\x81\xa6", "\xe2\x81\xa9");
}

} // namespace

std::string printable(std::string_view raw, std::size_t most) {
  std::string out;
  for (std::size_t at = 0, end = 0; at < raw.size(); at = end) {
    end = at + 1;
    while (is_lead(raw[at]) && end < raw.size() && is_continuation(raw[end]))
      ++end;
    if (end > most)
      return out + "...";
    const std::string_view character = raw.substr(at, end - at);
    out += is_control(character) ? std::string_view("?") : character;
  }
  return out;
}

bool begins_with(std::span<const std::byte> bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

} // namespace ganlet
