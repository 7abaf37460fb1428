#include "picture_files.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/text.h"

namespace ganlet::train {

namespace fs = std::filesystem;

bool is_hidden(const std::string& name) {
  constexpr std::array<std::string_view, 3> of_systems{"__MACOSX", "@eaDir", "lost+found"};
  return name.starts_with('.') || std::ranges::find(of_systems, name) != of_systems.end();
}

Result<PictureFiles> files_below(const fs::path& folder) {
  PictureFiles files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file())
      continue;
    const fs::path below = at->path().lexically_relative(folder);
    std::string extension = below.extension().string();
    std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
    if (std::ranges::any_of(below, [](const fs::path& name) { return is_hidden(name.string()); }))
      ++files.hidden;
    else if (extension == ".png" || extension == ".jpg" || extension == ".jpeg")
      files.pictures.push_back(at->path());
    else
      ++files.others[extension];
  }
  if (error)
    return fail(fs::exists(folder) ? ErrorCode::io : ErrorCode::not_found, folder.string(), error.message());
  std::ranges::sort(files.pictures);
  return files;
}

std::string others_in_words(const PictureFiles& files) {
  std::string words;
  const auto add = [&words](std::int64_t count, const std::string& kind) {
    words += concat(words.empty() ? "" : ", ", count, " ", kind);
  };
  for (const auto& [extension, count] : files.others)
    add(count, extension.empty() ? "without an extension" : printable(extension));
  if (files.hidden > 0)
    add(files.hidden, "hidden");
  return words;
}

} // namespace ganlet::train
