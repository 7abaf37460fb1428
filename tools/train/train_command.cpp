// ganlet-train FAMILY: a subcommand for each family.

#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "commands.h"
#include "core/text.h"
#include "image/whole_file.h"
#include "pairs.h"
#include "pictures.h"
#include "precision.h"
#include "shares.h"
#include "train_arguments.h"
#include "trainer.h"

namespace ganlet::train {

namespace {

volatile std::sig_atomic_t stop_requested = 0;

/// The first Ctrl-C ends the run in good order, the second at once.
void stop_on_signals() {
  struct sigaction action{};
  action.sa_handler = [](int) { stop_requested = 1; };
  action.sa_flags = SA_RESETHAND;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

/// The family's, for a folder of pictures.
Settings defaults_of(const FamilyEntry& family) {
  Settings settings{.family = std::string(family.name), .batch = family.batch};
  settings.options = with_folder_shape(family.options);
  return settings;
}

/// What holds unless the command line says otherwise: the settings of the run that is resumed or repeated, or defaults.
Result<Settings> settings_before(const TrainArguments& arguments) {
  const FamilyEntry& family = *arguments.family;
  const Settings defaults = defaults_of(family);
  const std::filesystem::path checkpoint = checkpoint_path(arguments.run.folder);
  if (arguments.resume && std::filesystem::exists(checkpoint)) { // ranks but the first may not see it
    GANLET_TRY(CheckpointRecord record, read_record(checkpoint));
    return std::move(record.settings);
  }
  if (arguments.config.empty())
    return defaults;
  constexpr std::int64_t most_bytes = std::int64_t{1} << 20;
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(arguments.config, most_bytes));
  GANLET_TRY(Settings settings,
             settings_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, arguments.config, defaults));
  if (settings.family != family.name)
    return fail(ErrorCode::invalid_argument, arguments.config,
                concat("is for the family ", settings.family, ", not ", family.name));
  return settings;
}

/// Lowers the batch where there are fewer pictures, and says so. Errors: invalid_argument where they are too few for
/// any batch.
Result<void> fit_batch(const FamilyEntry& family, const Dataset& data, Settings& settings) {
  if (settings.pictures_each_step() <= data.count)
    return {};
  const std::int64_t batches = settings.pictures_each_step() / settings.batch, most = data.count / batches;
  constexpr std::int64_t least = 2; // one picture has no variance to normalize by
  if (most < least)
    return fail(ErrorCode::invalid_argument, "--data",
                concat("has ", data.count, " pictures; at least ", least * batches, " are needed"));
  std::fprintf(
      stderr,
      "--batch: lowered from %lld to %lld, since there are %lld pictures. A discriminator soon knows so few by "
      "heart, and all\npictures drawn look alike then: more pictures help most, and --augment %s does too\n",
      static_cast<long long>(settings.batch), static_cast<long long>(most), static_cast<long long>(data.count),
      family.has_styles ? "color,translation,cutout" : "mirror,shift");
  settings.batch = most;
  return {};
}

/// Batches must fit the data. Epochs become steps, and the faster precision is looked for where none is known.
Result<void> fit(const TrainArguments& arguments, const Dataset& data, Settings& settings) {
  GANLET_CHECK(fit_batch(*arguments.family, data, settings));
  if (arguments.epochs > 0)
    settings.options.steps = arguments.epochs * (data.count / settings.pictures_each_step());
  const bool is_known = arguments.resume || !arguments.config.empty();
  if (arguments.precision == "auto" || (arguments.precision.empty() && !is_known)) {
    GANLET_TRY(settings.options.bf16, bf16_is_faster(settings, data));
    std::fprintf(stderr, "precision: %s is %s here\n", settings.options.bf16 ? "bfloat16" : "float32",
                 is_bf16_right() ? "faster" : "the right one");
  } else if (settings.options.bf16 && !is_bf16_right()) {
    std::fprintf(stderr, "ganlet-train: bfloat16 may become nan on this processor; --precision f32 doesn't\n");
  }
  return {};
}

/// A new run, with the settings of `before` unless the command line says otherwise.
Result<Checkpoint> begin(const TrainArguments& arguments, const Settings& before, const Dataset& data, int ranks) {
  Settings settings = before;
  apply(arguments.overrides, settings);
  const FamilyEntry& family = *arguments.family;
  settings.options.height = data.height;
  settings.options.width = data.width;
  settings.options.channels = data.channels;
  settings.options.input_channels = data.input_channels;
  settings.options.classes = family.takes_labels ? data.classes : 0;
  settings.ranks = ranks;
  settings.pictures = data.count;
  settings.data_sha256 = fingerprint(data);
  settings.class_names = family.takes_labels ? data.class_names : std::vector<std::string>{};
  GANLET_CHECK(fit(arguments, data, settings));
  return new_checkpoint(settings);
}

/// Errors: invalid_argument where a run was begun with other data.
Result<void> check_data(const Settings& begun, const Dataset& data) {
  const FamilyOptions& options = begun.options;
  const bool takes_labels = options.classes > 0;
  if (options.height != data.height || options.width != data.width || options.channels != data.channels ||
      (takes_labels && options.classes < data.classes))
    return fail(ErrorCode::invalid_argument, "--data",
                "has pictures of another size, or more classes, than the run was begun with");
  if (!begun.data_sha256.empty() && begun.data_sha256 != fingerprint(data)) // older runs have no such record
    return fail(ErrorCode::invalid_argument, "--data", "has other pictures than the run was begun with");
  return {};
}

/// The checkpoint of a run, with its settings, `before`, unless the command line says otherwise.
Result<Checkpoint> resume(const TrainArguments& arguments, const Settings& before, const Dataset& data, int ranks) {
  GANLET_CHECK(check_data(before, data));
  Overrides overrides = arguments.overrides;
  overrides.size.reset(); // of the data, which are as large as the network's pictures
  overrides.channels.reset();
  Settings settings = before;
  apply(overrides, settings);
  settings.ranks = ranks;
  GANLET_CHECK(fit(arguments, data, settings));
  overrides.steps = settings.options.steps;
  overrides.bf16 = settings.options.bf16;
  overrides.batch = settings.batch;
  GANLET_TRY(Checkpoint checkpoint, load_checkpoint(checkpoint_path(arguments.run.folder), overrides));
  checkpoint.settings.ranks = ranks;
  checkpoint.settings.pictures = data.count;
  checkpoint.settings.data_sha256 = fingerprint(data);
  return checkpoint;
}

/// Options that the command line has and the data don't. Errors: invalid_argument.
Result<void> check_options(const Overrides& overrides, bool are_pictures, std::int64_t channels) {
  const std::array<std::pair<const char*, bool>, 5> of_pictures{{{"--size", overrides.size.has_value()},
                                                                 {"--channels", overrides.channels.has_value()},
                                                                 {"--ground", overrides.ground.has_value()},
                                                                 {"--crop", overrides.crop.has_value()},
                                                                 {"--validation", overrides.validation.has_value()}}};
  for (const auto& [name, is_given] : of_pictures)
    if (is_given && !are_pictures)
      return fail(ErrorCode::invalid_argument, name, "is for a folder of pictures, and this one has idx files");
  if (overrides.augment && overrides.augment->hue && channels == 1)
    return fail(ErrorCode::invalid_argument, "--augment", "'hue' is for pictures in colour, and these are grey");
  return {};
}

/// Errors: those of `picture_options` and `read_pictures`, or of `read_pairs` where there is a second folder.
Result<Dataset> read_folder(const TrainArguments& arguments, const Settings& settings, bool is_first) {
  GANLET_TRY(PictureOptions options, picture_options(settings));
  options.strict = arguments.strict;
  options.labels = arguments.family->takes_labels;
  if (is_first)
    options.cache = arguments.run.folder / "pictures.cache";
  GANLET_TRY(Pictures pictures, settings.from.empty() || settings.from == from_edges
                                    ? read_pictures(arguments.data, options)
                                    : read_pairs(arguments.from, arguments.data, options));
  for (const Error& skipped : pictures.skipped)
    std::fprintf(stderr, "skipped: %s\n", skipped.text().c_str());
  std::fprintf(stderr, "%s\n", summary(pictures).c_str());
  return std::move(pictures.train);
}

/// idx files, or else a folder of pictures; in pairs where the family takes them. The first rank alone keeps a cache.
Result<Dataset> read_data(const TrainArguments& arguments, const Settings& before, bool is_first) {
  Settings settings = before;
  apply(arguments.overrides, settings);
  GANLET_TRY(const bool are_pictures, holds_pictures(arguments.data));
  GANLET_CHECK(check_options(arguments.overrides, are_pictures, are_pictures ? settings.options.channels : 1));
  const bool has_folder = !settings.from.empty() && settings.from != from_edges;
  if (has_folder && !std::filesystem::is_directory(arguments.from))
    return fail(ErrorCode::not_found, "--from",
                concat("'", printable(arguments.from), "' is neither edges nor a folder"));
  if (has_folder && !are_pictures)
    return fail(ErrorCode::invalid_argument, "--from",
                "is a folder of pictures, and --data has idx files, whose pictures have no names: take edges");
  GANLET_TRY(Dataset data,
             are_pictures ? read_folder(arguments, settings, is_first) : read_idx(arguments.data, Split::train));
  if (settings.from == from_edges)
    pair_with_outlines(data);
  return data;
}

/// cpu, or cuda: the GPU of this rank's number on its machine.
Result<torch::Device> device_of(const std::string& name, const RankPlace& place) {
  if (name == "cpu")
    return torch::Device(torch::kCPU);
  if (!torch::cuda::is_available())
    return fail(ErrorCode::unsupported, "--device cuda", "this libtorch has no CUDA, or finds no GPU");
  return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(place.local_rank));
}

