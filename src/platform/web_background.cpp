#include <emscripten.h>

#include "platform/platform.h"

/// The page's worker, web/studio/background.js: makes the program's background and passes messages in and out.
EM_JS(void, host_answer, (const void* bytes, int size), { Module["answer"](HEAPU8.slice(bytes, bytes + size)); });

namespace {

std::unique_ptr<ganlet::platform::Background> background;
std::vector<std::byte> message;

} // namespace

int main() {
  background = ganlet::platform::make_background(
      [](const std::vector<std::byte>& bytes) { host_answer(bytes.data(), static_cast<int>(bytes.size())); }, nullptr);
  return 0;
}

extern "C" {

/// Room for a message, which the worker fills before `background_receive`.
EMSCRIPTEN_KEEPALIVE void* background_message(int size) {
  message.resize(static_cast<std::size_t>(size));
  return message.data();
}
EMSCRIPTEN_KEEPALIVE void background_receive() {
  background->receive(message);
}
/// A slice; 0 where there is nothing to do.
EMSCRIPTEN_KEEPALIVE int background_work() {
  return background->work();
}
}
