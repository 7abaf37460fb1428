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

// Replaces control characters: names in a file may have them.
Error::Error(ErrorCode code, std::string place, std::string message)
    : details_(new Details{code, printable(place, place.size()), std::move(message)}) {}

Error::~Error() = default;

std::string Error::text() const {
  return place().empty() ? message() : place() + ": " + message();
}

Error Error::within(std::string_view outer) && {
  std::string& place = details_->place;
  place = place.empty() ? std::string(outer) : std::string(outer) + ": " + place;
  return std::move(*this);
}

tl::unexpected<Error> fail(ErrorCode code, std::string_view place, std::string_view message) {
  return tl::unexpected<Error>(Error(code, std::string(place), std::string(message)));
}

} // namespace ganlet
