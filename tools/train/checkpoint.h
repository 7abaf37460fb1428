#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "family.h"

namespace ganlet::train {

/// A family as it stood after so many steps.
struct Checkpoint {
  Settings settings;
  std::int64_t step = 0;
  std::unique_ptr<Family> family;
};

/// What a checkpoint tells of its run, without the networks.
struct CheckpointRecord {
  Settings settings;
  std::int64_t step = 0;
};

/// The checkpoint in a run's folder.
std::filesystem::path checkpoint_path(const std::filesystem::path& run);

/// The checkpoint that a user means by a file, or by a run's folder.
std::filesystem::path checkpoint_file(const std::filesystem::path& file_or_run);

/// A checkpoint as a file has it. Errors: io.
Result<std::vector<std::byte>> bytes_of(const Checkpoint& checkpoint);

/// Takes back what `bytes_of` gave, onto the device that computes; `place` is for errors, those of `load_checkpoint`.
Result<Checkpoint> checkpoint_of(std::span<const std::byte> bytes, const std::string& place,
                                 const Overrides& overrides = {});

/// Writes a checkpoint to a file, whole or not at all. Errors: io.
Result<void> save_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint);

/// A family before its first update, its weights drawn from the settings' seed. Errors: invalid_argument (there is no
/// such family, or the options don't suit it).
Result<Checkpoint> new_checkpoint(const Settings& settings);

/// Reads a checkpoint. The settings are those that it records, or defaults, with what `overrides` says otherwise.
/// Errors: not_found, io, corrupt (not a checkpoint, or one of another network than the settings describe),
/// invalid_argument.
Result<Checkpoint> load_checkpoint(const std::filesystem::path& file, const Overrides& overrides = {});

/// Errors: not_found, io, corrupt.
Result<CheckpointRecord> read_record(const std::filesystem::path& file);

/// For messages: "the last good checkpoint is run/state.pt, of step 500", or that there is none.
std::string last_checkpoint(const std::filesystem::path& run);

/// Writes an archive to a file, whole or not at all. Errors: io.
Result<void> write_archive(const std::filesystem::path& file, torch::serialize::OutputArchive& archive);

/// What `body` gives, or where it throws, as libtorch does, an Error with the first line of what it says.
template <typename Body> auto guarded(const std::string& place, ErrorCode code, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const c10::Error& error) {
    return fail(code, place, error.what_without_backtrace());
  } catch (const std::exception& error) {
    return fail(code, place, error.what());
  }
}

} // namespace ganlet::train
