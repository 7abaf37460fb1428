#include "fuzz.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace ganlet::fuzz {

void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "must hold: %s\n", what);
  std::abort();
}

void require_explained(const Error& error) {
  require(!error.message().empty(), "an error has a message");
  require(error.text().find_first_of("\n\r\x1b") == std::string::npos,
          "a message is one line, without control characters");
}

} // namespace ganlet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::clock_t begin = std::clock();
  ganlet::fuzz::try_bytes(std::as_bytes(std::span(data, size)));
  ganlet::fuzz::require((std::clock() - begin) / CLOCKS_PER_SEC < 5, "an input takes less than 5 seconds");
  return 0;
}
