#pragma once

#include <memory>
#include <semaphore>

#include "api.h"
#include "core/budget.h"

namespace ganlet::tool {

extern const unsigned char openapi_json[]; ///< web/api/openapi.json
extern const std::size_t openapi_json_size;

using Places = std::counting_semaphore<256>;

/// One of the limited number of places for requests being processed.
class Place {
 public:
  /// Null if no place becomes free in time.
  static std::unique_ptr<Place> take(Places& places, Budget::Clock::time_point end) {
    return places.try_acquire_until(end) ? std::make_unique<Place>(places) : nullptr;
  }
  explicit Place(Places& places) : places_(places) {}
  ~Place() { places_.release(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  Places& places_;
};

/// A request being answered.
struct Api::Call {
  const ApiRequest& request;
  Budget::Clock::time_point end; ///< the time by which it must be answered
};

} // namespace ganlet::tool
