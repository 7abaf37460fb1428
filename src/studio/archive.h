#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.h"

/// Serializes values for the other side of the same program: numbers as they are in memory, lists preceded by their
/// lengths. A struct takes part by a function `fields(archive, value)` that calls the archive with its members; the
/// same function is used for writing and reading.
namespace ganlet::studio {

template <typename T>
concept PlainNumber = std::is_arithmetic_v<T> || std::is_enum_v<T>;

class Writer {
 public:
  template <typename... Values> void operator()(const Values&... values) { (put(values), ...); }
  std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  void put_raw(const void* from, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(from);
    bytes_.insert(bytes_.end(), first, first + size);
  }
  template <PlainNumber T> void put(const T& number) { put_raw(&number, sizeof number); }
  void put(const std::string& text) {
    put(static_cast<std::uint64_t>(text.size()));
    put_raw(text.data(), text.size());
  }
  template <typename T> void put(const std::vector<T>& list) {
    put(static_cast<std::uint64_t>(list.size()));
    if constexpr (PlainNumber<T> || std::same_as<T, std::byte>)
      put_raw(list.data(), list.size() * sizeof(T));
    else
      for (const T& one : list)
        put(one);
  }
  template <typename T, std::size_t n> void put(const std::array<T, n>& list) {
    for (const T& one : list)
      put(one);
  }
  template <typename A, typename B> void put(const std::pair<A, B>& pair) { (*this)(pair.first, pair.second); }
  template <typename T> void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value)
      put(*value);
  }
  template <typename... Ts> void put(const std::variant<Ts...>& value) {
    put(static_cast<std::uint8_t>(value.index()));
    std::visit([this](const auto& one) { this->put(one); }, value);
  }
  template <typename T> void put(const Result<T>& result) {
    put(result.has_value());
    if (result)
      put(*result);
    else
      (*this)(result.error().code(), result.error().place(), result.error().message());
  }
  template <typename T> void put(const T& value) { fields(*this, value); }

  std::vector<std::byte> bytes_;
};

/// Reads what a Writer wrote. If bytes are missing, the remaining values keep what they had, and `failed` returns true.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  template <typename... Values> void operator()(Values&... values) { (get(values), ...); }
  bool failed() const { return failed_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  void get_raw(void* to, std::size_t size) {
    if (size > bytes_.size()) {
      failed_ = true;
      bytes_ = {};
      return;
    }
    if (size > 0)
      std::memcpy(to, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
  }
  /// The length of a list whose elements take at least `size` bytes each.
  std::size_t get_length(std::size_t size) {
    std::uint64_t length = 0;
    get(length);
    failed_ = failed_ || length > bytes_.size() / size;
    return failed_ ? 0 : static_cast<std::size_t>(length);
  }
  template <PlainNumber T> void get(T& number) { get_raw(&number, sizeof number); }
  void get(bool& value) {
    std::uint8_t byte = 0;
    get(byte);
    value = byte != 0;
  }
  void get(std::string& text) {
    text.resize(get_length(1));
    get_raw(text.data(), text.size());
  }
  template <typename T> void get(std::vector<T>& list) {
    if constexpr (PlainNumber<T> || std::same_as<T, std::byte>) {
      list.resize(get_length(sizeof(T)));
      get_raw(list.data(), list.size() * sizeof(T));
    } else {
      list.resize(get_length(1));
      for (T& one : list)
        get(one);
    }
  }
  template <typename T, std::size_t n> void get(std::array<T, n>& list) {
    for (T& one : list)
      get(one);
  }
  template <typename A, typename B> void get(std::pair<A, B>& pair) { (*this)(pair.first, pair.second); }
  template <typename T> void get(std::optional<T>& value) {
    bool has_value = false;
    get(has_value);
    value.reset();
    if (has_value)
      get(value.emplace());
  }
  template <typename... Ts> void get(std::variant<Ts...>& value) {
    std::uint8_t index = 0;
    get(index);
    failed_ = failed_ || index >= sizeof...(Ts);
    std::uint8_t at = 0;
    ((at++ == index ? get(value.template emplace<Ts>()) : void()), ...);
  }
  template <typename T> void get(Result<T>& result) {
    bool has_value = false;
    get(has_value);
    if (has_value) {
      T value;
      get(value);
      result = std::move(value);
      return;
    }
    ErrorCode code = ErrorCode::corrupt;
    std::string place, message;
    (*this)(code, place, message);
    result = tl::unexpected(Error(code, std::move(place), std::move(message)));
  }
  template <typename T> void get(T& value) { fields(*this, value); }

  std::span<const std::byte> bytes_;
  bool failed_ = false;
};

} // namespace ganlet::studio
