#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace ganlet {

/// What kind of thing went wrong, for programs; `Error::message` tells people.
enum class ErrorCode {
  invalid_argument, ///< a request that can't be met: a bad label, text, name or shape
  not_found,        ///< a file, model, input or output that doesn't exist
  io,               ///< reading or writing failed
  corrupt,          ///< bytes that aren't what they claim to be
  unsupported,      ///< well formed, but more than ganlet can run
  limit_exceeded,   ///< beyond one of `Limits`
  cancelled,        ///< the caller asked to stop
  device_lost,      ///< the device that ran it is gone; compile again, perhaps for another backend
};

/// The code's name as programs see it, such as "invalid_argument".
std::string_view name_of(ErrorCode code);

/// A data error: what went wrong, in words, and where. `place` is a path into the file or request, such as
/// `graph.node[12] ConvTranspose 'up2'`, or empty. An Error is one pointer wide because nearly every function can
/// return one: code that moved the texts themselves was a tenth of the wasm.
class [[nodiscard]] Error {
 public:
  /// Control characters become question marks, so that each text is one line, whatever a file's names hold.
  Error(ErrorCode code, std::string_view place, std::string_view message);
  Error(Error&&) noexcept = default;
  Error& operator=(Error&&) noexcept = default;
  ~Error();

  ErrorCode code() const { return details_->code; }
  const std::string& place() const { return details_->place; }
  const std::string& message() const { return details_->message; }
  /// "place: message", or the message alone.
  std::string text() const;
  /// The same error with an outer place in front: "outer: place".
  Error within(std::string_view outer) &&;

 private:
  struct Details {
    ErrorCode code;
    std::string place;
    std::string message;
  };
  std::unique_ptr<Details> details_;
};

/// A value, or the `Error` that prevented it. Programmer errors are asserts and never appear here.
template <typename T> using Result = tl::expected<T, Error>;

tl::unexpected<Error> fail(ErrorCode code, std::string_view place, std::string_view message);

} // namespace ganlet

#define GANLET_JOIN_(a, b) a##b
#define GANLET_JOIN(a, b) GANLET_JOIN_(a, b)
#define GANLET_TRY_(result, declaration, ...)                                                                          \
  auto result = (__VA_ARGS__);                                                                                         \
  if (!result)                                                                                                         \
    return ::tl::unexpected<::ganlet::Error>(std::move(result).error());                                               \
  declaration = std::move(*result)

/// `GANLET_TRY(auto x, make_x());` declares x, or returns the error from the enclosing function.
#define GANLET_TRY(declaration, ...) GANLET_TRY_(GANLET_JOIN(ganlet_result_, __LINE__), declaration, __VA_ARGS__)

/// The same for a `Result<void>`, which declares nothing.
#define GANLET_CHECK(...)                                                                                              \
  do {                                                                                                                 \
    if (auto ganlet_result_ = (__VA_ARGS__); !ganlet_result_)                                                          \
      return ::tl::unexpected<::ganlet::Error>(std::move(ganlet_result_).error());                                     \
  } while (false)
