// ganlet-train FAMILY: a subcommand for each family.

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "commands.h"
#include "core/text.h"
#include "image/whole_file.h"
#include "picture_arguments.h"
#include "pictures.h"
#include "precision.h"
#include "shares.h"
#include "trainer.h"

namespace ganlet::train {

namespace {

volatile std::sig_atomic_t stop_requested = 0;

/// The first Ctrl-C ends the run in good order, the second at once.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_requested = 1; };
  action.sa_flags = SA_RESETHAND;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

struct TrainArguments {
  const FamilyEntry* family = nullptr;
  std::string data;
  std::string precision;
  std::string device = "cpu";
  int rank_timeout = 300; ///< seconds
  std::string config;
  std::int64_t epochs = 0;
  bool resume = false;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool strict = false;
  std::string augment;
  std::optional<double> rate; ///< of both networks, where `overrides` have none
  Overrides overrides;
  RunOptions run;
};

/// The family's, and 32 x 32 RGB for what becomes of a folder's pictures.
Settings defaults_of(const FamilyEntry& family) {
  Settings settings{.family = std::string(family.name), .batch = family.batch, .options = family.options};
  settings.options.height = settings.options.width = 32;
  settings.options.channels = 3;
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

/// Batches must fit the data. Epochs become steps, and the faster precision is looked for where none is known.
Result<void> fit(const TrainArguments& arguments, const Dataset& data, Settings& settings) {
  if (settings.pictures_each_step() > data.count)
    return fail(ErrorCode::invalid_argument, "--batch",
                concat("is more than the ", data.count, " pictures", settings.ranks > 1 ? ", over all ranks" : ""));
  if (arguments.epochs > 0)
    settings.options.steps = arguments.epochs * (data.count / settings.pictures_each_step());
  const bool is_known = arguments.resume || !arguments.config.empty();
  if (arguments.precision == "auto" || (arguments.precision.empty() && !is_known)) {
    GANLET_TRY(settings.options.bf16, bf16_is_faster(settings, data));
    std::fprintf(stderr, "precision: %s is faster here\n", settings.options.bf16 ? "bfloat16" : "float32");
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
  GANLET_TRY(Checkpoint checkpoint, load_checkpoint(checkpoint_path(arguments.run.folder), overrides));
  checkpoint.settings.ranks = ranks;
  checkpoint.settings.pictures = data.count;
  checkpoint.settings.data_sha256 = fingerprint(data);
  return checkpoint;
}

/// "mirror,shift,hue,color,translation,cutout", of which the last three are for families with styles.
Result<Augment> augment_of(std::string_view text, const FamilyEntry& family) {
  Augment augment;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!family.has_styles && (word == "color" || word == "translation" || word == "cutout"))
      return fail(ErrorCode::invalid_argument, "--augment", concat("'", word, "' is of stylegan alone"));
    if (word == "mirror")
      augment.mirror = true;
    else if (word == "shift")
      augment.shift = 2;
    else if (word == "hue")
      augment.hue = true;
    else if (word == "color")
      augment.color = true;
    else if (word == "translation")
      augment.translation = true;
    else if (word == "cutout")
      augment.cutout = true;
    else if (word != "none")
      return fail(ErrorCode::invalid_argument, "--augment",
                  concat("'", word, "' is none of mirror, shift, hue, color, translation, cutout and none"));
  }
  return augment;
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

/// idx files, or else a folder of pictures. The first rank alone keeps a cache of these.
Result<Dataset> read_data(const TrainArguments& arguments, const Settings& before, bool is_first) {
  Settings settings = before;
  apply(arguments.overrides, settings);
  GANLET_TRY(const bool are_pictures, holds_pictures(arguments.data));
  GANLET_CHECK(check_options(arguments.overrides, are_pictures, are_pictures ? settings.options.channels : 1));
  if (!are_pictures)
    return read_idx(arguments.data, Split::train);
  GANLET_TRY(PictureOptions options, picture_options(settings));
  options.strict = arguments.strict;
  options.labels = arguments.family->takes_labels;
  if (is_first)
    options.cache = arguments.run.folder / "pictures.cache";
  GANLET_TRY(Pictures pictures, read_pictures(arguments.data, options));
  for (const Error& skipped : pictures.skipped)
    std::fprintf(stderr, "skipped: %s\n", skipped.text().c_str());
  return std::move(pictures.train);
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
  if (!arguments.augment.empty()) {
    GANLET_TRY(arguments.overrides.augment, augment_of(arguments.augment, *arguments.family));
  }
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

/// "Updates in all [24000]"
std::string with_default(const char* text, double value) {
  char number[32];
  std::snprintf(number, sizeof number, "%g", value);
  return concat(text, " [", number, "]");
}

void add_network_options(CLI::App& command, const FamilyEntry& family, Overrides& overrides) {
  const auto whole = [&command](const char* name, std::optional<std::int64_t>& to, const char* text,
                                std::int64_t standard, std::int64_t least, std::int64_t most) {
    command.add_option(name, to, concat(text, " [", standard, "]"))->check(CLI::Range(least, most))->type_name("N");
  };
  const auto real = [&command](const char* name, std::optional<double>& to, const char* text, double standard) {
    command.add_option(name, to, with_default(text, standard))->check(CLI::NonNegativeNumber)->type_name("NUMBER");
  };
  const FamilyOptions& options = family.options;
  whole("--steps", overrides.steps, "Updates in all; learning rates fall towards the last", options.steps, 1, 1 << 30);
  whole("--batch", overrides.batch, "Real pictures an update", family.batch, 2, 1 << 16);
  whole("--latent", overrides.latent, "Size of the latent vector", options.latent, 1, 1 << 12);
  if (family.takes_clusters)
    whole("--clusters", overrides.clusters,
          "Of the pictures, each of which the discriminator judges by itself; that many of the latent's\nnumbers "
          "choose one",
          options.clusters, 0, 1 << 12);
  real("--generator-rate", overrides.generator_rate, "Learning rate of the generator", options.generator_rate);
  real("--discriminator-rate", overrides.discriminator_rate, "Learning rate of the discriminator or critic",
       options.discriminator_rate);
  real("--average-decay", overrides.average_decay, "Decay of the averaged generator", options.average_decay);
  if (options.critic_steps > 1)
    whole("--critic-steps", overrides.critic_steps, "Updates of the critic for each of the generator",
          options.critic_steps, 1, 1000);
  if (family.takes_labels)
    real("--class-weight", overrides.class_weight, "Of the class head's loss in the generator's loss",
         options.class_weight);
  if (options.penalty > 0)
    real("--penalty", overrides.penalty, "Weight of the gradient penalty", options.penalty);
  if (options.similarity > 0)
    real("--similarity", overrides.similarity,
         "How much reconstructions are to resemble pictures, against how evenly the encoder uses the\nlatent",
         options.similarity);
  if (options.clip > 0)
    real("--clip", overrides.clip, "Largest absolute weight of the critic", options.clip);
  if (family.has_styles)
    real("--separation", overrides.separation,
         "How much the first half of the styles are to decide brightness and the second half hue; goes\nwith --augment "
         "hue",
         options.separation);
  command
      .add_option("--seed", overrides.seed,
                  "The same seed gives the same network on the same machine with as many threads [1]")
      ->type_name("S");
}

/// How the data are read and shown. idx files say their size themselves.
void add_data_options(CLI::App& command, const FamilyEntry& family, TrainArguments& arguments) {
  add_picture_arguments(command, arguments.overrides, "Share of a folder's pictures to hold back [0]");
  command.add_flag("--strict", arguments.strict,
                   "End at the first picture that can't be used, instead of leaving it out");
  command
      .add_option("--augment", arguments.augment,
                  family.has_styles
                      ? "Words with commas between: mirror, shift and hue (of the data), color, translation "
                        "and cutout (differentiable, of\nwhat the discriminator sees), or none"
                      : "Words with commas between: mirror, shift and hue, or none")
      ->type_name("WORDS");
}

void add_one_family(CLI::App& app, const FamilyEntry& family, Result<void>& outcome) {
  auto arguments = std::make_shared<TrainArguments>();
  arguments->family = &family;
  CLI::App& command = *app.add_subcommand(std::string(family.name), "Train a " + std::string(family.summary));
  command
      .add_option("--data", arguments->data,
                  "Folder of idx files, plain or .gz, or of pictures (.png, .jpg, .jpeg, also in sub-folders)")
      ->type_name("DIR")
      ->required();
  add_data_options(command, family, *arguments);
  command
      .add_option("--config", arguments->config,
                  "Settings of another run, as its config.json has them; what is given here goes first")
      ->type_name("FILE");
  command
      .add_option("-o,--out", arguments->run.folder,
                  "Folder of the run: checkpoint, settings, losses and sample pictures")
      ->type_name("RUN")
      ->required();
  command
      .add_flag("--resume", arguments->resume,
                "Continue the run in RUN, with its settings unless others are given here")
      ->excludes("--config");
  add_network_options(command, family, arguments->overrides);
  command.add_option("--lr", arguments->rate, "Both learning rates; either given by itself goes first")
      ->check(CLI::NonNegativeNumber)
      ->type_name("NUMBER");
  command.add_option("--epochs", arguments->epochs, "How often all pictures are seen, instead of --steps")
      ->check(CLI::Range(1, 1 << 20))
      ->excludes("--steps")
      ->type_name("N");
  command.add_option("--precision", arguments->precision, "auto (measured; the default of a new run), f32 or bf16")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}))
      ->type_name("NAME");
  command.add_option("--device", arguments->device, "cpu, or cuda where libtorch has it")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->type_name("NAME")
      ->capture_default_str();
  command
      .add_option("--rank-timeout", arguments->rank_timeout,
                  "Seconds to wait for another process, where RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT say that "
                  "several\ntrain together")
      ->check(CLI::Range(1, 1 << 20))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--threads", arguments->threads, "Threads")
      ->check(CLI::Range(1, 1024))
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--save-every", arguments->run.save_every,
                  "Steps between checkpoints [10 epochs, and at most 500 steps]")
      ->check(CLI::Range(1, 1 << 30))
      ->type_name("N");
  command
      .add_option("--samples-every", arguments->run.samples_every,
                  "Steps between sample pictures; 0: at the end only [an epoch]")
      ->check(CLI::Range(0, 1 << 30))
      ->type_name("N");
  command
      .add_option("--log-every", arguments->run.log_every, "Steps between rows of log.csv, and events of TensorBoard")
      ->check(CLI::Range(1, 1 << 30))
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--plot", arguments->run.plot,
                   "Draw the loss curves with each checkpoint: losses.svg and .png in RUN");
  command
      .add_option("--along", arguments->run.along,
                  "Generators to keep on the way, in RUN/along; more of them early, when most changes")
      ->check(CLI::Range(0, 1000))
      ->type_name("N")
      ->capture_default_str();
  command.callback([arguments, name = std::string(family.name), &outcome] {
    arguments->overrides.family = name;
    if (arguments->rate)
      for (std::optional<double>* const each :
           {&arguments->overrides.generator_rate, &arguments->overrides.discriminator_rate})
        *each = each->value_or(*arguments->rate);
    if (arguments->precision == "f32" || arguments->precision == "bf16")
      arguments->overrides.bf16 = arguments->precision == "bf16";
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