/// The first rank's checkpoint, on all ranks. Errors: invalid_argument where a rank has other data.
Result<Checkpoint> shared(std::optional<Checkpoint> first, const Dataset& data) {
  if (ranks().count() == 1)
    return std::move(*first);
  std::string bytes;
  if (first) {
    GANLET_TRY(const std::vector<std::byte> own, bytes_of(*first));
    bytes.assign(reinterpret_cast<const char*>(own.data()), own.size());
  }
  bytes = ranks().from_first(std::move(bytes));
  GANLET_TRY(Checkpoint checkpoint, checkpoint_of(std::as_bytes(std::span(bytes)), "the first rank's checkpoint"));
  if (fingerprint(data) != checkpoint.settings.data_sha256)
    return fail(ErrorCode::invalid_argument, concat("rank ", ranks().rank()),
                "--data has other pictures than rank 0's");
  return checkpoint;
}

/// What the first rank begins with. It does so before it meets the others: trying out precisions is its own affair.
Result<std::optional<Checkpoint>> first_checkpoint(const TrainArguments& arguments, const Settings& before,
                                                   const Dataset& data, const RankPlace& place) {
  if (place.rank > 0)
    return std::optional<Checkpoint>();
  GANLET_TRY(Checkpoint checkpoint, arguments.resume ? resume(arguments, before, data, place.count)
                                                     : begin(arguments, before, data, place.count));
  if (checkpoint.step > 0)
    std::fprintf(stderr, "resuming after step %lld\n", static_cast<long long>(checkpoint.step));
  return std::optional(std::move(checkpoint));
}

