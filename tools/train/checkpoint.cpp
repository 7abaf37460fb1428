#include "checkpoint.h"

#include "clusters.h"
#include "core/text.h"
#include "image/whole_file.h"
#include "shares.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t most_bytes = std::int64_t{1} << 32;

Result<Settings> recorded_settings(torch::serialize::InputArchive& archive, const std::string& place) {
  c10::IValue text;
  if (!archive.try_read("settings", text))
    return Settings{};
  return settings_of(text.toStringRef(), place);
}

std::int64_t recorded_step(torch::serialize::InputArchive& archive) {
  torch::Tensor step;
  archive.read("step", step);
  return step.item<std::int64_t>();
}

Result<std::unique_ptr<Family>> make_family(const Settings& settings) {
  const FamilyEntry* const entry = find_family(settings.family);
  if (entry == nullptr)
    return fail(ErrorCode::invalid_argument, settings.family, "there is no such family");
  GANLET_CHECK(check_clusters(*entry, settings.options));
  return entry->make(settings.options);
}

} // namespace

fs::path checkpoint_path(const fs::path& run) {
  return run / "state.pt";
}

fs::path checkpoint_file(const fs::path& file_or_run) {
  return fs::is_directory(file_or_run) ? checkpoint_path(file_or_run) : file_or_run;
}

namespace {

std::vector<std::byte> bytes_of(torch::serialize::OutputArchive& archive) {
  std::vector<std::byte> bytes;
  archive.save_to([&bytes](const void* data, std::size_t count) {
    const auto* const from = static_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), from, from + count);
    return count;
  });
  return bytes;
}

} // namespace

Result<void> write_archive(const fs::path& file, torch::serialize::OutputArchive& archive) {
  return write_whole(file, bytes_of(archive));
}

Result<std::vector<std::byte>> bytes_of(const Checkpoint& checkpoint) {
  return guarded("checkpoint", ErrorCode::io, [&]() -> Result<std::vector<std::byte>> {
    torch::serialize::OutputArchive archive;
    checkpoint.family->save(archive);
    archive.write("step", torch::tensor(checkpoint.step));
    archive.write("settings", c10::IValue(text_of(checkpoint.settings)));
    return bytes_of(archive);
  });
}

Result<void> save_checkpoint(const fs::path& file, const Checkpoint& checkpoint) {
  GANLET_TRY(const std::vector<std::byte> bytes, bytes_of(checkpoint));
  return write_whole(file, bytes);
}

Result<Checkpoint> new_checkpoint(const Settings& settings) {
  torch::manual_seed(settings.seed);
  Checkpoint checkpoint{settings, 0, nullptr};
  GANLET_TRY(checkpoint.family, make_family(settings));
  return checkpoint;
}

Result<Checkpoint> checkpoint_of(std::span<const std::byte> bytes, const std::string& place,
                                 const Overrides& overrides) {
  return guarded(place, ErrorCode::corrupt, [&]() -> Result<Checkpoint> {
    torch::serialize::InputArchive archive;
    archive.load_from(reinterpret_cast<const char*>(bytes.data()), bytes.size(), compute_device());
    Checkpoint checkpoint;
    GANLET_TRY(checkpoint.settings, recorded_settings(archive, place));
    apply(overrides, checkpoint.settings);
    GANLET_TRY(checkpoint.family, make_family(checkpoint.settings));
    checkpoint.family->load(archive);
    checkpoint.step = recorded_step(archive);
    return checkpoint;
  });
}

Result<Checkpoint> load_checkpoint(const fs::path& file, const Overrides& overrides) {
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
  return checkpoint_of(bytes, file.string(), overrides);
}

Result<CheckpointRecord> read_record(const fs::path& file) {
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
  return guarded(file.string(), ErrorCode::corrupt, [&]() -> Result<CheckpointRecord> {
    torch::serialize::InputArchive archive;
    archive.load_from(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    GANLET_TRY(Settings settings, recorded_settings(archive, file.string()));
    return CheckpointRecord{std::move(settings), recorded_step(archive)};
  });
}

std::string last_checkpoint(const fs::path& run) {
  const Result<CheckpointRecord> record = read_record(checkpoint_path(run));
  return record ? concat("the last good checkpoint is ", checkpoint_path(run).string(), ", of step ", record->step)
                : "there is no good checkpoint yet";
}

} // namespace ganlet::train
