#include "core/error.h"

#include "core/text.h"

namespace ganlet {

std::string_view name_of(ErrorCode code) {
  switch (code) {
  case ErrorCode::invalid_argument:
    return "invalid_argument";
  case ErrorCode::not_found:
    return "not_found";
  case ErrorCode::io:
    return "io";
  case ErrorCode::corrupt:
    return "corrupt";
  case ErrorCode::unsupported:
    return "unsupported";
  case ErrorCode::limit_exceeded:
    return "limit_exceeded";
  case ErrorCode::cancelled:
    return "cancelled";
  case ErrorCode::device_lost:
    return "device_lost";
  }
  return "unknown";
}

namespace {

/// Without control characters, which the names in a file may have, whoever puts them into a message.
std::string one_line(std::string_view text) {
  return printable(text, text.size());
}

} // namespace

Error::Error(ErrorCode code, std::string_view place, std::string_view message)
    : details_(new Details{code, one_line(place), one_line(message)}) {}

Error::~Error() = default;

std::string Error::text() const {
  return place().empty() ? message() : place() + ": " + message();
}

Error Error::within(std::string_view outer) && {
  std::string& place = details_->place;
  place = place.empty() ? one_line(outer) : one_line(outer) + ": " + place;
  return std::move(*this);
}

tl::unexpected<Error> fail(ErrorCode code, std::string_view place, std::string_view message) {
  return tl::unexpected<Error>(Error(code, place, message));
}

} // namespace ganlet
