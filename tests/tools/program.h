#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

/// The command line program, run as a user runs it.
namespace ganlet::test {

struct Outcome {
  int status = -1;
  std::string out, err;
};

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_content(const std::filesystem::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary) << content;
}

/// A PNG without what it says of itself (iTXt).
inline std::string without_texts(const std::string& png) {
  std::string rest = png.substr(0, 8);
  for (std::size_t at = 8, size = 0; at + 12 <= png.size(); at += size) {
    size = 12;
    for (std::size_t i = 0; i < 4; ++i)
      size += static_cast<std::size_t>(static_cast<unsigned char>(png[at + i])) << (24 - 8 * i);
    if (png.compare(at + 4, 4, "iTXt") != 0)
      rest += png.substr(at, size);
  }
  return rest;
}

/// A folder of its own for each test, empty at first.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/ganlet-test-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Runs `ganlet ARGUMENTS` in the repository's root. `arguments` are words of a shell.
inline Outcome run_program(const Folder& folder, const std::string& arguments) {
  const auto out = folder / "stdout", err = folder / "stderr";
  const std::string command =
      "cd " GANLET_SOURCE_DIR " && " GANLET_PROGRAM " " + arguments + " >" + out.string() + " 2>" + err.string();
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content_of(out), content_of(err)};
}

} // namespace ganlet::test
