#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/error.h"

namespace ganlet::train {

/// What lies in a folder of pictures and below it.
struct PictureFiles {
  std::vector<std::filesystem::path> pictures; ///< .png, .jpg and .jpeg in any case, in the order of their paths
  std::map<std::string, std::int64_t> others;  ///< how many files of each other kind, such as ".webp"
  std::int64_t hidden = 0;                     ///< files, of any kind, that `is_hidden`
};

/// Whether a name below a folder is one that programs put there for themselves: it begins with a dot, or is one of
/// __MACOSX, @eaDir and lost+found.
bool is_hidden(const std::string& name);

/// Errors: not_found where there is no such folder, io.
Result<PictureFiles> files_below(const std::filesystem::path& folder);

/// "90 .webp, 2 without an extension, 3 hidden"; empty where there are pictures alone.
std::string others_in_words(const PictureFiles& files);

} // namespace ganlet::train
