#pragma once

#include <optional>
#include <span>
#include <string>

#include <sys/types.h>

#include "core/error.h"

/// Programs that desktops come with, for what GLFW lacks: file dialogues, and pictures on the clipboard.
namespace ganlet::platform {

/// A window in which the user chooses a file. At most one at a time is open.
class FileDialogue {
 public:
  /// Whether one of the programs that show such windows is installed.
  static bool is_installed();

  FileDialogue() = default;
  FileDialogue(const FileDialogue&) = delete;
  FileDialogue& operator=(const FileDialogue&) = delete;
  ~FileDialogue();
  /// Errors: io. Does nothing where one is open already.
  Result<void> open();
  bool is_open() const { return process_ > 0; }
  /// The path, once it was chosen; never waits.
  std::optional<std::string> chosen();

 private:
  pid_t process_ = 0;
  int output_ = -1;
  std::string text_;
};

/// The program that `copy_png` would take, where it isn't installed; empty where it is.
std::string program_to_copy_png();
/// Errors: io.
Result<void> copy_png(std::span<const std::byte> png);

} // namespace ganlet::platform
