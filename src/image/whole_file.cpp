#include "image/whole_file.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __APPLE__
#include <climits>
#include <mach-o/dyld.h>
#endif

#include "core/text.h"

namespace ganlet {

namespace {

namespace fs = std::filesystem;

/// An open file that is closed automatically.
class Descriptor {
 public:
  explicit Descriptor(int number, bool owned = true) : number_(number), owned_(owned) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)), owned_(other.owned_) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (owned_ && number_ >= 0)
      ::close(number_);
  }
  int number() const { return number_; }
  /// True if closing succeeded: some file systems report a failed write only here.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
  bool owned_;
};

/// A file that is removed unless `keep` is called.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!path_.empty())
      ::unlink(path_.c_str());
  }
  void keep() { path_.clear(); }

 private:
  std::string path_;
};

tl::unexpected<Error> system_error(const fs::path& path, std::string_view doing) {
  const int number = errno;
  return fail(number == ENOENT ? ErrorCode::not_found : ErrorCode::io, path.string(),
              concat(doing, ": ", std::strerror(number)));
}

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

bool is_standard_output(const struct stat& status) {
  struct stat output{};
  return ::fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == status.st_dev && output.st_ino == status.st_ino;
}

/// A new file next to `path`, with the permissions that the umask leaves. The kernel applies the umask: reading it
/// would mean changing it for all threads.
Descriptor new_file_beside(const fs::path& path, std::string& name) {
  static std::atomic<unsigned> number = 0;
  constexpr int tries = 100;
  for (int i = 0; i < tries; ++i) {
    name = (path.parent_path() / concat(".", path.filename().string(), ".", ::getpid(), ".", number++)).string();
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0 || errno != EEXIST)
      return Descriptor(file);
  }
  return Descriptor(-1);
}

/// Makes a new name in a folder survive a crash, as far as the file system can.
bool keep_names(const fs::path& folder) {
  Descriptor directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory.number() < 0 || ::fsync(directory.number()) == 0 || errno == EINVAL || errno == ENOTSUP ||
         errno == EBADF;
}

Result<void> replace(const fs::path& path, const std::optional<struct stat>& replaced,
                     std::span<const std::byte> bytes) {
  std::string name;
  Descriptor file = new_file_beside(path, name);
  if (file.number() < 0)
    return system_error(path, "can't be written");
  TemporaryFile temporary(name);
  if ((replaced && ::fchmod(file.number(), replaced->st_mode & 0777) != 0) || !write_all(file.number(), bytes) ||
      ::fsync(file.number()) != 0 || !file.close())
    return system_error(path, "writing failed");
  if (::rename(name.c_str(), path.c_str()) != 0)
    return system_error(path, "can't be replaced");
  temporary.keep();
  if (!keep_names(path.parent_path()))
    return system_error(path, "its folder can't be written");
  return {};
}

Result<std::vector<std::byte>> content_of(const Descriptor& file, const fs::path& path, std::int64_t most) {
  struct stat status{};
  if (::fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > most)
    return fail(ErrorCode::limit_exceeded, path.string(), concat("has more than ", most, " bytes"));

  std::vector<std::byte> bytes;
  constexpr std::size_t chunk = std::size_t{1} << 18;
  while (true) {
    const std::size_t before = bytes.size();
    bytes.resize(before + chunk);
    const ssize_t count = ::read(file.number(), bytes.data() + before, chunk);
    const int number = errno;
    bytes.resize(before + static_cast<std::size_t>(count > 0 ? count : 0));
    errno = number;
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return system_error(path, "can't be read");
    if (count == 0)
      return bytes;
    if (static_cast<std::int64_t>(bytes.size()) > most)
      return fail(ErrorCode::limit_exceeded, path.string(), concat("has more than ", most, " bytes"));
  }
}

/// The program that runs; empty where the system doesn't tell.
fs::path this_program() {
#ifdef __APPLE__
  char name[PATH_MAX];
  std::uint32_t size = sizeof name;
  std::error_code unknown;
  return _NSGetExecutablePath(name, &size) == 0 ? fs::canonical(name, unknown) : fs::path();
#else
  std::error_code unknown;
  return fs::read_symlink("/proc/self/exe", unknown);
#endif
}

} // namespace

Result<std::vector<std::byte>> read_whole(const fs::path& path, std::int64_t most) {
  const bool from_input = path == "-";
  const Descriptor file(from_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC), !from_input);
  if (file.number() < 0)
    return system_error(path, "can't be read");
  return content_of(file, path, most);
}

Result<std::vector<std::byte>> read_regular(const fs::path& path, std::int64_t most) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)); // doesn't wait for a pipe's writer
  if (file.number() < 0)
    return system_error(path, "can't be read");
  struct stat status{};
  if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
    return fail(ErrorCode::io, path.string(), "can't be read: it isn't a regular file");
  return content_of(file, path, most);
}

Result<void> write_whole(const fs::path& path, std::span<const std::byte> bytes) {
  if (path == "-") {
    if (!write_all(STDOUT_FILENO, bytes))
      return system_error("standard output", "writing failed");
    return {};
  }
  std::optional<struct stat> replaced(std::in_place);
  if (::stat(path.c_str(), &*replaced) != 0)
    replaced.reset();
  if (replaced && S_ISDIR(replaced->st_mode))
    return fail(ErrorCode::io, path.string(), "can't be written: it is a directory");
  if (replaced && (!S_ISREG(replaced->st_mode) || is_standard_output(*replaced))) {
    Descriptor device(is_standard_output(*replaced) ? ::dup(STDOUT_FILENO)
                                                    : ::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (device.number() < 0 || !write_all(device.number(), bytes))
      return system_error(path, "writing failed");
    return {};
  }
  // If the path is a symbolic link, the file it points to is replaced, not the link.
  std::error_code ignored;
  const fs::path target = replaced ? fs::canonical(path, ignored) : path;
  return replace(target.empty() ? path : target, replaced, bytes);
}

Result<void> append_to_file(const fs::path& path, std::span<const std::byte> bytes) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (file.number() < 0 || !write_all(file.number(), bytes))
    return system_error(path, "can't be written");
  return {};
}

std::vector<fs::path> installed_places(const std::string& path) {
  const fs::path folder = this_program().parent_path().parent_path();
  if (folder.empty())
    return {path};
  return {path, folder / "share/ganlet" / path, folder.parent_path().parent_path() / path};
}

} // namespace ganlet
