#include "checkpoint.h"

#include "core/text.h"
#include "image/whole_file.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t most_bytes = std::int64_t{1} << 32;

Result<Settings> recorded_settings(torch::serialize::InputArchive& archive, const fs::path& file) {
  c10::IValue text;
  if (!archive.try_read("settings", text))
    return Settings{};
  return settings_of(text.toStringRef(), file.string());
}

Result<std::unique_ptr<Family>> make_family(const Settings& settings) {
  const FamilyEntry* const entry = find_family(settings.family);
  if (entry == nullptr)
    return fail(ErrorCode::invalid_argument, settings.family, "there is no such family");
  return entry->make(settings.options);
}

} // namespace

fs::path checkpoint_path(const fs::path& run) {
  return run / "state.pt";
}

fs::path checkpoint_file(const fs::path& file_or_run) {
  return fs::is_directory(file_or_run) ? checkpoint_path(file_or_run) : file_or_run;
}

Result<void> write_archive(const fs::path& file, torch::serialize::OutputArchive& archive) {
  std::vector<std::byte> bytes;
  archive.save_to([&bytes](const void* data, std::size_t count) {
    const auto* const from = static_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), from, from + count);
    return count;
  });
  return write_whole(file, bytes);
}

Result<void> save_checkpoint(const fs::path& file, const Checkpoint& checkpoint) {
  return guarded(file.string(), ErrorCode::io, [&]() -> Result<void> {
    torch::serialize::OutputArchive archive;
    checkpoint.family->save(archive);
    archive.write("step", torch::tensor(checkpoint.step));
    archive.write("settings", c10::IValue(text_of(checkpoint.settings)));
    return write_archive(file, archive);
  });
}

Result<Checkpoint> new_checkpoint(const Settings& settings) {
  torch::manual_seed(settings.seed);
  Checkpoint checkpoint{settings, 0, nullptr};
  GANLET_TRY(checkpoint.family, make_family(settings));
  return checkpoint;
}

Result<Checkpoint> load_checkpoint(const fs::path& file, const Overrides& overrides) {
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
  return guarded(file.string(), ErrorCode::corrupt, [&]() -> Result<Checkpoint> {
    torch::serialize::InputArchive archive;
    archive.load_from(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    Checkpoint checkpoint;
    GANLET_TRY(checkpoint.settings, recorded_settings(archive, file));
    apply(overrides, checkpoint.settings);
    GANLET_TRY(checkpoint.family, make_family(checkpoint.settings));
    checkpoint.family->load(archive);
    torch::Tensor step;
    archive.read("step", step);
    checkpoint.step = step.item<std::int64_t>();
    return checkpoint;
  });
}

} // namespace ganlet::train
