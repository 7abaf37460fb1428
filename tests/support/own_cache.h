#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace ganlet::test {

/// While it exists, what programs keep for users lies in a folder that was empty, and is none of the user's.
class OwnCache {
 public:
  OwnCache() : OwnCache(std::filesystem::temp_directory_path() / ("ganlet-cache-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  /// A folder that is there, or can't be.
  explicit OwnCache(std::filesystem::path folder) : folder_(std::move(folder)) {
    if (const char* const cache = std::getenv("XDG_CACHE_HOME"))
      before_ = cache;
    setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
  }
  OwnCache(const OwnCache&) = delete;
  OwnCache& operator=(const OwnCache&) = delete;
  ~OwnCache() {
    before_.empty() ? unsetenv("XDG_CACHE_HOME") : setenv("XDG_CACHE_HOME", before_.c_str(), 1);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  const std::filesystem::path& path() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::string before_;
};

} // namespace ganlet::test