Result<void> train_family(TrainArguments& arguments) {
  at::set_num_threads(arguments.threads);
  GANLET_CHECK(complete_overrides(arguments));
  GANLET_TRY(const RankPlace place, rank_place());
  GANLET_TRY(compute_device(), device_of(arguments.device, place));
  if (place.rank == 0)
    GANLET_CHECK(prepare_folder(arguments.run.folder, arguments.resume));
  GANLET_TRY(const Settings before, settings_before(arguments));
  GANLET_TRY(const Dataset data, read_data(arguments, before, place.rank == 0));
  GANLET_TRY(std::optional<Checkpoint> first, first_checkpoint(arguments, before, data, place));
  GANLET_CHECK(join_ranks(place, compute_device(), std::chrono::seconds(arguments.rank_timeout)));
  GANLET_TRY(Checkpoint checkpoint,
             guarded(concat("rank ", place.rank), ErrorCode::io, [&] { return shared(std::move(first), data); }));
  stop_on_signals();
  return train(checkpoint, data, arguments.run);
}

void add_one_family(CLI::App& app, const FamilyEntry& family, Result<void>& outcome) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App& command = *app.add_subcommand(std::string(family.name), "Train a " + std::string(family.summary));
  arguments->family = &family;
  add_train_options(command, *arguments);
  command.callback([arguments, &outcome] {
    arguments->run.stop = &stop_requested;
    outcome = train_family(*arguments);
  });
}

} // namespace

void add_families(CLI::App& app, Result<void>& outcome) {
  for (const FamilyEntry& family : families())
    add_one_family(app, family, outcome);
}

} // namespace ganlet::train
