#include "platform/desktop_parts.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/text.h"
#include "image/whole_file.h"

extern char** environ;

namespace ganlet::platform {

namespace {

namespace fs = std::filesystem;
using Command = std::vector<const char*>;

const Command dialogues[] = {{"zenity", "--file-selection", "--title=Open a model, a picture or a latent"},
                             {"kdialog", "--title", "Open a model, a picture or a latent", "--getopenfilename", "."}};

bool is_in_path(const char* program) {
  const char* const path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::size_t colon = std::min(folders.find(':'), folders.size());
    if (::access((fs::path(folders.substr(0, colon)) / program).c_str(), X_OK) == 0)
      return true;
    folders.remove_prefix(std::min(colon + 1, folders.size()));
  }
  return false;
}

const Command* installed_dialogue() {
  for (const Command& command : dialogues)
    if (is_in_path(command[0]))
      return &command;
  return nullptr;
}

/// The command that reads a PNG file from its input and puts it on the clipboard, for the running kind of display.
Command copier() {
  if (std::getenv("WAYLAND_DISPLAY") != nullptr)
    return {"wl-copy", "--type", "image/png"};
  return {"xclip", "-selection", "clipboard", "-t", "image/png"};
}

/// Starts a program with these files as its input and output. Errors: io.
Result<pid_t> start(const Command& command, int input, int output) {
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  std::vector<char*> words;
  for (const char* word : command)
    words.push_back(const_cast<char*>(word));
  words.push_back(nullptr);
  pid_t process = 0;
  const int problem = ::posix_spawnp(&process, words[0], &files, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (problem != 0)
    return fail(ErrorCode::io, command[0], "can't be started");
  return process;
}

/// A file descriptor of this process that is closed automatically.
struct OpenFile {
  explicit OpenFile(int number) : number(number) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (number >= 0)
      ::close(number);
  }
  int number;
};

} // namespace

bool FileDialogue::is_installed() {
  return installed_dialogue() != nullptr;
}

FileDialogue::~FileDialogue() {
  if (output_ >= 0)
    ::close(output_);
  if (process_ <= 0)
    return;
  ::kill(process_, SIGTERM);
  ::waitpid(process_, nullptr, 0);
}

Result<void> FileDialogue::open() {
  const Command* const command = installed_dialogue();
  if (is_open() || command == nullptr)
    return {};
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(ErrorCode::io, (*command)[0], "can't be started");
  const OpenFile write_end(ends[1]), nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  auto process = start(*command, nothing.number, write_end.number);
  if (!process) {
    ::close(ends[0]);
    return tl::unexpected(std::move(process).error());
  }
  process_ = *process;
  output_ = ends[0];
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
  text_.clear();
  return {};
}

std::optional<std::string> FileDialogue::chosen() {
  char some[4096];
  ssize_t read = 0;
  while (is_open() && (read = ::read(output_, some, sizeof some)) > 0)
    text_.append(some, static_cast<std::size_t>(read));
  const bool goes_on = read < 0 && (errno == EAGAIN || errno == EINTR);
  if (!is_open() || goes_on)
    return std::nullopt;
  ::close(output_);
  output_ = -1;
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = 0;
  if (const std::size_t end = text_.find('\n'); end != text_.npos)
    text_.resize(end);
  const bool was_chosen = WIFEXITED(status) && WEXITSTATUS(status) == 0 && !text_.empty();
  return was_chosen ? std::optional(text_) : std::nullopt;
}

std::string program_to_copy_png() {
  return is_in_path(copier()[0]) ? "" : copier()[0];
}

Result<void> copy_png(std::span<const std::byte> png) {
  const Command command = copier();
  // A file, because a pipe can't hold a whole picture and would have to be filled while the program reads.
  std::error_code unknown;
  const fs::path path =
      fs::temp_directory_path(unknown) / concat("ganlet-copy-", static_cast<std::int64_t>(::getpid()), ".png");
  GANLET_CHECK(write_whole(path, png));
  const OpenFile picture(::open(path.c_str(), O_RDONLY | O_CLOEXEC)),
      nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  fs::remove(path, unknown);
  GANLET_TRY(const pid_t process, start(command, picture.number, nothing.number));
  int status = 0;
  ::waitpid(process, &status, 0); // the program continues in the background by itself
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(ErrorCode::io, command[0], "couldn't put the picture on the clipboard");
  return {};
}

} // namespace ganlet::platform
