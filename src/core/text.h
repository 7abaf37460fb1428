#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ganlet {

/// One argument of `concat`: text, a number or a list. Refers to the argument, which must outlive it.
class TextPart {
 public:
  constexpr TextPart(std::string_view text) : kind_(Kind::text), data_(text.data()), size_(text.size()) {}
  /// Null is an empty text: libraries have no message for some of their errors.
  constexpr TextPart(const char* text) : TextPart(text == nullptr ? std::string_view() : std::string_view(text)) {}
  TextPart(const std::string& text) : TextPart(std::string_view(text)) {}
  constexpr TextPart(char text) : kind_(Kind::character), character_(text) {}
  constexpr TextPart(std::span<const std::int64_t> list) : kind_(Kind::list), data_(list.data()), size_(list.size()) {}
  constexpr TextPart(double number) : kind_(Kind::real), real_(number) {}
  constexpr TextPart(std::signed_integral auto number) : kind_(Kind::integer), integer_(number) {}
  constexpr TextPart(std::unsigned_integral auto number)
      : kind_(Kind::natural), integer_(static_cast<std::int64_t>(number)) {}

  void append_to(std::string& out) const;

 private:
  enum class Kind : std::uint8_t { text, character, list, real, integer, natural };

  Kind kind_;
  union {
    const void* data_;
    char character_;
    double real_;
    std::int64_t integer_;
  };
  std::size_t size_ = 0;
};

std::string join(std::span<const TextPart> parts);

/// True if the bytes begin with `text`.
bool begins_with(std::span<const std::byte> bytes, std::string_view text);

/// Joins the parts: text as it is, numbers in decimal (real ones with six significant digits, like printf's %g), lists
/// as [1, 2, 3]. It replaces std::format, which would cost the wasm more bytes than all the library's other text code.
/// It passes a list of parts rather than templates all the way down, because each length of each literal would
/// instantiate its own function.
template <typename... Parts> [[gnu::always_inline]] inline std::string concat(const Parts&... parts) {
  if constexpr (sizeof...(Parts) == 0) {
    return {};
  } else {
    const TextPart list[] = {parts...};
    return join(list);
  }
}

/// "1,098,960"
std::string with_commas(std::int64_t number);

/// Text from a file, made fit for one line of a message: what could change how the rest of the line is shown (control
/// characters, ends of lines, directions of writing) becomes '?', and at most `most` bytes are kept, as whole
/// characters.
std::string printable(std::string_view raw, std::size_t most = 80);

} // namespace ganlet
