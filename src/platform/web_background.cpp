#include <emscripten.h>

#include "platform/platform.h"

/// Used by the page's worker, web/studio/background.js: creates the program's background and passes messages in both
/// directions.
EM_JS(void, host_answer, (const void* bytes, int size), { Module["answer"](HEAPU8.slice(bytes, bytes + size)); });
/// As platform.h's `SendOn`.
EM_JS(void, host_send_on, (const void* message, int size, const void* otherwise, int otherwise_size), {
  Module["sendOn"](HEAPU8.slice(message, message + size), HEAPU8.slice(otherwise, otherwise + otherwise_size));
});

namespace {

std::unique_ptr<ganlet::platform::Background> background;
std::vector<std::byte> message;

} // namespace

int main() {
  background = ganlet::platform::make_background(
      [](const std::vector<std::byte>& bytes) { host_answer(bytes.data(), static_cast<int>(bytes.size())); }, nullptr,
      [](std::span<const std::byte> message, std::span<const std::byte> otherwise) {
        host_send_on(message.data(), static_cast<int>(message.size()), otherwise.data(),
                     static_cast<int>(otherwise.size()));
      });
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
