#pragma once

#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <emscripten/heap.h>

#include "core/error.h"
#include "image/image.h"
#include "platform/platform.h"

/// Requests to the browser: functions of web/studio/studio.js, called through web_library.js.
extern "C" {
void host_redraw();
void host_fetch(int ticket, const char* path);
void host_read_picture(int ticket, const char* path);
void host_copy_text(const char* text);
void host_cursor(int kind);
void host_send(const void* bytes, int size);
void host_save(const char* name, const void* bytes, int size);
void host_choose_file();
void host_make_page(const char* attributes);
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

/// The parts of a page's host other than the canvas.
namespace ganlet::platform {

/// Copies and frees a text that JavaScript has allocated.
inline std::string taken(char* text) {
  std::string copy = text == nullptr ? "" : text;
  std::free(text);
  return copy;
}

class PageFiles final : public Files {
 public:
  void fetch(Ticket ticket, const std::string& path) override {
    paths_[ticket] = path;
    host_fetch(ticket, path.c_str());
  }
  void read_picture(Ticket ticket, const std::string& path) override { host_read_picture(ticket, path.c_str()); }
  Result<std::string> save(const std::string& name, std::span<const std::byte> bytes) override {
    host_save(name.c_str(), bytes.data(), static_cast<int>(bytes.size()));
    return "Saved as " + name + ", among your downloads";
  }
  bool has_dialogue() const override { return true; }
  void choose() override { host_choose_file(); }
  bool makes_pages() const override { return true; }
  void make_page(const std::string& attributes) override { host_make_page(attributes.c_str()); }
  /// The path that was requested with a ticket.
  std::string take_path(Ticket ticket) {
    const auto found = paths_.extract(ticket);
    return found ? found.mapped() : std::string();
  }

 private:
  std::map<Ticket, std::string> paths_;
};

class PageClipboard final : public Clipboard {
 public:
  std::string obstacle() const override {
    return host_can_copy_picture() != 0 ? "" : "This browser doesn't let pages copy pictures.";
  }
  Result<void> copy(const Image& picture) override {
    host_copy_picture(picture.pixels.data(), picture.width, picture.height); // which says so itself if it fails later
    return {};
  }
};

class PageStore final : public Store {
 public:
  std::optional<std::string> get(const std::string& name) const override {
    char* text = host_stored(name.c_str());
    return text == nullptr ? std::nullopt : std::optional(taken(text));
  }
  void put(const std::string& name, std::string_view text) override {
    host_store(name.c_str(), std::string(text).c_str());
  }
};

class PageSystem final : public System {
 public:
  bool prefers_dark() const override { return host_prefers("(prefers-color-scheme: dark)") != 0; }
  bool prefers_less_motion() const override { return host_prefers("(prefers-reduced-motion: reduce)") != 0; }
  int processors() const override { return 1; }
  std::int64_t memory() const override {
    return static_cast<std::int64_t>(emscripten_get_heap_size()) + static_cast<std::int64_t>(host_background_memory());
  }
  void set_address(const std::string& fragment) override { host_set_address(fragment.c_str()); }
  std::string address() const override { return taken(host_address()); }
  void say(std::string_view text) override { host_say(std::string(text).c_str()); }
};

} // namespace ganlet::platform
