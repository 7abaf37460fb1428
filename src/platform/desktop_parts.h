#pragma once

#include <optional>
#include <span>
#include <string>

#include <sys/types.h>

#include "core/error.h"
#include "platform/platform.h"

/// The parts of a desktop's host other than the window, and the external programs that supply what GLFW lacks: file
/// dialogues, and pictures on the clipboard.
namespace ganlet::platform {

std::unique_ptr<Clipboard> make_clipboard();
std::unique_ptr<Store> make_store();
std::unique_ptr<System> make_system();

/// Writes a file into the current directory under a name that isn't taken: picture.png, picture-2.png, ... The text
/// says where. Errors: io.
Result<std::string> save_beside(const std::string& name, std::span<const std::byte> bytes);

/// A window in which the user chooses a file. Only one can be open at a time.
class FileDialogue {
 public:
  /// Whether one of the programs that show such windows is installed.
  static bool is_installed();

  FileDialogue() = default;
  FileDialogue(const FileDialogue&) = delete;
  FileDialogue& operator=(const FileDialogue&) = delete;
  ~FileDialogue();
  /// Errors: io. Does nothing if one is open already.
  Result<void> open();
  bool is_open() const { return process_ > 0; }
  /// The chosen path, once the user has chosen; never waits.
  std::optional<std::string> chosen();

 private:
  pid_t process_ = 0;
  int output_ = -1;
  std::string text_;
};

/// The name of the program that `copy_png` needs and that isn't installed; empty if it is.
std::string program_to_copy_png();
/// Puts a PNG file on the clipboard. Errors: io.
Result<void> copy_png(std::span<const std::byte> png);

} // namespace ganlet::platform
