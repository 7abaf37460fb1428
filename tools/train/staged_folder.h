#pragma once

#include <filesystem>

#include "core/error.h"

namespace ganlet::train {

/// A model's folder that is filled beside its place and comes there when it is whole.
class StagedFolder {
 public:
  /// Errors: io.
  static Result<StagedFolder> begin(const std::filesystem::path& place);
  StagedFolder(StagedFolder&& other) noexcept;
  StagedFolder& operator=(StagedFolder&&) = delete;
  /// Removes what was not put in place.
  ~StagedFolder();

  /// Where the files come in the end, without links and dots.
  const std::filesystem::path& place() const { return place_; }
  /// Where they are written until then.
  const std::filesystem::path& path() const { return staging_; }

  /// Puts all files in place. Files that the model which stood there lists in its model.json, and this one doesn't
  /// have, go; all others stay. model.json is away while that happens and comes last: nothing ever reads a mixture of
  /// two models. Errors: io.
  Result<void> put_in_place();

 private:
  explicit StagedFolder(std::filesystem::path place);

  std::filesystem::path place_, staging_;
};

} // namespace ganlet::train
