#include "staged_folder.h"

#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/text.h"
#include "image/whole_file.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;

constexpr const char* description = "model.json";

void add_files(const nlohmann::json& json, std::set<std::string>& files) {
  for (const auto& [key, value] : json.items())
    if (value.is_structured())
      add_files(value, files);
    else if (key == "file" && value.is_string())
      files.insert(value.get<std::string>());
}

/// The files that a model's description lists, as far as they lie in its folder. None where it can't be read.
std::set<std::string> files_of_model(const fs::path& folder) {
  constexpr std::int64_t most_bytes = std::int64_t{1} << 24;
  std::set<std::string> files;
  const Result<std::vector<std::byte>> bytes = read_whole(folder / description, most_bytes);
  if (!bytes)
    return files;
  const auto* const text = reinterpret_cast<const char*>(bytes->data());
  const auto json = nlohmann::json::parse(text, text + bytes->size(), nullptr, false);
  if (json.is_structured())
    add_files(json, files);
  std::erase_if(files, [](const std::string& name) { return fs::path(name).filename() != name || name == ".."; });
  return files;
}

tl::unexpected<Error> failed(const fs::path& path, const std::error_code& error) {
  return fail(ErrorCode::io, path.string(), concat("can't be written: ", error.message()));
}

} // namespace

StagedFolder::StagedFolder(fs::path place)
    : place_(std::move(place)),
      staging_(place_.parent_path() / concat(".", place_.filename().string(), ".", ::getpid())) {}

StagedFolder::StagedFolder(StagedFolder&& other) noexcept
    : place_(std::move(other.place_)), staging_(std::exchange(other.staging_, {})) {}

StagedFolder::~StagedFolder() {
  std::error_code ignored;
  if (!staging_.empty())
    fs::remove_all(staging_, ignored);
}

Result<StagedFolder> StagedFolder::begin(const fs::path& place) {
  std::error_code error;
  fs::path absolute = fs::weakly_canonical(place, error);
  if (!absolute.has_filename()) // "models/digits/"
    absolute = absolute.parent_path();
  StagedFolder folder(absolute);
  fs::create_directories(absolute, error); // now, so that a place that can't be written is known early
  if (!error)
    fs::create_directory(folder.staging_, error);
  if (error)
    return fail(ErrorCode::io, place.string(), concat("can't be made: ", error.message()));
  return folder;
}

Result<void> StagedFolder::put_in_place() {
  std::error_code error;
  const std::set<std::string> old_files = files_of_model(place_);
  fs::remove(place_ / description, error);
  for (const std::string& name : old_files)
    if (!error && !fs::exists(staging_ / name))
      fs::remove(place_ / name, error);
  if (error)
    return failed(place_, error);
  for (const auto& entry : fs::directory_iterator(staging_, error))
    if (const fs::path name = entry.path().filename(); !error && name != description)
      fs::rename(entry.path(), place_ / name, error);
  if (!error)
    fs::rename(staging_ / description, place_ / description, error);
  return error ? failed(place_, error) : Result<void>();
}

} // namespace ganlet::train
