#include <cstdlib>
#include <emscripten/heap.h>

#include "platform/platform.h"

/// What a browser is asked for beside its canvas: wishes, files, storage, the clipboard for pictures. See web.cpp.
extern "C" {
void host_save(const char* name, const void* bytes, int size);
void host_choose_file();
int host_can_copy_picture();
void host_copy_picture(const void* pixels, int width, int height);
char* host_stored(const char* name);
void host_store(const char* name, const char* text);
void host_set_address(const char* fragment);
char* host_address();
void host_say(const char* text);
int host_prefers(const char* what);
double host_background_memory();
}

namespace ganlet::platform {

namespace {

/// A text that JavaScript has allocated.
std::string taken(char* text) {
  std::string copy = text == nullptr ? "" : text;
  std::free(text);
  return copy;
}

} // namespace

bool prefers_dark() {
  return host_prefers("(prefers-color-scheme: dark)") != 0;
}
bool prefers_less_motion() {
  return host_prefers("(prefers-reduced-motion: reduce)") != 0;
}
int processors() {
  return 1;
}
std::int64_t memory() {
  return static_cast<std::int64_t>(emscripten_get_heap_size()) + static_cast<std::int64_t>(host_background_memory());
}

Result<std::string> save(const std::string& name, std::span<const std::byte> bytes) {
  host_save(name.c_str(), bytes.data(), static_cast<int>(bytes.size()));
  return "Saved as " + name + ", among your downloads";
}

bool has_file_dialogue() {
  return true;
}
void choose_file() {
  host_choose_file();
}
std::string obstacle_to_copying() {
  return host_can_copy_picture() != 0 ? "" : "This browser doesn't let pages copy pictures.";
}

Result<void> copy_picture(const Image& picture) {
  host_copy_picture(picture.pixels.data(), picture.width, picture.height); // which says it where it fails later
  return {};
}

std::optional<std::string> stored(const std::string& name) {
  char* text = host_stored(name.c_str());
  if (text == nullptr)
    return std::nullopt;
  return taken(text);
}

void store(const std::string& name, std::string_view text) {
  host_store(name.c_str(), std::string(text).c_str());
}
void set_address(const std::string& fragment) {
  host_set_address(fragment.c_str());
}
std::string address() {
  return taken(host_address());
}
void say(std::string_view text) {
  host_say(std::string(text).c_str());
}

} // namespace ganlet::platform
