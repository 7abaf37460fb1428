#include <emscripten.h>

#include "platform/platform.h"

/// Used by the page's worker, web/studio/background.js: creates the program's background and passes messages in both
/// directions.
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

/// Memory for a message, which the worker fills before it calls `background_receive`.
EMSCRIPTEN_KEEPALIVE void* background_message(int size) {
  message.resize(static_cast<std::size_t>(size));
  return message.data();
}
EMSCRIPTEN_KEEPALIVE void background_receive() {
  background->receive(message);
}
/// Works for one slice; returns 0 if there is nothing to do.
EMSCRIPTEN_KEEPALIVE int background_work() {
  return background->work();
}
}
