#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/limits.h"
#include "core/text.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "image/whole_file.h"
#include "platform/desktop_programs.h"
#include "platform/platform.h"

/// What a desktop is asked for beside its window: wishes, files, the clipboard for pictures.
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

/// A name in the current directory that isn't taken: picture.png, picture-2.png, ...
fs::path free_name(const std::string& name) {
  const fs::path wanted(name);
  std::error_code unknown;
  fs::path path = fs::current_path(unknown) / wanted;
  for (int number = 2; fs::exists(path, unknown); ++number)
    path.replace_filename(concat(wanted.stem().string(), "-", number, wanted.extension().string()));
  return path;
}

} // namespace

// GLFW doesn't tell; desktops that say so do it in these variables.
bool prefers_dark() {
  const char* theme = std::getenv("GTK_THEME");
  return theme == nullptr || std::string_view(theme).find("light") == std::string_view::npos;
}

bool prefers_less_motion() {
  const char* wish = std::getenv("GTK_ENABLE_ANIMATIONS");
  return wish != nullptr && std::string_view(wish) == "0";
}

int processors() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::int64_t memory() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * 4096;
}

Result<std::string> save(const std::string& name, std::span<const std::byte> bytes) {
  const fs::path path = free_name(name);
  GANLET_CHECK(write_whole(path, bytes));
  return concat("Saved as ", path.string());
}

void read_picture(const std::string& path, std::function<void(Result<Image>)> done) {
  auto bytes = read_whole(path, Limits{}.file_bytes);
  done(bytes ? decode_image(*bytes, fs::path(path).filename().string())
             : Result<Image>(tl::unexpected(std::move(bytes).error())));
}

std::string obstacle_to_copying() {
  static const std::string missing = program_to_copy_png();
  return missing.empty() ? "" : concat("Copying the picture takes ", missing, ", which isn't installed.");
}

Result<void> copy_picture(const Image& picture) {
  GANLET_TRY(const std::vector<std::byte> png, encode_png(picture));
  return copy_png(png);
}

std::optional<std::string> stored(const std::string& name) {
  auto bytes = read_whole(storage_folder() / name, std::int64_t{1} << 20);
  if (!bytes)
    return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

void store(const std::string& name, std::string_view text) {
  const fs::path folder = storage_folder();
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!folder.empty() && !failed)
    (void)write_whole(folder / name, std::as_bytes(std::span(text)));
}

void set_address(const std::string&) {}
std::string address() {
  return "studio.html";
}
void say(std::string_view) {}

} // namespace ganlet::platform
