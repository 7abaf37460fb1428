#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/text.h"
#include "image/image_writer.h"
#include "image/whole_file.h"
#include "platform/desktop_parts.h"

/// The parts of a desktop's host other than the window: the user's preferences, storage, and the clipboard for
/// pictures.
namespace ganlet::platform {

namespace {

namespace fs = std::filesystem;

fs::path storage_folder() {
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config != 0)
    return fs::path(config) / "ganlet";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != 0)
    return fs::path(home) / ".config" / "ganlet";
  return {};
}

/// A path in the current directory that isn't taken: picture.png, picture-2.png, ...
fs::path free_name(const std::string& name) {
  const fs::path wanted(name);
  std::error_code unknown;
  fs::path path = fs::current_path(unknown) / wanted;
  for (int number = 2; fs::exists(path, unknown); ++number)
    path.replace_filename(concat(wanted.stem().string(), "-", number, wanted.extension().string()));
  return path;
}

class DesktopClipboard final : public Clipboard {
 public:
  std::string obstacle() const override {
    return missing_.empty() ? "" : concat("Copying the picture takes ", missing_, ", which isn't installed.");
  }
  Result<void> copy(const Image& picture) override {
    GANLET_TRY(const std::vector<std::byte> png, encode_png(picture));
    return copy_png(png);
  }

 private:
  std::string missing_ = program_to_copy_png(); ///< cached: `obstacle` is called every frame
};

class DesktopStore final : public Store {
 public:
  std::optional<std::string> get(const std::string& name) const override {
    auto bytes = read_whole(folder_ / name, std::int64_t{1} << 20);
    if (!bytes)
      return std::nullopt;
    return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
  void put(const std::string& name, std::string_view text) override {
    std::error_code failed;
    fs::create_directories(folder_, failed);
    if (!folder_.empty() && !failed)
      (void)write_whole(folder_ / name, std::as_bytes(std::span(text)));
  }

 private:
  fs::path folder_ = storage_folder();
};

class DesktopSystem final : public System {
 public:
  // GLFW can't tell. Desktops that can set this variable.
  bool prefers_dark() const override {
    const char* theme = std::getenv("GTK_THEME");
    return theme == nullptr || std::string_view(theme).find("light") == std::string_view::npos;
  }
  bool prefers_less_motion() const override {
    const char* wish = std::getenv("GTK_ENABLE_ANIMATIONS");
    return wish != nullptr && std::string_view(wish) == "0";
  }
  int processors() const override { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }
  std::int64_t memory() const override {
    std::ifstream file("/proc/self/statm");
    std::int64_t all = 0, resident = 0; // pages
    file >> all >> resident;
    return resident * 4096;
  }
  void set_address(const std::string&) override {}
  std::string address() const override { return "studio.html"; }
  void say(std::string_view) override {}
};

} // namespace

std::unique_ptr<Clipboard> make_clipboard() {
  return std::make_unique<DesktopClipboard>();
}
std::unique_ptr<Store> make_store() {
  return std::make_unique<DesktopStore>();
}
std::unique_ptr<System> make_system() {
  return std::make_unique<DesktopSystem>();
}

Result<std::string> save_beside(const std::string& name, std::span<const std::byte> bytes) {
  const fs::path path = free_name(name);
  GANLET_CHECK(write_whole(path, bytes));
  return concat("Saved as ", path.string());
}

} // namespace ganlet::platform
