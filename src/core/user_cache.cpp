#include "core/user_cache.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <span>

#include "core/sha256.h"
#include "core/text.h"

namespace ganlet {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t digest_size = 64; // of the content, in front of it
constexpr std::uintmax_t most_bytes = 16 << 20;

std::string digest_of(std::string_view text) {
  return sha256_text(std::as_bytes(std::span(text)));
}

/// Empty if the user has no folder for caches.
fs::path file_for(std::string_view kind, std::string_view key) {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  const char* const home = std::getenv("HOME");
  const bool has_cache = cache != nullptr && *cache != 0;
  if (!has_cache && (home == nullptr || *home == 0))
    return {};
  return (has_cache ? fs::path(cache) : fs::path(home) / ".cache") / "ganlet" /
         concat(kind, "-", digest_of(key).substr(0, 32));
}

} // namespace

std::optional<std::string> cached(std::string_view kind, std::string_view key) {
  const fs::path path = file_for(kind, key);
  std::error_code missing;
  if (path.empty() || fs::file_size(path, missing) > most_bytes || missing)
    return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(file), {});
  if (whole.size() < digest_size || whole.substr(0, digest_size) != digest_of(whole.substr(digest_size)))
    return std::nullopt;
  return whole.substr(digest_size);
}

/// Written beside and then renamed, as several programs may do it at once.
void keep_cached(std::string_view kind, std::string_view key, std::string_view content) {
  const fs::path path = file_for(kind, key);
  if (path.empty() || content.size() > most_bytes - digest_size)
    return;
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  const fs::path beside = concat(path.string(), ".", std::to_string(std::random_device()()));
  std::ofstream file(beside, std::ios::binary);
  file << digest_of(content) << content;
  file.close();
  if (file)
    fs::rename(beside, path, failed);
  if (!file || failed)
    fs::remove(beside, failed);
}

} // namespace ganlet
